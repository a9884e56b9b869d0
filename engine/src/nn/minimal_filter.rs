//! Minimal filtering (Winograd 1980; for convolutions Lavin and Gray 2016): two results of a filter with 1, 2 or 3
//! taps by 2, 3 or 4 multiplications instead of 2, 4 or 6, by way of sums of the inputs, of the taps and of the
//! products.
//!
//! The results of taps g over inputs d are `A' [(G g) * (B' d)]`; in the plane every factor is applied along both
//! axes. The matrices hold 0, 1, -1 and 1/2 alone, so the results are as exact as the sums they replace, about.

use pulp::Simd;

/// Results of a tile along an axis.
pub(crate) const RESULTS: usize = 2;
/// Most taps.
pub(crate) const MOST_TAPS: usize = 3;
/// Most inputs of a tile along an axis, and most products.
pub(crate) const MOST_PRODUCTS: usize = products(MOST_TAPS);

/// Inputs of a tile along an axis, and products.
pub(crate) const fn products(taps: usize) -> usize {
    taps + RESULTS - 1
}

/// `B' d`, of which the first [`products`] are meant.
#[inline(always)]
pub(crate) fn of_inputs<S: Simd, const TAPS: usize>(
    simd: S,
    d: [S::f32s; MOST_PRODUCTS],
) -> [S::f32s; MOST_PRODUCTS] {
    let sum = |a, b| simd.add_f32s(a, b);
    let difference = |a, b| simd.sub_f32s(a, b);
    match TAPS {
        1 => d,
        2 => [difference(d[0], d[1]), d[1], difference(d[1], d[2]), d[3]],
        _ => [difference(d[0], d[2]), sum(d[1], d[2]), difference(d[2], d[1]), difference(d[1], d[3])],
    }
}

/// `A' m`.
#[inline(always)]
pub(crate) fn of_products<S: Simd, const TAPS: usize>(
    simd: S,
    m: [S::f32s; MOST_PRODUCTS],
) -> [S::f32s; RESULTS] {
    let sum = |a, b| simd.add_f32s(a, b);
    let difference = |a, b| simd.sub_f32s(a, b);
    match TAPS {
        1 => [m[0], m[1]],
        2 => [sum(m[0], m[1]), difference(m[1], m[2])],
        _ => [sum(sum(m[0], m[1]), m[2]), difference(difference(m[1], m[2]), m[3])],
    }
}

/// The rows of `G`, one for every product, for 1 to 3 taps.
pub(crate) fn of_taps(taps: usize) -> &'static [[f32; MOST_TAPS]] {
    match taps {
        1 => &[[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
        2 => &[[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]],
        _ => &[[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]],
    }
}
