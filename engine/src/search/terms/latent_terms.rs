//! Terms that look at the latents: plausible under the prior, near an anchor.

use candle_core::Tensor;

use super::LatentCost;
use crate::Result;
use crate::model::{LatentSpec, Prior};

/// How untypical the norm of a latent is of a standard normal prior: the negative logarithm of the chi
/// density of |z|, per dimension and shifted so that the most typical norm costs nothing:
/// `(|z|^2 / 2 - (n - 1) ln |z|) / n - constant`.
///
/// The squared norm alone (the usual Gaussian prior) would pull latents towards the origin, where a
/// generator was never trained: nearly all of a normal prior lies in a thin shell of radius sqrt(n).
pub struct PriorNorm {
    dimensions: f64,
}

impl PriorNorm {
    /// The term for a model's latents; a prior with a bounded range keeps latents plausible by itself.
    #[must_use]
    pub fn new(spec: &LatentSpec) -> Self {
        let normal = spec.priors().filter(|p| *p == Some(Prior::Normal)).count();
        Self { dimensions: if normal == spec.len() { normal as f64 } else { 0.0 } }
    }
}

impl LatentCost for PriorNorm {
    fn name(&self) -> &'static str {
        "prior"
    }

    fn costs(&self, latents: &Tensor) -> Result<Tensor> {
        let n = self.dimensions;
        if n < 2.0 {
            return Ok(Tensor::zeros(latents.dims2()?.0, latents.dtype(), latents.device())?);
        }
        let square = latents.sqr()?.sum(1)?;
        let at_mode = 0.5 * (n - 1.0) * (1.0 - (n - 1.0).ln());
        // The logarithm of |z|^2 is kept finite at the origin.
        let log = ((&square + 1e-6)?.log()? * (0.5 * (n - 1.0)))?;
        Ok(((((square * 0.5)? - log)? - at_mode)? / n)?)
    }
}

/// `mean((z - z0)^2)`: iGAN's smoothness after Fix.
pub struct NearAnchor {
    anchor: Tensor,
}

impl NearAnchor {
    /// The term for an anchor, 1 x L.
    #[must_use]
    pub fn new(anchor: Tensor) -> Self {
        Self { anchor }
    }
}

impl LatentCost for NearAnchor {
    fn name(&self) -> &'static str {
        "smoothness"
    }

    fn costs(&self, latents: &Tensor) -> Result<Tensor> {
        Ok(latents.broadcast_sub(&self.anchor)?.sqr()?.mean(1)?)
    }
}
