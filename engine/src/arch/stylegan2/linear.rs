//! Linear layers whose weights are constants.

use candle_core::{Device, Tensor};

use crate::Result;
use crate::checkpoint::TensorTable;
use crate::nn::{Activation, ConvConfig, conv2d};

/// `activation(x w + b)`; only the gradient of x is ever computed.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    /// 1 x 1 x inputs x outputs: a convolution of one pixel.
    weight: Tensor,
    bias: Option<Tensor>,
    activation: Activation,
}

impl Linear {
    /// From weights, inputs x outputs.
    pub fn new(weight: &Tensor, bias: Option<Tensor>, activation: Activation) -> Result<Self> {
        let weight = weight.detach().contiguous()?.unsqueeze(0)?.unsqueeze(0)?;
        Ok(Self { weight, bias: bias.map(|b| b.detach()), activation })
    }

    /// `P.weight` (outputs x inputs) times `weight_gain` and `P.bias` times `bias_gain`. Weights are stored so
    /// that their variance is 1 and scaled when they are used (Karras et al. 2018, equalized learning rate).
    pub fn load(
        tensors: &TensorTable,
        name: &str,
        (weight_gain, bias_gain): (f64, f64),
        activation: Activation,
        device: &Device,
    ) -> Result<Self> {
        let weight = (tensors.load(&format!("{name}.weight"), device)?.t()? * weight_gain)?;
        let bias = (tensors.load(&format!("{name}.bias"), device)? * bias_gain)?;
        Self::new(&weight, Some(bias), activation)
    }

    /// N x inputs to N x outputs.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (count, inputs) = x.dims2()?;
        let x = x.reshape((count, 1, 1, inputs))?;
        let y = conv2d(&x, &self.weight, self.bias.as_ref(), ConvConfig::default(), self.activation)?;
        Ok(y.reshape((count, ()))?)
    }

    /// How many numbers it learned; one multiplication each.
    pub fn parameters(&self) -> usize {
        self.weight.elem_count() + self.bias.as_ref().map_or(0, Tensor::elem_count)
    }
}
