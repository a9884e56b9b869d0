//! What a search is asked for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::constraint::Constraints;
use super::{Base, SolveSettings};
use crate::model::Latent;
use crate::shared;

/// A search for pictures that agree with strokes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawRequest {
    /// What the pictures shall agree with, at the model's resolution.
    #[serde(with = "shared")]
    pub constraints: Arc<Constraints>,
    /// How to search.
    pub settings: SolveSettings,
    /// Latents to start from beside those that the solver finds by itself: the last solution while a stroke
    /// grows.
    pub start: Vec<Latent>,
    /// The latent that the search stays near without holding its picture (iGAN's Fix).
    pub anchor: Option<Latent>,
    /// What the strokes are painted over: the search stays near it, and what is not painted stays.
    pub base: Option<Base>,
}

impl DrawRequest {
    /// The latent that the search stays near.
    #[must_use]
    pub fn near(&self) -> Option<&Latent> {
        self.base.as_ref().map(|base| &base.latent).or(self.anchor.as_ref())
    }
}
