//! Changing the order of dimensions: done once, when weights are laid out for the kernels, but for a hundred
//! million numbers, so in blocks that stay in the cache and on all cores.

use candle_core::Tensor;
use rayon::prelude::*;

use super::host::{guarded, tensor};
use crate::Result;

/// Columns and rows of a block.
const BLOCK: usize = 32;

/// The last two dimensions changed: N x R x C to N x C x R, contiguous. With `reversed`, the C come last first.
///
/// # Errors
/// [`crate::Error::Tensor`] when the tensor has another rank or memory runs out.
pub(crate) fn swap_last_two(t: &Tensor, reversed: bool) -> Result<Tensor> {
    let (count, rows, cols) = t.dims3()?;
    if !t.device().is_cpu() {
        let t = if reversed { t.flip(&[2])? } else { t.clone() };
        return Ok(t.transpose(1, 2)?.contiguous()?);
    }
    let t = t.contiguous()?;
    let (storage, layout) = t.storage_and_layout();
    let values = guarded(&storage, layout)?;
    let mut out = vec![0f32; values.len()];
    // Columns `first..` of one matrix as rows.
    let columns = |matrix: &[f32], first: usize, out: &mut [f32]| {
        for row_block in (0..rows).step_by(BLOCK) {
            for (c, out) in out.chunks_exact_mut(rows).enumerate() {
                let column = if reversed { cols - 1 - first - c } else { first + c };
                for row in row_block..(row_block + BLOCK).min(rows) {
                    out[row] = matrix[row * cols + column];
                }
            }
        }
    };
    if count == 1 {
        out.par_chunks_mut((BLOCK * rows).max(1))
            .enumerate()
            .for_each(|(block, out)| columns(values, block * BLOCK, out));
    } else {
        let matrix = (rows * cols).max(1);
        out.par_chunks_mut(matrix).zip(values.par_chunks(matrix)).for_each(|(out, values)| {
            columns(values, 0, out);
        });
    }
    Ok(tensor(out, (count, cols, rows))?)
}

/// Every `rows` x `columns` matrix with rows and columns changed.
pub(super) fn turn_each(from: &[f32], rows: usize, columns: usize, to: &mut [f32]) {
    let len = (rows * columns).max(1);
    to.par_chunks_mut(len).zip(from.par_chunks(len)).for_each(|(to, from)| {
        if rows < columns {
            for (row, from) in from.chunks_exact(columns).enumerate() {
                to[row..].iter_mut().step_by(rows).zip(from).for_each(|(to, from)| *to = *from);
            }
        } else {
            for (column, to) in to.chunks_exact_mut(rows).enumerate() {
                to.iter_mut().zip(from[column..].iter().step_by(columns)).for_each(|(to, from)| *to = *from);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn blocks_of_any_size_land_where_candle_puts_them() {
        for (shape, reversed) in [
            ([1, 70, 45], false),
            ([1, 3, 100], true),
            ([5, 33, 25], true),
            ([2, 1, 1], false),
            ([3, 0, 4], false),
        ] {
            let values = Rng::new(1).normals(shape.iter().product());
            let t = Tensor::from_vec(values, &shape, &Device::Cpu).unwrap();
            let expected = if reversed { t.flip(&[2]).unwrap() } else { t.clone() };
            let expected = expected.transpose(1, 2).unwrap().contiguous().unwrap();
            let swapped = swap_last_two(&t, reversed).unwrap();
            assert_eq!(swapped.dims(), expected.dims());
            let numbers = |t: Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert_eq!(numbers(swapped), numbers(expected));
        }
    }
}
