//! The mapping: from latents, and a class where there are some, to a style.

use candle_core::{D, Device, Tensor};

use super::linear::Linear;
use super::plan::Plan;
use crate::checkpoint::TensorTable;
use crate::nn::Activation;
use crate::{Error, Result};

/// The factor of the mapping's learning rate, which scales its weights (Karras et al. 2019).
const LEARNING_RATE: f64 = 0.01;

/// The mapping network.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    layers: Vec<Linear>,
    embedding: Option<Linear>,
    latents: usize,
    classes: usize,
}

impl Mapping {
    pub fn load(plan: &Plan, tensors: &TensorTable, device: &Device) -> Result<Self> {
        let inputs = |name: &str| {
            let dims = tensors.dims::<2>(&format!("{name}.weight"));
            dims.map(|[_, inputs]| inputs as f64).ok_or_else(|| Error::Invalid(format!("{name} is missing")))
        };
        // The gain of the activation goes into the weights: a leaky ReLU of k x is k times that of x.
        let gain = LEARNING_RATE * std::f64::consts::SQRT_2;
        let layer = |name: &String| {
            let gains = (gain / inputs(name)?.sqrt(), gain);
            Linear::load(tensors, name, gains, Activation::LeakyRelu(0.2), device)
        };
        let embedding = plan.embedding.as_ref().map(|name| {
            Linear::load(tensors, name, (inputs(name)?.sqrt().recip(), 1.0), Activation::None, device)
        });
        Ok(Self {
            layers: plan.mapping.iter().map(layer).collect::<Result<_>>()?,
            embedding: embedding.transpose()?,
            latents: plan.latents,
            classes: plan.classes,
        })
    }

    /// How many numbers go in: latents, then one for each class.
    pub fn inputs(&self) -> usize {
        self.latents + self.classes
    }

    pub fn parameters(&self) -> usize {
        self.layers.iter().chain(&self.embedding).map(Linear::parameters).sum()
    }

    /// N x (latents + classes) to N x styles.
    pub fn forward(&self, latents: &Tensor) -> Result<Tensor> {
        let mut x = normalized(&latents.narrow(1, 0, self.latents)?)?;
        if let Some(embedding) = &self.embedding {
            let class = embedding.forward(&latents.narrow(1, self.latents, self.classes)?.contiguous()?)?;
            x = Tensor::cat(&[x, normalized(&class)?], 1)?;
        }
        self.layers.iter().try_fold(x, |x, layer| layer.forward(&x))
    }
}

/// Every row over the root of its mean square (pixel norm, Karras et al. 2018).
fn normalized(x: &Tensor) -> candle_core::Result<Tensor> {
    let square = x.sqr()?.mean_keepdim(D::Minus1)?;
    x.broadcast_mul(&(square + 1e-8)?.sqrt()?.recip()?)
}
