//! What there is to know of a model in use.

use super::{LatentSpec, Summary};

/// What a window may want to know of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// What to call it.
    pub name: String,
    /// Its family, for people: "DCGAN, 64x64".
    pub family: String,
    /// Pixels a side.
    pub size: usize,
    /// What its latents are made of.
    pub latents: LatentSpec,
    /// How many numbers it learned.
    pub parameters: usize,
    /// True when it has an encoder: a picture can become a latent without a search.
    pub encodes: bool,
    /// True when it has a critic, which tells how real a picture looks.
    pub judges: bool,
    /// What its file holds; `None` for a model that never was in one.
    pub summary: Option<Summary>,
}
