//! The introspective adversarial network.

pub(crate) mod recipe;
mod state;
mod trainer;

pub use trainer::{Ian, IanConfig};
