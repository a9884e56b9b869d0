//! The terms against PyTorch and against finite differences.
//!
//! The expected values were printed by a float64 run of the reference (PyTorch 2, `Hog` and the two terms of
//! the published recipe) on these very inputs:
//! ```python
//! x, c = [(2 * lcg(seed, 3 * 64 * 64) - 1).view(1, 3, 64, 64).double() for seed in (1, 2)]
//! m[0, 0, 10:30, 20:44] = 1; m[0, 0, 30:34, 20:44] = 0.5
//! for i in range(40): e[0, 0, 12 + i // 2, 5 + i] = 1
//! colour = ((x - c).square() * m).mean((1, 2, 3)) / (m.mean() + 1e-5)
//! edges = ((hog(x) - hog(2 * e - 1)).square() * cells(e)).mean((1, 2, 3)) / (cells(e).mean() + 1e-5)
//! ```

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::picture_cost::{PictureCost, costs};
use super::{Colour, Edges, NearAnchor, Points, PriorNorm, Term};
use crate::ValueRange;
use crate::model::{LatentSpec, Prior};
use crate::rng::Rng;
use crate::search::constraint::{Constraints, Stroke, StrokeKind};
use crate::search::hog::{Hog, ORIENTATIONS};

const SIDE: usize = 64;
const PIXELS: usize = SIDE * SIDE;
/// Agreement with PyTorch's float64, relative.
const PARITY: f32 = 2e-4;
/// Agreement of a derivative with a central difference in float32, relative, or absolute times 0.25.
const DIFFERENCE: f32 = 2e-2;

/// Numbers in [-1, 1) that any language makes in three lines (Numerical Recipes' generator).
fn lcg(mut seed: u32, n: usize) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        2.0 * (f64::from(seed) / 4_294_967_296.0) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

fn constraints() -> Constraints {
    let mut maps = Constraints::empty([SIDE; 2]);
    for (i, value) in lcg(2, 3 * PIXELS).into_iter().enumerate() {
        maps.colour[3 * (i % PIXELS) + i / PIXELS] = (value + 1.0) / 2.0;
    }
    for y in 10..34 {
        maps.colour_mask[y * SIDE + 20..][..24].fill(if y < 30 { 1.0 } else { 0.5 });
    }
    for i in 0..40 {
        maps.edge[(12 + i / 2) * SIDE + 5 + i] = 1.0;
    }
    maps
}

fn close(value: f32, expected: f32) -> bool {
    (value - expected).abs() <= PARITY * expected.abs().max(1e-3)
}

fn check_parity(term: &dyn PictureCost, cost: f32, norm: f32, at: &[(usize, f32)]) {
    let x = lcg(1, 3 * PIXELS);
    let mut gradient = vec![0.0; x.len()];
    term.gradient(&x, 1.0, &mut gradient);
    let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
    assert!(close(term.cost(&x), cost), "{} costs {}, not {cost}", term.name(), term.cost(&x));
    assert!(close(length, norm), "{} has a gradient of {length}, not {norm}", term.name());
    for &(i, expected) in at {
        assert!((gradient[i] - expected).abs() < PARITY * norm, "{}: {} {expected}", i, gradient[i]);
    }
}

#[test]
fn colours_cost_what_they_do_in_pytorch() {
    let term = Colour::new(&constraints(), ValueRange::SignedUnit);
    let at = [(64 * 12 + 25, -0.000_240_893), (4096 + 64 * 32 + 30, 0.000_959_051), (0, 0.0)];
    check_parity(&term, 0.662_383_6, 0.040_007_396, &at);
}

#[test]
fn edges_cost_what_they_do_in_pytorch() {
    let term = Edges::new(&constraints(), ValueRange::SignedUnit);
    assert_eq!(term.touched().iter().filter(|&&t| t).count(), 18);
    let at = [
        (64 * 12 + 5, -0.005_429_164),
        (4096 + 64 * 20 + 30, 0.005_876_613),
        (8192 + 64 * 31 + 44, -0.000_963_473),
    ];
    check_parity(&term, 3.262_972, 0.602_359_4, &at);
}

