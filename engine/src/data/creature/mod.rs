//! The creature world: small round monsters on a plain floor.
//!
//! Made for models whose latents should come to mean something: a few strong factors, drawn independently of
//! each other, nothing that no factor rules, and no jumps. A part that a creature lacks has shrunk to nothing.

mod body;
mod canvas;
mod face;
mod factors;
mod shapes;
#[cfg(test)]
mod tests;

pub use factors::Factors;

use super::world::World;
use crate::rng::Rng;
use std::ops::RangeInclusive;

/// The world of creatures.
#[derive(Clone, Copy, Debug)]
pub struct Creature;

impl World for Creature {
    type Factors = Factors;

    const SIZES: RangeInclusive<usize> = 16..=256;

    fn draw(rng: &mut Rng) -> Factors {
        Factors::draw(rng)
    }

    fn typical() -> Factors {
        Factors::typical()
    }

    fn paint(factors: &Factors, _rng: &mut Rng, size: usize) -> Vec<u8> {
        body::Body::new(factors).paint(size)
    }
}
