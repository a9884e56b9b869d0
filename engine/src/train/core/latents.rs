//! Draws from the prior that trainings use.

use candle_core::{Device, Tensor};

use crate::Result;
use crate::rng::Rng;

/// `count` draws from the prior: count x 1 x 1 x `length`.
pub(crate) fn latents(rng: &mut Rng, count: usize, length: usize) -> Result<Tensor> {
    Ok(Tensor::from_vec(rng.normals(count * length), (count, 1, 1, length), &Device::Cpu)?)
}
