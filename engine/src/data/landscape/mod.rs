//! The landscape world: an endless, reproducible source of pictures to train on, each with the factors
//! that it was made from.
//!
//! A picture is a perspective view over a height map made of shared noise: rolling hills, ranges of
//! mountains, woods and water under a sky with sun and clouds. Hills, clouds and woods keep their places when a
//! factor is changed.

mod factors;
mod front;
mod maps;
mod noise;
mod palette;
mod sky;
mod stones;
mod surface;
mod terrain;
#[cfg(test)]
mod tests;
mod trees;
mod turf;
mod view;
mod walk;
mod water;

pub use factors::{Biome, CloudKind, Factors};
pub use maps::{GROUND, Label, Maps, STYLE, style};

use super::world::World;
use crate::rng::Rng;
use std::ops::RangeInclusive;

/// The world of landscapes.
#[derive(Clone, Copy, Debug)]
pub struct Landscape;

impl World for Landscape {
    type Factors = Factors;

    const SIZES: RangeInclusive<usize> = 8..=1024;

    fn draw(rng: &mut Rng) -> Factors {
        Factors::draw(rng)
    }

    fn typical() -> Factors {
        Factors::typical()
    }

    fn paint(factors: &Factors, rng: &mut Rng, size: usize) -> Vec<u8> {
        view::View::new(factors, rng, size).paint()
    }

    fn prepare() {
        noise::tiles();
    }
}
