//! What keeps a discriminator smooth: spectral normalization, or a penalty on its slope.
//!
//! Both penalties are a function f of the length n of g, the gradient of the discriminator's logit D in a picture x.
//! Training with them takes derivatives of g in the weights w, that is second derivatives of D, which candle does not
//! have. With the direction u = g / n held constant, though,
//!
//! ```text
//! d f(n) / dw  =  f'(n) u . dg/dw  =  d/dw (f'(n) u . g)
//! ```
//!
//! (the direction's own change drops out, since u has length 1), and u . g is how fast D changes along u. That has a
//! network of its own (Pearlmutter 1994): the discriminator's layers without their biases, which take u in the place of x,
//! and in the place of each leaky ReLU its slope at x. Its gradient in w is an ordinary one, and exactly that of the
//! penalty, at the cost of one more pass. (A difference of D at x + h u and x - h u would do for any network; with
//! leaky ReLUs, each of which has a kink, it is off by much: a kink between the two counts as 1 / h.)

use candle_core::{Tensor, Var};
use serde::{Deserialize, Serialize};

use crate::nn::graph::{Graph, Norms, Results, Weights};
use crate::rng::Rng;
use crate::train::core::settings;
use crate::{Error, Result};

/// What keeps a discriminator smooth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Regularizer {
    /// Weights divided by their largest singular value (Miyato et al. 2018).
    #[default]
    SpectralNorm,
    /// R1 (Mescheder et al. 2018): `weight` / 2 times the squared slope at real pictures.
    R1 {
        /// Gamma in the paper, 0 or more.
        weight: f32,
        /// Steps of the discriminator from one with the penalty to the next, at least 1; the penalty then counts as
        /// many times (lazy regularization, Karras et al. 2020).
        every: usize,
    },
    /// The gradient penalty of WGAN-GP (Gulrajani et al. 2017): `weight` times the square of (slope - 1) at random
    /// places between real and generated pictures.
    GradientPenalty {
        /// Lambda in the paper, 0 or more.
        weight: f32,
        /// As for R1.
        every: usize,
    },
}

impl Regularizer {
    /// R1 with gamma 1, in every sixteenth step. The paper's 10 is for pictures of 256 pixels and more: it holds the
    /// discriminators of small ones so flat that they tell nothing.
    pub const R1: Self = Self::R1 { weight: 1.0, every: 16 };
    /// The gradient penalty with lambda 10, in every step.
    pub const GRADIENT_PENALTY: Self = Self::GradientPenalty { weight: 10.0, every: 1 };

    /// As people call it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::SpectralNorm => "spectral norm".into(),
            Self::R1 { weight, every } => format!("R1 (weight {weight}, every {every} steps)"),
            Self::GradientPenalty { weight, every } => {
                format!("gradient penalty (weight {weight}, every {every} steps)")
            }
        }
    }

    /// The weight of the penalty; spectral normalization has none.
    #[must_use]
    pub fn weight(self) -> Option<f32> {
        match self {
            Self::SpectralNorm => None,
            Self::R1 { weight, .. } | Self::GradientPenalty { weight, .. } => Some(weight),
        }
    }

    /// With another weight of the penalty.
    ///
    /// # Errors
    /// [`Error::Invalid`] for spectral normalization, which has none.
    pub fn weighing(self, weight: f32) -> Result<Self> {
        match self {
            Self::SpectralNorm => Err(Error::Invalid(
                "spectral norm has no weight; a penalty's weight needs R1 or the gradient penalty".into(),
            )),
            Self::R1 { every, .. } => Ok(Self::R1 { weight, every }),
            Self::GradientPenalty { every, .. } => Ok(Self::GradientPenalty { weight, every }),
        }
    }

    pub(crate) fn check(self) -> Result<()> {
        match self {
            Self::SpectralNorm => Ok(()),
            Self::R1 { weight, every } | Self::GradientPenalty { weight, every } => {
                settings::check_weight("the weight of the penalty", weight)?;
                settings::check_counts(&[("the number of steps to the next penalty", every, 1000)])
            }
        }
    }

    /// True for a step of the discriminator, counted from 0, that has a penalty.
    pub(crate) fn is_due(self, step: u64) -> bool {
        match self {
            Self::SpectralNorm => false,
            Self::R1 { every, .. } | Self::GradientPenalty { every, .. } => {
                step.is_multiple_of(every.max(1) as u64)
            }
        }
    }

    /// The penalty of a slope and its derivative.
    fn penalty(self, slope: f32) -> (f32, f32) {
        match self {
            Self::SpectralNorm => (0.0, 0.0),
            Self::R1 { weight, .. } => (0.5 * weight * slope * slope, weight * slope),
            Self::GradientPenalty { weight, .. } => {
                (weight * (slope - 1.0).powi(2), 2.0 * weight * (slope - 1.0))
            }
        }
    }

    /// How many times a penalty counts.
    fn times(self) -> f32 {
        match self {
            Self::SpectralNorm => 0.0,
            Self::R1 { every, .. } | Self::GradientPenalty { every, .. } => every as f32,
        }
    }
}

