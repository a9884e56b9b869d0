//! Latents as data: what a model's latent space is made of, and points in it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rng::Rng;

/// A point in a latent space: the groups of the [`LatentSpec`] one after the other.
///
/// Cheap to clone, compared bit for bit.
#[derive(Clone, Debug)]
pub struct Latent(Arc<[f32]>);

impl Latent {
    /// The numbers.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// Root mean square of the numbers: 1 on average for a standard normal prior.
    #[must_use]
    pub fn rms(&self) -> f32 {
        let n = self.0.len().max(1) as f32;
        (self.0.iter().map(|v| v * v).sum::<f32>() / n).sqrt()
    }
}

impl From<Vec<f32>> for Latent {
    fn from(values: Vec<f32>) -> Self {
        Self(values.into())
    }
}

impl PartialEq for Latent {
    fn eq(&self, other: &Self) -> bool {
        // Bits, not numbers: undo promises the very same latents, and NaN must equal itself here.
        self.0.len() == other.0.len() && self.0.iter().zip(&*other.0).all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

/// The distribution that a group of latents was trained with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prior {
    /// Standard normal.
    #[default]
    Normal,
    /// Uniform in [-1, 1].
    Uniform,
}

impl Prior {
    /// One number drawn from the prior.
    pub fn draw(self, rng: &mut Rng) -> f32 {
        match self {
            Self::Normal => rng.normal(),
            Self::Uniform => rng.uniform(-1.0, 1.0),
        }
    }

    /// Root mean square of a number drawn from the prior.
    #[must_use]
    pub fn rms(self) -> f32 {
        match self {
            Self::Normal => 1.0,
            Self::Uniform => (1.0f32 / 3.0).sqrt(),
        }
    }
}

/// What the numbers of a group mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GroupKind {
    /// Real numbers that strokes and sliders move.
    Continuous {
        /// How many.
        dimensions: usize,
        /// Their distribution.
        prior: Prior,
    },
    /// One class of several, given to the model as one number per class (one of them 1, the others 0).
    Categorical {
        /// The names of the classes.
        classes: Vec<String>,
    },
}

/// A named part of a latent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatentGroup {
    /// What to call it, "z" for a plain GAN.
    pub name: String,
    /// What its numbers mean.
    #[serde(flatten)]
    pub kind: GroupKind,
}

impl LatentGroup {
    /// How many numbers the group takes in a latent.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.kind {
            GroupKind::Continuous { dimensions, .. } => *dimensions,
            GroupKind::Categorical { classes } => classes.len(),
        }
    }

    /// True for a group without numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a model's latents are made of. Sliders, planes, solvers and files read this, so that a new family
/// of models brings no new panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatentSpec {
    /// The parts, in the order of the numbers.
    pub groups: Vec<LatentGroup>,
}

impl LatentSpec {
    /// One continuous group called "z".
    #[must_use]
    pub fn continuous(dimensions: usize, prior: Prior) -> Self {
        let kind = GroupKind::Continuous { dimensions, prior };
        Self { groups: vec![LatentGroup { name: "z".into(), kind }] }
    }

    /// With another continuous group, where it has any dimensions.
    #[must_use]
    pub fn and_continuous(self, name: &str, dimensions: usize, prior: Prior) -> Self {
        self.and(name, GroupKind::Continuous { dimensions, prior })
    }

    /// With a group of classes that are known by their numbers alone, where there are any.
    #[must_use]
    pub fn and_classes(self, name: &str, count: usize) -> Self {
        self.and(name, GroupKind::Categorical { classes: (0..count).map(|i| i.to_string()).collect() })
    }

    fn and(mut self, name: &str, kind: GroupKind) -> Self {
        let group = LatentGroup { name: name.into(), kind };
        self.groups.extend((!group.is_empty()).then_some(group));
        self
    }

    /// How many numbers a latent has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(LatentGroup::len).sum()
    }

    /// True for a model without latents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The prior of every number; `None` where it belongs to a class.
    pub fn priors(&self) -> impl Iterator<Item = Option<Prior>> + '_ {
        self.groups.iter().flat_map(|group| {
            let prior = match group.kind {
                GroupKind::Continuous { prior, .. } => Some(prior),
                GroupKind::Categorical { .. } => None,
            };
            std::iter::repeat_n(prior, group.len())
        })
    }

    /// A latent drawn from the prior; classes are drawn uniformly.
    pub fn draw(&self, rng: &mut Rng) -> Latent {
        let mut values = Vec::with_capacity(self.len());
        for group in &self.groups {
            match &group.kind {
                GroupKind::Continuous { dimensions, prior } => {
                    values.extend((0..*dimensions).map(|_| prior.draw(rng)));
                }
                GroupKind::Categorical { classes } => {
                    let chosen = rng.below(classes.len());
                    values.extend((0..classes.len()).map(|i| f32::from(u8::from(i == chosen))));
                }
            }
        }
        values.into()
    }

    /// Root mean square that a latent drawn from the prior has on average: what a latent's own
    /// [`Latent::rms`] is compared with.
    #[must_use]
    pub fn prior_rms(&self) -> f32 {
        let n = self.len().max(1) as f32;
        let square = |p: Option<Prior>| p.map_or(0.5, |p| p.rms().powi(2));
        (self.priors().map(square).sum::<f32>() / n).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_follows_the_spec() {
        let mut spec = LatentSpec::continuous(3, Prior::Uniform);
        let classes = vec!["cat".into(), "dog".into()];
        spec.groups.push(LatentGroup { name: "class".into(), kind: GroupKind::Categorical { classes } });
        let latent = spec.draw(&mut Rng::new(1));
        assert_eq!((spec.len(), latent.values().len()), (5, 5));
        assert!(latent.values()[..3].iter().all(|v| v.abs() <= 1.0));
        assert_eq!(latent.values()[3..].iter().sum::<f32>(), 1.0);
    }

    #[test]
    fn latents_are_compared_bit_for_bit() {
        let nan = Latent::from(vec![f32::NAN, 0.0]);
        assert_eq!(nan, nan.clone());
        assert_ne!(Latent::from(vec![0.0]), Latent::from(vec![-0.0]));
    }

    #[test]
    fn a_spec_survives_json() {
        let spec = LatentSpec::continuous(100, Prior::Normal);
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<LatentSpec>(&text).unwrap(), spec);
    }
}
