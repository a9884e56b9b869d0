//! The beta-VAE.

mod config;
pub(crate) mod recipe;
mod state;
mod trainer;

pub use config::VaeConfig;
pub use trainer::Vae;