#[test]
fn the_histogram_is_that_of_pytorch() {
    let hog = Hog::new([SIDE; 2], ValueRange::SignedUnit);
    assert_eq!(hog.cells(), [8, 8]);
    let histogram = hog.histogram(&lcg(1, 3 * PIXELS), &[true; 64]);
    assert!(close(histogram.iter().sum(), 762.969_4));
    assert!(close(histogram[(2 * 8 + 5) * ORIENTATIONS + 3], 1.768_635_3));
    assert!(close(histogram[0], 1.286_580_2));
}

#[test]
fn the_value_range_does_not_change_what_is_seen() {
    let planes = lcg(1, 3 * PIXELS);
    let unit: Vec<f32> = planes.iter().map(|v| (v + 1.0) / 2.0).collect();
    let histogram = |planes: &[f32], range| Hog::new([SIDE; 2], range).histogram(planes, &[true; 64]);
    let pairs = histogram(&planes, ValueRange::SignedUnit);
    let ink: Vec<f32> = unit.iter().map(|v| 1.0 - v).collect();
    for (planes, range) in [(unit, ValueRange::Unit), (ink, ValueRange::UnitInverted)] {
        let differs = pairs.iter().zip(histogram(&planes, range)).any(|(a, b)| (a - b).abs() > 1e-4);
        assert!(!differs, "{range:?}");
    }
}

/// Compares the gradient that candle finds with central differences along random directions.
fn check_differences(f: impl Fn(&Tensor) -> Tensor, x: &[f32], shape: &[usize], step: f32) {
    let x = Tensor::from_slice(x, shape, &Device::Cpu).unwrap();
    let variable = Var::from_tensor(&x).unwrap();
    let weights = Tensor::new(&[0.7f32, -1.3], &Device::Cpu).unwrap();
    let weighted = |costs: Tensor| (costs * &weights).unwrap().sum_all().unwrap();
    let gradient = weighted(f(&variable)).backward().unwrap().remove(&variable).unwrap();
    let mut rng = Rng::new(4);
    for _ in 0..6 {
        // Smooth too: noise would cross corners of the histogram at every step.
        let (pace, phase) = (rng.uniform(0.02, 0.1), rng.uniform(0.0, 6.0));
        let wave = (0..x.elem_count()).map(|i| (i as f32 * pace + phase).sin()).collect::<Vec<_>>();
        let along = Tensor::from_vec(wave, shape, &Device::Cpu).unwrap();
        let value = |h: f32| {
            let moved = (&x + (&along * f64::from(h)).unwrap()).unwrap();
            weighted(f(&moved)).to_scalar::<f32>().unwrap()
        };
        let difference = (value(step) - value(-step)) / (2.0 * step);
        let slope = (&gradient * &along).unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
        assert!((difference - slope).abs() < DIFFERENCE * slope.abs().max(0.25), "{difference} {slope}");
    }
}

#[test]
fn gradients_agree_with_differences() {
    // Smooth pictures: in noise, a histogram has a corner at nearly every pixel.
    let wave = |i: usize| ((i % SIDE) as f32 * 0.21).sin() * ((i / SIDE % SIDE) as f32 * 0.17).cos() * 0.8;
    let x: Vec<f32> = (0..2 * 3 * PIXELS).map(|i| wave(i) + 0.01 * (i / PIXELS) as f32).collect();
    let shape = [2, 3, SIDE, SIDE];
    let colour = Arc::new(Colour::new(&constraints(), ValueRange::SignedUnit)) as Arc<dyn PictureCost>;
    let edges = Arc::new(Edges::new(&constraints(), ValueRange::SignedUnit)) as Arc<dyn PictureCost>;
    // The histogram turns quickly where the picture is nearly flat: a shorter step.
    for (term, step) in [(colour, 3e-3), (edges, 3e-4)] {
        check_differences(|x| costs(term.clone(), x).unwrap(), &x, &shape, step);
    }
}

/// What a term on latents costs.
fn of_latents(term: &dyn Term, latents: &Tensor) -> Tensor {
    let nothing = Tensor::zeros((1, 3, 1, 1), candle_core::DType::F32, &Device::Cpu).unwrap();
    term.costs(Points { latents, pictures: &nothing }).unwrap()
}

