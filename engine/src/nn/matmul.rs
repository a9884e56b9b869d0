//! The matrix product: a safe face for the `gemm` crate.

use std::ops::Range;

use gemm::Parallelism;

/// A read-only view of a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// The first `rows * cols` values of `data`, row after row.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        assert!(rows * cols <= data.len(), "{rows} x {cols} needs more than {} values", data.len());
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transposed view; nothing is copied.
    pub fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }

    /// The view of some rows and columns; nothing is copied.
    pub fn block(self, rows: Range<usize>, cols: Range<usize>) -> Self {
        assert!(rows.end <= self.rows && cols.end <= self.cols, "{rows:?} x {cols:?} of a smaller matrix");
        let data = &self.data[rows.start * self.row_stride + cols.start * self.col_stride..];
        Self { data, rows: rows.len(), cols: cols.len(), ..self }
    }

    /// `out += factor * self`, for a row-major `out` of the same size.
    pub fn add_to(self, factor: f32, out: &mut [f32]) {
        if factor == 0.0 {
            return;
        }
        if self.col_stride == 1 {
            for (row, out) in out.chunks_exact_mut(self.cols).enumerate() {
                for (sum, value) in out.iter_mut().zip(&self.data[row * self.row_stride..]) {
                    *sum += factor * value;
                }
            }
            return;
        }
        // In blocks, so that the values that lie side by side in one of them are still in the cache.
        const BLOCK: usize = 16;
        for first in (0..self.rows).step_by(BLOCK) {
            for col in 0..self.cols {
                for row in first..(first + BLOCK).min(self.rows) {
                    let value = self.data[row * self.row_stride + col * self.col_stride];
                    out[row * self.cols + col] += factor * value;
                }
            }
        }
    }
}

/// Who computes a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The caller alone: it is one of many tasks.
    Caller,
    /// The whole pool: there is only this one product.
    Pool,
}

/// `out = a b`, or `out += a b`, for a row-major `out` of exactly `a.rows * b.cols` values.
///
/// gemm blocks the inner dimension by the sizes and the cache alone, so the sums are the same for every
/// number of threads.
pub(crate) fn matmul(out: &mut [f32], accumulate: bool, a: Matrix<'_>, b: Matrix<'_>, threads: Threads) {
    assert_eq!(a.cols, b.rows, "inner dimensions");
    assert_eq!(out.len(), a.rows * b.cols, "size of the product");
    if out.is_empty() {
        return;
    }
    if a.cols == 0 {
        if !accumulate {
            out.fill(0.0);
        }
        return;
    }
    let parallelism = match threads {
        Threads::Caller => Parallelism::None,
        Threads::Pool => Parallelism::Rayon(0),
    };
    // SAFETY: `Matrix` is only built by `new`, which checks that rows * cols values are there, by `transposed`,
    // which swaps sizes and strides together, and by `block`, which checks that rows and columns lie inside, so
    // every address row * row_stride + col * col_stride lies inside its slice. `out` has rows * cols values, is
    // exclusively borrowed, and with `read_dst` false is written without being read.
    unsafe {
        gemm::gemm(
            a.rows,
            b.cols,
            a.cols,
            out.as_mut_ptr(),
            1,
            b.cols as isize,
            accumulate,
            a.data.as_ptr(),
            a.col_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.col_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}
