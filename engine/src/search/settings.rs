//! What a search is asked to do.

use serde::{Deserialize, Serialize};

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

/// The weights of the objective's terms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// Masked squared colour error.
    pub colour: f32,
    /// Masked squared error of the oriented gradients.
    pub edges: f32,
    /// How strongly the fast solver keeps latents plausible under the prior.
    pub prior: f32,
    /// How strongly latents stay near the anchor once there is one. iGAN's lambda is 5, but its mean runs
    /// over the whole batch of 64, so each of its latents feels 5 / 64.
    pub smoothness: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { colour: 1.0, edges: 0.2, prior: 0.1, smoothness: 5.0 / 64.0 }
    }
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
    /// Weights of the objective's terms.
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
