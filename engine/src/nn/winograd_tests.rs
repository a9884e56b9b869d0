//! The way with fewer multiplications against the plain one.

use proptest::prelude::*;

use super::*;
use crate::nn::activation::Activation;
use crate::nn::finish::End;
use crate::nn::lowering::{gather, spread};
use crate::rng::Rng;

/// Largest difference, as a part of the largest result.
const TOLERANCE: f32 = 3e-6;

#[derive(Clone, Debug)]
struct Case {
    windows: Windows,
    features: usize,
    count: usize,
    bias: bool,
    /// Whether the pass ends with the gradient of an activation.
    undo: bool,
    seed: u64,
}

/// Windows as convolutions and transposed convolutions of any kind have them.
fn cases() -> impl Strategy<Value = Case> {
    let sizes = (1..8usize, 1..8usize, 1..3usize, 1..4usize, 0..4usize);
    let windows = (1..4usize, 1..10usize, 0..5usize, 0..3usize);
    (sizes, windows, any::<(bool, bool)>(), any::<u64>()).prop_filter_map(
        "an image for the grid",
        |(
            (height, width, channels, features, count),
            (stride, kernel, padding, more),
            (bias, undo),
            seed,
        )| {
            let side =
                |grid: usize| ((grid - 1) * stride + kernel + more.min(stride - 1)).checked_sub(2 * padding);
            let windows = Windows {
                image_height: side(height)?,
                image_width: side(width)?,
                channels: 16 * channels,
                grid_height: height,
                grid_width: width,
                kernel,
                stride,
                padding,
            };
            let some = windows.image_height > 0 && windows.image_width > 0;
            some.then_some(Case { windows, features: 16 * features, count, bias, undo, seed })
        },
    )
}

fn assert_close(fast: &[f32], plain: &[f32], what: &str) {
    let largest = plain.iter().fold(0f32, |most, v| most.max(v.abs()));
    for (a, b) in fast.iter().zip(plain) {
        assert!((a - b).abs() <= TOLERANCE * largest, "{what}: {a} {b}");
    }
}

/// Both ways in one direction.
fn both(case: &Case, direction: Direction) -> Option<(Vec<f32>, Vec<f32>)> {
    let Case { windows, features, count, .. } = *case;
    if !Planes::suit(&windows, features, direction) {
        return None;
    }
    let mut rng = Rng::new(case.seed);
    let weights = rng.normals(windows.window_len() * features);
    let (image, grid) = (count * windows.image_len(), count * windows.cells() * features);
    let (weights, inputs, outputs, channels) = match direction {
        Direction::Spread => {
            (Matrix::new(&weights, features, windows.window_len()), grid, image, windows.channels)
        }
        Direction::Gather => (Matrix::new(&weights, windows.window_len(), features), image, grid, features),
    };
    let (input, bias) = (rng.normals(inputs), rng.normals(channels));
    let bias = case.bias.then_some(&bias[..]);
    let (mut fast, mut plain) = (vec![f32::NAN; outputs], vec![f32::NAN; outputs]);
    let results = rng.normals(outputs);
    let activation = Activation::LeakyRelu(0.2);
    let finish = if case.undo {
        Finish::Undo { end: End { activation, bounds: None }, results: &results }
    } else {
        Finish::Activate { bias, activation }
    };
    let planes = Planes::new(&windows, features, direction, weights);
    convolve(&windows, &planes, &input, finish, &mut fast);
    let kernel = if direction == Direction::Spread { spread } else { gather };
    kernel(&windows, &input, weights, features, finish, &mut plain);
    Some((fast, plain))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn it_equals_the_plain_way(case in cases()) {
        for direction in [Direction::Gather, Direction::Spread] {
            if let Some((fast, plain)) = both(&case, direction) {
                assert_close(&fast, &plain, &format!("{direction:?}"));
            }
        }
    }
}

/// Windows of a transposed convolution that doubles the side.
fn doubling(side: usize, kernel: usize, channels: usize) -> Windows {
    Windows {
        image_height: 2 * side,
        image_width: 2 * side,
        channels,
        grid_height: side,
        grid_width: side,
        kernel,
        stride: 2,
        padding: (kernel - 1) / 2,
    }
}

#[test]
fn generators_of_these_shapes_go_this_way() {
    for kernel in [3, 4, 5, 6] {
        for direction in [Direction::Gather, Direction::Spread] {
            let case = Case {
                windows: doubling(8, kernel, 48),
                features: 80,
                count: 3,
                bias: true,
                undo: false,
                seed: 1,
            };
            let (fast, plain) = both(&case, direction).expect("a shape that suits");
            assert_close(&fast, &plain, &format!("{kernel} {direction:?}"));
        }
    }
    let five = Planes::new(&doubling(4, 5, 16), 16, Direction::Spread, Matrix::new(&[0.5; 6400], 16, 400));
    assert_eq!(five.phases.iter().map(Phase::planes).sum::<usize>(), 49);
    assert!(!Planes::suit(&doubling(8, 5, 3), 64, Direction::Spread), "three channels fill no register");
    assert!(
        !Planes::suit(&doubling(8, 2, 16), 16, Direction::Spread),
        "one tap a phase leaves nothing to save"
    );
}

#[test]
fn an_image_may_be_smaller_than_the_stride() {
    let windows = Windows {
        image_height: 1,
        image_width: 2,
        channels: 16,
        grid_height: 2,
        grid_width: 1,
        kernel: 7,
        stride: 3,
        padding: 4,
    };
    let case = Case { windows, features: 16, count: 2, bias: true, undo: false, seed: 2 };
    let (fast, plain) = both(&case, Direction::Gather).expect("a shape that suits");
    assert_close(&fast, &plain, "small images");
}

#[test]
fn threads_change_nothing() {
    let case = Case { windows: doubling(8, 5, 32), features: 64, count: 5, bias: true, undo: false, seed: 3 };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| both(&case, Direction::Spread)).expect("a shape that suits").0
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_picture_is_the_same_alone_and_among_others() {
    let windows = doubling(8, 5, 32);
    let mut rng = Rng::new(5);
    let weights = rng.normals(windows.window_len() * 64);
    let planes =
        Planes::new(&windows, 64, Direction::Spread, Matrix::new(&weights, 64, windows.window_len()));
    let grid = rng.normals(7 * windows.cells() * 64);
    let run = |grid: &[f32]| {
        let mut out = vec![f32::NAN; grid.len() / (windows.cells() * 64) * windows.image_len()];
        convolve(&windows, &planes, grid, Finish::NOTHING, &mut out);
        out
    };
    let all = run(&grid);
    let alone = run(&grid[3 * windows.cells() * 64..][..windows.cells() * 64]);
    assert_eq!(alone, all[3 * windows.image_len()..4 * windows.image_len()]);
}
