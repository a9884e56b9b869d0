//! The portrait world: heads before a plain wall, with the variety that people like to edit: pose, form of the
//! face, skin, hair, expression, beard, glasses, light.
//!
//! A head is a solid that rays are marched against; what is smaller than a few pixels (brows, irises, lips) is
//! painted onto it in the head's own coordinates.

mod factors;
mod glasses;
mod hair;
mod head;
mod lanes;
mod march;
mod skin;
mod solids;
#[cfg(test)]
mod tests;
mod view;

pub use factors::{Factors, HairStyle};

use super::world::World;
use crate::rng::Rng;
use std::ops::RangeInclusive;

/// The world of portraits.
#[derive(Clone, Copy, Debug)]
pub struct Portrait;

impl World for Portrait {
    type Factors = Factors;

    const SIZES: RangeInclusive<usize> = 16..=512;

    fn draw(rng: &mut Rng) -> Factors {
        Factors::draw(rng)
    }

    fn typical() -> Factors {
        Factors::typical()
    }

    fn paint(factors: &Factors, _rng: &mut Rng, size: usize) -> Vec<u8> {
        view::View::new(factors, size).paint()
    }
}
