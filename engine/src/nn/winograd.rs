//! Convolutions with fewer multiplications: every phase of a strided convolution (see [`super::phases`]) is a dense
//! one with at most 3 x 3 taps, whose results come in tiles of 2 x 2 from at most 4 x 4 products
//! (see [`super::minimal_filter`]). For iGAN's kernels of 5 x 5 with a stride of 2 that is 49 products instead of
//! 100, in both directions.
//!
//! The products of many tiles are one matrix product for each of these (at most 16 for a phase), so that it runs as
//! fast as any.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::columns::Windows;
use super::finish::Finish;
use super::host::with_scratch;
use super::matmul::{Matrix, Threads, matmul};
use super::minimal_filter::{MOST_PRODUCTS, RESULTS, of_inputs, of_products, products};
use super::phases::{Direction, Lattice};
use super::planes::{Phase, Planes};

/// Values that the largest phase of a task works on, so that they stay in a core's second-level cache.
const TASK_LEN: usize = 3 << 16;
/// Tiles of a task: fewer make slow products, more bring nothing.
const TASK_TILES: (usize, usize) = (8, 64);
/// Tasks that are wanted at least.
const TASKS: usize = 4;
/// Values between the matrices of two products: without them, they would all fall into the same few places of the
/// first-level cache.
const GAP: usize = 16;

/// How a map of results is divided into tiles.
struct Tiling {
    /// Rows of tiles in a map.
    rows: usize,
    /// Tiles in a row.
    tiles: usize,
    /// Values that a row of tiles makes.
    band: usize,
}

impl Tiling {
    fn new(windows: &Windows, planes: &Planes) -> Self {
        let (height, width, stride) = match planes.direction {
            Direction::Spread => (windows.image_height, windows.image_width, windows.stride),
            Direction::Gather => (windows.grid_height, windows.grid_width, 1),
        };
        Self {
            rows: height / (RESULTS * stride),
            tiles: (width / stride).div_ceil(RESULTS),
            band: RESULTS * stride * width * planes.outputs,
        }
    }

    /// Rows of tiles for a task, which follow from the shapes alone.
    fn task_rows(&self, all: usize, planes: &Planes) -> usize {
        let (least, most) = TASK_TILES;
        let fitting = TASK_LEN / (MOST_PRODUCTS * MOST_PRODUCTS * (planes.inputs + planes.outputs));
        let tiles = (all * self.tiles / TASKS).clamp(least, fitting.clamp(least, most));
        (tiles / self.tiles).max(1)
    }
}

/// What [`super::lowering::gather`] or [`super::lowering::spread`] make of `input`, by the direction of the planes.
pub(crate) fn convolve(
    windows: &Windows,
    planes: &Planes,
    input: &[f32],
    finish: Finish<'_>,
    out: &mut [f32],
) {
    let grid_len = |channels: usize| windows.cells() * channels;
    let (grid, input_len) = match planes.direction {
        Direction::Spread => (Lattice::grid(windows, planes.inputs), grid_len(planes.inputs)),
        Direction::Gather => (Lattice::grid(windows, planes.outputs), windows.image_len()),
    };
    let tiling = Tiling::new(windows, planes);
    let task_rows = tiling.task_rows(out.len() / tiling.band, planes);
    out.par_chunks_mut(task_rows * tiling.band).enumerate().for_each(|(task, out)| {
        for (index, phase) in planes.phases.iter().enumerate() {
            let image = Lattice::phase(windows, &phase.rows, &phase.columns);
            let (from, to) = match planes.direction {
                Direction::Spread => (grid, image),
                Direction::Gather => (image, grid),
            };
            let first_row = task * task_rows;
            // Every phase of the image has positions of its own there, but all of them add to the grid.
            let adds = planes.direction == Direction::Gather && index > 0;
            let tiles = Tiles { planes, phase, tiling: &tiling, first_row, input, input_len, from, to, adds };
            let count = out.len() / tiling.band * tiling.tiles;
            // Inside of `dispatch` there must be no closure that is not inlined: it would be compiled for any
            // processor, several times slower.
            with_scratch(tiles.scratch_len(count), |scratch| {
                Arch::new().dispatch(OfPhase { tiles, scratch, out: &mut *out });
            });
        }
        finish.apply(task * task_rows * tiling.band, out);
    });
}

