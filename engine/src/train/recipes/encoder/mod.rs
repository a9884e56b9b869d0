//! An encoder for a generator that stays as it is.

pub(crate) mod recipe;
mod state;
mod trainer;

pub use trainer::{EncoderConfig, EncoderTraining};
