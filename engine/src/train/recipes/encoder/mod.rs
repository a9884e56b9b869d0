//! An encoder for a generator that stays as it is.

mod state;
mod trainer;

pub use trainer::{EncoderConfig, EncoderTraining};
