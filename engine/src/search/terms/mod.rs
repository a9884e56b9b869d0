//! What a picture costs: how badly it agrees with the strokes, and how implausible its latent is.
//!
//! The colour and edge terms are those of iGAN (Zhu et al. 2016, constrained optimization), each a candle
//! operation of its own with a hand-written gradient that touches only the pixels that count.

mod colour;
mod edges;
mod hog;
mod latent_terms;
mod picture_cost;

use std::sync::Arc;

use candle_core::Tensor;

pub use colour::Colour;
pub use edges::Edges;
pub use hog::{Hog, ORIENTATIONS};
pub use latent_terms::{NearAnchor, PriorNorm};

use crate::Result;
use crate::model::{Latent, Model};
use crate::search::Weights;
use crate::search::constraint::Constraints;
use picture_cost::PictureCost;

/// Added to the mean of a mask before a division, as iGAN does.
const MASK_EPSILON: f32 = 1e-5;

/// A term that looks at the latents.
trait LatentCost: Send + Sync {
    /// For people.
    fn name(&self) -> &'static str;

    /// The cost of every latent: N x L to N, differentiable.
    fn costs(&self, latents: &Tensor) -> Result<Tensor>;
}

/// A weighted sum of terms.
#[derive(Clone)]
pub struct Objective {
    on_pictures: Vec<(f32, Arc<dyn PictureCost>)>,
    on_latents: Vec<(f32, Arc<dyn LatentCost>)>,
}

/// The costs of a batch.
pub struct Costs {
    /// The weighted sum of every sample, N, differentiable.
    pub total: Tensor,
    /// The weighted terms by name, one number per sample.
    pub terms: Vec<(&'static str, Vec<f32>)>,
}

impl Objective {
    /// What strokes cost, published form: colours and edges, without any term on the latents.
    #[must_use]
    pub fn of_strokes(constraints: &Constraints, model: &Model, weights: &Weights) -> Self {
        let mut on_pictures: Vec<(f32, Arc<dyn PictureCost>)> = Vec::new();
        if constraints.has_colour() {
            on_pictures.push((weights.colour, Arc::new(Colour::new(constraints, model.range))));
        }
        if constraints.has_edge() {
            on_pictures.push((weights.edges, Arc::new(Edges::new(constraints, model.range))));
        }
        Self { on_pictures, on_latents: Vec::new() }
    }

    /// Adds the cost of a norm that is untypical of the prior.
    #[must_use]
    pub fn with_prior(mut self, weight: f32, model: &Model) -> Self {
        if weight > 0.0 {
            self.on_latents.push((weight, Arc::new(PriorNorm::new(&model.info.latents))));
        }
        self
    }

    /// Adds the cost of leaving an anchor.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the anchor does not fit the model.
    pub fn with_anchor(mut self, weight: f32, anchor: &Latent, model: &Model) -> Result<Self> {
        if weight > 0.0 {
            let anchor = model.latent_tensor([anchor.values()])?;
            self.on_latents.push((weight, Arc::new(NearAnchor::new(anchor))));
        }
        Ok(self)
    }

    /// How many of the terms are about strokes; they come first.
    #[must_use]
    pub fn stroke_terms(&self) -> usize {
        self.on_pictures.len()
    }

    /// The costs of a batch.
    ///
    /// # Shapes
    /// `latents` N x L, `pictures` N x C x S x S.
    ///
    /// # Errors
    /// When the shapes don't fit.
    pub fn costs(&self, latents: &Tensor, pictures: &Tensor) -> Result<Costs> {
        let mut total = None;
        let mut terms = Vec::new();
        let on_pictures = self
            .on_pictures
            .iter()
            .map(|(weight, term)| (*weight, term.name(), picture_cost::costs(term.clone(), pictures)));
        let on_latents =
            self.on_latents.iter().map(|(weight, term)| (*weight, term.name(), term.costs(latents)));
        for (weight, name, costs) in on_pictures.chain(on_latents) {
            let costs = costs?;
            let costs = (costs * f64::from(weight))?;
            terms.push((name, costs.to_vec1()?));
            total = Some(match total {
                Some(total) => (total + costs)?,
                None => costs,
            });
        }
        let total = match total {
            Some(total) => total,
            None => Tensor::zeros(latents.dims2()?.0, latents.dtype(), latents.device())?,
        };
        Ok(Costs { total, terms })
    }
}

#[cfg(test)]
mod tests;
