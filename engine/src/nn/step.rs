//! What a painted network does, a step at a time: a layer of constant weights, or one of the operations between layers.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::MapShape;
use super::activation::Activation;
use super::finish::Finish;
use super::frozen::FrozenLayer;
use super::instance_norm::InstanceNorm;
use super::linear::Linear;
use super::prelu;
use super::resample::{Resample, Resampling};
use super::shuffle::{self, Shuffle};
use crate::Result;

/// Values that one task works on.
const PART: usize = 1 << 14;

/// What a step does to the results of others.
#[derive(Debug)]
pub(super) enum Work {
    /// A linear part, a bias and an activation.
    Layer { layer: FrozenLayer, linear: Linear },
    /// Every channel times a number, plus another, and an activation.
    Pointwise { scale: Vec<f32>, shift: Vec<f32>, activation: Activation },
    /// A norm of every map by itself.
    InstanceNorm(InstanceNorm),
    /// A slope for each channel where values are negative.
    Prelu { slopes: Vec<f32> },
    /// A sum.
    Add,
    /// A product, value by value.
    Multiply,
    /// Channels side by side, so many of each.
    Concatenate { channels: Vec<usize> },
    /// A filter.
    Resample { operation: Resample, filter: Resampling, channels: usize },
    /// Channels become pixels, or the other way; `small` is the shape on the side of the many channels.
    Shuffle { way: Shuffle, factor: usize, small: MapShape },
    /// `count` channels of `of`, from `first` on.
    Narrow { first: usize, count: usize, of: usize },
    /// Values kept within bounds.
    Clip { least: f32, most: f32 },
}

/// A step, the places of what it takes (0 is what goes into the network, `i + 1` what step `i` makes), and the maps
/// that it makes.
#[derive(Debug)]
pub(super) struct Step {
    pub work: Work,
    pub from: Vec<usize>,
    /// The maps that it takes what is there for.
    pub takes: Vec<MapShape>,
    pub shape: MapShape,
}

/// What the backward pass knows of a step beside the gradient of its result.
pub(super) struct Known<'a> {
    /// What it took.
    pub from: &'a [&'a [f32]],
    /// What it made.
    pub result: &'a [f32],
}