#[test]
fn latent_terms_agree_with_differences_and_are_lowest_where_they_should() {
    let prior = PriorNorm::new(&LatentSpec::continuous(50, Prior::Normal)).unwrap();
    let anchor = NearAnchor::new(Tensor::from_vec(lcg(9, 50), (1, 50), &Device::Cpu).unwrap());
    let z = lcg(3, 100);
    check_differences(|z| of_latents(&prior, z), &z, &[2, 50], 1e-2);
    check_differences(|z| of_latents(&anchor, z), &z, &[2, 50], 1e-2);
    // |z| = sqrt(n - 1) is the mode of the chi density.
    let at = |rms: f32| {
        let z = Tensor::full(rms, (1, 50), &Device::Cpu).unwrap();
        of_latents(&prior, &z).to_vec1::<f32>().unwrap()[0]
    };
    let mode = (49f32 / 50.0).sqrt();
    assert!(at(mode).abs() < 1e-4 && at(0.5) > 0.05 && at(2.0) > 0.05 && at(0.0).is_finite());
}

#[test]
fn classes_and_bounded_codes_leave_the_prior_of_the_others() {
    let plain = LatentSpec::continuous(50, Prior::Normal);
    let mixed = LatentSpec::continuous(30, Prior::Normal)
        .and_classes("class", 10)
        .and_continuous("code", 2, Prior::Uniform)
        .and_continuous("rest", 20, Prior::Normal);
    let (of_plain, of_mixed) = (PriorNorm::new(&plain).unwrap(), PriorNorm::new(&mixed).unwrap());
    let normal = lcg(3, 50).into_iter().map(|v| 3.0 * v).collect::<Vec<_>>();
    let class: Vec<f32> = (0..10).map(|i| f32::from(u8::from(i == 4))).collect();
    let latent = [&normal[..30], &class, &[0.9, -0.3], &normal[30..]].concat();
    let cost = |term: &PriorNorm, latent: &[f32]| {
        let z =
            Var::from_tensor(&Tensor::from_slice(latent, (1, latent.len()), &Device::Cpu).unwrap()).unwrap();
        let cost = of_latents(term, &z);
        let gradient = cost.backward().unwrap().remove(&z).unwrap();
        (cost.to_vec1::<f32>().unwrap()[0], gradient.flatten_all().unwrap().to_vec1::<f32>().unwrap())
    };
    let ((expected, along), (mixed_cost, gradient)) = (cost(&of_plain, &normal), cost(&of_mixed, &latent));
    assert!(expected > 0.1 && (mixed_cost - expected).abs() < 1e-5, "{mixed_cost} {expected}");
    let moved = [&gradient[..30], &gradient[42..]].concat();
    assert!(moved.iter().zip(&along).all(|(a, b)| (a - b).abs() < 1e-6), "{moved:?} {along:?}");
    assert_eq!(gradient[30..42], [0.0; 12]);
    assert!(PriorNorm::new(&LatentSpec::continuous(50, Prior::Uniform)).is_none());
}

/// A stroke and a sketch across pictures of any sides.
fn across(size: [usize; 2]) -> Constraints {
    let stroke =
        |kind, y: f32| Stroke { weight: 1.0, kind, width: 0.2, points: vec![[0.1, y], [0.9, 1.0 - y]] };
    let strokes = [stroke(StrokeKind::Colour([40, 200, 60]), 0.8), stroke(StrokeKind::Sketch, 0.3)];
    Constraints::rasterize(&strokes, size)
}

fn transposed<T: Copy>(rows: &[T], [height, width]: [usize; 2], each: usize) -> Vec<T> {
    let pixels = (0..width).flat_map(|x| (0..height).map(move |y| y * width + x));
    pixels.flat_map(|i| rows[each * i..each * (i + 1)].to_vec()).collect()
}

