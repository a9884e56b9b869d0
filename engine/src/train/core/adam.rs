//! Adam (Kingma and Ba 2015), one pass over weights, gradient and both moments.

use std::cell::RefCell;

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp2, Layout, Tensor, Var, bail};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::settings;
use crate::{Error, Result};

/// The constants of Adam.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamConfig {
    /// Step size at the start of a run.
    pub learning_rate: f32,
    /// Decay of the mean of the gradient.
    pub beta1: f32,
    /// Decay of the mean of its square.
    pub beta2: f32,
    /// Added to the root of the latter.
    pub eps: f32,
}

impl AdamConfig {
    /// Refuses constants that are none.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first of them.
    pub fn check(&self) -> Result<()> {
        settings::check_length("the learning rate", self.learning_rate)?;
        settings::check_weight("the learning rate", self.learning_rate)?;
        settings::check_share("the decay of the gradient's mean", self.beta1)?;
        settings::check_share("the decay of the gradient's square", self.beta2)?;
        settings::check_weight("what Adam adds to the root", self.eps)
    }
}

/// Adam's memory for a fixed list of variables.
#[derive(Clone, Debug)]
pub struct Adam {
    config: AdamConfig,
    /// Longest gradient, all variables taken together; a longer one is shortened.
    clip: f32,
    /// Steps taken.
    pub(crate) steps: u64,
    /// First and second moment of every variable.
    pub(crate) moments: Vec<[Vec<f32>; 2]>,
}

impl Adam {
    /// Fresh moments for `variables`, which every step gets in the same order.
    #[must_use]
    pub fn new(config: AdamConfig, variables: &[Var]) -> Self {
        let moments =
            variables.iter().map(|v| [vec![0.0; v.elem_count()], vec![0.0; v.elem_count()]]).collect();
        Self { config, clip: f32::INFINITY, steps: 0, moments }
    }

    /// With gradients that are shortened to a length of `clip` where they are longer, all variables taken
    /// together (Pascanu et al. 2013): one bad batch can't throw the weights off.
    #[must_use]
    pub fn clipped(self, clip: f32) -> Self {
        Self { clip, ..self }
    }

    /// One step with the learning rate times `factor`. A variable without a gradient stays.
    ///
    /// # Errors
    /// [`Error::NonFinite`] before any variable has changed when a gradient holds a number that is not finite.
    pub fn step(&mut self, variables: &[Var], grads: &GradStore, factor: f32) -> Result<()> {
        let length = gradient_length(variables, grads)?;
        let shorten = if length > self.clip { self.clip / length } else { 1.0 };
        self.steps += 1;
        let AdamConfig { learning_rate, beta1, beta2, eps } = self.config;
        let power = |beta: f32| 1.0 - f64::from(beta).powi(i32::try_from(self.steps).unwrap_or(i32::MAX));
        let rate = f64::from(learning_rate * factor) / power(beta1);
        let root_scale = 1.0 / power(beta2).sqrt();
        for (variable, [first, second]) in variables.iter().zip(&mut self.moments) {
            let Some(grad) = grads.get(variable) else { continue };
            let update = Update {
                shorten,
                rate: rate as f32,
                root_scale: root_scale as f32,
                beta1,
                beta2,
                eps,
                moments: RefCell::new((first, second)),
            };
            variable.inplace_op2(&grad.contiguous()?, &update)?;
        }
        Ok(())
    }
}

/// The length of the gradient of all variables together.
///
/// # Errors
/// [`Error::NonFinite`] when it holds a number that is not finite.
pub(crate) fn gradient_length(variables: &[Var], grads: &GradStore) -> Result<f32> {
    let mut all = 0.0;
    for grad in variables.iter().filter_map(|v| grads.get(v)) {
        // The sum of squares is finite only when every term is.
        let squares = grad.sqr()?.sum_all()?.to_scalar::<f32>()?;
        if !squares.is_finite() {
            return Err(Error::NonFinite { what: "a gradient of the training" });
        }
        all += f64::from(squares);
    }
    Ok(all.sqrt() as f32)
}

struct Update<'a> {
    shorten: f32,
    rate: f32,
    root_scale: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
    moments: RefCell<(&'a mut [f32], &'a mut [f32])>,
}

/// Values that a task updates.
pub(crate) const PART: usize = 1 << 14;

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        weights: &mut CpuStorage,
        layout: &Layout,
        grad: &CpuStorage,
        grad_layout: &Layout,
    ) -> candle_core::Result<()> {
        let weights = values_mut(weights, layout)?;
        let grad = crate::nn::host::values(grad, grad_layout)?;
        let mut moments = self.moments.borrow_mut();
        let (first, second) = &mut *moments;
        let &Self { shorten, rate, root_scale, beta1, beta2, eps, .. } = self;
        weights
            .par_chunks_mut(PART)
            .zip(grad.par_chunks(PART))
            .zip(first.par_chunks_mut(PART).zip(second.par_chunks_mut(PART)))
            .for_each(|((weights, grad), (first, second))| {
                for (((w, g), m), v) in weights.iter_mut().zip(grad).zip(first).zip(second) {
                    let g = g * shorten;
                    *m += (1.0 - beta1) * (g - *m);
                    *v += (1.0 - beta2) * (g * g - *v);
                    *w -= rate * *m / (v.sqrt() * root_scale + eps);
                }
            });
        Ok(())
    }
}

