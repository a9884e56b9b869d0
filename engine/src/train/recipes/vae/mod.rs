//! The beta-VAE.

mod config;
mod networks;
mod state;
mod trainer;

pub use config::VaeConfig;
pub use trainer::Vae;
