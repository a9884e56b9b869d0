//! What a training of a DCGAN's generator gives away: the averaged generator as the tensors of PyTorch's DCGAN
//! example, and as pictures.

use candle_core::Tensor;

use crate::Result;
use crate::train::core::trainer::NamedTensor;
use crate::train::networks::generate;

/// Mean and variance of every channel of a layer.
type Statistics = (Vec<f32>, Vec<f32>);

/// An averaged generator in the layout of PyTorch's DCGAN example: `main.0.weight` (Cin x Cout x 4 x 4),
/// `main.1.{weight,bias,running_mean,running_var}`, `main.3.weight` and so on.
///
/// The statistics of the training's batches belong to other weights, so they are measured anew, over `batches` of
/// latents, each N x 1 x 1 x Z.
pub(crate) fn dcgan_tensors(
    names: &[String],
    average: &[Tensor],
    batches: impl Iterator<Item = Result<Tensor>>,
) -> Result<Vec<NamedTensor>> {
    let mut statistics = statistics(average, batches)?.into_iter();
    let mut tensors = Vec::new();
    for (index, (name, value)) in names.iter().zip(average).enumerate() {
        let tensor = if index % 3 == 0 { value.permute((0, 3, 1, 2))?.contiguous()? } else { value.clone() };
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

/// An encoder's weights (4 x 4 x Cin x Cout) and biases, layer by layer, in PyTorch's layout: `encoder.0.weight`
/// (Cout x Cin x 4 x 4), `encoder.0.bias`, `encoder.2.weight` and so on, where the numbers count convolution and
/// activation.
pub(crate) fn encoder_tensors<'a>(parameters: impl Iterator<Item = &'a Tensor>) -> Result<Vec<NamedTensor>> {
    let tensor = |(index, value): (usize, &Tensor)| -> Result<NamedTensor> {
        let (layer, is_bias) = (index / 2, index % 2 == 1);
        let kind = if is_bias { "bias" } else { "weight" };
        let tensor = if is_bias { value.clone() } else { value.permute((3, 2, 0, 1))? };
        Ok(NamedTensor { name: format!("encoder.{}.{kind}", 2 * layer), tensor: tensor.contiguous()? })
    };
    parameters.enumerate().map(tensor).collect()
}

/// Statistics of every normalized layer of a generator over batches of latents.
fn statistics(
    parameters: &[Tensor],
    batches: impl Iterator<Item = Result<Tensor>>,
) -> Result<Vec<Statistics>> {
    let mut sums: Vec<[Vec<f64>; 3]> = Vec::new();
    let mut n = 0.0;
    for z in batches {
        let (_, batch) = generate(parameters, &z?)?;
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
        n += 1.0;
    }
    // The variance of the whole is the mean of the variances plus the variance of the means.
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
