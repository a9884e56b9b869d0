//! Batch normalization in training (Ioffe and Szegedy 2015), with the activation in the same pass.

use candle_core::{CpuStorage, CustomOp3, DType, Layout, Shape, Tensor};
use rayon::prelude::*;

use super::activation::Activation;
use super::conv::mismatch;
use super::host::{guarded, tensor, values};
use super::operation::before_activation;
use crate::{Error, Result};

/// Rows in a block of a sum; blocks are added in their order.
const BLOCK_ROWS: usize = 256;

/// Mean and variance of every channel of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchStatistics {
    /// C means.
    pub mean: Vec<f32>,
    /// C variances around the mean, divided by the number of values (not by one less).
    pub variance: Vec<f32>,
    /// Values that each of them was taken from: N times H times W.
    pub count: usize,
}

/// Statistics of every channel (the last dimension) of `x`.
///
/// # Errors
/// [`Error::Invalid`] when there is nothing to take them from.
pub fn batch_statistics(x: &Tensor) -> Result<BatchStatistics> {
    let x = x.detach().to_device(&candle_core::Device::Cpu)?.contiguous()?;
    let channels = x.dims().last().copied().unwrap_or(0);
    if x.elem_count() == 0 {
        return Err(Error::Invalid(format!("no batch statistics of an empty batch {:?}", x.dims())));
    }
    let (storage, layout) = x.storage_and_layout();
    let x = guarded(&storage, layout)?;
    // Sums of squares around some value of the data itself, lest a large mean eat the digits.
    let shift = &x[..channels];
    let blocks = reduce_blocks(x.len(), channels, |range, sums| {
        let (sum, squares) = sums.split_at_mut(channels);
        for row in x[range].chunks_exact(channels) {
            for (((s, q), v), k) in sum.iter_mut().zip(squares.iter_mut()).zip(row).zip(shift) {
                let d = v - k;
                *s += d;
                *q += d * d;
            }
        }
    });
    let count = x.len() / channels;
    let mean_of = |i: usize| blocks[i] / count as f64;
    let mean = (0..channels).map(|i| (f64::from(shift[i]) + mean_of(i)) as f32).collect();
    let variance =
        (0..channels).map(|i| (mean_of(channels + i) - mean_of(i).powi(2)).max(0.0) as f32).collect();
    Ok(BatchStatistics { mean, variance, count })
}

