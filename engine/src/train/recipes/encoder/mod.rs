//! An encoder for a generator that stays as it is.

mod config;
pub(crate) mod recipe;
mod state;
mod trainer;

pub use config::EncoderConfig;
pub use trainer::EncoderTraining;