/// A penalty as the training needs it.
pub(crate) struct Penalty {
    /// A number whose gradient in the discriminator's weights is that of the penalty, times the steps that it stands
    /// for; its value means nothing.
    pub surrogate: Tensor,
    /// The mean penalty of the pictures.
    pub value: f32,
}

/// The penalty on the slope of a discriminator at `points`, N x S x S x 3.
///
/// `constant` are its weights as constants, `learning` as variables. `logits` makes logits (N) of what its `ends` say,
/// linear in that.
pub(crate) fn penalty(
    regularizer: Regularizer,
    discriminator: &Graph,
    points: &Tensor,
    [constant, learning]: [&Weights; 2],
    ends: &[&str],
    logits: impl Fn(&[Tensor]) -> Result<Tensor>,
) -> Result<Penalty> {
    let points = Var::from_tensor(&points.detach())?;
    let count = points.dim(0)?;
    let said = |results: &Results| ends.iter().map(|end| results.vectors(end)).collect::<Result<Vec<_>>>();
    let results = discriminator.run(constant, &[&points], Norms::Batch, ends)?;
    let gradients = logits(&said(&results)?)?;
    let gradients = gradients.sum_all()?.backward()?;
    let gradient = match gradients.get(&points) {
        Some(gradient) => gradient.detach(),
        None => points.zeros_like()?,
    };
    let flat = gradient.flatten_from(1)?;
    let slopes = flat.sqr()?.sum_keepdim(1)?.sqrt()?;
    // Where there is no slope there is no direction either, and nothing to learn.
    let directions = flat.broadcast_div(&slopes.clamp(1e-12f32, f32::MAX)?)?.reshape(points.shape())?;
    let slopes = slopes.flatten_all()?.to_vec1::<f32>()?;

    let along = discriminator.tangent(learning, &results, &[&directions], Norms::Batch, ends)?;
    let along = logits(&said(&along)?)?;
    let (values, derivatives): (Vec<f32>, Vec<f32>) =
        slopes.into_iter().map(|slope| regularizer.penalty(slope)).unzip();
    let weights = Tensor::from_vec(derivatives, count, along.device())?;
    let scale = f64::from(regularizer.times()) / count as f64;
    let surrogate = ((along * weights)?.sum_all()? * scale)?;
    Ok(Penalty { surrogate, value: values.iter().sum::<f32>() / count as f32 })
}

