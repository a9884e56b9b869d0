//! What the two networks of a GAN minimize, given the discriminator's logits.

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use crate::Result;

/// The loss of a GAN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The hinge loss (Lim and Ye 2017; Miyato et al. 2018): logits beyond the margin count no more.
    #[default]
    Hinge,
    /// The logistic loss, with the generator's in the form that does not saturate (Goodfellow et al. 2014).
    NonSaturating,
    /// The difference of the mean logits, an estimate of the Wasserstein distance as long as the discriminator has
    /// slopes of at most 1 (Arjovsky et al. 2017).
    Wasserstein,
}

impl Loss {
    /// As people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Hinge => "hinge loss",
            Self::NonSaturating => "non-saturating loss",
            Self::Wasserstein => "Wasserstein loss",
        }
    }

    /// The discriminator's loss, a number, of the logits of `real` and of `generated` pictures, each N.
    pub(crate) fn discriminator(self, real: &Tensor, generated: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Self::Hinge => {
                (real.affine(-1.0, 1.0)?.relu()?.mean_all()?
                    + generated.affine(1.0, 1.0)?.relu()?.mean_all()?)?
            }
            Self::NonSaturating => {
                (softplus(&real.neg()?)?.mean_all()? + softplus(generated)?.mean_all()?)?
            }
            Self::Wasserstein => (generated.mean_all()? - real.mean_all()?)?,
        })
    }

    /// The generator's loss, a number, of the logits (N) of its pictures.
    pub(crate) fn generator(self, generated: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Self::Hinge | Self::Wasserstein => generated.mean_all()?.neg()?,
            Self::NonSaturating => softplus(&generated.neg()?)?.mean_all()?,
        })
    }
}

/// ln(1 + e^x), without an overflow for any x.
fn softplus(x: &Tensor) -> Result<Tensor> {
    Ok((x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()?)?)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    const LOGITS: [f32; 6] = [-90.0, -1.5, 0.0, 0.3, 2.0, 90.0];

    fn slopes(loss: impl Fn(&Tensor) -> Tensor) -> Vec<f32> {
        let logits = Var::new(&LOGITS, &Device::Cpu).unwrap();
        let grads = loss(&logits).backward().unwrap();
        // The means are over six logits.
        grads.get(&logits).unwrap().to_vec1::<f32>().unwrap().iter().map(|g| 6.0 * g).collect()
    }

    #[test]
    fn slopes_are_those_of_the_definitions() {
        let none = Tensor::zeros(6, candle_core::DType::F32, &Device::Cpu).unwrap();
        let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
        let step = |inside: bool| f32::from(u8::from(inside));
        type Slope = Box<dyn Fn(f32) -> f32>;
        let cases: [(Loss, [Slope; 3]); 3] = [
            (
                Loss::Hinge,
                [Box::new(move |x| -step(x < 1.0)), Box::new(move |x| step(x > -1.0)), Box::new(|_| -1.0)],
            ),
            (
                Loss::NonSaturating,
                [Box::new(move |x| -sigmoid(-x)), Box::new(sigmoid), Box::new(move |x| -sigmoid(-x))],
            ),
            (Loss::Wasserstein, [Box::new(|_| -1.0), Box::new(|_| 1.0), Box::new(|_| -1.0)]),
        ];
        for (loss, [of_real, of_fake, of_generator]) in &cases {
            let claimed = [
                slopes(|x| loss.discriminator(x, &none).unwrap()),
                slopes(|x| loss.discriminator(&none, x).unwrap()),
                slopes(|x| loss.generator(x).unwrap()),
            ];
            for (claimed, slope) in claimed.iter().zip([of_real, of_fake, of_generator]) {
                for (claimed, x) in claimed.iter().zip(LOGITS) {
                    assert!((claimed - slope(x)).abs() < 1e-5, "{loss:?} at {x}: {claimed} {}", slope(x));
                }
            }
        }
    }
}
