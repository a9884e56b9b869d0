//! The two networks of a DCGAN (Radford et al. 2016), as lists of parameters and pure functions of them.

use candle_core::{Device, Tensor, Var};

use super::gan::GanConfig;
use super::spectral::SingularVectors;
use crate::Result;
use crate::model::BATCH_NORM_EPSILON;
use crate::nn::{
    Activation, BatchStatistics, ConvConfig, ConvTransposeConfig, batch_norm_train, conv_transpose2d, conv2d,
};
use crate::rng::Rng;

/// Every kernel is 4 x 4.
const KERNEL: usize = 4;
/// Standard deviation of the first weights.
const FIRST_DEVIATION: f32 = 0.02;

/// Variables with names, in a fixed order.
#[derive(Debug)]
pub(super) struct Parameters {
    pub names: Vec<String>,
    pub vars: Vec<Var>,
}

impl Parameters {
    pub fn new() -> Self {
        Self { names: Vec::new(), vars: Vec::new() }
    }

    pub fn add(&mut self, name: String, values: Vec<f32>, shape: &[usize]) -> Result<()> {
        self.vars.push(Var::from_vec(values, shape, &Device::Cpu)?);
        self.names.push(name);
        Ok(())
    }

    pub fn tensors(&self) -> Vec<Tensor> {
        self.vars.iter().map(|v| v.as_tensor().clone()).collect()
    }

    /// The same values outside the graph. They share the memory of the variables, so they follow them.
    pub fn frozen(&self) -> Vec<Tensor> {
        self.vars.iter().map(Var::as_detached_tensor).collect()
    }
}

fn normal(rng: &mut Rng, mean: f32, shape: &[usize]) -> Vec<f32> {
    (0..shape.iter().product()).map(|_| mean + FIRST_DEVIATION * rng.normal()).collect()
}

/// Weights, gamma and beta of every layer, the last without batch norm; named as in PyTorch's DCGAN example,
/// where the numbers count convolution, norm and activation. The weights are Cin x 4 x 4 x Cout.
pub(super) fn generator(config: &GanConfig, rng: &mut Rng) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let widths = config.widths(config.width);
    let mut inputs = config.latent;
    for (layer, &outputs) in widths.iter().rev().chain(&[3]).enumerate() {
        let shape = [inputs, KERNEL, KERNEL, outputs];
        parameters.add(format!("main.{}.weight", 3 * layer), normal(rng, 0.0, &shape), &shape)?;
        if layer < widths.len() {
            let norm = 3 * layer + 1;
            parameters.add(format!("main.{norm}.weight"), normal(rng, 1.0, &[outputs]), &[outputs])?;
            parameters.add(format!("main.{norm}.bias"), vec![0.0; outputs], &[outputs])?;
        }
        inputs = outputs;
    }
    Ok(parameters)
}

/// Where the windows of a generator's layer lie: the first makes 4 x 4 of a point, the others double the size.
pub(super) fn generator_layer(layer: usize) -> ConvTransposeConfig {
    if layer == 0 {
        ConvTransposeConfig::default()
    } else {
        ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 }
    }
}

/// Pictures N x S x S x 3 of latents N x 1 x 1 x Z with the statistics of the batch, and these statistics.
pub(super) fn generate(parameters: &[Tensor], z: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
    let mut x = z.clone();
    let mut statistics = Vec::new();
    for (layer, part) in parameters.chunks(3).enumerate() {
        let config = generator_layer(layer);
        if let [w, gamma, beta] = part {
            let y = conv_transpose2d(&x, w, None, config, Activation::None)?;
            let (y, batch) = batch_norm_train(&y, gamma, beta, BATCH_NORM_EPSILON, Activation::Relu)?;
            statistics.push(batch);
            x = y;
        } else {
            x = conv_transpose2d(&x, &part[0], None, config, Activation::Tanh)?;
        }
    }
    Ok((x, statistics))
}

/// Weights 4 x 4 x Cin x Cout and bias of every layer.
pub(super) fn discriminator(config: &GanConfig, rng: &mut Rng) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let mut inputs = 3;
    for (layer, &outputs) in config.widths(config.critic_width).iter().chain(&[1]).enumerate() {
        let shape = [KERNEL, KERNEL, inputs, outputs];
        parameters.add(format!("{layer}.weight"), normal(rng, 0.0, &shape), &shape)?;
        parameters.add(format!("{layer}.bias"), vec![0.0; outputs], &[outputs])?;
        inputs = outputs;
    }
    Ok(parameters)
}

/// Starting vectors for the spectral norm of each layer of the discriminator.
pub(super) fn singular_vectors(parameters: &Parameters, rng: &mut Rng) -> Vec<SingularVectors> {
    let weights = parameters.vars.iter().step_by(2);
    weights.map(|w| SingularVectors::new(w.dims().last().copied().unwrap_or(1), rng)).collect()
}

/// Logits N x 1 x 1 x 1 of pictures N x S x S x 3.
pub(super) fn judge(parameters: &[Tensor], vectors: &[SingularVectors], x: &Tensor) -> Result<Tensor> {
    let mut x = x.clone();
    for (layer, (part, vectors)) in parameters.chunks(2).zip(vectors).enumerate() {
        let w = vectors.normalize(&part[0])?;
        let (config, activation) = if layer + 1 < parameters.len() / 2 {
            (ConvConfig { stride: 2, padding: 1 }, Activation::LeakyRelu(0.2))
        } else {
            (ConvConfig::default(), Activation::None)
        };
        x = conv2d(&x, &w, Some(&part[1]), config, activation)?;
    }
    Ok(x)
}
