//! Filters that blur, enlarge or shrink feature maps, channels last.
//!
//! Both axes get the same taps, so a filter is a sparse matrix along an axis, applied once to the rows and once
//! to the columns; the gradient applies the transposed matrices.

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Shape, Tensor};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::MapShape;
use super::host::{guarded, tensor, values, with_scratch};
use crate::{Error, Result};

/// How maps are filtered along each of their axes: zeros are put between and around the values, the taps run
/// over them (a true convolution), and some of the results are kept ("upfirdn" of the `StyleGAN2` authors,
/// Karras et al. 2020).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resampling {
    /// The filter along an axis; the filter of the plane is its outer product with itself.
    pub taps: Vec<f32>,
    /// Every value is followed by `up - 1` zeros; at least 1.
    pub up: usize,
    /// Every `down`-th result is kept; at least 1.
    pub down: usize,
    /// Zeros in front of the first value and behind the last one's zeros.
    pub padding: (usize, usize),
    /// Whether taps are scaled up at the border, where some of them meet the padding, so that maps of one value stay so.
    #[serde(default)]
    pub even: bool,
    /// Whether the values go on as in a mirror where the padding lies, in the place of zeros. Then `up` is 1 and the padding
    /// smaller than the maps.
    #[serde(default)]
    pub mirrored: bool,
}

impl Resampling {
    /// Every pixel becomes a square of `factor` pixels a side.
    #[must_use]
    pub fn repeating(factor: usize) -> Self {
        Self {
            taps: vec![1.0; factor],
            up: factor,
            down: 1,
            padding: (factor.saturating_sub(1), 0),
            even: false,
            mirrored: false,
        }
    }

    /// Larger by so many pixels at each border: those within it, as in a mirror on the outermost ones ("reflection" of other
    /// programs).
    #[must_use]
    pub fn reflecting(border: usize) -> Self {
        Self { taps: vec![1.0], up: 1, down: 1, padding: (border, border), even: false, mirrored: true }
    }

    /// Larger by so many zeros in front and behind.
    #[must_use]
    pub fn zeros(before: usize, after: usize) -> Self {
        Self { taps: vec![1.0], up: 1, down: 1, padding: (before, after), even: false, mirrored: false }
    }

    /// Twice as large, linear between the values.
    #[must_use]
    pub fn doubling() -> Self {
        Self {
            taps: vec![0.25, 0.75, 0.75, 0.25],
            up: 2,
            down: 1,
            padding: (2, 1),
            even: true,
            mirrored: false,
        }
    }

    /// Half as large: means of two by two.
    #[must_use]
    pub fn halving() -> Self {
        Self { taps: vec![0.5, 0.5], up: 1, down: 2, padding: (0, 0), even: false, mirrored: false }
    }

    /// How many results an axis of `side` values has; `None` when the taps don't fit.
    fn side(&self, side: usize) -> Option<usize> {
        if self.mirrored && (self.up != 1 || self.padding.0.max(self.padding.1) >= side) {
            return None;
        }
        let padded = side * self.up + self.padding.0 + self.padding.1;
        Some(padded.checked_sub(self.taps.len())? / self.down + 1)
    }

    /// The same for a filter that nobody has checked yet; `None` too for more than `most` results.
    pub(super) fn checked_side(&self, side: usize, most: usize) -> Option<usize> {
        let Self { taps, up, down, padding: (before, after), .. } = self;
        let sound = [*up, *down, taps.len()].iter().all(|n| (1..=most).contains(n));
        let small = *before <= most && *after <= most && taps.iter().all(|tap| tap.is_finite());
        (sound && small).then(|| self.side(side))?.filter(|results| *results <= most)
    }

    /// The matrix of an axis of `side` values.
    fn axis(&self, side: usize, results: usize) -> Axis {
        let terms = (0..results).map(|result| {
            let taps = self.taps.iter().rev().enumerate();
            let value = |(k, &tap): (usize, &f32)| {
                let padded = result * self.down + k;
                if self.mirrored {
                    // 2 1 0 1 2 3 2 1: the outermost values stand once.
                    let place = padded.abs_diff(self.padding.0);
                    return Some((if place < side { place } else { 2 * (side - 1) - place }, tap));
                }
                let place = padded.checked_sub(self.padding.0)?;
                (place.is_multiple_of(self.up) && place / self.up < side).then_some((place / self.up, tap))
            };
            let mut terms: Vec<(usize, f32)> = taps.filter_map(value).collect();
            let met: f32 = terms.iter().map(|(_, tap)| tap).sum();
            if self.even && met != 0.0 {
                let all = self.taps.iter().sum::<f32>() / self.up as f32;
                terms.iter_mut().for_each(|(_, tap)| *tap *= all / met);
            }
            terms
        });
        Axis(terms.collect())
    }
}

