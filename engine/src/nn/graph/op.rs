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
    /// Maps that were learned, the same whatever goes in.
    Constant {
        /// Their shape.
        shape: MapShape,
    },
    /// Every pixel's channels over the root of their mean square (Karras et al. 2018).
    PixelNorm {
        /// Added to the mean square.
        epsilon: f64,
    },
    /// Every channel of maps times a number, which a second node makes: a style (Karras et al. 2020).
    Modulate,
    /// Every channel of what a convolution made of modulated maps over the norm of the weights that made it, as the style
    /// scales them (Karras et al. 2020). Takes what was made, or a filter of it, and the numbers of the style.
    Demodulate {
        /// The name of the convolution, transposed or not.
        of: String,
        /// Added to the square of the norm.
        epsilon: f64,
    },
    /// Noise that was stored, one number for every pixel, times a strength that was learned, added to all channels.
    Noise,
    /// A number that was learned for every channel, added to it.
    Bias,
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
            Self::Constant { .. } => "constant",
            Self::PixelNorm { .. } => "pixel norm",
            Self::Modulate => "modulate",
            Self::Demodulate { .. } => "demodulate",
            Self::Noise => "noise",
            Self::Bias => "bias",
        }
    }

    /// The shape that it makes of maps of these shapes, or why it can't.
    pub(super) fn shape(&self, from: &[MapShape]) -> Result<MapShape, String> {
        let one = || match from {
            [shape] => Ok(*shape),
            _ => Err(format!("takes what one node makes, not {}", from.len())),
        };
        let shape = match self {
            Self::Input { shape } | Self::Constant { shape } => {
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
            Self::BatchNorm { epsilon } | Self::InstanceNorm { epsilon } | Self::PixelNorm { epsilon } => {
                if !(0.0..=1e6).contains(epsilon) {
                    return Err(format!("has an epsilon of {epsilon}"));
                }
                one()?
            }
            Self::Activation { .. } | Self::Prelu { .. } | Self::Affine { .. } | Self::Noise | Self::Bias => {
                one()?
            }
            Self::Modulate | Self::Demodulate { .. } => {
                let &[maps, style] = from else {
                    return Err(format!("takes maps and a style, not what {} nodes make", from.len()));
                };
                let epsilon = if let Self::Demodulate { epsilon, .. } = self { *epsilon } else { 0.0 };
                if !(0.0..=1e6).contains(&epsilon) {
                    return Err(format!("has an epsilon of {epsilon}"));
                }
                // Which channels a style demodulates by is the convolution's to say.
                if *self == Self::Modulate && style[2] != maps[2] || style[..2] != [1, 1] {
                    return Err(format!("can't scale the channels of {} by {}", shown(maps), shown(style)));
                }
                maps
            }
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
