//! Sets of pictures that models learn from and are measured with: files of a folder, or what a world draws.

mod class_folders;
mod files;
mod framing;
mod inputs;
mod pairs;
mod set;
mod source;

pub use files::Skipped;
pub use framing::Framing;
pub use inputs::{Inputs, Style};
pub use pairs::Pairing;
pub use set::PictureSet;
pub use source::{FEW_PICTURES, LEAST_PICTURES, PictureSource, Pictures, Preview};
