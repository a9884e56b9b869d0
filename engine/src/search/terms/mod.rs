//! What a picture costs: how badly it agrees with the strokes, and how implausible its latent is.
//!
//! A term is one differentiable cost, in a file of its own, and a line in [`TERMS`]: its weight, its slider and its part
//! of every cost follow from there. The colour and edge terms are those of iGAN (Zhu et al. 2016, constrained
//! optimization), each a candle operation of its own with a hand-written gradient that touches only the pixels that
//! count.

mod anchor;
mod colour;
mod edges;
mod keep;
mod objective;
mod picture_cost;
mod prior;
mod weights;

use std::sync::Arc;

use candle_core::Tensor;

pub use anchor::{NearAnchor, SMOOTHNESS};
pub use colour::{COLOUR, Colour};
pub use edges::{EDGES, Edges};
pub use keep::KEEP;
pub use objective::{Costs, Estimates, Objective};
#[cfg(test)]
pub(super) use picture_cost::term;
pub use prior::{PRIOR, PriorNorm};
pub use weights::Weights;

use super::Task;
use super::bank::PictureIndex;
use crate::Result;

/// The terms that searches know. What strokes ask for comes first.
pub const TERMS: &[Definition] = &[colour::TERM, edges::TERM, prior::TERM, anchor::TERM, keep::TERM];

/// Added to the mean of a mask before a division, as iGAN does.
const MASK_EPSILON: f32 = 1e-5;

/// Points of a latent space with their pictures.
#[derive(Clone, Copy)]
pub struct Points<'a> {
    /// N x L.
    pub latents: &'a Tensor,
    /// N x C x H x W in the model's value range.
    pub pictures: &'a Tensor,
}

/// One differentiable cost.
pub trait Term: Send + Sync {
    /// What every point costs, N, differentiable with respect to both.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the points don't fit the model.
    fn costs(&self, points: Points<'_>) -> Result<Tensor>;

    /// About what every picture of an index costs, without its making; `None` where only the picture itself would
    /// tell.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    fn estimates(&self, index: &PictureIndex) -> Result<Option<Vec<f32>>>;
}

/// What there is to know of a term before anything is searched.
pub struct Definition {
    /// What it is called in settings and results.
    pub name: &'static str,
    /// What more of it does, for people.
    pub about: &'static str,
    /// Its weight unless somebody chooses another.
    pub weight: f32,
    /// The largest weight that is worth trying.
    pub most: f32,
    /// True when it says how well a picture agrees with strokes: such terms make up the published cost.
    pub of_strokes: bool,
    make: Make,
}

/// Makes a term as a task asks for it; `None` where it asks for nothing of the kind.
type Make = fn(&Task<'_>) -> Result<Option<Arc<dyn Term>>>;

#[cfg(test)]
mod tests;
