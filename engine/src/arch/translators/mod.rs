//! Networks that make pictures of pictures, trained by other programs: pix2pix (Isola et al. 2017) and CycleGAN (Zhu et al. 2017),
//! as the authors' own program keeps them and as eriklindernoren/PyTorch-GAN writes them down.
//!
//! The graphs have the names that the modules have in the files. Dropout, which the authors leave on in use, is left out.

pub(super) mod residual;
pub(super) mod unet;
pub(super) mod zoo_unet;

use candle_core::{Device, Tensor};

use super::layers::{Assembly, Draft, doubling};
use super::norm::Norm;
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, Choice};
use crate::nn::graph::Op;
use crate::nn::{Activation, Resampling};
use crate::{Result, ValueRange};

/// The slope of leaky ReLUs.
const LEAKY: Activation = Activation::LeakyRelu(0.2);
/// PyTorch's default for norms of single maps.
const INSTANCE_NORM_EPSILON: f64 = 1e-5;

/// Where norms take their statistics from.
const STATISTICS: &[Choice] = &[
    Choice::new("picture", "of each picture, as its authors' program does"),
    Choice::new("stored", "stored in the file"),
];

/// The norm after a convolution.
#[derive(Clone, Copy, Debug, PartialEq)]
enum AfterConvolution {
    /// Of the batch in training, by the statistics that the file stores.
    Stored(f64),
    /// The same by the statistics of each picture, as in a batch of one.
    Picture(f64),
    /// Of each map alone, without numbers of its own.
    Instance,
}

impl AfterConvolution {
    /// What was assumed where norms are those of batches.
    fn of(of_batches: bool, assumed: &Assumptions) -> Self {
        if !of_batches {
            return Self::Instance;
        }
        let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(super::BATCH_NORM_EPSILON);
        if assumed.choice_of("statistics") == Some("stored") {
            Self::Stored(epsilon)
        } else {
            Self::Picture(epsilon)
        }
    }
}

/// What is assumed of a translator.
fn assumptions(of_batches: bool) -> Assumptions {
    let assumed = Assumptions::new().range(ValueRange::SignedUnit);
    if !of_batches {
        return assumed;
    }
    let why = "pix2pix is used as it is trained, by the statistics of the picture at hand; networks that were trained in large \
               batches may look better by the stored ones";
    assumed.choice("statistics", "Norms", why, STATISTICS, 0).batch_norm_epsilon(super::BATCH_NORM_EPSILON)
}

/// Whether a module is a norm with numbers of its own; norms of single maps have none, whatever statistics they carry along.
fn is_batch_norm(tensors: &TensorTable, path: &str) -> bool {
    tensors.contains(&format!("{path}.weight"))
}

fn load(tensors: &TensorTable, path: &str, name: &str) -> Result<Tensor> {
    tensors.load(&format!("{path}.{name}"), &Device::Cpu)
}

fn bias(tensors: &TensorTable, path: &str) -> Result<Option<Tensor>> {
    tensors.contains(&format!("{path}.bias")).then(|| load(tensors, path, "bias")).transpose()
}

/// A convolution that halves the sides.
fn halving(tensors: &TensorTable, path: &str) -> Result<Draft> {
    Ok(Draft::halving(load(tensors, path, "weight")?)?.bias(bias(tensors, path)?))
}

/// A transposed convolution that doubles the sides.
fn doubled(tensors: &TensorTable, path: &str) -> Result<Draft> {
    let weight = load(tensors, path, "weight")?;
    let (_, _, kernel, _) = weight.dims4()?;
    Ok(Draft::transposed(weight, doubling(kernel)).bias(bias(tensors, path)?))
}

/// Adds a convolution, the norm that the file calls `after`, and an activation.
fn normed(
    net: &mut Assembly,
    tensors: &TensorTable,
    [path, after]: [&str; 2],
    draft: Draft,
    norm: AfterConvolution,
    activation: Activation,
) -> Result<()> {
    if let AfterConvolution::Stored(epsilon) = norm {
        let norm = Norm::of_module(tensors, after, epsilon)?;
        return net.layer(path, draft.norm(norm).activation(activation));
    }
    net.layer(path, draft)?;
    let channels = net.maps()[2];
    let (numbers, epsilon) = match norm {
        AfterConvolution::Picture(epsilon) => {
            ([load(tensors, after, "weight")?, load(tensors, after, "bias")?], epsilon)
        }
        _ => {
            let one = Tensor::ones(channels, candle_core::DType::F32, &Device::Cpu)?;
            ([one.clone(), one.zeros_like()?], INSTANCE_NORM_EPSILON)
        }
    };
    net.instance_norm(&format!("{path}.norm"), numbers, epsilon)?;
    if activation == Activation::None {
        return Ok(());
    }
    net.operation(&format!("{path}.activation"), Op::Activation { activation }, &[])
}

/// Adds a border that mirrors the pixels within it.
fn reflected(net: &mut Assembly, name: &str, border: usize) -> Result<()> {
    net.operation(name, Op::Resample { filter: Resampling::reflecting(border) }, &[])
}

/// Colours, or grey.
fn channels(count: usize) -> Option<usize> {
    [1, 3].contains(&count).then_some(count)
}
