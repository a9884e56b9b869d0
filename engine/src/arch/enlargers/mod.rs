//! Enlargers of pictures that other programs trained: SRGAN and SRResNet (Ledig et al. 2017), ESRGAN (Wang et al. 2018).
//!
//! All of them begin and end with convolutions that keep the sides, and have blocks between them that add to what they take.
//! The graphs have the names that the modules have in the files.

mod naming;
pub(super) mod rrdb;
pub(super) mod srgan;
pub(super) mod srresnet;

use candle_core::Tensor;

use super::layers::{Assembly, Draft};
use super::norm::Norm;
use crate::Result;
use crate::checkpoint::TensorTable;
use crate::nn::MapShape;

/// Sides of the pictures that graphs are written down for, which take any.
const SIDE: usize = 32;
/// Pictures in colour.
const PICTURE: MapShape = [SIDE, SIDE, 3];
/// Larger kernels are none of an enlarger.
const LARGEST_KERNEL: usize = 31;
/// More times larger no enlarger makes a picture.
const LARGEST_FACTOR: usize = 16;

/// Whether a module is a convolution of so many channels that keeps the sides.
fn keeps(tensors: &TensorTable, path: &str, outputs: usize, inputs: usize) -> Option<()> {
    let [o, i, kernel, width] = tensors.dims(&format!("{path}.weight"))?;
    let keeps = kernel == width && kernel % 2 == 1 && kernel <= LARGEST_KERNEL;
    (keeps && [o, i] == [outputs, inputs]).then_some(())
}

/// How many times larger a side becomes when the channels of a convolution become pixels of the channels that it took.
fn shuffles(tensors: &TensorTable, path: &str, width: usize) -> Option<usize> {
    let [outputs, ..] = tensors.dims::<4>(&format!("{path}.weight"))?;
    let factor = outputs.checked_div(width)?.isqrt();
    keeps(tensors, path, factor * factor * width, width)?;
    (2..=LARGEST_FACTOR).contains(&factor).then_some(factor)
}

/// How many times larger all of these together make a side.
fn product(factors: &[usize]) -> Option<usize> {
    let all = factors.iter().try_fold(1usize, |all, factor| all.checked_mul(*factor))?;
    (2..=LARGEST_FACTOR).contains(&all).then_some(all)
}

/// The convolution of a module, which keeps the sides.
fn convolution(tensors: &TensorTable, path: &str) -> Result<Draft> {
    let load = |name: &str| tensors.load(&format!("{path}.{name}"), &candle_core::Device::Cpu);
    let bias = tensors.contains(&format!("{path}.bias")).then(|| load("bias")).transpose()?;
    Ok(Draft::keeping(load("weight")?)?.bias(bias))
}

/// The weight of a module.
fn weight(tensors: &TensorTable, path: &str) -> Result<Tensor> {
    tensors.load(&format!("{path}.weight"), &candle_core::Device::Cpu)
}

/// Adds the PReLU of a module to what the last layer makes.
fn prelu(network: &mut Assembly, tensors: &TensorTable, path: &str) -> Result<()> {
    network.prelu(path, weight(tensors, path)?)
}

/// The batch norm of a module.
fn norm(tensors: &TensorTable, path: &str, epsilon: f64) -> Result<Norm> {
    Norm::of_module(tensors, path, epsilon)
}
