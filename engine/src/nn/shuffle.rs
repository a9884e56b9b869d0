//! Channels that become pixels and pixels that become channels (Shi et al. 2016), in PyTorch's order: channel
//! `c factor^2 + i factor + j` of a small map is row `i` and column `j` of the square that channel `c` of the large map has
//! in its place.

use candle_core::Tensor;
use rayon::prelude::*;

use super::MapShape;

/// N x H x W x (C f f) to N x (f H) x (f W) x C.
pub(super) fn pixels_of_channels(x: &Tensor, factor: usize) -> candle_core::Result<Tensor> {
    let (count, height, width, channels) = x.dims4()?;
    let channels = channels / (factor * factor);
    let x = x.contiguous()?.reshape(&[count, height, width, channels, factor, factor][..])?;
    let x = x.permute(&[0, 1, 4, 2, 5, 3][..])?.contiguous()?;
    x.reshape((count, height * factor, width * factor, channels))
}

/// N x (f H) x (f W) x C to N x H x W x (C f f).
pub(super) fn channels_of_pixels(x: &Tensor, factor: usize) -> candle_core::Result<Tensor> {
    let (count, height, width, channels) = x.dims4()?;
    let (height, width) = (height / factor, width / factor);
    let x = x.contiguous()?.reshape(&[count, height, factor, width, factor, channels][..])?;
    let x = x.permute(&[0, 1, 3, 5, 2, 4][..])?.contiguous()?;
    x.reshape((count, height, width, channels * factor * factor))
}

/// Which way a shuffle goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shuffle {
    /// Channels become pixels.
    ToPixels,
    /// Pixels become channels.
    ToChannels,
}

impl Shuffle {
    /// The way back, which is also that of the gradient.
    pub fn back(self) -> Self {
        match self {
            Self::ToPixels => Self::ToChannels,
            Self::ToChannels => Self::ToPixels,
        }
    }

    /// Shuffles maps into `out`; `small` is the shape of the side with the many channels.
    pub fn run(self, from: &[f32], factor: usize, [_, width, many]: MapShape, out: &mut [f32]) {
        let few = many / (factor * factor);
        // A row of the small maps is so many numbers, and so are the rows of pixels that belong to it.
        let row = width * many;
        let pixels = |i: usize, x: usize, j: usize| ((i * width + x) * factor + j) * few;
        out.par_chunks_mut(row).zip(from.par_chunks(row)).for_each(|(out, from)| {
            for x in 0..width {
                for (i, j) in (0..factor).flat_map(|i| (0..factor).map(move |j| (i, j))) {
                    let (pixel, channel) = (pixels(i, x, j), x * many + i * factor + j);
                    let squares = (0..few).map(|c| (pixel + c, channel + c * factor * factor));
                    match self {
                        Self::ToPixels => squares.for_each(|(pixel, channel)| out[pixel] = from[channel]),
                        Self::ToChannels => squares.for_each(|(pixel, channel)| out[channel] = from[pixel]),
                    }
                }
            }
        });
    }
}
