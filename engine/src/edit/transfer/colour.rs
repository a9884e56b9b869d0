//! A change as a function of the colours that were there, another one at each place.

use nalgebra::{Matrix3, Vector3};

use super::field::Field;

/// Deviation of the window in which a function is fitted, in pixels of the small pictures, and that of the smoothing after it.
const WINDOW: f32 = 0.7;
const SMOOTHING: f32 = 0.5;
/// Deviation of the window in which it is asked how well colours explain a change at all: wider, so that it can't follow
/// what moves.
const WIDE: f32 = 1.5;
/// Variance of colours, in levels squared, below which they say nothing.
const RIDGE: f32 = 1.0;
const WIDE_RIDGE: f32 = 10.0;
/// The same where motion explains the change already.
const MOVED_RIDGE: f32 = 3000.0;

/// What is added to a colour at each place: three rows of three factors and an offset (levels of 0 to 255).
pub(super) type Functions = Field<12>;

/// What a function adds to a colour.
#[inline]
pub(super) fn added(function: &[f32; 12], colour: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|k| {
        let row = &function[4 * k..4 * k + 4];
        row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2] + row[3]
    })
}

/// The functions that explain best how `before` became `after`, and what they make of it. `moved` says where (0 to 1)
/// motion explains it already.
pub(super) fn fitted(before: &Field<3>, after: &Field<3>, moved: &Field<1>) -> (Functions, Field<3>) {
    let ridge = |i: usize| RIDGE + MOVED_RIDGE * moved.values[i][0];
    let functions = fit(before, after, WINDOW, ridge).smoothed(SMOOTHING);
    let made = made(before, &functions);
    (functions, made)
}

/// What colours alone make of `before`, where functions may change little from place to place.
pub(super) fn explained(before: &Field<3>, after: &Field<3>) -> Field<3> {
    made(before, &fit(before, after, WIDE, |_| WIDE_RIDGE))
}

fn made(before: &Field<3>, functions: &Functions) -> Field<3> {
    before.with(functions, |colour, function| {
        let added = added(function, *colour);
        std::array::from_fn(|i| colour[i] + added[i])
    })
}

/// The guided filter (He, Sun and Tang 2013) with three colours as the guide, of the change instead of the picture: where
/// the colours say nothing, only an offset is left.
fn fit(before: &Field<3>, after: &Field<3>, window: f32, ridge: impl Fn(usize) -> f32) -> Functions {
    // Colours, changes, products of colours (six), products of colours and changes (nine).
    let moments = before.with(after, |b, a| {
        let change = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        let mut all = [0.0; 21];
        all[..3].copy_from_slice(b);
        all[3..6].copy_from_slice(&change);
        for (slot, (i, j)) in all[6..12].iter_mut().zip(PAIRS) {
            *slot = b[i] * b[j];
        }
        for (slot, i) in all[12..].iter_mut().zip(0..) {
            *slot = b[i / 3] * change[i % 3];
        }
        all
    });
    let means = moments.smoothed(window);
    let values = means.values.iter().enumerate().map(|(place, m)| {
        let (colour, change) = (Vector3::new(m[0], m[1], m[2]), Vector3::new(m[3], m[4], m[5]));
        let mut spread = Matrix3::zeros();
        for (value, (i, j)) in m[6..12].iter().zip(PAIRS) {
            spread[(i, j)] = value - colour[i] * colour[j];
            spread[(j, i)] = spread[(i, j)];
        }
        let together = Matrix3::from_fn(|i, j| m[12 + 3 * i + j] - colour[i] * change[j]);
        let inverse = (spread + Matrix3::identity() * ridge(place)).try_inverse().unwrap_or_default();
        let factors = (inverse * together).transpose();
        let offset = change - factors * colour;
        std::array::from_fn(|i| if i % 4 == 3 { offset[i / 4] } else { factors[(i / 4, i % 4)] })
    });
    Field { size: before.size, values: values.collect() }
}

/// Upper half of a symmetric matrix.
const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

/// The functions for a photo whose small picture is not quite the one that they were fitted to: about the photo's own mean
/// colours instead, and weaker where its colours vary by more than the model knows of (what is unlike the model's picture
/// must not be amplified by what the model thinks of its own colours).
pub(super) fn suited(functions: &Functions, before: &Field<3>, photo: &Field<3>) -> Functions {
    let [mean, photo_mean] = [before, photo].map(|field| field.smoothed(WINDOW));
    let size = |field: &Field<3>, mean: &Field<3>| {
        let squares = field.with(mean, |v, m| [(0..3).map(|i| (v[i] - m[i]).powi(2)).sum::<f32>() / 3.0]);
        squares.smoothed(WIDE)
    };
    let known = size(before, &mean);
    let unknown = size(&photo.minus(before), &photo_mean.minus(&mean));
    let values = functions.values.iter().enumerate().map(|(i, function)| {
        let (known, unknown) = (known.values[i][0] + RIDGE, unknown.values[i][0]);
        let trust = known / (known + unknown);
        let middle = added(function, mean.values[i]);
        let mut suited = function.map(|factor| trust * factor);
        for k in 0..3 {
            suited[4 * k + 3] = 0.0;
        }
        let own = added(&suited, photo_mean.values[i]);
        for k in 0..3 {
            suited[4 * k + 3] = middle[k] - own[k];
        }
        suited
    });
    Field { size: functions.size, values: values.collect() }
}
