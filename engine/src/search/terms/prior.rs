//! How typical a latent is of the prior.

use std::sync::Arc;

use candle_core::Tensor;

use super::{Definition, Points, Term};
use crate::Result;
use crate::model::{LatentSpec, Prior};
use crate::search::bank::PictureIndex;

/// The name of the term.
pub const PRIOR: &str = "prior";

pub(super) const TERM: Definition = Definition {
    name: PRIOR,
    about: "How much a picture shall look like those the model learned from",
    weight: 0.1,
    most: 1.0,
    of_strokes: false,
    make: |task| {
        let term = PriorNorm::new(&task.model.info.latents);
        Ok(term.map(|term| Arc::new(term) as Arc<dyn Term>))
    },
};

/// How untypical the norm of a latent is of a standard normal prior: the negative logarithm of the chi
/// density of |z|, per dimension and shifted so that the most typical norm costs nothing:
/// `(|z|^2 / 2 - (n - 1) ln |z|) / n - constant`. The n dimensions with a normal prior count, the others don't: a class
/// is not for a search to move, and a bounded range keeps its latents plausible by itself.
///
/// The squared norm alone (the usual Gaussian prior) would pull latents towards the origin, where a
/// generator was never trained: nearly all of a normal prior lies in a thin shell of radius sqrt(n).
pub struct PriorNorm {
    /// How many dimensions are normal.
    dimensions: f64,
    /// 1 for each normal dimension, else 0; `None` where all are.
    counts: Option<Vec<f32>>,
}

impl PriorNorm {
    /// The term for a model's latents; `None` where fewer than two of them are normal.
    #[must_use]
    pub fn new(spec: &LatentSpec) -> Option<Self> {
        let normal: Vec<bool> = spec.priors().map(|prior| prior == Some(Prior::Normal)).collect();
        let dimensions = normal.iter().filter(|normal| **normal).count();
        let counts = normal.iter().map(|&normal| f32::from(u8::from(normal))).collect();
        (dimensions >= 2).then(|| Self {
            dimensions: dimensions as f64,
            counts: (dimensions < normal.len()).then_some(counts),
        })
    }

    fn of(&self, latents: &Tensor) -> Result<Tensor> {
        let n = self.dimensions;
        let squares = latents.sqr()?;
        let square = match &self.counts {
            Some(counts) => {
                squares.broadcast_mul(&Tensor::new(counts.as_slice(), latents.device())?)?.sum(1)?
            }
            None => squares.sum(1)?,
        };
        let at_mode = 0.5 * (n - 1.0) * (1.0 - (n - 1.0).ln());
        // The logarithm of |z|^2 is kept finite at the origin.
        let log = ((&square + 1e-6)?.log()? * (0.5 * (n - 1.0)))?;
        Ok(((((square * 0.5)? - log)? - at_mode)? / n)?)
    }
}

impl Term for PriorNorm {
    fn costs(&self, points: Points<'_>) -> Result<Tensor> {
        self.of(points.latents)
    }

    fn estimates(&self, index: &PictureIndex) -> Result<Option<Vec<f32>>> {
        Ok(Some(self.of(&index.latent_tensor()?)?.to_vec1()?))
    }
}
