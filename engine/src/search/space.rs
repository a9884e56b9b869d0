//! The free variables that a solver moves, and the latents that they stand for.

use crate::model::{LatentSpec, Prior};
use crate::rng::Rng;

/// How close to the ends of a bounded prior a latent can be asked for (iGAN clips there too).
const INSIDE: f32 = 0.99;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    /// The latent itself: a normal prior.
    Free,
    /// The latent is the tanh of the variable: a uniform prior on [-1, 1], as iGAN optimizes it.
    Bounded,
    /// Not for a solver to move: a class.
    Fixed,
}

/// A change of variables that keeps every latent inside its prior's range.
#[derive(Clone, Debug)]
pub struct Space(Vec<Axis>);

impl Space {
    /// The space of a model's latents.
    #[must_use]
    pub fn new(spec: &LatentSpec) -> Self {
        let axis = |prior| match prior {
            Some(Prior::Normal) => Axis::Free,
            Some(Prior::Uniform) => Axis::Bounded,
            None => Axis::Fixed,
        };
        Self(spec.priors().map(axis).collect())
    }

    /// The latent of free variables.
    #[must_use]
    pub fn latent(&self, free: &[f32]) -> Vec<f32> {
        let value = |(axis, &u): (&Axis, &f32)| if *axis == Axis::Bounded { u.tanh() } else { u };
        self.0.iter().zip(free).map(value).collect()
    }

    /// Free variables of a latent; one at the very end of a bounded prior is moved inside.
    #[must_use]
    pub fn free(&self, latent: &[f32]) -> Vec<f32> {
        let value = |(axis, &z): (&Axis, &f32)| match axis {
            Axis::Bounded => z.clamp(-INSIDE, INSIDE).atanh(),
            _ => z,
        };
        self.0.iter().zip(latent).map(value).collect()
    }

    /// Turns a gradient with respect to the latent into one with respect to the free variables.
    pub fn chain(&self, latent: &[f32], gradient: &mut [f32]) {
        for ((axis, z), g) in self.0.iter().zip(latent).zip(gradient) {
            match axis {
                Axis::Free => {}
                Axis::Bounded => *g *= 1.0 - z * z,
                Axis::Fixed => *g = 0.0,
            }
        }
    }

    /// A latent near an anchor: `anchor + 0.5 U(-1, 1)`, kept inside a bounded prior (iGAN after Fix).
    pub fn near(&self, anchor: &[f32], rng: &mut Rng) -> Vec<f32> {
        let mut value = |(axis, &z): (&Axis, &f32)| match axis {
            Axis::Fixed => z,
            Axis::Free => z + 0.5 * rng.uniform(-1.0, 1.0),
            Axis::Bounded => (z + 0.5 * rng.uniform(-1.0, 1.0)).clamp(-INSIDE, INSIDE),
        };
        self.0.iter().zip(anchor).map(&mut value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GroupKind, LatentGroup};

    fn mixed() -> Space {
        let mut spec = LatentSpec::continuous(2, Prior::Uniform);
        spec.groups.extend(LatentSpec::continuous(2, Prior::Normal).groups);
        let classes = vec!["a".into(), "b".into()];
        spec.groups.push(LatentGroup::new("class", GroupKind::Categorical { classes }));
        Space::new(&spec)
    }

    #[test]
    fn a_latent_survives_the_way_there_and_back() {
        let latent = [0.5, -0.9, 3.0, -2.0, 1.0, 0.0];
        let back = mixed().latent(&mixed().free(&latent));
        assert!(back.iter().zip(latent).all(|(a, b)| (a - b).abs() < 1e-5), "{back:?}");
    }

    #[test]
    fn the_ends_of_a_bounded_prior_stay_finite() {
        assert!(mixed().free(&[1.0, -1.0, 0.0, 0.0, 1.0, 0.0]).iter().all(|u| u.is_finite()));
    }

    #[test]
    fn the_chain_rule_agrees_with_differences() {
        let space = mixed();
        let free = [0.3, -0.7, 1.5, 0.2, 1.0, 0.0];
        // f(z) = sum of i z_i
        let f = |u: &[f32]| space.latent(u).iter().enumerate().map(|(i, z)| i as f32 * z).sum::<f32>();
        let mut gradient: Vec<f32> = (0..6).map(|i| i as f32).collect();
        space.chain(&space.latent(&free), &mut gradient);
        for i in 0..4 {
            let (mut up, mut down) = (free, free);
            up[i] += 1e-2;
            down[i] -= 1e-2;
            assert!((gradient[i] - (f(&up) - f(&down)) / 2e-2).abs() < 1e-3);
        }
        assert_eq!(gradient[4..], [0.0, 0.0]);
    }

    #[test]
    fn near_keeps_classes_and_stays_close() {
        let anchor = [0.9, 0.0, 2.0, 0.0, 1.0, 0.0];
        let near = mixed().near(&anchor, &mut Rng::new(1));
        assert!(near.iter().zip(anchor).all(|(a, b)| (a - b).abs() <= 0.5) && near[0] <= INSIDE);
        assert_eq!(near[4..], anchor[4..]);
    }
}
