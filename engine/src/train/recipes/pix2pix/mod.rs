//! Translators of pictures from pairs (pix2pix, Isola et al. 2017): first for the difference of pixels alone, then against a
//! critic of patches that sees what they were made of.

mod batch;
mod config;
pub(crate) mod recipe;
mod rough;
mod trainer;

pub use config::Pix2PixConfig;
pub use trainer::Pix2PixTraining;
