//! Every pixel's channels over the root of their mean square (Karras et al. 2018).

use candle_core::{D, Tensor};
use rayon::prelude::*;

/// Values that one task works on, about.
const PART: usize = 1 << 14;

/// As candle computes it, N x H x W x C.
pub(super) fn normalized(x: &Tensor, epsilon: f64) -> candle_core::Result<Tensor> {
    x.broadcast_mul(&factors(x, epsilon)?)
}

/// What every pixel is multiplied by: N x H x W x 1.
fn factors(x: &Tensor, epsilon: f64) -> candle_core::Result<Tensor> {
    (x.sqr()?.mean_keepdim(D::Minus1)? + epsilon)?.sqrt()?.recip()
}

/// The derivative of [`normalized`] along `direction` at `x`.
pub(super) fn along(direction: &Tensor, x: &Tensor, epsilon: f64) -> candle_core::Result<Tensor> {
    let factors = factors(x, epsilon)?;
    let normal = x.broadcast_mul(&factors)?;
    let moved = direction.broadcast_mul(&factors)?;
    let along = (&normal * &moved)?.mean_keepdim(D::Minus1)?;
    moved - normal.broadcast_mul(&along)?
}

/// Of maps with so many channels, into `out`, whose content does not matter.
pub(super) fn forward(maps: &[f32], channels: usize, epsilon: f32, out: &mut [f32]) {
    let part = PART.next_multiple_of(channels);
    out.par_chunks_mut(part).zip(maps.par_chunks(part)).for_each(|(out, maps)| {
        for (out, x) in out.chunks_exact_mut(channels).zip(maps.chunks_exact(channels)) {
            let factor = factor(x, epsilon);
            out.iter_mut().zip(x).for_each(|(out, x)| *out = x * factor);
        }
    });
}

/// The gradient of the maps, into `out`, whose content does not matter: with `n` the normal pixel, it is
/// `factor (g - n mean(g n))`.
pub(super) fn backward(maps: &[f32], gradient: &[f32], channels: usize, epsilon: f32, out: &mut [f32]) {
    let part = PART.next_multiple_of(channels);
    let parts = out.par_chunks_mut(part).zip(maps.par_chunks(part)).zip(gradient.par_chunks(part));
    parts.for_each(|((out, maps), gradient)| {
        let rows = maps.chunks_exact(channels).zip(gradient.chunks_exact(channels));
        for (out, (x, g)) in out.chunks_exact_mut(channels).zip(rows) {
            let factor = factor(x, epsilon);
            let along: f32 = x.iter().zip(g).map(|(x, g)| x * g).sum();
            let along = along * factor * factor / channels as f32;
            for (out, (x, g)) in out.iter_mut().zip(x.iter().zip(g)) {
                *out = factor * (g - x * along);
            }
        }
    });
}

fn factor(x: &[f32], epsilon: f32) -> f32 {
    let square: f32 = x.iter().map(|x| x * x).sum();
    1.0 / (square / x.len() as f32 + epsilon).sqrt()
}