impl Work {
    /// The activation at its end.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Layer { layer, .. } => layer.activation(),
            Self::Pointwise { activation, .. } => *activation,
            Self::InstanceNorm(norm) => norm.activation,
            Self::Prelu { .. }
            | Self::Shuffle { .. }
            | Self::Add
            | Self::Multiply
            | Self::Concatenate { .. }
            | Self::Resample { .. }
            | Self::Narrow { .. }
            | Self::Clip { .. } => Activation::None,
        }
    }

    /// What it makes of the results of others, into `out`, whose content does not matter.
    pub fn forward(&self, from: &[&[f32]], out: &mut [f32]) -> candle_core::Result<()> {
        match self {
            Self::Layer { layer, linear } => return layer.forward(linear, from[0], out),
            Self::Pointwise { scale, shift, activation } => {
                let rows = rows_in_part(scale.len());
                out.par_chunks_mut(rows).zip(from[0].par_chunks(rows)).for_each(|(out, x)| {
                    for (out, x) in out.chunks_exact_mut(scale.len()).zip(x.chunks_exact(scale.len())) {
                        for (((out, x), scale), shift) in out.iter_mut().zip(x).zip(scale).zip(shift) {
                            *out = x * scale + shift;
                        }
                    }
                    activation.apply(out);
                });
            }
            Self::InstanceNorm(norm) => norm.forward(from[0], out),
            Self::Prelu { slopes } => prelu::forward(slopes, from[0], out),
            Self::Shuffle { way, factor, small } => way.run(from[0], *factor, *small, out),
            Self::Add => {
                out.copy_from_slice(from[0]);
                from[1..].iter().for_each(|term| add(out, term));
            }
            Self::Multiply => product(from[0], from[1], out),
            Self::Concatenate { channels } => {
                let all: usize = channels.iter().sum();
                let mut first = 0;
                for (from, count) in from.iter().zip(channels) {
                    out.par_chunks_mut(all).zip(from.par_chunks(*count)).for_each(|(out, from)| {
                        out[first..first + count].copy_from_slice(from);
                    });
                    first += count;
                }
            }
            Self::Resample { operation, channels, .. } => operation.forward(from[0], *channels, out),
            Self::Narrow { first, count, of } => {
                out.par_chunks_mut(*count).zip(from[0].par_chunks(*of)).for_each(|(out, from)| {
                    out.copy_from_slice(&from[*first..first + count]);
                });
            }
            Self::Clip { least, most } => {
                out.par_chunks_mut(PART).zip(from[0].par_chunks(PART)).for_each(|(out, from)| {
                    for (out, x) in out.iter_mut().zip(from) {
                        // Comparisons keep NaN as it is.
                        *out = if x < least {
                            *least
                        } else if x > most {
                            *most
                        } else {
                            *x
                        };
                    }
                });
            }
        }
        Ok(())
    }

    /// The gradient of the `which`-th thing that it took, from that of what it made, taken through the end of the step
    /// that made the thing, into `out`, whose content does not matter.
    pub fn backward(
        &self,
        which: usize,
        gradient: &[f32],
        known: &Known<'_>,
        finish: Finish<'_>,
        out: &mut [f32],
    ) -> candle_core::Result<()> {
        match self {
            Self::Layer { layer, linear } => return layer.backward(linear, gradient, finish, out),
            Self::Pointwise { scale, .. } => {
                let rows = rows_in_part(scale.len());
                out.par_chunks_mut(rows).zip(gradient.par_chunks(rows)).for_each(|(out, gradient)| {
                    for (out, g) in out.chunks_exact_mut(scale.len()).zip(gradient.chunks_exact(scale.len()))
                    {
                        for ((out, g), scale) in out.iter_mut().zip(g).zip(scale) {
                            *out = g * scale;
                        }
                    }
                });
            }
            Self::InstanceNorm(norm) => norm.backward(known.from[0], gradient, out),
            Self::Prelu { slopes } => prelu::backward(slopes, known.from[0], gradient, out),
            Self::Shuffle { way, factor, small } => way.back().run(gradient, *factor, *small, out),
            Self::Add => out.copy_from_slice(gradient),
            Self::Multiply => product(gradient, known.from[1 - which], out),
            Self::Concatenate { channels } => {
                let all: usize = channels.iter().sum();
                let (first, count) = (channels[..which].iter().sum::<usize>(), channels[which]);
                out.par_chunks_mut(count).zip(gradient.par_chunks(all)).for_each(|(out, gradient)| {
                    out.copy_from_slice(&gradient[first..first + count]);
                });
            }
            Self::Resample { operation, channels, .. } => operation.backward(gradient, *channels, out),
            Self::Narrow { first, count, of } => {
                out.par_chunks_mut(*of).zip(gradient.par_chunks(*count)).for_each(|(out, gradient)| {
                    out.fill(0.0);
                    out[*first..first + count].copy_from_slice(gradient);
                });
            }
            Self::Clip { least, most } => {
                let parts = out.par_chunks_mut(PART).zip(gradient.par_chunks(PART));
                parts.zip(known.result.par_chunks(PART)).for_each(|((out, gradient), result)| {
                    for ((out, g), y) in out.iter_mut().zip(gradient).zip(result) {
                        *out = if y <= least || y >= most { 0.0 } else { *g };
                    }
                });
            }
        }
        out.par_chunks_mut(PART).enumerate().for_each(|(part, out)| finish.apply(part * PART, out));
        Ok(())
    }

    /// The same as [`Self::forward`] with candle's operations.
    pub fn on_device(&self, from: &[Tensor]) -> Result<Tensor> {
        let by_channel = |values: &[f32], device: &Device| Tensor::from_slice(values, values.len(), device);
        Ok(match self {
            Self::Layer { layer, .. } => layer.on_device(&from[0])?,
            Self::Pointwise { scale, shift, activation } => {
                let device = from[0].device();
                let y = from[0].broadcast_mul(&by_channel(scale, device)?)?;
                activation.on_device(&y.broadcast_add(&by_channel(shift, device)?)?)?
            }
            Self::InstanceNorm(norm) => norm.on_device(&from[0])?,
            Self::Prelu { slopes } => prelu::prelu(&from[0], &by_channel(slopes, from[0].device())?)?,
            Self::Shuffle { way: Shuffle::ToPixels, factor, .. } => {
                shuffle::pixels_of_channels(&from[0], *factor)?
            }
            Self::Shuffle { way: Shuffle::ToChannels, factor, .. } => {
                shuffle::channels_of_pixels(&from[0], *factor)?
            }
            Self::Add => from[1..].iter().try_fold(from[0].clone(), |sum, term| sum + term)?,
            Self::Multiply => (&from[0] * &from[1])?,
            Self::Concatenate { .. } => Tensor::cat(from, 3)?,
            Self::Resample { filter, .. } => super::resample(&from[0], filter)?,
            Self::Narrow { first, count, .. } => from[0].narrow(3, *first, *count)?.contiguous()?,
            Self::Clip { least, most } => from[0].clamp(*least, *most)?,
        })
    }
}

/// Values of whole rows that one task works on.
fn rows_in_part(channels: usize) -> usize {
    PART.next_multiple_of(channels.max(1))
}

/// `sum += term`.
pub(super) fn add(sum: &mut [f32], term: &[f32]) {
    sum.par_chunks_mut(PART).zip(term.par_chunks(PART)).for_each(|(sum, term)| {
        sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
    });
}

fn product(a: &[f32], b: &[f32], out: &mut [f32]) {
    out.par_chunks_mut(PART).zip(a.par_chunks(PART).zip(b.par_chunks(PART))).for_each(|(out, (a, b))| {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a * b;
        }
    });
}