/// A sparse matrix: the terms of every result, place and factor.
#[derive(Clone, Debug)]
struct Axis(Vec<Vec<(usize, f32)>>);

impl Axis {
    fn transposed(&self, side: usize) -> Self {
        let mut terms = vec![Vec::new(); side];
        for (result, of_result) in self.0.iter().enumerate() {
            for &(place, factor) in of_result {
                terms[place].push((result, factor));
            }
        }
        Self(terms)
    }

    /// Rows are the results, columns the values.
    fn dense(&self, side: usize) -> Vec<f32> {
        let mut matrix = vec![0.0; self.0.len() * side];
        for (row, terms) in matrix.chunks_exact_mut(side).zip(&self.0) {
            for &(place, factor) in terms {
                row[place] += factor;
            }
        }
        matrix
    }
}

/// Filters maps.
///
/// # Shapes
/// `x` N x H x W x C, float32; the result is N x OH x OW x C with
/// OH = (H up + padding - taps) / down + 1.
///
/// # Errors
/// [`Error::Shape`] when the taps are longer than the padded maps, [`Error::Invalid`] for a factor of 0.
pub fn resample(x: &Tensor, how: &Resampling) -> Result<Tensor> {
    let wrong = |why: &str| Error::Shape {
        op: "resample",
        left: x.dims().to_vec(),
        right: vec![how.taps.len()],
        why: why.into(),
    };
    let &[_, height, width, channels] = x.dims() else {
        return Err(wrong("the maps are N x H x W x C"));
    };
    if how.up == 0 || how.down == 0 || how.taps.is_empty() || x.dtype() != DType::F32 {
        return Err(Error::Invalid("resample needs factors of at least 1, taps, and float32 maps".into()));
    }
    let (Some(out_height), Some(out_width)) = (how.side(height), how.side(width)) else {
        return Err(wrong("the filter is longer than the padded maps"));
    };
    let operation =
        Resample { rows: how.axis(height, out_height), columns: how.axis(width, out_width), height, width };
    if channels == 0 || height * width == 0 {
        return Err(wrong("only the batch may be empty"));
    }
    if x.device().is_cpu() { Ok(x.contiguous()?.apply_op1(operation)?) } else { Ok(operation.on_device(x)?) }
}

/// A filter over maps of one shape.
#[derive(Debug)]
pub(super) struct Resample {
    rows: Axis,
    columns: Axis,
    height: usize,
    width: usize,
}

impl Resample {
    /// From maps of one shape to maps of another, which the filter makes of them.
    pub fn over(filter: &Resampling, [height, width, _]: MapShape, to: MapShape) -> Self {
        Self { rows: filter.axis(height, to[0]), columns: filter.axis(width, to[1]), height, width }
    }

    /// What it makes of maps, into `out`, whose content does not matter.
    pub fn forward(&self, maps: &[f32], channels: usize, out: &mut [f32]) {
        apply(maps, [&self.rows, &self.columns], [self.height, self.width, channels], out);
    }

    /// The gradient of the maps, into `out`, whose content does not matter.
    pub fn backward(&self, gradient: &[f32], channels: usize, out: &mut [f32]) {
        let (rows, columns) = (self.rows.transposed(self.height), self.columns.transposed(self.width));
        apply(gradient, [&rows, &columns], [self.rows.0.len(), self.columns.0.len(), channels], out);
    }

    /// The same with candle's operations: a product with the matrix of each axis.
    fn on_device(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let (count, height, width, channels) = x.dims4()?;
        let (out_height, out_width) = (self.rows.0.len(), self.columns.0.len());
        let matrix = |axis: &Axis, side: usize| {
            Tensor::from_vec(axis.dense(side), (1, axis.0.len(), side), x.device())
        };
        let x = x.contiguous()?.reshape((count, height, width * channels))?;
        let x = matrix(&self.rows, height)?.broadcast_matmul(&x)?;
        let x = x.reshape((count * out_height, width, channels))?;
        let x = matrix(&self.columns, width)?.broadcast_matmul(&x)?;
        x.reshape((count, out_height, out_width, channels))
    }
}

impl CustomOp1 for Resample {
    fn name(&self) -> &'static str {
        "resample"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let (count, _, _, channels) = layout.shape().dims4()?;
        let shape = Shape::from((count, self.rows.0.len(), self.columns.0.len(), channels));
        let mut out = vec![0.0; shape.elem_count()];
        self.forward(values(x, layout)?, channels, &mut out);
        Ok((CpuStorage::F32(out), shape))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        if !x.track_op() {
            return Ok(None);
        }
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let mut out = vec![0.0; x.elem_count()];
        self.backward(guarded(&storage, layout)?, x.dim(3)?, &mut out);
        tensor(out, x.shape()).map(Some)
    }
}

