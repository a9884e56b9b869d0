//! x where positive, else x times a slope that was learned, one for each channel (He et al. 2015).

use candle_core::Tensor;
use rayon::prelude::*;

/// Values that one task works on, about.
const PART: usize = 1 << 14;

/// As candle computes it, with a slope for each channel, the last dimension, or one for all.
pub(super) fn prelu(x: &Tensor, slope: &Tensor) -> candle_core::Result<Tensor> {
    let zero = x.zeros_like()?;
    x.maximum(&zero)? + x.minimum(&zero)?.broadcast_mul(slope)?
}

/// With constant slopes, into `out`, whose content does not matter.
pub(super) fn forward(slopes: &[f32], maps: &[f32], out: &mut [f32]) {
    each(slopes, [maps, maps], out);
}

/// The gradient of the maps from that of the results, into `out`, whose content does not matter.
pub(super) fn backward(slopes: &[f32], maps: &[f32], gradient: &[f32], out: &mut [f32]) {
    each(slopes, [maps, gradient], out);
}

/// `values` where `maps` are positive, else times the slope.
fn each(slopes: &[f32], [maps, values]: [&[f32]; 2], out: &mut [f32]) {
    let part = PART.next_multiple_of(slopes.len().max(1));
    let parts = out.par_chunks_mut(part).zip(maps.par_chunks(part)).zip(values.par_chunks(part));
    parts.for_each(|((out, maps), values)| {
        let rows = maps.chunks_exact(slopes.len()).zip(values.chunks_exact(slopes.len()));
        for (out, (maps, values)) in out.chunks_exact_mut(slopes.len()).zip(rows) {
            for (((out, map), value), slope) in out.iter_mut().zip(maps).zip(values).zip(slopes) {
                *out = if *map > 0.0 { *value } else { value * slope };
            }
        }
    });
}
