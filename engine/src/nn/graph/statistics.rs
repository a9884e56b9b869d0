//! Means and variances of norms, measured over batches: those of a training belong to other weights than the averaged
//! ones that are given away.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::role::Role;
use super::train::Norms;
use super::{Graph, Weights};
use crate::Result;
use crate::nn::BatchStatistics;

/// Sums of means, of their squares, and of variances.
type Sums = [Vec<f64>; 3];

impl Graph {
    /// `weights` with the statistics of every norm on the way to `output`, over batches of what goes into the graph.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn with_statistics(
        &self,
        weights: &Weights,
        output: &str,
        batches: impl Iterator<Item = Result<Tensor>>,
    ) -> Result<Weights> {
        let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
        let mut count = 0.0;
        for batch in batches {
            let results = self.run(weights, &[&batch?], Norms::Batch, &[output])?;
            for (node, statistics) in results.statistics {
                add(sums.entry(node).or_default(), &statistics);
            }
            count += 1.0;
        }
        let mut all = weights.clone();
        for (node, [means, squares, variances]) in sums {
            let mean: Vec<f64> = means.iter().map(|m| m / count).collect();
            // The variance of the whole is the mean of the variances plus the variance of the means.
            let variance = variances.iter().zip(&squares).zip(&mean);
            let variance: Vec<f32> =
                variance.map(|((v, q), m)| (v / count + (q / count - m * m).max(0.0)) as f32).collect();
            let mean: Vec<f32> = mean.iter().map(|m| *m as f32).collect();
            for (role, values) in [(Role::Mean, mean), (Role::Variance, variance)] {
                all.insert(format!("{node}.{}", role.name()), Tensor::new(values, &Device::Cpu)?);
            }
        }
        Ok(all)
    }
}

fn add(sums: &mut Sums, batch: &BatchStatistics) {
    let [means, squares, variances] = sums;
    for sums in [&mut *means, &mut *squares, &mut *variances] {
        sums.resize(batch.mean.len(), 0.0);
    }
    for (i, (mean, variance)) in batch.mean.iter().zip(&batch.variance).enumerate() {
        means[i] += f64::from(*mean);
        squares[i] += f64::from(*mean).powi(2);
        variances[i] += f64::from(*variance);
    }
}