/// Moves the averages of weights towards them after so many steps: `average = decay average + (1 - decay) weights`.
/// An average starts as the weights and grows its memory with their age.
pub(crate) fn follow(averages: &[Tensor], weights: &[Var], decay: f32, steps: u64) -> Result<()> {
    let decay = decay.min((1.0 + steps as f32) / (10.0 + steps as f32));
    for (average, weights) in averages.iter().zip(weights) {
        average.inplace_op2(weights.as_tensor(), &Follow { share: 1.0 - decay })?;
    }
    Ok(())
}

/// `average += share (weights - average)`.
struct Follow {
    share: f32,
}

impl InplaceOp2 for Follow {
    fn name(&self) -> &'static str {
        "moving_average"
    }

    fn cpu_fwd(
        &self,
        average: &mut CpuStorage,
        layout: &Layout,
        weights: &CpuStorage,
        weights_layout: &Layout,
    ) -> candle_core::Result<()> {
        let average = values_mut(average, layout)?;
        let weights = crate::nn::host::values(weights, weights_layout)?;
        average.par_chunks_mut(PART).zip(weights.par_chunks(PART)).for_each(|(average, weights)| {
            for (a, w) in average.iter_mut().zip(weights) {
                *a += self.share * (w - *a);
            }
        });
        Ok(())
    }
}

fn values_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> candle_core::Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => Ok(&mut values[start..end]),
        _ => bail!("only contiguous float32 weights can be trained"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn three_steps_are_those_of_pytorch() {
        // w = torch.tensor([1., -2.], requires_grad=True); o = torch.optim.Adam([w], 0.1, betas=(0.5, 0.9))
        // three times: o.zero_grad(); (w**3).sum().backward(); o.step()
        let w = Var::new(&[1.0_f32, -2.0], &Device::Cpu).unwrap();
        let config = AdamConfig { learning_rate: 0.1, beta1: 0.5, beta2: 0.9, eps: 1e-8 };
        let vars = [w.clone()];
        let mut adam = Adam::new(config, &vars);
        let mut expected = [[0.0_f64; 2]; 2];
        let mut twin = [1.0_f64, -2.0];
        for step in 1..=3 {
            let grads = w.powf(3.0).unwrap().sum_all().unwrap().backward().unwrap();
            adam.step(&vars, &grads, 1.0).unwrap();
            for (i, x) in twin.iter_mut().enumerate() {
                let g = 3.0 * *x * *x;
                expected[0][i] = 0.5 * expected[0][i] + 0.5 * g;
                expected[1][i] = 0.9 * expected[1][i] + 0.1 * g * g;
                let (m, v) = (
                    expected[0][i] / (1.0 - 0.5_f64.powi(step)),
                    expected[1][i] / (1.0 - 0.9_f64.powi(step)),
                );
                *x -= 0.1 * m / (v.sqrt() + 1e-8);
            }
        }
        for (a, b) in w.to_vec1::<f32>().unwrap().iter().zip(twin) {
            assert!((f64::from(*a) - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn a_gradient_that_is_not_finite_changes_nothing() {
        let w = Var::new(&[1.0_f32, 2.0], &Device::Cpu).unwrap();
        let vars = [w.clone()];
        let config = AdamConfig { learning_rate: 0.1, beta1: 0.5, beta2: 0.9, eps: 1e-8 };
        let mut adam = Adam::new(config, &vars);
        let poison = Tensor::new(&[1.0_f32, f32::NAN], &Device::Cpu).unwrap();
        let grads = (w.as_tensor() * poison).unwrap().sum_all().unwrap().backward().unwrap();
        assert!(matches!(adam.step(&vars, &grads, 1.0), Err(Error::NonFinite { .. })));
        assert_eq!(w.to_vec1::<f32>().unwrap(), [1.0, 2.0]);
        assert_eq!(adam.steps, 0);
    }

    #[test]
    fn a_long_gradient_is_shortened_and_a_short_one_is_not() {
        let config = AdamConfig { learning_rate: 0.1, beta1: 0.5, beta2: 0.9, eps: 1e-8 };
        for (clip, factor) in [(1.0, 0.2), (10.0, 1.0)] {
            let vars =
                [Var::new(&[0.0_f32], &Device::Cpu).unwrap(), Var::new(0.0_f32, &Device::Cpu).unwrap()];
            let mut adam = Adam::new(config, &vars).clipped(clip);
            let loss =
                ((vars[0].sum_all().unwrap() * 3.0).unwrap() + (vars[1].as_tensor() * 4.0).unwrap()).unwrap();
            adam.step(&vars, &loss.backward().unwrap(), 1.0).unwrap();
            for (moments, gradient) in adam.moments.iter().zip([3.0, 4.0]) {
                assert!((moments[0][0] - 0.5 * factor * gradient).abs() < 1e-6, "{}", moments[0][0]);
            }
        }
    }
}