#[test]
fn pictures_that_are_not_square_have_their_costs_and_gradients() {
    let size @ [height, width] = [48, 64];
    let pixels = height * width;
    let maps = across(size);
    let wave =
        |i: usize| ((i % width) as f32 * 0.21).sin() * ((i / width % height) as f32 * 0.17).cos() * 0.8;
    let x: Vec<f32> = (0..2 * 3 * pixels).map(|i| wave(i) + 0.01 * (i / pixels) as f32).collect();
    let colour = Arc::new(Colour::new(&maps, ValueRange::SignedUnit)) as Arc<dyn PictureCost>;
    let edges = Arc::new(Edges::new(&maps, ValueRange::SignedUnit)) as Arc<dyn PictureCost>;
    check_differences(|x| costs(colour.clone(), x).unwrap(), &x, &[2, 3, height, width], 3e-3);
    // Turned over along the diagonal everything costs the same.
    let turned = Constraints {
        size: [width, height],
        colour: transposed(&maps.colour, size, 3),
        colour_mask: transposed(&maps.colour_mask, size, 1),
        edge: transposed(&maps.edge, size, 1),
        ..Constraints::empty([width, height])
    };
    let picture = &x[..3 * pixels];
    let turned_picture: Vec<f32> =
        picture.chunks_exact(pixels).flat_map(|plane| transposed(plane, size, 1)).collect();
    for (term, turned) in [
        (colour, Arc::new(Colour::new(&turned, ValueRange::SignedUnit)) as Arc<dyn PictureCost>),
        (edges, Arc::new(Edges::new(&turned, ValueRange::SignedUnit)) as Arc<dyn PictureCost>),
    ] {
        let (cost, other) = (term.cost(picture), turned.cost(&turned_picture));
        assert!(cost > 0.01 && (cost - other).abs() < 1e-4 * cost, "{}: {cost} {other}", term.name());
        let (mut gradient, mut of_turned) = (vec![0.0; 3 * pixels], vec![0.0; 3 * pixels]);
        term.gradient(picture, 1.0, &mut gradient);
        turned.gradient(&turned_picture, 1.0, &mut of_turned);
        let gradient: Vec<f32> =
            gradient.chunks_exact(pixels).flat_map(|plane| transposed(plane, size, 1)).collect();
        let most = gradient.iter().fold(0f32, |most, g| most.max(g.abs()));
        let away = gradient.iter().zip(&of_turned).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(most > 0.0 && away < 1e-3 * most, "{}: {away} of {most}", term.name());
    }
}

#[test]
fn the_histogram_of_a_wide_picture_is_that_of_its_part_of_a_larger_one() {
    let planes = lcg(1, 3 * PIXELS);
    let wide: Vec<f32> = planes.chunks_exact(PIXELS).flat_map(|plane| plane[..48 * SIDE].to_vec()).collect();
    let hog = Hog::new([48, SIDE], ValueRange::SignedUnit);
    assert_eq!((hog.cells(), hog.cell_count()), ([6, 8], 48));
    let of_wide = hog.histogram(&wide, &[true; 48]);
    let of_all = Hog::new([SIDE; 2], ValueRange::SignedUnit).histogram(&planes, &[true; 64]);
    // The lowest row of cells sees the border.
    let inner = 5 * 8 * ORIENTATIONS;
    assert_eq!(of_wide[..inner], of_all[..inner]);
    assert_ne!(of_wide[inner..], of_all[inner..of_wide.len()]);
    // So is the gradient of what only the upper cells say.
    let upper: Vec<f32> = (0..inner).map(|i| (i % 7) as f32 - 3.0).collect();
    let of_bins = |count: usize| [&upper[..], &vec![0.0; count * ORIENTATIONS - inner]].concat();
    let (mut of_wide, mut of_all) = (vec![0.0; wide.len()], vec![0.0; planes.len()]);
    hog.backward(&wide, &of_bins(48), &mut of_wide);
    Hog::new([SIDE; 2], ValueRange::SignedUnit).backward(&planes, &of_bins(64), &mut of_all);
    for (wide, all) in of_wide.chunks_exact(48 * SIDE).zip(of_all.chunks_exact(PIXELS)) {
        assert_eq!(wide, &all[..48 * SIDE]);
    }
    assert_eq!(Hog::new([7, 64], ValueRange::Unit).cell_count(), 0);
}

