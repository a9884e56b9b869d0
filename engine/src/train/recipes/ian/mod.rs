//! The introspective adversarial network.

mod state;
mod trainer;

pub use trainer::{Ian, IanConfig};
