//! Filters against naive twins.

use candle_core::{Device, Var};

use super::*;
use crate::rng::Rng;

fn cases() -> Vec<Resampling> {
    let smooth = vec![0.25, 0.75, 0.75, 0.25];
    let lopsided = vec![0.5, -0.25, 1.0];
    vec![
        Resampling { taps: smooth.clone(), up: 1, down: 1, padding: (1, 1), even: false, mirrored: false },
        Resampling { taps: smooth.clone(), up: 2, down: 1, padding: (2, 1), even: false, mirrored: false },
        Resampling { taps: smooth, up: 1, down: 2, padding: (1, 1), even: false, mirrored: false },
        Resampling::halving(),
        Resampling { taps: lopsided.clone(), up: 3, down: 2, padding: (0, 4), even: false, mirrored: false },
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
        let sum = |t: candle_core::Result<Tensor>| t.unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
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
