//! The weights of operations: what each is to its operation, its shape, and how many of the numbers that go in a result
//! sums over.

use super::op::Op;
use crate::nn::MapShape;

/// What a weight is to its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What inputs are multiplied by: inputs x outputs, k x k x inputs x outputs in a convolution, inputs x k x k x
    /// outputs in a transposed one.
    Weight,
    /// What is added to every channel of the results.
    Bias,
    /// The factor of every channel after a normalization.
    Gamma,
    /// What is added to every channel after a normalization.
    Beta,
    /// The mean of every channel, as it was in training.
    Mean,
    /// The variance of every channel, as it was in training.
    Variance,
    /// Maps that are made of nothing: H x W x C.
    Constant,
    /// A number for every pixel: H x W x 1.
    Noise,
    /// What noise is multiplied by: one number.
    Strength,
    /// What negative values are multiplied by.
    Slope,
}

impl Role {
    /// As the last part of a weight's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Bias => "bias",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::Mean => "mean",
            Self::Variance => "variance",
            Self::Constant => "constant",
            Self::Noise => "noise",
            Self::Strength => "strength",
            Self::Slope => "slope",
        }
    }

    /// True for what gradients change; the others are measured, or drawn once.
    #[must_use]
    pub fn is_learned(self) -> bool {
        match self {
            Self::Weight
            | Self::Bias
            | Self::Gamma
            | Self::Beta
            | Self::Constant
            | Self::Strength
            | Self::Slope => true,
            Self::Mean | Self::Variance | Self::Noise => false,
        }
    }
}

/// A weight of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightSpec {
    /// What it is.
    pub role: Role,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How many of the numbers that go in one result sums over.
    pub sums: usize,
}

impl Op {
    /// Its weights, from the shapes of what goes in and comes out.
    pub(super) fn weights(&self, from: &[MapShape], to: MapShape) -> Vec<WeightSpec> {
        let channels = from.first().map_or(0, |shape| shape[2]);
        let linear = |shape: Vec<usize>, sums: usize, outputs: usize, bias: bool| {
            let bias = bias.then(|| WeightSpec { role: Role::Bias, shape: vec![outputs], sums });
            std::iter::once(WeightSpec { role: Role::Weight, shape, sums }).chain(bias).collect()
        };
        match self {
            Self::Dense { bias, .. } => {
                let inputs = from.first().map_or(0, |shape| shape.iter().product());
                let outputs = to.iter().product();
                linear(vec![inputs, outputs], inputs, outputs, *bias)
            }
            Self::Convolution { outputs, kernel, bias, .. } => {
                let sums = kernel * kernel * channels;
                linear(vec![*kernel, *kernel, channels, *outputs], sums, *outputs, *bias)
            }
            Self::TransposedConvolution { outputs, kernel, config, bias } => {
                // Along an axis a result meets one place of the kernel in every stride, and no more pixels than there are.
                let met = |side: usize| kernel.div_ceil(config.stride).min(side).max(1);
                let sums = from.first().map_or(0, |[height, width, _]| met(*height) * met(*width) * channels);
                linear(vec![channels, *kernel, *kernel, *outputs], sums, *outputs, *bias)
            }
            Self::Deviation { .. } => vec![WeightSpec { role: Role::Mean, shape: vec![1], sums: 1 }],
            Self::BatchNorm { .. } => [Role::Gamma, Role::Beta, Role::Mean, Role::Variance]
                .map(|role| WeightSpec { role, shape: vec![channels], sums: 1 })
                .into(),
            Self::Constant { shape } => {
                vec![WeightSpec { role: Role::Constant, shape: shape.to_vec(), sums: 1 }]
            }
            Self::Noise => vec![
                WeightSpec { role: Role::Noise, shape: vec![to[0], to[1], 1], sums: 1 },
                WeightSpec { role: Role::Strength, shape: vec![1], sums: 1 },
            ],
            Self::Bias => vec![WeightSpec { role: Role::Bias, shape: vec![channels], sums: 1 }],
            Self::InstanceNorm { .. } => [Role::Gamma, Role::Beta]
                .map(|role| WeightSpec { role, shape: vec![channels], sums: 1 })
                .into(),
            Self::Prelu { shared } => {
                vec![WeightSpec {
                    role: Role::Slope,
                    shape: vec![if *shared { 1 } else { channels }],
                    sums: 1,
                }]
            }
            Self::Input { .. }
            | Self::PixelNorm { .. }
            | Self::Modulate
            | Self::Demodulate { .. }
            | Self::Activation { .. }
            | Self::PixelShuffle { .. }
            | Self::PixelUnshuffle { .. }
            | Self::Add
            | Self::Multiply
            | Self::Concatenate
            | Self::Resample { .. }
            | Self::Affine { .. }
            | Self::Reshape { .. }
            | Self::Narrow { .. }
            | Self::Clip { .. } => Vec::new(),
        }
    }
}
