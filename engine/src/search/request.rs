//! What a search is asked for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SolveSettings;
use super::constraint::Constraints;
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
    /// The latent that the picture was fixed at: the search stays near it.
    pub anchor: Option<Latent>,
}