/// The tiles of a task and a phase.
struct Tiles<'a> {
    planes: &'a Planes,
    phase: &'a Phase,
    tiling: &'a Tiling,
    /// First row of tiles, counted over all maps.
    first_row: usize,
    /// All maps.
    input: &'a [f32],
    /// Values of one map.
    input_len: usize,
    from: Lattice,
    to: Lattice,
    /// Whether the results are added to what is there.
    adds: bool,
}

/// What a phase contributes to the results of a task.
struct OfPhase<'a> {
    tiles: Tiles<'a>,
    scratch: &'a mut [f32],
    out: &'a mut [f32],
}

impl WithSimd for OfPhase<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tiles, scratch, out } = self;
        match (tiles.phase.rows.taps.len(), tiles.phase.columns.taps.len()) {
            (1, 1) => tiles.run::<S, 1, 1>(simd, scratch, out),
            (1, 2) => tiles.run::<S, 1, 2>(simd, scratch, out),
            (1, 3) => tiles.run::<S, 1, 3>(simd, scratch, out),
            (2, 1) => tiles.run::<S, 2, 1>(simd, scratch, out),
            (2, 2) => tiles.run::<S, 2, 2>(simd, scratch, out),
            (2, 3) => tiles.run::<S, 2, 3>(simd, scratch, out),
            (3, 1) => tiles.run::<S, 3, 1>(simd, scratch, out),
            (3, 2) => tiles.run::<S, 3, 2>(simd, scratch, out),
            _ => tiles.run::<S, 3, 3>(simd, scratch, out),
        }
    }
}

