//! How good a model is, in numbers.

pub mod encoder;
pub mod factors;
