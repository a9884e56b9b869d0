//! What a search is asked to do.

use serde::{Deserialize, Serialize};

use super::Weights;

/// How the latent space is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SolverKind {
    /// A bank of known pictures scored against the strokes, then curvature-aware descent on the best and
    /// most different ones.
    #[default]
    Fast,
    /// The published recipe of iGAN: many random latents, Adam on all of them.
    Igan,
}

/// Everything that decides the result of a search beside strokes, model and starting points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SolveSettings {
    /// How the latent space is searched.
    pub solver: SolverKind,
    /// How many latents the iGAN recipe optimizes at once.
    pub candidates: usize,
    /// How many pictures are kept at most, best first.
    pub top_k: usize,
    /// Iterations until the search comes to rest.
    pub iterations: usize,
    /// Seed of every random draw. The fast search draws none without an anchor: for it, 0 means the whole bank and
    /// any other seed a half of its own.
    pub seed: u64,
    /// How much each term of the objective counts.
    pub weights: Weights,
}

impl Default for SolveSettings {
    fn default() -> Self {
        Self {
            solver: SolverKind::Fast,
            candidates: 64,
            top_k: 16,
            iterations: 40,
            seed: 0,
            weights: Weights::default(),
        }
    }
}