/// `rows * x * columns'` for every map of `height` x `width` x `channels`.
fn apply(x: &[f32], [rows, columns]: [&Axis; 2], [height, width, channels]: MapShape, out: &mut [f32]) {
    let map_len = height * width * channels;
    let out_row = columns.0.len() * channels;
    out.par_chunks_mut(out_row).enumerate().for_each(|(index, out)| {
        let map = &x[index / rows.0.len() * map_len..][..map_len];
        // Rows first: they are long runs of memory, and their sum stays in the cache for the columns.
        with_scratch(width * channels, |sum| {
            weighted_sum(sum, map, &rows.0[index % rows.0.len()]);
            for (out, terms) in out.chunks_exact_mut(channels).zip(&columns.0) {
                weighted_sum(out, sum, terms);
            }
        });
    });
}

/// `sum` becomes the sum of `factor * values[place]`, where values lie in rows as long as `sum`.
fn weighted_sum(sum: &mut [f32], values: &[f32], terms: &[(usize, f32)]) {
    let length = sum.len();
    let row = |place: usize| &values[place * length..][..length];
    match *terms {
        [] => sum.fill(0.0),
        [(a, fa), (b, fb)] => {
            for ((sum, a), b) in sum.iter_mut().zip(row(a)).zip(row(b)) {
                *sum = fa * a + fb * b;
            }
        }
        [(a, fa), (b, fb), (c, fc), (d, fd)] => {
            let rows = row(a).iter().zip(row(b)).zip(row(c).iter().zip(row(d)));
            for (sum, ((a, b), (c, d))) in sum.iter_mut().zip(rows) {
                *sum = (fa * a + fb * b) + (fc * c + fd * d);
            }
        }
        [(first, factor), ref rest @ ..] => {
            for (sum, value) in sum.iter_mut().zip(row(first)) {
                *sum = factor * value;
            }
            for &(place, factor) in rest {
                for (sum, value) in sum.iter_mut().zip(row(place)) {
                    *sum += factor * value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;
    use crate::rng::Rng;

    fn cases() -> Vec<Resampling> {
        let smooth = vec![0.25, 0.75, 0.75, 0.25];
        let lopsided = vec![0.5, -0.25, 1.0];
        vec![
            Resampling {
                taps: smooth.clone(),
                up: 1,
                down: 1,
                padding: (1, 1),
                even: false,
                mirrored: false,
            },
            Resampling {
                taps: smooth.clone(),
                up: 2,
                down: 1,
                padding: (2, 1),
                even: false,
                mirrored: false,
            },
            Resampling { taps: smooth, up: 1, down: 2, padding: (1, 1), even: false, mirrored: false },
            Resampling::halving(),
            Resampling {
                taps: lopsided.clone(),
                up: 3,
                down: 2,
                padding: (0, 4),
                even: false,
                mirrored: false,
            },
            Resampling { taps: lopsided, up: 1, down: 1, padding: (0, 0), even: false, mirrored: false },
        ]
    }

    fn noise(seed: u64, shape: (usize, usize, usize, usize)) -> Tensor {
        let count = shape.0 * shape.1 * shape.2 * shape.3;
        Tensor::from_vec(Rng::new(seed).normals(count), shape, &Device::Cpu).unwrap()
    }

    /// Zeros put in for real, then the sum over the taps of the plane.
    fn naive(x: &Tensor, how: &Resampling) -> Tensor {
        let (count, height, width, channels) = x.dims4().unwrap();
        let (before, after) = how.padding;
        let padded = |side: usize| side * how.up + before + after;
        let (tall, wide) = (padded(height), padded(width));
        let at = |n: usize, y: usize, x: usize, c: usize| ((n * tall + y) * wide + x) * channels + c;
        let values = x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let mut zeros = vec![0f32; count * tall * wide * channels];
        for (i, value) in values.into_iter().enumerate() {
            let (c, i) = (i % channels, i / channels);
            let (x, i) = (i % width, i / width);
            let (y, n) = (i % height, i / height);
            zeros[at(n, y * how.up + before, x * how.up + before, c)] = value;
        }
        let (taps, length) = (&how.taps, how.taps.len());
        let results = |padded: usize| (padded - length) / how.down + 1;
        let mut out = Vec::new();
        for i in 0..count * results(tall) * results(wide) * channels {
            let (c, i) = (i % channels, i / channels);
            let (x, i) = (i % results(wide), i / results(wide));
            let (y, n) = (i % results(tall), i / results(tall));
            let mut sum = 0.0;
            for ky in 0..length {
                for kx in 0..length {
                    let tap = taps[length - 1 - ky] * taps[length - 1 - kx];
                    sum += tap * zeros[at(n, y * how.down + ky, x * how.down + kx, c)];
                }
            }
            out.push(sum);
        }
        Tensor::from_vec(out, (count, results(tall), results(wide), channels), &Device::Cpu).unwrap()
    }

    fn largest(difference: candle_core::Result<Tensor>) -> f32 {
        difference.unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap()
    }

    #[test]
    fn filters_agree_with_zeros_put_in_for_real() {
        for how in cases() {
            let x = noise(1, (2, 7, 5, 3));
            let y = resample(&x, &how).unwrap();
            let expected = naive(&x, &how);
            assert_eq!(y.dims(), expected.dims());
            assert!(largest(&y - &expected) < 1e-5, "{how:?}");
            let operation = Resample {
                rows: how.axis(7, expected.dim(1).unwrap()),
                columns: how.axis(5, expected.dim(2).unwrap()),
                height: 7,
                width: 5,
            };
            assert!(largest(operation.on_device(&x).unwrap() - expected) < 1e-5, "{how:?}");
        }
    }

    #[test]
    fn a_doubled_map_of_one_value_is_one_to_its_border() {
        let one = Tensor::full(0.7f32, (1, 4, 3, 2), &Device::Cpu).unwrap();
        let doubled = resample(&one, &Resampling::doubling()).unwrap();
        assert_eq!(doubled.dims(), [1, 8, 6, 2]);
        assert!(largest(doubled - 0.7) < 1e-6);
    }

    #[test]
    fn the_gradient_is_the_transpose() {
        for how in cases().into_iter().chain([Resampling::doubling(), Resampling::reflecting(3)]) {
            let x = Var::from_tensor(&noise(2, (2, 6, 4, 5))).unwrap();
            let y = resample(&x, &how).unwrap();
            let weights = noise(3, y.dims4().unwrap());
            let gradients = (&y * &weights).unwrap().sum_all().unwrap().backward().unwrap();
            // The filter is linear: <A d, w> = <d, A' w> for every d.
            let d = noise(4, (2, 6, 4, 5));
            let sum =
                |t: candle_core::Result<Tensor>| t.unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
            let forward = sum(resample(&d, &how).unwrap() * &weights);
            let backward = sum(gradients.get(&x).unwrap() * &d);
            assert!((forward - backward).abs() < 1e-3 * (1.0 + forward.abs()), "{how:?}");
        }
    }

    #[test]
    fn repeated_pixels_are_squares() {
        let x = Tensor::new(&[1f32, 2.0, 3.0, 4.0], &Device::Cpu).unwrap().reshape((1, 2, 2, 1)).unwrap();
        let y = resample(&x, &Resampling::repeating(3)).unwrap();
        let rows = y.reshape((6, 6)).unwrap().to_vec2::<f32>().unwrap();
        for (index, row) in rows.iter().enumerate() {
            let [left, right] = if index < 3 { [1.0, 2.0] } else { [3.0, 4.0] };
            assert_eq!(row[..], [left, left, left, right, right, right]);
        }
    }

    #[test]
    fn a_border_is_a_mirror_on_the_outermost_pixels() {
        let x = Tensor::arange(0f32, 12.0, &Device::Cpu).unwrap().reshape((1, 3, 4, 1)).unwrap();
        let how = Resampling::reflecting(2);
        let rows = resample(&x, &how).unwrap().reshape((7, 8)).unwrap().to_vec2::<f32>().unwrap();
        for (row, y) in rows.iter().zip([2usize, 1, 0, 1, 2, 1, 0]) {
            let wanted = [2usize, 1, 0, 1, 2, 3, 2, 1].map(|x| (4 * y + x) as f32);
            assert_eq!(row[..], wanted);
        }
        // As large as the maps there is nothing left to see in the mirror.
        assert_eq!(Resampling::reflecting(3).checked_side(3, 100), None);
        assert_eq!(Resampling { up: 2, ..how }.checked_side(9, 100), None);
    }

    #[test]
    fn a_filter_that_does_not_fit_is_refused() {
        let how =
            Resampling { taps: vec![1.0; 9], up: 1, down: 1, padding: (0, 0), even: false, mirrored: false };
        assert!(matches!(resample(&noise(5, (1, 4, 4, 1)), &how), Err(Error::Shape { .. })));
    }
}
