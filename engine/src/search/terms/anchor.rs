//! Nearness to the latent that a picture was fixed at.

use std::sync::Arc;

use candle_core::Tensor;

use super::{Definition, Points, Term};
use crate::Result;
use crate::search::bank::PictureIndex;

/// How much nearness counts where the picture itself is held, too: a latent may go farther then.
const HELD: f64 = 0.25;

/// The name of the term.
pub const SMOOTHNESS: &str = "smoothness";

pub(super) const TERM: Definition = Definition {
    name: SMOOTHNESS,
    about: "How near pictures stay to the fixed one",
    // iGAN's lambda is 5, but its mean runs over the whole batch of 64, so each of its latents feels 5 / 64.
    weight: 5.0 / 64.0,
    most: 100.0,
    of_strokes: false,
    make: |task| {
        let Some(anchor) = task.request.near() else { return Ok(None) };
        let anchor = task.model.latent_tensor([anchor.values()])?;
        let weight = if task.request.base.is_some() { HELD } else { 1.0 };
        Ok(Some(Arc::new(NearAnchor { anchor, weight })))
    },
};

/// `mean((z - z0)^2)`: iGAN's smoothness after Fix.
pub struct NearAnchor {
    anchor: Tensor,
    weight: f64,
}

impl NearAnchor {
    /// The term for an anchor, 1 x L.
    #[must_use]
    pub fn new(anchor: Tensor) -> Self {
        Self { anchor, weight: 1.0 }
    }

    fn of(&self, latents: &Tensor) -> Result<Tensor> {
        Ok((latents.broadcast_sub(&self.anchor)?.sqr()?.mean(1)? * self.weight)?)
    }
}

impl Term for NearAnchor {
    fn costs(&self, points: Points<'_>) -> Result<Tensor> {
        self.of(points.latents)
    }

    fn estimates(&self, index: &PictureIndex) -> Result<Option<Vec<f32>>> {
        let latents = index.latent_tensor()?.to_device(self.anchor.device())?;
        Ok(Some(self.of(&latents)?.to_vec1()?))
    }
}
