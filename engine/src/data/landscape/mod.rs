//! The landscape world: an endless, reproducible source of pictures to train on, each with the factors
//! that it was made from.
//!
//! A picture is a perspective view over a height map made of shared noise: rolling hills, ranges of
//! mountains, woods and water under a sky with sun and clouds. The factors mean the same at every size:
//! picture `index` at 64 and at 256 pixels shows the same scene.

mod factors;
mod noise;
mod palette;
mod sky;
mod terrain;
#[cfg(test)]
mod tests;
mod trees;
mod view;
mod walk;

pub use factors::{Biome, CloudKind, Factors};

use crate::rng::Rng;
use rayon::prelude::*;

/// A picture with its factors.
#[derive(Clone, Debug, PartialEq)]
pub struct Landscape {
    /// Red, green and blue bytes, `size` x `size` pixels, rows top-down.
    pub rgb: Vec<u8>,
    /// What the picture shows.
    pub factors: Factors,
}

/// Picture `index` of the world `seed`, square, `size` pixels a side (clamped to 8..=1024).
#[must_use]
pub fn render(seed: u64, index: u64, size: usize) -> Landscape {
    render_changed(seed, index, size, |_| ())
}

/// Like [`render`], after `change` has altered the factors; hills, clouds and woods keep their places.
#[must_use]
pub fn render_changed(seed: u64, index: u64, size: usize, change: impl FnOnce(&mut Factors)) -> Landscape {
    let mut rng = Rng::stream(seed, index);
    let mut factors = Factors::draw(&mut rng);
    change(&mut factors);
    let rgb = view::View::new(&factors, &mut rng, size.clamp(8, 1024)).paint();
    Landscape { rgb, factors }
}

/// Pictures `first..first + count` in parallel on rayon's pool; the same for any number of threads.
#[must_use]
pub fn render_many(seed: u64, first: u64, count: usize, size: usize) -> Vec<Landscape> {
    // Built here, by one thread: pool threads would all wait for it inside their first picture.
    noise::tiles();
    (0..count as u64).into_par_iter().map(|i| render(seed, first.wrapping_add(i), size)).collect()
}
