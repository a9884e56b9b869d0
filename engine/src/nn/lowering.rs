//! Convolutions as matrix products over [`Windows`]: the three kernels that every direction of a convolution
//! and of a transposed convolution is made of.
//!
//! | | convolution | transposed convolution |
//! |---|---|---|
//! | forward | [`gather`] | [`spread`] |
//! | gradient of the input | [`spread`] | [`gather`] |
//! | gradient of the weights | [`weight_gradient`] | [`weight_gradient`] |
//!
//! Work is divided into tasks of whole images, as many as give a product of some [`TASK_ROWS`] rows; with a
//! single task the pool works on the product instead.

use std::ops::Range;

use rayon::prelude::*;

use super::columns::Windows;
use super::finish::Finish;
use super::host::with_scratch;
use super::matmul::{Matrix, Threads, matmul};

/// Rows of a product below which packing the weights costs more than multiplying by them.
const TASK_ROWS: usize = 256;
/// Values of the column buffer, so that it stays in a core's second-level cache.
const CHUNK_LEN: usize = 1 << 18;
/// Fewest partial sums of a weight gradient, most, and the numbers that all of them may have where more than the fewest
/// are made: enough for the cores, few enough to add up quickly.
const PARTS: [usize; 2] = [4, 16];
const PARTS_LEN: usize = 1 << 20;
/// Columns below which waking the pool costs more than it brings.
const POOL_LEN: usize = 1 << 15;
/// Bands of rows that an image is divided into for the pool.
const BANDS: usize = 8;

impl Windows {
    fn task_images(&self) -> usize {
        TASK_ROWS.div_ceil(self.cells().max(1))
    }

    /// Grid rows whose columns fit the buffer.
    fn chunk_rows(&self, threads: Threads) -> usize {
        let budget = if threads == Threads::Pool { 4 * CHUNK_LEN } else { CHUNK_LEN };
        (budget / (self.grid_width * self.window_len()).max(1)).clamp(1, self.grid_height.max(1))
    }
}

/// The grid from the images: `columns(images) * weights`, and the finish.
///
/// `images` is N images, `weights` is window_len x features, `out` is N x cells x features.
pub(crate) fn gather(
    windows: &Windows,
    images: &[f32],
    weights: Matrix<'_>,
    features: usize,
    finish: Finish<'_>,
    out: &mut [f32],
) {
    let task = windows.task_images();
    let (image_len, out_len) = (windows.image_len(), windows.cells() * features);
    let count = out.len() / out_len.max(1);
    let run = |start: usize, images: &[f32], out: &mut [f32], threads: Threads| {
        each_columns(windows, images, threads, |columns, cells| {
            let out = &mut out[cells.start * features..cells.end * features];
            let columns = Matrix::new(columns, cells.len(), windows.window_len());
            matmul(out, false, columns, weights, threads);
            finish.apply(start + cells.start * features, out);
        });
    };
    if count <= task {
        run(0, images, out, Threads::Pool);
    } else {
        let tasks = out.par_chunks_mut(task * out_len).zip(images.par_chunks(task * image_len));
        tasks.enumerate().for_each(|(index, (out, images))| {
            run(index * task * out_len, images, out, Threads::Caller);
        });
    }
}

/// The images from the grid: every cell adds `cell * weights` to its window; and the finish.
///
/// `grid` is N x cells x features, `weights` is features x window_len, `out` is N images.
pub(crate) fn spread(
    windows: &Windows,
    grid: &[f32],
    weights: Matrix<'_>,
    features: usize,
    finish: Finish<'_>,
    out: &mut [f32],
) {
    let task = windows.task_images();
    let (image_len, grid_len) = (windows.image_len(), windows.cells() * features);
    let count = out.len() / image_len.max(1);
    if count <= task {
        spread_task(windows, grid, weights, features, out, Threads::Pool);
        let row = windows.image_width * windows.channels;
        let part = (1_usize << 14).next_multiple_of(row.max(1));
        out.par_chunks_mut(part).enumerate().for_each(|(index, out)| finish.apply(index * part, out));
    } else {
        let tasks = out.par_chunks_mut(task * image_len).zip(grid.par_chunks(task * grid_len));
        tasks.enumerate().for_each(|(index, (out, grid))| {
            spread_task(windows, grid, weights, features, out, Threads::Caller);
            finish.apply(index * task * image_len, out);
        });
    }
}

fn spread_task(
    windows: &Windows,
    grid: &[f32],
    weights: Matrix<'_>,
    features: usize,
    out: &mut [f32],
    threads: Threads,
) {
    let (image_len, window_len) = (windows.image_len(), windows.window_len());
    if windows.is_identity() {
        let cells = out.len() / image_len.max(1);
        return matmul(out, false, Matrix::new(grid, cells, features), weights, threads);
    }
    out.fill(0.0);
    let count = out.len() / image_len.max(1);
    let rows = windows.chunk_rows(threads);
    let cells = windows.cells();
    // Small images share a product; a large one is cut into several.
    let together = if rows == windows.grid_height { count } else { 1 };
    for first in (0..count).step_by(together.max(1)) {
        for start in (0..windows.grid_height).step_by(rows) {
            let grid_rows = start..(start + rows).min(windows.grid_height);
            let chunk = grid_rows.len() * windows.grid_width;
            let from = first * cells + start * windows.grid_width;
            let height = together * chunk;
            with_scratch(height * window_len, |columns| {
                let grid = Matrix::new(&grid[from * features..], height, features);
                matmul(columns, false, grid, weights, threads);
                let images = &mut out[first * image_len..(first + together) * image_len];
                fold_all(windows, columns, &grid_rows, images, threads);
            });
        }
    }
}

