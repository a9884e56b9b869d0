//! The introspective adversarial network.

mod config;
pub(crate) mod recipe;
mod state;
mod trainer;

pub use config::IanConfig;
pub use trainer::Ian;
