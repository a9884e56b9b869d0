//! The mapping: from latents, and a class where there are some, to a style.

use candle_core::{Device, Tensor};

use super::generator::Drawing;
use super::plan::Plan;
use crate::checkpoint::TensorTable;
use crate::nn::Activation;
use crate::nn::graph::Op;
use crate::{Error, Result};

/// The factor of the mapping's learning rate, which scales its weights (Karras et al. 2019).
const LEARNING_RATE: f64 = 0.01;
/// Added to the mean square of what is normalized.
const EPSILON: f64 = 1e-8;

impl Plan {
    /// The mapping, from latents (then one number for each class) to its output "style", which its last node makes.
    pub fn mapping(&self, tensors: &TensorTable) -> Result<Drawing> {
        let mut drawing = Drawing::new("z", self.latents + self.classes)?;
        let normalize = Op::PixelNorm { epsilon: EPSILON };
        if let Some(embedding) = &self.embedding {
            drawing.graph.add("latent", Op::Narrow { first: 0, count: self.latents }, &["z"])?;
            drawing.graph.add("latent.norm", normalize.clone(), &["latent"])?;
            drawing.graph.add("class", Op::Narrow { first: self.latents, count: self.classes }, &["z"])?;
            let gains = ((self.classes as f64).sqrt().recip(), 1.0);
            let (weight, bias) = linear(tensors, embedding, gains)?;
            drawing.dense(embedding, weight, bias, "class")?;
            drawing.graph.then("class.norm", normalize)?;
            drawing.graph.add("latent.class", Op::Concatenate, &["latent.norm", "class.norm"])?;
        } else {
            drawing.graph.then("z.norm", normalize)?;
        }
        // The gain of the activation goes into the weights: a leaky ReLU of k x is k times that of x.
        let gain = LEARNING_RATE * std::f64::consts::SQRT_2;
        for name in &self.mapping_layers {
            let from = drawing.graph.last().to_owned();
            let inputs = drawing.graph.last_shape()[2] as f64;
            let (weight, bias) = linear(tensors, name, (gain / inputs.sqrt(), gain))?;
            drawing.dense(name, weight, bias, &from)?;
            let activation = Activation::LeakyRelu(0.2);
            drawing.graph.then(format!("{name}.activation"), Op::Activation { activation })?;
        }
        let style = drawing.graph.last().to_owned();
        drawing.graph.output("style", &style)?;
        Ok(drawing)
    }
}

/// `P.weight` (outputs x inputs) times a gain, as inputs x outputs, and `P.bias` times another. Weights are stored so that
/// their variance is 1 and scaled when they are used (Karras et al. 2018, equalized learning rate).
pub(super) fn linear(
    tensors: &TensorTable,
    name: &str,
    (weight_gain, bias_gain): (f64, f64),
) -> Result<(Tensor, Tensor)> {
    let load = |part: &str| tensors.load(&format!("{name}.{part}"), &Device::Cpu);
    let weight = load("weight")?;
    if weight.rank() != 2 {
        return Err(Error::Invalid(format!("the weights of \"{name}\" are no matrix")));
    }
    Ok(((weight.t()?.contiguous()? * weight_gain)?, (load("bias")? * bias_gain)?))
}