/// Normalizes every channel by the statistics of the batch, then scales, shifts and activates. The gradient
/// flows through the statistics.
///
/// # Shapes
/// `x` ... x C (the statistics are over all but the last dimension), `gamma` and `beta` C, float32; the result
/// has the shape of `x`.
///
/// # Errors
/// [`Error::Shape`] when gamma or beta don't fit, [`Error::Invalid`] when the batch is empty.
pub fn batch_norm_train(
    x: &Tensor,
    gamma: &Tensor,
    beta: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<(Tensor, BatchStatistics)> {
    let channels = x.dims().last().copied().unwrap_or(0);
    for parameter in [gamma, beta] {
        if parameter.dims() != [channels] {
            return Err(mismatch("batch_norm", x, parameter, "one value for each channel"));
        }
    }
    if [x, gamma, beta].iter().any(|t| t.dtype() != DType::F32) {
        return Err(Error::Invalid("batch_norm works on float32".to_owned()));
    }
    let statistics = batch_statistics(x)?;
    let result = if x.device().is_cpu() {
        let inverse =
            statistics.variance.iter().map(|v| (1.0 / (f64::from(*v) + eps).sqrt()) as f32).collect();
        let operation = BatchNorm { mean: statistics.mean.clone(), inverse, activation };
        x.contiguous()?.apply_op3(&gamma.contiguous()?, &beta.contiguous()?, operation)?
    } else {
        on_device(x, gamma, beta, eps, activation)?
    };
    Ok((result, statistics))
}

/// The same with candle's operations.
pub(crate) fn on_device(
    x: &Tensor,
    gamma: &Tensor,
    beta: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<Tensor> {
    let channels = x.dims().last().copied().unwrap_or(0);
    let rows = x.reshape(((), channels))?;
    let centred = rows.broadcast_sub(&rows.mean_keepdim(0)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(0)? + eps)?.sqrt()?;
    let y = centred.broadcast_div(&deviation)?.broadcast_mul(gamma)?.broadcast_add(beta)?;
    Ok(activation.on_device(&y.reshape(x.shape())?)?)
}

struct BatchNorm {
    mean: Vec<f32>,
    /// One over the standard deviation.
    inverse: Vec<f32>,
    activation: Activation,
}

impl CustomOp3 for BatchNorm {
    fn name(&self) -> &'static str {
        "batch_norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        gamma: &CpuStorage,
        lg: &Layout,
        beta: &CpuStorage,
        lb: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let (x, gamma, beta) = (values(x, lx)?, values(gamma, lg)?, values(beta, lb)?);
        let channels = gamma.len();
        let scale: Vec<f32> = gamma.iter().zip(&self.inverse).map(|(g, i)| g * i).collect();
        let shift: Vec<f32> =
            beta.iter().zip(&scale).zip(&self.mean).map(|((b, s), m)| (-m).mul_add(*s, *b)).collect();
        let mut out = vec![0.0; x.len()];
        let part = BLOCK_ROWS * channels;
        out.par_chunks_mut(part).zip(x.par_chunks(part)).for_each(|(out, x)| {
            for (out, x) in out.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
                for (((o, x), s), b) in out.iter_mut().zip(x).zip(&scale).zip(&shift) {
                    *o = x * s + b;
                }
            }
            self.activation.apply(out);
        });
        Ok((CpuStorage::F32(out), lx.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gamma: &Tensor,
        beta: &Tensor,
        result: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = before_activation(self.activation, result, gradient)?;
        let (gs, gl) = gradient.storage_and_layout();
        let (xs, xl) = x.storage_and_layout();
        let (cs, cl) = gamma.storage_and_layout();
        let (g, xv, gamma_values) = (guarded(&gs, gl)?, guarded(&xs, xl)?, guarded(&cs, cl)?);
        let channels = gamma_values.len();
        // Per channel: the sum of g, and the sum of g times the normalized x.
        let sums = reduce_blocks(xv.len(), channels, |range, sums| {
            let (sum, products) = sums.split_at_mut(channels);
            for (g, x) in g[range.clone()].chunks_exact(channels).zip(xv[range].chunks_exact(channels)) {
                for ((((s, p), g), x), m) in
                    sum.iter_mut().zip(products.iter_mut()).zip(g).zip(x).zip(&self.mean)
                {
                    *s += g;
                    *p += g * (x - m);
                }
            }
        });
        let of_beta: Vec<f32> = sums[..channels].iter().map(|s| *s as f32).collect();
        let of_gamma: Vec<f32> =
            sums[channels..].iter().zip(&self.inverse).map(|(p, i)| (p * f64::from(*i)) as f32).collect();
        let of_x = if x.track_op() {
            // dx = gamma / sigma * (g - mean(g) - x^ mean(g x^)), as a g + b x + c for each channel.
            let rows = (xv.len() / channels) as f32;
            let coefficients: Vec<[f32; 3]> = (0..channels)
                .map(|i| {
                    let scale = gamma_values[i] * self.inverse[i];
                    let slope = -scale * self.inverse[i] * of_gamma[i] / rows;
                    [scale, slope, -scale * of_beta[i] / rows - slope * self.mean[i]]
                })
                .collect();
            let mut out = vec![0.0; xv.len()];
            let part = BLOCK_ROWS * channels;
            out.par_chunks_mut(part).zip(xv.par_chunks(part).zip(g.par_chunks(part))).for_each(
                |(out, (x, g))| {
                    let rows = out.chunks_exact_mut(channels).zip(x.chunks_exact(channels));
                    for ((out, x), g) in rows.zip(g.chunks_exact(channels)) {
                        for (((o, x), g), [a, b, c]) in out.iter_mut().zip(x).zip(g).zip(&coefficients) {
                            *o = a * g + (b * x + c);
                        }
                    }
                },
            );
            Some(tensor(out, x.shape())?)
        } else {
            None
        };
        let of_gamma = if gamma.track_op() { Some(tensor(of_gamma, channels)?) } else { None };
        let of_beta = if beta.track_op() { Some(tensor(of_beta, channels)?) } else { None };
        Ok((of_x, of_gamma, of_beta))
    }
}

/// Two sums for each channel over `len` values: `add` fills a block's in float32, the blocks are added in
/// their order in float64.
fn reduce_blocks(
    len: usize,
    channels: usize,
    add: impl Fn(std::ops::Range<usize>, &mut [f32]) + Sync,
) -> Vec<f64> {
    let part = BLOCK_ROWS * channels;
    let mut blocks: Vec<Vec<f32>> = Vec::new();
    (0..len.div_ceil(part))
        .into_par_iter()
        .map(|i| {
            let mut sums = vec![0.0; 2 * channels];
            add(i * part..((i + 1) * part).min(len), &mut sums);
            sums
        })
        .collect_into_vec(&mut blocks);
    let mut total = vec![0.0; 2 * channels];
    for block in blocks {
        for (t, s) in total.iter_mut().zip(block) {
            *t += f64::from(s);
        }
    }
    total
}