impl Tiles<'_> {
    /// Values from one matrix of sums of inputs to the next, and from one matrix of products to the next.
    fn matrix_lens(&self, count: usize) -> (usize, usize) {
        (count * self.planes.inputs + GAP, count * self.planes.outputs + GAP)
    }

    /// Values that so many tiles need to work in.
    fn scratch_len(&self, count: usize) -> usize {
        let (sums_len, products_len) = self.matrix_lens(count);
        self.phase.planes() * (sums_len + products_len) + self.planes.inputs
    }

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &self,
        simd: S,
        scratch: &mut [f32],
        out: &mut [f32],
    ) {
        let Self { planes, phase, tiling, .. } = *self;
        let count = out.len() / tiling.band * tiling.tiles;
        let (sums_len, products_len) = self.matrix_lens(count);
        let (sums, scratch) = scratch.split_at_mut(phase.planes() * sums_len);
        let (multiplied, zeros) = scratch.split_at_mut(phase.planes() * products_len);
        zeros.fill(0.0);
        for tile in 0..count {
            self.sum_inputs::<S, ROWS, COLUMNS>(simd, tile, zeros, sums, sums_len);
        }
        for plane in 0..phase.planes() {
            let sums = Matrix::new(&sums[plane * sums_len..], count, planes.inputs);
            let out = &mut multiplied[plane * products_len..][..count * planes.outputs];
            matmul(out, false, sums, planes.matrix(phase.first_plane + plane), Threads::Caller);
        }
        for (row, out) in out.chunks_exact_mut(tiling.band).enumerate() {
            for x in 0..tiling.tiles {
                let multiplied = &multiplied[(row * tiling.tiles + x) * planes.outputs..];
                self.results::<S, ROWS, COLUMNS>(simd, x, multiplied, products_len, out);
            }
        }
    }

    /// `B' d B` of one tile, a row of every matrix of `sums`, which lie `len` apart.
    #[inline(always)]
    fn sum_inputs<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &self,
        simd: S,
        tile: usize,
        zeros: &[f32],
        sums: &mut [f32],
        len: usize,
    ) {
        let (inputs, vectors) = (self.planes.inputs, self.planes.inputs / S::F32_LANES);
        let row = self.first_row + tile / self.tiling.tiles;
        let map = &self.input[row / self.tiling.rows * self.input_len..][..self.input_len];
        let y = (RESULTS * (row % self.tiling.rows)) as isize + self.phase.rows.first;
        let x = (RESULTS * (tile % self.tiling.tiles)) as isize + self.phase.columns.first;
        let wanted = |i: usize, j: usize| i < products(ROWS) && j < products(COLUMNS);
        let from: [[&[S::f32s]; MOST_PRODUCTS]; MOST_PRODUCTS] = grid(|i, j| {
            let place = self.from.at(y + i as isize, x + j as isize).filter(|_| wanted(i, j));
            let values = place.map_or(zeros, |start| &map[start..start + inputs]);
            &S::as_simd_f32s(values).0[..vectors]
        });
        let mut sums = sums.chunks_exact_mut(len);
        let to: [[&mut [S::f32s]; MOST_PRODUCTS]; MOST_PRODUCTS] = grid(|i, j| {
            let sums = if wanted(i, j) { sums.next() } else { None };
            match sums {
                Some(sums) => &mut S::as_mut_simd_f32s(&mut sums[tile * inputs..][..inputs]).0[..vectors],
                None => &mut [],
            }
        });
        let zero = simd.splat_f32s(0.0);
        for c in 0..vectors {
            let mut rows = [[zero; MOST_PRODUCTS]; MOST_PRODUCTS];
            for i in 0..products(ROWS) {
                let mut row = [zero; MOST_PRODUCTS];
                for j in 0..products(COLUMNS) {
                    row[j] = from[i][j][c];
                }
                rows[i] = of_inputs::<S, COLUMNS>(simd, row);
            }
            for j in 0..products(COLUMNS) {
                let column = of_inputs::<S, ROWS>(simd, [rows[0][j], rows[1][j], rows[2][j], rows[3][j]]);
                for i in 0..products(ROWS) {
                    to[i][j][c] = column[i];
                }
            }
        }
    }

    /// `A' m A` of the tile number `tile` of a row, put or added to the values that the row makes. Its products begin
    /// `multiplied`, each of them `len` after the one before.
    #[inline(always)]
    fn results<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &self,
        simd: S,
        tile: usize,
        multiplied: &[f32],
        len: usize,
        out: &mut [f32],
    ) {
        let (outputs, vectors) = (self.planes.outputs, self.planes.outputs / S::F32_LANES);
        let from: [[&[S::f32s]; MOST_PRODUCTS]; MOST_PRODUCTS] = grid(|i, j| {
            let wanted = i < products(ROWS) && j < products(COLUMNS);
            let start = (i * products(COLUMNS) + j) * len;
            if wanted { &S::as_simd_f32s(&multiplied[start..start + outputs]).0[..vectors] } else { &[] }
        });
        let zero = simd.splat_f32s(0.0);
        for result in 0..RESULTS {
            let x = (RESULTS * tile + result) as isize;
            let (Some(above), Some(below)) = (self.to.at(0, x), self.to.at(1, x)) else { continue };
            let (out, rest) = out.split_at_mut(below);
            let above = &mut S::as_mut_simd_f32s(&mut out[above..above + outputs]).0[..vectors];
            let below = &mut S::as_mut_simd_f32s(&mut rest[..outputs]).0[..vectors];
            for c in 0..vectors {
                let mut column = [zero; MOST_PRODUCTS];
                for i in 0..products(ROWS) {
                    let mut row = [zero; MOST_PRODUCTS];
                    for j in 0..products(COLUMNS) {
                        row[j] = from[i][j][c];
                    }
                    column[i] = of_products::<S, COLUMNS>(simd, row)[result];
                }
                let [first, second] = of_products::<S, ROWS>(simd, column);
                above[c] = if self.adds { simd.add_f32s(above[c], first) } else { first };
                below[c] = if self.adds { simd.add_f32s(below[c], second) } else { second };
            }
        }
    }
}

/// What `f` makes of every row and column.
#[inline(always)]
fn grid<T>(mut f: impl FnMut(usize, usize) -> T) -> [[T; MOST_PRODUCTS]; MOST_PRODUCTS] {
    std::array::from_fn(|i| std::array::from_fn(|j| f(i, j)))
}

#[cfg(test)]
#[path = "winograd_tests.rs"]
mod tests;
