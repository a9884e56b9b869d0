//! What a training consists of, told once: networks, optimizers, averages, random numbers, counters. Saving a training,
//! going on with it and counting its memory all go through this list.

use candle_core::{Device, Tensor};

use super::adam::Adam;
use super::network::Network;
use super::spectral::SpectralNorm;
use crate::rng::Rng;

/// A piece of a training.
pub enum Part<'a> {
    /// The weights of a network.
    Network(&'a Network),
    /// What an optimizer remembers of a network.
    Optimizer(&'a Network, &'a mut Adam),
    /// The moving average of a network's weights.
    Average(&'a Network, &'a mut [Tensor]),
    /// The largest singular vectors of a network's weights.
    Vectors(&'a mut SpectralNorm),
    /// So many numbers.
    Numbers(&'a mut [f32]),
    /// Tensors, as many and as large as they happen to be.
    Tensors(&'a mut Vec<Tensor>),
    /// Tensors that the training was begun with and never changes.
    Constants(&'a [(String, Tensor)]),
    /// A stream of random numbers.
    Rng(&'a mut Rng),
    /// A counter.
    Count(&'a mut u64),
}

/// The pieces of a training with their names, none of which is there twice.
pub type Parts<'a> = Vec<(&'static str, Part<'a>)>;

/// A fresh tensor of the values that a file had.
pub(crate) fn tensor(values: Vec<f32>, shape: &[usize]) -> crate::Result<Tensor> {
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}
