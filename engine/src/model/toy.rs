//! A model for tests: quick, smooth and, where a test asks for it, ill-behaved.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use candle_core::{Device, Tensor};

use super::{Decoder, LIGHT, LatentSpec, Model, Prior};
use crate::rng::Rng;
use crate::{Result, ValueRange};

/// Pixels a side of a toy's pictures.
pub(crate) const TOY_SIZE: usize = 16;
/// Height and width of the pictures of a toy that is not square.
pub(crate) const WIDE: [usize; 2] = [16, 24];
/// Numbers in a toy's latents.
pub(crate) const TOY_LATENT: usize = 12;

/// How a toy behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Temper {
    Good,
    /// Every forward pass takes this long.
    Slow(Duration),
    /// The same, and it says that its pictures are the heaviest that there are.
    Heavy(Duration),
    /// Panics from the n-th forward pass with a gradient on.
    PanicsAt(usize),
    /// Makes NaN from the n-th forward pass with a gradient on.
    NanAt(usize),
}

/// tanh(z A): every latent moves a smooth pattern.
struct Toy {
    patterns: Tensor,
    sides: [usize; 2],
    temper: Temper,
    calls: AtomicUsize,
}

impl Decoder for Toy {
    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        if let Temper::Slow(time) | Temper::Heavy(time) = self.temper {
            std::thread::sleep(time);
        }
        let calls = if latents.track_op() { self.calls.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        let mut planes = latents.matmul(&self.patterns)?.tanh()?;
        match self.temper {
            Temper::PanicsAt(n) if calls >= n => panic!("the toy was told to panic"),
            Temper::NanAt(n) if calls >= n => planes = (planes * f64::NAN)?,
            _ => {}
        }
        let [height, width] = self.sides;
        Ok(planes.reshape(((), 3, height, width))?)
    }

    fn sides(&self) -> [usize; 2] {
        self.sides
    }

    fn latent_len(&self) -> usize {
        TOY_LATENT
    }

    fn parameters(&self) -> usize {
        self.patterns.elem_count()
    }

    fn family(&self) -> &'static str {
        "Toy"
    }

    fn operations(&self) -> f64 {
        if matches!(self.temper, Temper::Heavy(_)) { 1e9 * LIGHT } else { LIGHT / 16.0 }
    }
}

/// A toy in use.
pub(crate) fn toy(temper: Temper, prior: Prior) -> Model {
    sized_toy(temper, prior, [TOY_SIZE; 2])
}

/// A toy with pictures of any height and width.
pub(crate) fn sized_toy(temper: Temper, prior: Prior, sides: [usize; 2]) -> Model {
    let [height, width] = sides;
    let mut rng = Rng::new(11);
    let mut patterns = Vec::with_capacity(TOY_LATENT * 3 * height * width);
    for _ in 0..TOY_LATENT {
        for _ in 0..3 {
            let (fx, fy, phase) = (rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), rng.uniform(0.0, 6.0));
            for y in 0..height {
                patterns.extend((0..width).map(|x| 0.6 * (fx * x as f32 + fy * y as f32 + phase).sin()));
            }
        }
    }
    let patterns = Tensor::from_vec(patterns, (TOY_LATENT, 3 * height * width), &Device::Cpu).unwrap();
    let toy = Arc::new(Toy { patterns, sides, temper, calls: AtomicUsize::new(0) });
    let latents = LatentSpec::continuous(TOY_LATENT, prior);
    Model::of_decoder("toy", toy, latents, ValueRange::SignedUnit, Device::Cpu)
}
