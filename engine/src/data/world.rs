//! What every procedural world has in common: factors drawn from a stream of their own for each picture, and
//! pictures painted from them.

use crate::rng::Rng;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::ops::RangeInclusive;

/// A picture with the factors that it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene<F> {
    /// Red, green and blue bytes of a square picture, rows top-down.
    pub rgb: Vec<u8>,
    /// What the picture shows.
    pub factors: F,
}

/// An endless, reproducible source of pictures. A factor means the same at every size: picture `index` at 64 and
/// at 256 pixels shows the same scene.
pub trait World {
    /// Every random factor of a picture.
    type Factors: Clone + Debug + PartialEq + Send + Serialize + DeserializeOwned;

    /// Pixels a side that pictures can have; others are clamped to these.
    const SIZES: RangeInclusive<usize>;

    /// Draws the factors of a picture.
    fn draw(rng: &mut Rng) -> Self::Factors;

    /// Factors of a picture with nothing unusual about it: what [`Vary`](super::Vary) holds fixed has these values.
    fn typical() -> Self::Factors;

    /// The picture of `factors` as red, green and blue bytes, `size` pixels a side, rows top-down. What the factors
    /// leave open comes from `rng`.
    fn paint(factors: &Self::Factors, rng: &mut Rng, size: usize) -> Vec<u8>;

    /// Makes what all pictures share, if anything. [`render_many`](Self::render_many) calls it from one thread:
    /// those of a pool would all wait for it inside their first picture.
    fn prepare() {}

    /// Picture `index` of the world `seed`, `size` pixels a side.
    #[must_use]
    fn render(seed: u64, index: u64, size: usize) -> Scene<Self::Factors> {
        Self::render_changed(seed, index, size, |_| ())
    }

    /// Like [`render`](Self::render), after `change` has altered the factors; what they leave open stays the same.
    #[must_use]
    fn render_changed(
        seed: u64,
        index: u64,
        size: usize,
        change: impl FnOnce(&mut Self::Factors),
    ) -> Scene<Self::Factors> {
        let mut rng = Rng::stream(seed, index);
        let mut factors = Self::draw(&mut rng);
        change(&mut factors);
        let rgb = Self::paint(&factors, &mut rng, size.clamp(*Self::SIZES.start(), *Self::SIZES.end()));
        Scene { rgb, factors }
    }

    /// Pictures `first..first + count` in parallel on rayon's pool; the same for any number of threads.
    #[must_use]
    fn render_many(seed: u64, first: u64, count: usize, size: usize) -> Vec<Scene<Self::Factors>> {
        Self::prepare();
        (0..count as u64).into_par_iter().map(|i| Self::render(seed, first.wrapping_add(i), size)).collect()
    }
}
