//! Where a change moves things.

use super::field::Field;

/// How much neighbours resist to move differently, in levels squared.
const STIFFNESS: f32 = 300.0;
/// The pull towards no motion, as a share of it.
const STILL: f32 = 0.02;
/// Differences of colours, squared levels, from which on they count less: what appears can't be found by moving.
const APPEARS: f32 = 100.0;
/// The reciprocal of the squared jump of motion, in pixels, from which on neighbours are let go.
const JUMP: f32 = 20.0;
/// Deviation of the window in which places must move alike, in pixels.
const WINDOW: f32 = 0.8;
/// The shorter side of the coarsest level.
const COARSEST: usize = 8;
/// How often a level is moved anew, and the sweeps of the solver each time.
const ROUNDS: usize = 6;
const SWEEPS: usize = 25;

/// Shifts in pixels.
pub(super) type Motion = Field<2>;

/// Where the colours of each place of `after` come from in `before`: Horn and Schunck's flow with robust weights, from coarse
/// to fine (Brox et al. 2004).
pub(super) fn found(before: &Field<3>, after: &Field<3>) -> Motion {
    let mut levels = vec![[before.clone(), after.clone()]];
    while let Some(pair) = levels.last()
        && pair[0].size.iter().all(|side| *side >= 2 * COARSEST)
    {
        levels.push([halved(&pair[0]), halved(&pair[1])]);
    }
    let mut motion: Option<Motion> = None;
    for [before, after] in levels.iter().rev() {
        let start = match motion {
            Some(coarse) => doubled(&coarse, before.size),
            None => Field::filled(before.size, [0.0; 2]),
        };
        motion = Some(refined(before, after, start));
    }
    motion.unwrap_or_else(|| Field::filled(before.size, [0.0; 2]))
}

/// What a field becomes when it moves.
pub(super) fn moved<const N: usize>(field: &Field<N>, motion: &Motion) -> Field<N> {
    let width = field.size[1];
    let from = |(i, shift): (usize, &[f32; 2])| {
        field.at_pixel([(i % width) as f32 + shift[0], (i / width) as f32 + shift[1]])
    };
    Field { size: field.size, values: motion.values.iter().enumerate().map(from).collect() }
}

fn halved(field: &Field<3>) -> Field<3> {
    let size = field.size.map(|side| side.div_ceil(2));
    let soft = field.smoothed(0.7);
    let from = |i: usize| [2 * (i % size[1]), 2 * (i / size[1])].map(|at| at as f32 + 0.5);
    Field { size, values: (0..size[0] * size[1]).map(|i| soft.at_pixel(from(i))).collect() }
}

fn doubled(motion: &Motion, size: [usize; 2]) -> Motion {
    let from = |i: usize| [i % size[1], i / size[1]].map(|at| 0.5 * at as f32 - 0.25);
    let values = (0..size[0] * size[1]).map(|i| motion.at_pixel(from(i)).map(|shift| 2.0 * shift));
    Field { size, values: values.collect() }
}

/// The motion of a level, from one that is nearly right.
fn refined(before: &Field<3>, after: &Field<3>, mut motion: Motion) -> Motion {
    for _ in 0..ROUNDS {
        let tensors = tensors(&moved(before, &motion), after);
        let start = motion.clone();
        for _ in 0..SWEEPS {
            sweep(&mut motion, &start, &tensors);
        }
    }
    motion
}

/// The products of the gradient with itself (three) and with the difference (two), summed over colours and weighted.
fn tensors(moved: &Field<3>, after: &Field<3>) -> Field<5> {
    let [height, width] = moved.size;
    let make = |i: usize| {
        let (x, y) = (i % width, i / width);
        let row = |at: usize| at * width + x;
        let column = |at: usize| y * width + at;
        let [left, right] = [column(x.saturating_sub(1)), column((x + 1).min(width - 1))];
        let [above, below] = [row(y.saturating_sub(1)), row((y + 1).min(height - 1))];
        let (mut sums, mut square) = ([0.0; 5], 0.0);
        for c in 0..3 {
            let both = |at: usize| moved.values[at][c] + after.values[at][c];
            let (across, down) = (0.25 * (both(right) - both(left)), 0.25 * (both(below) - both(above)));
            let difference = moved.values[i][c] - after.values[i][c];
            let products =
                [across * across, across * down, down * down, across * difference, down * difference];
            sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
            square += difference * difference;
        }
        let weight = 1.0 / (1.0 + square / APPEARS).sqrt();
        sums.map(|sum| weight * sum)
    };
    Field { size: moved.size, values: (0..height * width).map(make).collect() }.smoothed(WINDOW)
}

/// A step of Gauss and Seidel, in the order of a chequerboard. `start` is the motion that the tensors belong to.
fn sweep(motion: &mut Motion, start: &Motion, tensors: &Field<5>) {
    let [height, width] = motion.size;
    for colour in 0..2 {
        for y in 0..height {
            for x in (0..width).skip((y + colour) % 2).step_by(2) {
                let i = y * width + x;
                let here = motion.values[i];
                let (mut mean, mut total) = ([0.0; 2], STILL);
                let beside = [(x > 0, i.wrapping_sub(1)), (x + 1 < width, i + 1)];
                let above = [(y > 0, i.wrapping_sub(width)), (y + 1 < height, i + width)];
                for (_, at) in beside.into_iter().chain(above).filter(|(inside, _)| *inside) {
                    let there = motion.values[at];
                    let jump = (there[0] - here[0]).powi(2) + (there[1] - here[1]).powi(2);
                    let weight = 1.0 / (1.0 + JUMP * jump).sqrt();
                    total += weight;
                    mean = [mean[0] + weight * there[0], mean[1] + weight * there[1]];
                }
                let ([xx, xy, yy, xe, ye], [sx, sy]) = (tensors.values[i], start.values[i]);
                let (a, c) = (xx + STIFFNESS * total, yy + STIFFNESS * total);
                let p = xx * sx + xy * sy - xe + STIFFNESS * mean[0];
                let q = xy * sx + yy * sy - ye + STIFFNESS * mean[1];
                let determinant = a * c - xy * xy;
                motion.values[i] = [(c * p - xy * q) / determinant, (a * q - xy * p) / determinant];
            }
        }
    }
}
