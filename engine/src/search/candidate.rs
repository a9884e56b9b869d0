//! What a search finds.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::Latent;
use crate::picture::Picture;
use crate::shared;

/// A term of the objective and what it costs, weight included: the terms of a candidate sum to its cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TermCost {
    /// The term's name, for people.
    pub name: Cow<'static, str>,
    /// Its share of the cost.
    pub cost: f32,
}

/// A picture that the search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Where it lies in the latent space.
    pub latent: Latent,
    /// What it looks like.
    #[serde(with = "shared")]
    pub picture: Arc<Picture>,
    /// How badly it agrees with the strokes; 0 for pictures that nothing was asked of.
    pub cost: f32,
    /// The parts of the cost.
    pub terms: Vec<TermCost>,
    /// [`Latent::rms`] over that of the prior: near 1 is plausible, far above 1 is far outside.
    pub spread: f32,
}
