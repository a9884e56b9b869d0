//! Latents as data: what a model's latent space is made of, and points in it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rng::Rng;
use crate::{Error, Result};

/// A point in a latent space: the groups of the [`LatentSpec`] one after the other.
///
/// Cheap to clone, compared bit for bit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Vec<f32>", into = "Vec<f32>")]
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

impl AsRef<[f32]> for Latent {
    fn as_ref(&self) -> &[f32] {
        &self.0
    }
}

impl From<Latent> for Vec<f32> {
    fn from(latent: Latent) -> Self {
        latent.0.to_vec()
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
    /// A name for each of its numbers, where somebody gave them names; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl LatentGroup {
    /// A group whose numbers have no names of their own.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: GroupKind) -> Self {
        Self { name: name.into(), kind, names: Vec::new() }
    }

    /// What to call number `index` of the group: its name, or else the group's with its place, as programs count.
    #[must_use]
    pub fn name_of(&self, index: usize) -> String {
        self.names.get(index).cloned().unwrap_or_else(|| format!("{} {index}", self.name))
    }

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
    /// No latents: what a model has that makes no pictures of them.
    #[must_use]
    pub fn none() -> Self {
        Self { groups: Vec::new() }
    }

    /// One continuous group called "z".
    #[must_use]
    pub fn continuous(dimensions: usize, prior: Prior) -> Self {
        let kind = GroupKind::Continuous { dimensions, prior };
        Self { groups: vec![LatentGroup::new("z", kind)] }
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
        let group = LatentGroup::new(name, kind);
        self.groups.extend((!group.is_empty()).then_some(group));
        self
    }

    /// With names for its real numbers, in their order; without any, everything stays as it is.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are more or fewer names than such numbers, or a name is empty or there twice.
    pub fn named(mut self, names: &[String]) -> Result<Self> {
        if names.is_empty() {
            return Ok(self);
        }
        let continuous = |group: &LatentGroup| matches!(group.kind, GroupKind::Continuous { .. });
        let count: usize = self.groups.iter().filter(|g| continuous(g)).map(LatentGroup::len).sum();
        if names.len() != count {
            let given = names.len();
            return Err(Error::Invalid(format!(
                "names {given} latents where the model has {count}: name every one of them or none"
            )));
        }
        check_names("latent", names)?;
        let mut names = names.iter().cloned();
        for group in self.groups.iter_mut().filter(|g| continuous(g)) {
            group.names = names.by_ref().take(group.len()).collect();
        }
        Ok(self)
    }

    /// With names for its classes, in their order, where they are known by their numbers alone; without any, everything
    /// stays as it is.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are more or fewer names than classes, or a name is empty or there twice.
    pub fn with_classes_named(mut self, names: &[String]) -> Result<Self> {
        if names.is_empty() {
            return Ok(self);
        }
        let classes = self.groups.iter_mut().find_map(|group| match &mut group.kind {
            GroupKind::Categorical { classes } => Some(classes),
            GroupKind::Continuous { .. } => None,
        });
        let count = classes.as_ref().map_or(0, |classes| classes.len());
        if names.len() != count {
            let given = names.len();
            return Err(Error::Invalid(format!(
                "names {given} classes where the model has {count}: name every one of them or none"
            )));
        }
        check_names("class", names)?;
        if let Some(classes) = classes {
            *classes = names.to_vec();
        }
        Ok(self)
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
        let square = |group: &LatentGroup| match &group.kind {
            GroupKind::Continuous { dimensions, prior } => *dimensions as f32 * prior.rms().powi(2),
            // One of the numbers is 1, the others are 0.
            GroupKind::Categorical { classes } => f32::from(u8::from(!classes.is_empty())),
        };
        (self.groups.iter().map(square).sum::<f32>() / n).sqrt()
    }
}

