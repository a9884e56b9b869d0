//! How much the maps of a batch differ (Karras et al. 2018, "minibatch standard deviation"): a discriminator that is told
//! sees when a generator makes the same picture again and again.

use candle_core::Tensor;

use super::BatchStatistics;
use crate::Result;

/// Added to variances, whose root has no slope at 0.
const EPSILON: f64 = 1e-8;

/// Maps as rows of groups, N / G x G x values, less the mean of their group, and how many there are in a group: the largest
/// divisor of N up to `most`.
fn groups(x: &Tensor, most: usize) -> Result<(Tensor, usize)> {
    let count = x.dim(0)?;
    let group = (1..=most.max(1)).rev().find(|group| count.is_multiple_of(*group)).unwrap_or(1);
    let rows = x.contiguous()?.reshape((count / group, group, ()))?;
    Ok((rows.broadcast_sub(&rows.mean_keepdim(1)?)?, group))
}

/// The number of every group, N / G, as a channel of all its maps.
fn spread(numbers: &Tensor, group: usize, like: &Tensor) -> Result<Tensor> {
    let (count, height, width, _) = like.dims4()?;
    let each = numbers.reshape((count / group, 1))?.broadcast_as((count / group, group))?;
    Ok(each.contiguous()?.reshape((count, 1, 1, 1))?.broadcast_as((count, height, width, 1))?.contiguous()?)
}

/// The mean over all values of their standard deviation within groups of so many maps.
///
/// # Shapes
/// N x H x W x C to N x H x W x 1.
pub(crate) fn of_batch(x: &Tensor, most: usize) -> Result<Tensor> {
    let (centred, group) = groups(x, most)?;
    let deviation = (centred.sqr()?.mean(1)? + EPSILON)?.sqrt()?;
    spread(&deviation.mean(1)?, group, x)
}

/// The derivative of [`of_batch`] along `direction` at `x`.
pub(crate) fn along(direction: &Tensor, x: &Tensor, most: usize) -> Result<Tensor> {
    let (centred, group) = groups(x, most)?;
    let (moved, _) = groups(direction, most)?;
    let deviation = (centred.sqr()?.mean(1)? + EPSILON)?.sqrt()?;
    let moved = (centred * moved)?.mean(1)?.div(&deviation)?;
    spread(&moved.mean(1)?, group, x)
}

/// What is remembered of a batch for use.
pub(crate) fn statistics(of_batch: &Tensor) -> Result<BatchStatistics> {
    let mean = of_batch.detach().mean_all()?.to_scalar::<f32>()?;
    Ok(BatchStatistics { mean: vec![mean], variance: vec![0.0], count: of_batch.elem_count() })
}
