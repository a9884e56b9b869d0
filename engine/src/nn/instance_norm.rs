//! Every channel of every map less its own mean over the map, over its own deviation (Ulyanov et al. 2016).

use candle_core::Tensor;
use rayon::prelude::*;

use super::activation::Activation;

/// Maps N x H x W x C of which every channel has the mean 0 and the variance 1, as candle computes it.
pub(super) fn standardized(x: &Tensor, epsilon: f64) -> candle_core::Result<Tensor> {
    let mean = |t: &Tensor| t.mean_keepdim(1)?.mean_keepdim(2);
    let centred = x.broadcast_sub(&mean(x)?)?;
    let deviation = (mean(&centred.sqr()?)? + epsilon)?.sqrt()?;
    centred.broadcast_div(&deviation)
}

/// The norm with constant factors and offsets, followed by an activation.
#[derive(Debug)]
pub(super) struct InstanceNorm {
    pub epsilon: f32,
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
    pub activation: Activation,
    /// Pixels of a map.
    pub pixels: usize,
}

impl InstanceNorm {
    /// What it makes of maps, into `out`, whose content does not matter.
    pub fn forward(&self, maps: &[f32], out: &mut [f32]) {
        let len = self.pixels * self.gamma.len();
        out.par_chunks_mut(len).zip(maps.par_chunks(len)).for_each(|(out, map)| {
            let (mean, scale) = self.statistics(map);
            let channels = mean.iter().zip(&scale).zip(self.gamma.iter().zip(&self.beta));
            let lines: Vec<[f32; 2]> = channels
                .map(|((mean, scale), (gamma, beta))| [scale * gamma, beta - mean * scale * gamma])
                .collect();
            for (out, x) in out.chunks_exact_mut(lines.len()).zip(map.chunks_exact(lines.len())) {
                for ((out, x), [slope, offset]) in out.iter_mut().zip(x).zip(&lines) {
                    *out = x * slope + offset;
                }
            }
            self.activation.apply(out);
        });
    }

    /// The gradient of the maps from that of the normalized ones (before the activation), into `out`, whose content does
    /// not matter: with `n` the normalized map, gamma / deviation * (g - mean(g) - n mean(g n)).
    pub fn backward(&self, maps: &[f32], gradient: &[f32], out: &mut [f32]) {
        let channels = self.gamma.len();
        let len = self.pixels * channels;
        let parts = out.par_chunks_mut(len).zip(maps.par_chunks(len)).zip(gradient.par_chunks(len));
        parts.for_each(|((out, map), gradient)| {
            let (mean, scale) = self.statistics(map);
            let normal = |x: f32, c: usize| (x - mean[c]) * scale[c];
            let mut sums = vec![[0.0f64; 2]; channels];
            for (x, g) in map.chunks_exact(channels).zip(gradient.chunks_exact(channels)) {
                for (c, sum) in sums.iter_mut().enumerate() {
                    sum[0] += f64::from(g[c]);
                    sum[1] += f64::from(g[c] * normal(x[c], c));
                }
            }
            let means: Vec<[f32; 2]> =
                sums.iter().map(|sum| sum.map(|s| (s / self.pixels as f64) as f32)).collect();
            let rows = map.chunks_exact(channels).zip(gradient.chunks_exact(channels));
            for (out, (x, g)) in out.chunks_exact_mut(channels).zip(rows) {
                for c in 0..channels {
                    let centred = g[c] - means[c][0] - normal(x[c], c) * means[c][1];
                    out[c] = self.gamma[c] * scale[c] * centred;
                }
            }
        });
    }

    /// Mean and one over the deviation of every channel of a map.
    fn statistics(&self, map: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let channels = self.gamma.len();
        let mean_of = |value: &dyn Fn(usize, f32) -> f64| -> Vec<f32> {
            let mut sums = vec![0.0f64; channels];
            for pixel in map.chunks_exact(channels) {
                for (c, (sum, x)) in sums.iter_mut().zip(pixel).enumerate() {
                    *sum += value(c, *x);
                }
            }
            sums.iter().map(|sum| (sum / self.pixels as f64) as f32).collect()
        };
        let mean = mean_of(&|_, x| f64::from(x));
        let variance = mean_of(&|c, x| f64::from(x - mean[c]).powi(2));
        let scale = variance.iter().map(|variance| 1.0 / (variance + self.epsilon).sqrt()).collect();
        (mean, scale)
    }

    /// The same with candle's operations.
    pub fn on_device(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let row = |values: &[f32]| Tensor::from_slice(values, values.len(), x.device());
        let normal = standardized(x, f64::from(self.epsilon))?;
        let y = normal.broadcast_mul(&row(&self.gamma)?)?.broadcast_add(&row(&self.beta)?)?;
        self.activation.on_device(&y)
    }
}
