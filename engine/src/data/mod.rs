//! What models learn from: sets of pictures, and procedural worlds that the studio draws itself, whose every picture
//! comes with the random factors that it was made from.

mod classes;
mod colour;
mod curves;
mod names;
mod pictures;
mod table;
#[cfg(test)]
mod tests;
mod vary;
mod world;

pub mod creature;
pub mod landscape;
pub mod portrait;

pub use classes::ClassFactors;
pub use creature::Creature;
pub use landscape::Landscape;
pub use names::{AnyFactors, WorldName};
pub use pictures::{
    FEW_PICTURES, Framing, Inputs, LEAST_PICTURES, Pairing, PictureSet, PictureSource, Pictures, Preview,
    Skipped, Style,
};
pub use portrait::Portrait;
pub use table::FactorTable;
pub use vary::Vary;
pub use world::{Scene, World};