#[test]
fn a_grey_picture_costs_what_it_does_in_three_channels() {
    let grey = lcg(5, PIXELS);
    for term in [
        &Colour::new(&constraints(), ValueRange::Unit) as &dyn PictureCost,
        &Edges::new(&constraints(), ValueRange::Unit),
    ] {
        assert!(close(term.cost(&grey), term.cost(&grey.repeat(3))), "{}", term.name());
        let (mut one, mut three) = (vec![0.0; PIXELS], vec![0.0; 3 * PIXELS]);
        term.gradient(&grey, 1.0, &mut one);
        term.gradient(&grey.repeat(3), 1.0, &mut three);
        for i in 0..PIXELS {
            let sum = three[i] + three[i + PIXELS] + three[i + 2 * PIXELS];
            assert!((one[i] - sum).abs() < 1e-5, "{}", term.name());
        }
    }
}

#[test]
fn strokes_of_another_size_are_refused() {
    let term = Arc::new(Colour::new(&constraints(), ValueRange::SignedUnit));
    let pictures = Tensor::zeros((1, 3, 32, 32), candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(matches!(costs(term, &pictures), Err(crate::Error::Shape { .. })));
}

/// A patch of waves, taken from the left and wanted at the right.
fn patched(weight: f32) -> Constraints {
    let light =
        |i: usize| (127.0 + 90.0 * ((i % SIDE) as f32 * 0.6).sin() * ((i / SIDE) as f32 * 0.4).cos()) as u8;
    let picture = crate::Picture::new(SIDE, SIDE, (0..PIXELS).flat_map(|i| [light(i); 3]).collect()).unwrap();
    let points = vec![[0.25, 0.5], [0.6, 0.5]];
    let kind = StrokeKind::Patch(Arc::new(picture));
    Constraints::rasterize(&[Stroke { weight, ..Stroke::new(kind, 24.0 / 64.0, points) }], [SIDE; 2])
}

#[test]
fn a_patch_costs_nothing_where_it_is_and_asks_for_its_edges_too() {
    let maps = patched(1.0);
    let edges = Edges::new(&maps, ValueRange::Unit);
    let cells = edges.touched().iter().filter(|&&t| t).count();
    assert!((4..17).contains(&cells), "{cells}");
    // What it asks for is the patch with its surroundings.
    let there: Vec<f32> = maps.texture.repeat(3);
    let nothing = vec![0.5; 3 * PIXELS];
    assert!(
        edges.cost(&there) < 0.02 * edges.cost(&nothing),
        "{} {}",
        edges.cost(&there),
        edges.cost(&nothing)
    );
}

#[test]
fn a_stroke_of_half_the_weight_costs_half() {
    let x = lcg(1, 3 * PIXELS);
    let light = |maps: &Constraints| Constraints { weight: vec![0.5; PIXELS], ..maps.clone() };
    for maps in [constraints(), patched(1.0)] {
        for make in [
            (|maps| Box::new(Colour::new(maps, ValueRange::Unit)))
                as fn(&Constraints) -> Box<dyn PictureCost>,
            |maps| Box::new(Edges::new(maps, ValueRange::Unit)),
        ] {
            let (whole, half) = (make(&maps), make(&light(&maps)));
            assert!((whole.cost(&x) - 2.0 * half.cost(&x)).abs() < 1e-4 * whole.cost(&x).abs());
            let (mut one, mut other) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            whole.gradient(&x, 1.0, &mut one);
            half.gradient(&x, 2.0, &mut other);
            assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }
    assert_eq!(patched(0.5).weight[32 * SIDE + 38], 0.5);
}

#[test]
fn over_a_photo_the_sum_shall_have_the_colour() {
    let mut maps = Constraints::empty([8, 8]);
    maps.colour_mask.fill(1.0);
    maps.colour.fill(0.5);
    let residue: Vec<f32> = (0..192).map(|i| [0.2, -0.1, 0.9][i % 3]).collect();
    let term = Colour::over(&maps, Some(&residue), ValueRange::Unit);
    // What would have to be darker than black is black.
    let planes: Vec<f32> = [0.3, 0.6, 0.0].iter().flat_map(|v| [*v; 64]).collect();
    assert!(term.cost(&planes) < 1e-9, "{}", term.cost(&planes));
}
