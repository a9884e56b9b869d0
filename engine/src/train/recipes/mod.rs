//! The recipes: a folder for each way to train.

mod choice;
pub mod encoder;
pub mod gan;
pub mod ian;
pub mod vae;

pub use choice::Recipe;
