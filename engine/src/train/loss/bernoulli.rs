//! The likelihood of pictures whose pixels are shares of light, from logits, and its gradient in one pass.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor};
use rayon::prelude::*;

use crate::Result;
use crate::nn::host::{guarded, tensor, values};

/// Minus the log likelihood of every picture: sum over pixels of max(l, 0) - l x + ln(1 + exp(-|l|)) for logits l
/// and light x from 0 to 1, both N x ...; the result is N. Differentiable with respect to the logits.
pub(crate) fn bernoulli_loss(logits: &Tensor, light: &Tensor) -> Result<Tensor> {
    Ok(logits.contiguous()?.apply_op1(Bernoulli(light.contiguous()?))?)
}

struct Bernoulli(Tensor);

impl CustomOp1 for Bernoulli {
    fn name(&self) -> &'static str {
        "bernoulli"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let logits = values(storage, layout)?;
        let (storage, light) = self.0.storage_and_layout();
        let light = guarded(&storage, light)?;
        let count = layout.dims()[0];
        let each = (logits.len() / count.max(1)).max(1);
        let losses =
            logits.par_chunks_exact(each).zip(light.par_chunks_exact(each)).map(|(logits, light)| {
                let loss = |(l, x): (&f32, &f32)| l.max(0.0) - l * x + (-l.abs()).exp().ln_1p();
                logits.iter().zip(light).map(|pair| f64::from(loss(pair))).sum::<f64>() as f32
            });
        Ok((CpuStorage::F32(losses.collect()), Shape::from(count)))
    }

    fn bwd(&self, logits: &Tensor, _: &Tensor, grad: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let scales = grad.contiguous()?.to_vec1::<f32>()?;
        let (storage, layout) = logits.storage_and_layout();
        let logits = guarded(&storage, layout)?;
        let (light_storage, light) = self.0.storage_and_layout();
        let light = guarded(&light_storage, light)?;
        let mut gradient = vec![0.0; logits.len()];
        let each = (logits.len() / scales.len().max(1)).max(1);
        gradient
            .par_chunks_exact_mut(each)
            .zip(logits.par_chunks_exact(each).zip(light.par_chunks_exact(each)))
            .zip(&scales)
            .for_each(|((gradient, (logits, light)), scale)| {
                for ((g, l), x) in gradient.iter_mut().zip(logits).zip(light) {
                    *g = scale * (1.0 / (1.0 + (-l).exp()) - x);
                }
            });
        tensor(gradient, layout.shape()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    #[test]
    fn loss_and_gradient_agree_with_the_definition() {
        let (logits, light) = ([-30.0_f32, -1.0, 0.5, 40.0], [0.0_f32, 0.3, 1.0, 0.9]);
        let var = Var::from_slice(&logits, (2, 2), &Device::Cpu).unwrap();
        let light_tensor = Tensor::from_slice(&light, (2, 2), &Device::Cpu).unwrap();
        let losses = bernoulli_loss(&var, &light_tensor).unwrap();
        let naive = |i: usize| {
            let (l, x) = (f64::from(logits[i]), f64::from(light[i]));
            // ln p = -ln(1 + e^-l), ln(1 - p) = -ln(1 + e^l)
            x * (-l).exp().ln_1p() + (1.0 - x) * l.exp().ln_1p()
        };
        for (loss, i) in losses.to_vec1::<f32>().unwrap().iter().zip([0, 2]) {
            assert!((f64::from(*loss) - naive(i) - naive(i + 1)).abs() < 1e-4, "{loss}");
        }
        let weighted = (losses * Tensor::new(&[1.0_f32, 2.0], &Device::Cpu).unwrap()).unwrap();
        let gradient = weighted.sum_all().unwrap().backward().unwrap();
        let gradient = gradient.get(&var).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        for (i, g) in gradient.into_iter().enumerate() {
            let expected = (1.0 / (1.0 + (-f64::from(logits[i])).exp()) - f64::from(light[i]))
                * if i < 2 { 1.0 } else { 2.0 };
            assert!((f64::from(g) - expected).abs() < 1e-5, "{g} {expected}");
        }
    }
}
