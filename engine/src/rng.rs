//! Seeded noise. Every random number of the studio comes from here, so that a seed means a picture.
//!
//! candle's CPU device can't be seeded, and the generators of the standard crates may change their
//! streams between versions; ChaCha8 has a published definition and stays the same for ever.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// A reproducible stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng {
    chacha: ChaCha8Rng,
    /// The second value of the last Box-Muller pair.
    spare: Option<f32>,
}

/// Where a stream stands, so that a resumed run goes on with the same numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RngState {
    seed: [u8; 32],
    stream: u64,
    /// Position in 32-bit words; a string because TOML and JSON have no 128-bit numbers.
    position: String,
    spare: Option<f32>,
}

impl Rng {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { chacha: ChaCha8Rng::seed_from_u64(seed), spare: None }
    }

    /// An independent stream of the same seed: picture `index` of a data set, for example, so that
    /// the result does not depend on which thread draws it.
    #[must_use]
    pub fn stream(seed: u64, index: u64) -> Self {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream(index);
        Self { chacha, spare: None }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.chacha.next_u64()
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f32 {
        (self.chacha.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// Uniform in [low, high).
    pub fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        // Multiply and shift: the bias is below 2^-32 for every n used here.
        ((u64::from(self.chacha.next_u32()) * n as u64) >> 32) as usize
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 - unit is in (0, 1], where the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let (sin, cos) = (std::f32::consts::TAU * self.unit()).sin_cos();
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// `n` standard normal numbers.
    pub fn normals(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.normal()).collect()
    }

    /// The numbers 0..n in random order (Fisher and Yates).
    pub fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// Where the stream stands.
    #[must_use]
    pub fn state(&self) -> RngState {
        RngState {
            seed: self.chacha.get_seed(),
            stream: self.chacha.get_stream(),
            position: self.chacha.get_word_pos().to_string(),
            spare: self.spare,
        }
    }

    /// The stream at a recorded place; `None` when the record is damaged.
    #[must_use]
    pub fn restore(state: &RngState) -> Option<Self> {
        let mut chacha = ChaCha8Rng::from_seed(state.seed);
        chacha.set_stream(state.stream);
        chacha.set_word_pos(state.position.parse().ok()?);
        Some(Self { chacha, spare: state.spare })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_the_moments_of_a_standard_normal() {
        let xs = Rng::new(1).normals(100_000);
        let n = xs.len() as f32;
        let mean = xs.iter().sum::<f32>() / n;
        let variance = xs.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n;
        let kurtosis = xs.iter().map(|x| (x - mean).powi(4)).sum::<f32>() / n / variance.powi(2);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03 && (kurtosis - 3.0).abs() < 0.1);
    }

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        assert_eq!(Rng::stream(7, 1).normals(9), Rng::stream(7, 1).normals(9));
        assert_ne!(Rng::stream(7, 1).normals(9), Rng::stream(7, 2).normals(9));
    }

    #[test]
    fn a_restored_stream_goes_on_where_it_stood() {
        let mut rng = Rng::stream(3, 5);
        rng.normals(7);
        let state = rng.state();
        let mut copy = Rng::restore(&state).unwrap();
        assert_eq!(rng.normals(9), copy.normals(9));
    }

    #[test]
    fn an_order_has_every_number_once_and_at_every_place() {
        let mut rng = Rng::new(4);
        let mut sums = [0; 6];
        for _ in 0..6000 {
            let order = rng.order(6);
            sums.iter_mut().zip(&order).for_each(|(sum, i)| *sum += i);
            let mut sorted = order;
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
        }
        assert!(sums.iter().all(|sum| (14_400..15_600).contains(sum)), "{sums:?}");
        assert!(rng.order(0).is_empty());
    }

    #[test]
    fn below_reaches_every_value_and_no_other() {
        let mut rng = Rng::new(2);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[rng.below(5)] += 1;
        }
        assert!(seen.iter().all(|&n| n > 120), "{seen:?}");
    }
}
