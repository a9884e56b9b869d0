//! The engine of Latent Studio: generative models, the search of their latent spaces, training, and the
//! worker thread that a window talks to. It knows candle and never a user interface.

pub mod data;
pub mod error;
pub mod nn;
pub mod rng;
pub mod train;

pub use error::{Error, Result};
