//! What a node of a graph does: the closed set of operations, what weights each has, and the shape that it makes.
//!
//! Every pass over a graph is a match over [`Op`] without a wildcard, so that the compiler refuses an operation which
//! does not say how it is shaped, counted, begun, run, differentiated and painted with.

use serde::{Deserialize, Serialize};

use crate::nn::MapShape;
use crate::nn::activation::Activation;
use crate::nn::compiled::LARGEST_SIDE;
use crate::nn::conv::ConvConfig;
use crate::nn::conv_transpose::ConvTransposeConfig;
use crate::nn::resample::Resampling;

/// More values than this no map has: a description that asks for more is broken or hostile.
const MOST_VALUES: usize = 1 << 28;

/// Channels become squares of at most so many pixels a side.
const LARGEST_FACTOR: usize = 16;

/// What a node makes of maps, N x H x W x C.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// What goes in.
    Input {
        /// Height, width and channels; 1 x 1 x its length for a vector.
        shape: MapShape,
    },
    /// A matrix product of all numbers of the maps, and a bias for each result.
    Dense {
        /// The maps that the results are, in their order.
        to: MapShape,
        /// Whether there is a bias.
        bias: bool,
    },
    /// A convolution, see [`crate::nn::conv2d`].
    Convolution {
        /// Channels that come out.
        outputs: usize,
        /// Pixels a side of the kernel.
        kernel: usize,
        /// How its windows lie.
        #[serde(flatten)]
        config: ConvConfig,
        /// Whether there is a bias.
        bias: bool,
    },
    /// A transposed convolution, see [`crate::nn::conv_transpose2d`].
    TransposedConvolution {
        /// Channels that come out.
        outputs: usize,
        /// Pixels a side of the kernel.
        kernel: usize,
        /// How its windows lie.
        #[serde(flatten)]
        config: ConvTransposeConfig,
        /// Whether there is a bias.
        bias: bool,
    },
    /// Every channel less its mean, over its deviation, times gamma, plus beta.
    BatchNorm {
        /// Added to the variance.
        epsilon: f64,
    },
    /// Every channel of every map less its own mean over the map, over its own deviation, times gamma, plus beta
    /// (Ulyanov et al. 2016).
    InstanceNorm {
        /// Added to the variance.
        epsilon: f64,
    },
    /// x where positive, else x times a slope that is learned (He et al. 2015).
    Prelu {
        /// One slope for all channels, not one for each.
        shared: bool,
    },
    /// An activation.
    Activation {
        /// Which.
        activation: Activation,
    },
    /// The sum of two or more maps of one shape.
    Add,
    /// The product of two maps of one shape, value by value.
    Multiply,
    /// Maps of one height and width as one with all their channels, in their order.
    Concatenate,
    /// A filter that blurs, enlarges or shrinks.
    Resample {
        /// Which.
        filter: Resampling,
    },
    /// Channels become pixels (Shi et al. 2016): channel `c factor^2 + i factor + j` goes to row `i` and column `j` of
    /// the square of channel `c`, as in PyTorch.
    PixelShuffle {
        /// How many times larger a side becomes.
        factor: usize,
    },
    /// Pixels become channels: the way back.
    PixelUnshuffle {
        /// How many times smaller a side becomes.
        factor: usize,
    },
    /// Every value times a number, plus another.
    Affine {
        /// The factor.
        scale: f32,
        /// What is added.
        offset: f32,
    },
    /// The same numbers, in the same order, as maps of another shape.
    Reshape {
        /// The shape.
        to: MapShape,
    },
    /// Some of the channels.
    Narrow {
        /// The first of them.
        first: usize,
        /// How many.
        count: usize,
    },
    /// How much the maps of a batch differ, in one channel with the same number at all places: the standard deviation of
    /// every value among so many maps that follow each other, and the mean of these (Karras et al. 2018). In use it is what
    /// was measured in training, so that every picture is judged alone.
    Deviation {
        /// How many; the largest divisor of the batch that is no larger counts.
        group: usize,
    },
    /// Values kept within bounds.
    Clip {
        /// The least.
        least: f32,
        /// The most.
        most: f32,
    },
}

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
            Self::Slope => "slope",
        }
    }

    /// True for what gradients change; the others are measured.
    #[must_use]
    pub fn is_learned(self) -> bool {
        match self {
            Self::Weight | Self::Bias | Self::Gamma | Self::Beta | Self::Slope => true,
            Self::Mean | Self::Variance => false,
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
    /// As it is called in files and descriptions.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input { .. } => "input",
            Self::Dense { .. } => "dense",
            Self::Convolution { .. } => "convolution",
            Self::TransposedConvolution { .. } => "transposed convolution",
            Self::BatchNorm { .. } => "batch norm",
            Self::InstanceNorm { .. } => "instance norm",
            Self::Prelu { .. } => "PReLU",
            Self::Activation { .. } => "activation",
            Self::Add => "add",
            Self::Multiply => "multiply",
            Self::Concatenate => "concatenate",
            Self::Resample { .. } => "resample",
            Self::PixelShuffle { .. } => "pixel shuffle",
            Self::PixelUnshuffle { .. } => "pixel unshuffle",
            Self::Affine { .. } => "affine",
            Self::Reshape { .. } => "reshape",
            Self::Narrow { .. } => "narrow",
            Self::Deviation { .. } => "deviation",
            Self::Clip { .. } => "clip",
        }
    }

    /// The shape that it makes of maps of these shapes, or why it can't.
    pub(super) fn shape(&self, from: &[MapShape]) -> Result<MapShape, String> {
        let one = || match from {
            [shape] => Ok(*shape),
            _ => Err(format!("takes what one node makes, not {}", from.len())),
        };
        let shape = match self {
            Self::Input { shape } => {
                if !from.is_empty() {
                    return Err("takes nothing from other nodes".into());
                }
                *shape
            }
            Self::Dense { to, .. } => {
                one()?;
                *to
            }
            Self::Convolution { outputs, kernel, config, .. } => {
                let from = one()?;
                check_window(*kernel, config.stride, config.padding)?;
                let windows = config.windows(from, *kernel).ok_or_else(|| {
                    format!("has a kernel of {kernel}, which is larger than the padded {}", shown(from))
                })?;
                [windows.grid_height, windows.grid_width, *outputs]
            }
            Self::TransposedConvolution { outputs, kernel, config, .. } => {
                let from = one()?;
                check_window(*kernel, config.stride, config.padding.max(config.output_padding))?;
                let windows = config.windows([from[0], from[1]], *kernel, *outputs);
                let windows =
                    windows.ok_or_else(|| format!("cuts off all that it makes of {}", shown(from)))?;
                [windows.image_height, windows.image_width, *outputs]
            }
            Self::BatchNorm { epsilon } | Self::InstanceNorm { epsilon } => {
                if !(0.0..=1e6).contains(epsilon) {
                    return Err(format!("has an epsilon of {epsilon}"));
                }
                one()?
            }
            Self::Activation { .. } | Self::Prelu { .. } | Self::Affine { .. } => one()?,
            Self::Deviation { group } => {
                let [height, width, _] = one()?;
                if *group == 0 {
                    return Err("compares no maps".into());
                }
                [height, width, 1]
            }
            Self::Clip { least, most } => {
                if least.is_nan() || most.is_nan() || least > most {
                    return Err(format!("keeps values between {least} and {most}"));
                }
                one()?
            }
            Self::Add => alike(from)?,
            Self::Multiply => {
                if from.len() != 2 {
                    return Err(format!("takes what two nodes make, not {}", from.len()));
                }
                alike(from)?
            }
            Self::Concatenate => {
                let [height, width, _] = *from.first().ok_or("takes what other nodes make")?;
                if let Some(other) = from.iter().find(|s| s[..2] != [height, width]) {
                    return Err(format!("can't lay {} beside {}", shown(*other), shown(from[0])));
                }
                [height, width, from.iter().fold(0, |all, s| all.saturating_add(s[2]))]
            }
            Self::Resample { filter } => {
                let from = one()?;
                let side = |side| filter.checked_side(side, LARGEST_SIDE);
                let sides = side(from[0]).zip(side(from[1]));
                let (height, width) =
                    sides.ok_or_else(|| format!("has a filter that does not fit {}", shown(from)))?;
                [height, width, from[2]]
            }
            Self::PixelShuffle { factor } => {
                let [height, width, channels] = one()?;
                let squares = check_factor(*factor)?;
                if !channels.is_multiple_of(squares) {
                    return Err(format!("makes squares of {factor} pixels a side of {channels} channels"));
                }
                [height * factor, width * factor, channels / squares]
            }
            Self::PixelUnshuffle { factor } => {
                let [height, width, channels] = one()?;
                let squares = check_factor(*factor)?;
                if !height.is_multiple_of(*factor) || !width.is_multiple_of(*factor) {
                    let from = shown([height, width, channels]);
                    return Err(format!("can't cut {from} into squares of {factor} pixels a side"));
                }
                [height / factor, width / factor, channels * squares]
            }
            Self::Reshape { to } => {
                let from = one()?;
                if values(from) != values(*to) {
                    return Err(format!("can't make {} of {}", shown(*to), shown(from)));
                }
                *to
            }
            Self::Narrow { first, count } => {
                let from = one()?;
                if first.checked_add(*count).is_none_or(|end| end > from[2]) {
                    return Err(format!("takes {count} channels from {first} on of {}", from[2]));
                }
                [from[0], from[1], *count]
            }
        };
        let sides = 1..=LARGEST_SIDE;
        if !sides.contains(&shape[0]) || !sides.contains(&shape[1]) || shape[2] == 0 {
            return Err(format!("makes {}", shown(shape)));
        }
        match values(shape) {
            Some(count) if count <= MOST_VALUES => Ok(shape),
            _ => Err(format!("makes {}, which is too much", shown(shape))),
        }
    }

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

