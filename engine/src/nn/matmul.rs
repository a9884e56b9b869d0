//! The matrix product: a safe face for the `gemm` crate.

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
    // SAFETY: `Matrix` is only built by `new`, which checks that rows * cols values are there, and by
    // `transposed`, which swaps sizes and strides together, so every address row * row_stride + col *
    // col_stride lies inside its slice. `out` has rows * cols values, is exclusively borrowed, and with
    // `read_dst` false is written without being read.
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
