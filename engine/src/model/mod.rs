//! Generative models: what their latents are, and what they can do.

mod latent;

pub use latent::{GroupKind, Latent, LatentGroup, LatentSpec, Prior};