/// Refuses names that tell nothing.
fn check_names(what: &str, names: &[String]) -> Result<()> {
    match names.iter().enumerate().find(|(i, name)| name.trim().is_empty() || names[..*i].contains(name)) {
        Some((_, name)) => {
            Err(Error::Invalid(format!("names a {what} \"{name}\": every {what} needs a name of its own")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_follows_the_spec() {
        let mut spec = LatentSpec::continuous(3, Prior::Uniform);
        let classes = vec!["cat".into(), "dog".into()];
        spec.groups.push(LatentGroup::new("class", GroupKind::Categorical { classes }));
        let latent = spec.draw(&mut Rng::new(1));
        assert_eq!((spec.len(), latent.values().len()), (5, 5));
        assert!(latent.values()[..3].iter().all(|v| v.abs() <= 1.0));
        assert_eq!(latent.values()[3..].iter().sum::<f32>(), 1.0);
    }

    #[test]
    fn the_norm_of_the_prior_is_that_of_its_draws() {
        for classes in [2, 10, 40] {
            let spec = LatentSpec::continuous(3, Prior::Normal).and_classes("class", classes).and_continuous(
                "code",
                2,
                Prior::Uniform,
            );
            let mut rng = Rng::new(3);
            let squares = (0..4000).map(|_| spec.draw(&mut rng).rms().powi(2)).sum::<f32>() / 4000.0;
            assert!((squares.sqrt() / spec.prior_rms() - 1.0).abs() < 0.03, "{classes}: {squares}");
        }
    }

    #[test]
    fn latents_are_compared_bit_for_bit() {
        let nan = Latent::from(vec![f32::NAN, 0.0]);
        assert_eq!(nan, nan.clone());
        assert_ne!(Latent::from(vec![0.0]), Latent::from(vec![-0.0]));
    }

    #[test]
    fn a_spec_survives_json() {
        let plain = LatentSpec::continuous(2, Prior::Normal);
        let named = plain.clone().named(&["size".to_owned(), "hue".to_owned()]).unwrap();
        for spec in [plain, named] {
            let text = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<LatentSpec>(&text).unwrap(), spec);
        }
    }

    #[test]
    fn numbers_are_called_by_their_names_or_by_their_places() {
        let spec = LatentSpec::continuous(2, Prior::Normal).and_classes("class", 3).and_continuous(
            "code",
            1,
            Prior::Uniform,
        );
        let names =
            |names: &[&str]| spec.clone().named(&names.iter().map(|n| (*n).into()).collect::<Vec<_>>());
        let named = names(&["size", "hue", "lean"]).unwrap();
        assert_eq!([0, 1].map(|i| named.groups[0].name_of(i)), ["size", "hue"]);
        assert_eq!(
            (named.groups[1].name_of(2), named.groups[2].name_of(0)),
            ("class 2".into(), "lean".into())
        );
        assert_eq!(names(&[]).unwrap().groups[0].name_of(1), "z 1");
        for (wrong, words) in
            [(&["size", "hue"][..], "2 latents where the model has 3"), (&["a", "b", "a"], "of its own")]
        {
            let error = names(wrong).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn classes_are_called_by_their_names_or_by_their_numbers() {
        let spec = LatentSpec::continuous(2, Prior::Normal).and_classes("class", 2);
        let names = |names: &[&str]| {
            spec.clone().with_classes_named(&names.iter().map(|n| (*n).into()).collect::<Vec<_>>())
        };
        let classes = |spec: &LatentSpec| match &spec.groups[1].kind {
            GroupKind::Categorical { classes } => classes.clone(),
            GroupKind::Continuous { .. } => Vec::new(),
        };
        assert_eq!(classes(&names(&["day", "night"]).unwrap()), ["day", "night"]);
        assert_eq!(classes(&names(&[]).unwrap()), ["0", "1"]);
        for (wrong, words) in [(&["day"][..], "1 classes where the model has 2"), (&["a", "a"], "of its own")]
        {
            let error = names(wrong).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
