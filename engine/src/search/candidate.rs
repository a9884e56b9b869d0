//! What a search finds.

use std::sync::Arc;

use crate::model::Latent;
use crate::picture::Picture;

/// A term of the objective and what it costs, weight included: the terms of a candidate sum to its cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TermCost {
    /// The term's name, for people.
    pub name: &'static str,
    /// Its share of the cost.
    pub cost: f32,
}

/// A picture that the search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where it lies in the latent space.
    pub latent: Latent,
    /// What it looks like.
    pub picture: Arc<Picture>,
    /// How badly it agrees with the strokes; 0 for pictures that nothing was asked of.
    pub cost: f32,
    /// The parts of the cost.
    pub terms: Vec<TermCost>,
    /// [`Latent::rms`] over that of the prior: near 1 is plausible, far above 1 is far outside.
    pub spread: f32,
}