/// Random places on the lines from real to generated pictures, both N x S x S x 3.
pub(crate) fn between(real: &Tensor, generated: &Tensor, rng: &mut Rng) -> Result<Tensor> {
    let count = real.dim(0)?;
    let shares = Tensor::from_vec((0..count).map(|_| rng.unit()).collect(), (count, 1, 1, 1), real.device())?;
    Ok((real + (generated - real)?.broadcast_mul(&shares)?)?)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::arch::own::Reader;
    use crate::nn::graph::Begin;
    use crate::train::core::network::Network;

    const SIZE: usize = 16;
    const COUNT: usize = 4;

    fn noise(rng: &mut Rng, shape: &[usize]) -> Tensor {
        Tensor::from_vec(rng.normals(shape.iter().product()), shape, &Device::Cpu).unwrap()
    }

    fn dot(a: &Tensor, b: &Tensor) -> f32 {
        (a * b).unwrap().sum_all().unwrap().to_scalar().unwrap()
    }

    /// A discriminator with two ends, and pictures for which half of its units are on and none is near its kink, so
    /// that the penalty is a smooth function of the weights around.
    fn critic(rng: &mut Rng) -> (Network, Tensor) {
        let graph = Reader { size: SIZE, width: 6 }.graph(&[("a", 1), ("b", 2)], Begin::He).unwrap();
        let critic = Network::begin(graph, rng).unwrap();
        for (node, size) in [("down0", 2.0), ("down1", 15.0), ("a", 1.0), ("b", 1.0)] {
            let bias = critic.variables.get(&format!("{node}.bias")).unwrap();
            let values: Vec<f32> =
                (0..bias.elem_count()).map(|i| if i % 2 == 0 { size } else { -size }).collect();
            bias.set(&Tensor::new(values, &Device::Cpu).unwrap()).unwrap();
        }
        (critic, (noise(rng, &[COUNT, SIZE, SIZE, 3]) * 0.2).unwrap())
    }

    /// The weights of its convolutions, with their names.
    fn weights(critic: &Network) -> impl Iterator<Item = (&String, &Var)> {
        critic.names().iter().zip(critic.vars()).filter(|(name, _)| name.ends_with(".weight"))
    }

    /// The first end, and the second one's number 1 twice.
    fn logits(ends: &[Tensor]) -> Result<Tensor> {
        Ok((ends[0].flatten_all()? + (ends[1].narrow(1, 1, 1)?.flatten_all()? * 2.0)?)?)
    }

    fn of(regularizer: Regularizer, critic: &Network, points: &Tensor) -> Penalty {
        let weights = [&critic.frozen(), &critic.weights()];
        penalty(regularizer, &critic.graph, points, weights, &["a", "b"], logits).unwrap()
    }

    #[test]
    fn the_gradient_agrees_with_differences_of_the_penalty() {
        for regularizer in [
            Regularizer::R1 { weight: 3.0, every: 1 },
            Regularizer::GradientPenalty { weight: 2.0, every: 1 },
        ] {
            let mut rng = Rng::new(5);
            let (critic, points) = critic(&mut rng);
            let gradients = of(regularizer, &critic, &points).surrogate.backward().unwrap();
            for (name, weight) in weights(&critic) {
                // Along a random direction: the penalty itself on both sides of the weights.
                let direction = noise(&mut rng, weight.dims());
                let direction = (direction / (weight.elem_count() as f64).sqrt()).unwrap();
                let claimed = dot(gradients.get(weight).unwrap(), &direction);
                let middle = weight.copy().unwrap();
                let at = |step: f64| {
                    weight.set(&(&middle + (&direction * step).unwrap()).unwrap()).unwrap();
                    of(regularizer, &critic, &points).value
                };
                let measured = (at(1e-2) - at(-1e-2)) / 2e-2;
                weight.set(&middle).unwrap();
                let close = (measured - claimed).abs() < 0.01 * (0.02 + claimed.abs());
                assert!(close, "{regularizer:?}, {name}: {measured} {claimed}");
            }
            // A slope does not depend on what is added to all logits.
            assert!(gradients.get(critic.variables.get("a.bias").unwrap()).is_none());
        }
    }

    #[test]
    fn the_value_is_that_of_the_papers() {
        let mut rng = Rng::new(6);
        let (critic, points) = critic(&mut rng);
        let constant = critic.frozen();
        let slopes: Vec<f32> = (0..COUNT)
            .map(|i| {
                let x = Var::from_tensor(&points.narrow(0, i, 1).unwrap()).unwrap();
                let results = critic.graph.run(&constant, &[&x], Norms::Stored, &["a", "b"]).unwrap();
                let logit = logits(&["a", "b"].map(|end| results.vectors(end).unwrap())).unwrap();
                let grads = logit.sum_all().unwrap().backward().unwrap();
                let gradient = grads.get(&x).unwrap();
                dot(gradient, gradient).sqrt()
            })
            .collect();
        let mean = |f: fn(f32) -> f32| slopes.iter().map(|s| f(*s)).sum::<f32>() / COUNT as f32;
        let r1 = of(Regularizer::R1 { weight: 10.0, every: 16 }, &critic, &points).value;
        let penalty = of(Regularizer::GRADIENT_PENALTY, &critic, &points).value;
        assert!((r1 - mean(|s| 5.0 * s * s)).abs() < 1e-3 * r1, "{r1}");
        assert!((penalty - mean(|s| 10.0 * (s - 1.0) * (s - 1.0))).abs() < 1e-3 * penalty, "{penalty}");
    }

    #[test]
    fn a_lazy_penalty_comes_in_every_so_many_steps_and_counts_as_many_times() {
        let due: Vec<u64> = (0..40).filter(|step| Regularizer::R1.is_due(*step)).collect();
        assert_eq!(due, [0, 16, 32]);
        let (critic, points) = critic(&mut Rng::new(7));
        let size = |every| {
            let penalty = of(Regularizer::R1 { weight: 1.0, every }, &critic, &points);
            penalty.surrogate.to_scalar::<f32>().unwrap()
        };
        assert!((size(16) - 16.0 * size(1)).abs() < 1e-3 * size(16).abs());
    }

    #[test]
    fn without_a_slope_there_is_nothing_to_learn() {
        let (critic, points) = critic(&mut Rng::new(8));
        for (_, weight) in weights(&critic) {
            weight.set(&weight.zeros_like().unwrap()).unwrap();
        }
        let Penalty { surrogate, value } = of(Regularizer::GRADIENT_PENALTY, &critic, &points);
        assert_eq!((surrogate.to_scalar::<f32>().unwrap(), value), (0.0, 10.0));
    }
}
