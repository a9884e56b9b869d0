//! The engine of Latent Studio: generative models, the search of their latent spaces, training, and the
//! service that a window talks to. It knows candle and never a user interface.

pub mod arch;
pub mod bench;
pub mod checkpoint;
pub mod data;
pub mod edit;
pub mod enlarge;
pub mod error;
pub mod evaluate;
pub mod file;
pub mod model;
pub mod nn;
pub mod open;
pub mod picture;
pub mod rng;
pub mod search;
pub mod service;
mod shared;
pub mod thread;
pub mod train;
pub mod translate;
#[cfg(test)]
mod variants;

pub use error::{Error, Result};
pub use picture::{Picture, ValueRange};