/// How many values maps of a shape have.
fn values([height, width, channels]: MapShape) -> Option<usize> {
    height.checked_mul(width)?.checked_mul(channels)
}

/// As in "8 x 8 x 64".
pub(super) fn shown([height, width, channels]: MapShape) -> String {
    format!("{height} x {width} x {channels}")
}

fn check_window(kernel: usize, stride: usize, padding: usize) -> Result<(), String> {
    let sides = 1..=LARGEST_SIDE;
    if sides.contains(&kernel) && sides.contains(&stride) && padding <= LARGEST_SIDE {
        return Ok(());
    }
    Err(format!("has a kernel of {kernel}, a stride of {stride} and a padding of {padding}"))
}

/// The pixels of a square of this side.
fn check_factor(factor: usize) -> Result<usize, String> {
    if (1..=LARGEST_FACTOR).contains(&factor) {
        return Ok(factor * factor);
    }
    Err(format!("has a factor of {factor}, which is not 1 to {LARGEST_FACTOR}"))
}

fn alike(from: &[MapShape]) -> Result<MapShape, String> {
    let first = *from.first().ok_or("takes what other nodes make")?;
    match from.iter().find(|shape| **shape != first) {
        Some(other) => Err(format!("takes maps of one shape, not {} and {}", shown(first), shown(*other))),
        None => Ok(first),
    }
}