/// Adds the columns of some grid rows to one or more images.
fn fold_all(
    windows: &Windows,
    columns: &[f32],
    grid_rows: &Range<usize>,
    images: &mut [f32],
    threads: Threads,
) {
    let per_image = grid_rows.len() * windows.grid_width * windows.window_len();
    let row_len = windows.image_width * windows.channels;
    if threads == Threads::Caller || columns.len() < POOL_LEN {
        for (image, columns) in images.chunks_mut(windows.image_len()).zip(columns.chunks(per_image)) {
            windows.fold(columns, grid_rows.clone(), 0..windows.image_height, image);
        }
        return;
    }
    let band = windows.image_height.div_ceil(BANDS);
    let images = images.par_chunks_mut(windows.image_len());
    images.zip(columns.par_chunks(per_image)).for_each(|(image, columns)| {
        image.par_chunks_mut(band * row_len).enumerate().for_each(|(index, part)| {
            let start = index * band;
            let image_rows = start..start + part.len() / row_len;
            windows.fold(columns, grid_rows.clone(), image_rows, part);
        });
    });
}

/// The gradient of the weights: the sum over all cells of window x cell.
///
/// `images` is N images, `grid` is N x cells x features. `out` is window_len x features, or its transpose
/// when `transposed`.
pub(crate) fn weight_gradient(
    windows: &Windows,
    images: &[f32],
    grid: &[f32],
    features: usize,
    transposed: bool,
    out: &mut [f32],
) {
    let task = windows.task_images();
    let (image_len, grid_len) = (windows.image_len(), windows.cells() * features);
    let count = grid.len() / grid_len.max(1);
    let run = |images: &[f32], grid: &[f32], out: &mut [f32], threads: Threads| {
        out.fill(0.0);
        each_columns(windows, images, threads, |columns, cells| {
            let columns = Matrix::new(columns, cells.len(), windows.window_len());
            let cell_features = &grid[cells.start * features..cells.end * features];
            let cell_features = Matrix::new(cell_features, cells.len(), features);
            if transposed {
                matmul(out, true, cell_features.transposed(), columns, threads);
            } else {
                matmul(out, true, columns.transposed(), cell_features, threads);
            }
        });
    };
    if count <= task {
        return run(images, grid, out, Threads::Pool);
    }
    // Whole tasks per part, so that the parts and their order follow from the shapes alone.
    let parts = (PARTS_LEN / out.len().max(1)).clamp(PARTS[0], PARTS[1]);
    let part = count.div_ceil(task).div_ceil(parts) * task;
    let mut parts: Vec<Vec<f32>> = Vec::new();
    images
        .par_chunks(part * image_len)
        .zip(grid.par_chunks(part * grid_len))
        .map(|(images, grid)| {
            let mut sum = vec![0.0; out.len()];
            run(images, grid, &mut sum, Threads::Caller);
            sum
        })
        .collect_into_vec(&mut parts);
    out.fill(0.0);
    for part in parts {
        for (sum, term) in out.iter_mut().zip(part) {
            *sum += term;
        }
    }
}

/// Hands the columns of consecutive cells to `work`, with the range of those cells counted over all images.
fn each_columns(
    windows: &Windows,
    images: &[f32],
    threads: Threads,
    mut work: impl FnMut(&[f32], Range<usize>),
) {
    let (image_len, window_len, cells) = (windows.image_len(), windows.window_len(), windows.cells());
    let count = images.len() / image_len.max(1);
    if windows.is_identity() {
        return work(images, 0..count);
    }
    let rows = windows.chunk_rows(threads);
    let task = windows.task_images();
    let together = if rows == windows.grid_height { task } else { 1 };
    for first in (0..count).step_by(together.max(1)) {
        let together = together.min(count - first);
        for start in (0..windows.grid_height).step_by(rows) {
            let grid_rows = start..(start + rows).min(windows.grid_height);
            let chunk = grid_rows.len() * windows.grid_width;
            with_scratch(together * chunk * window_len, |columns| {
                let images = &images[first * image_len..(first + together) * image_len];
                unfold_all(windows, images, &grid_rows, columns, threads);
                let from = first * cells + start * windows.grid_width;
                work(columns, from..from + together * chunk);
            });
        }
    }
}

/// Columns of some grid rows of one or more images.
fn unfold_all(
    windows: &Windows,
    images: &[f32],
    grid_rows: &Range<usize>,
    columns: &mut [f32],
    threads: Threads,
) {
    let row_len = windows.grid_width * windows.window_len();
    let per_image = grid_rows.len() * row_len;
    if threads == Threads::Caller || columns.len() < POOL_LEN {
        for (image, columns) in images.chunks(windows.image_len()).zip(columns.chunks_mut(per_image)) {
            windows.unfold(image, grid_rows.clone(), columns);
        }
        return;
    }
    let band = grid_rows.len().div_ceil(BANDS);
    let images = images.par_chunks(windows.image_len());
    images.zip(columns.par_chunks_mut(per_image)).for_each(|(image, columns)| {
        columns.par_chunks_mut(band * row_len).enumerate().for_each(|(index, part)| {
            let start = grid_rows.start + index * band;
            windows.unfold(image, start..start + part.len() / row_len, part);
        });
    });
}
