//! What a training gives away: the averaged generator, as pictures and as the tensors of PyTorch's DCGAN example.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::gan::{Gan, latents};
use super::networks::generate;
use super::trainer::NamedTensor;
use crate::checkpoint::TensorTable;
use crate::model::{LatentSpec, Model, Prior, dcgan_generator};
use crate::rng::Rng;
use crate::{Picture, Result, ValueRange};

/// Batches from which the statistics of the averaged generator are taken.
const STATISTICS_BATCHES: usize = 20;
/// Latents in each of them.
const STATISTICS_BATCH: usize = 64;
/// Stream of the seed that draws them, apart from the training's own.
const STATISTICS_STREAM: u64 = 1;

/// Mean and variance of every channel of a layer.
type Statistics = (Vec<f32>, Vec<f32>);

impl Gan {
    /// The averaged generator in the layout of PyTorch's DCGAN example: `main.0.weight` (Cin x Cout x 4 x 4),
    /// `main.1.{weight,bias,running_mean,running_var}`, `main.3.weight` and so on.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn export(&self) -> Result<Vec<NamedTensor>> {
        let mut statistics = self.statistics()?.into_iter();
        let mut tensors = Vec::new();
        for (index, (name, value)) in self.generator.names.iter().zip(&self.average).enumerate() {
            let tensor =
                if index % 3 == 0 { value.permute((0, 3, 1, 2))?.contiguous()? } else { value.clone() };
            tensors.push(NamedTensor { name: name.clone(), tensor });
            if index % 3 == 2 {
                let stem = name.trim_end_matches("bias");
                let (mean, variance) = statistics.next().unwrap_or_default();
                for (name, values) in [("running_mean", mean), ("running_var", variance)] {
                    let tensor = Tensor::new(values, value.device())?;
                    tensors.push(NamedTensor { name: format!("{stem}{name}"), tensor });
                }
            }
        }
        Ok(tensors)
    }

    /// The averaged generator as a model, as it would be from a file but in full precision.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn model(&self) -> Result<Model> {
        let tensors = self.export()?.into_iter().map(|named| (named.name, named.tensor));
        let table = TensorTable::from_tensors(tensors);
        let generator = dcgan_generator(&table, &Device::Cpu)?;
        let latents = LatentSpec::continuous(self.config.latent, Prior::Normal);
        Ok(Model::new("training", Arc::new(generator), latents, ValueRange::SignedUnit, Device::Cpu))
    }

    /// Pictures of the averaged generator for the latents of `seed`.
    ///
    /// # Errors
    /// [`crate::Error::NonFinite`] when a pixel is not a number.
    pub fn samples(&self, count: usize, seed: u64) -> Result<Vec<Picture>> {
        let model = self.model()?;
        let mut rng = Rng::new(seed);
        let latents: Vec<_> = (0..count).map(|_| model.info.latents.draw(&mut rng)).collect();
        model.pictures(&latents)
    }

    /// Statistics of every normalized layer of the averaged generator. Those of the training belong to other
    /// weights, so they are measured anew, over fixed latents.
    fn statistics(&self) -> Result<Vec<Statistics>> {
        let mut rng = Rng::stream(self.config.seed, STATISTICS_STREAM);
        let mut sums: Vec<[Vec<f64>; 3]> = Vec::new();
        for _ in 0..STATISTICS_BATCHES {
            let z = latents(&mut rng, STATISTICS_BATCH, self.config.latent)?;
            let (_, batch) = generate(&self.average, &z)?;
            if sums.is_empty() {
                sums = batch.iter().map(|s| [(); 3].map(|()| vec![0.0; s.mean.len()])).collect();
            }
            for ([means, squares, variances], batch) in sums.iter_mut().zip(batch) {
                for (i, (mean, variance)) in batch.mean.iter().zip(&batch.variance).enumerate() {
                    means[i] += f64::from(*mean);
                    squares[i] += f64::from(*mean).powi(2);
                    variances[i] += f64::from(*variance);
                }
            }
        }
        // The variance of the whole is the mean of the variances plus the variance of the means.
        let n = STATISTICS_BATCHES as f64;
        let finish = |[means, squares, variances]: [Vec<f64>; 3]| {
            let mean: Vec<f64> = means.iter().map(|m| m / n).collect();
            let variance = variances
                .iter()
                .zip(&squares)
                .zip(&mean)
                .map(|((v, q), m)| (v / n + (q / n - m * m).max(0.0)) as f32)
                .collect();
            (mean.iter().map(|m| *m as f32).collect(), variance)
        };
        Ok(sums.into_iter().map(finish).collect())
    }
}
