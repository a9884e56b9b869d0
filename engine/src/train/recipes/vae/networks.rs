//! The two networks of a beta-VAE, in the layout of the public "H" networks (Higgins et al. 2017, appendix),
//! as lists of parameters and pure functions of them.

use candle_core::Tensor;

use super::config::VaeConfig;
use crate::Result;
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig, conv_transpose2d, conv2d};
use crate::rng::Rng;
use crate::train::networks::{Cost, Parameters, he_deviation};

const KERNEL: usize = 4;

/// Channels of the strided layers from the picture on, and those of the layer that sees the whole.
fn widths(size: usize, width: usize) -> (Vec<usize>, usize) {
    let levels = (size / 4).ilog2() as usize;
    ((0..levels).map(|level| width * if level < levels / 2 { 1 } else { 2 }).collect(), 8 * width)
}

/// First weights of layers whose outputs sum over `inputs` numbers.
fn he(rng: &mut Rng, inputs: usize, count: usize) -> Vec<f32> {
    let deviation = he_deviation(inputs);
    (0..count).map(|_| deviation * rng.normal()).collect()
}

/// Strided convolutions down to 4 x 4, one over all of that, then mean and log variance of every latent.
/// Convolutions are k x k x Cin x Cout, the last matrix is Cin x Cout.
pub(crate) fn encoder(config: &VaeConfig, rng: &mut Rng) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let (strided, whole) = widths(config.size, config.encoder_width);
    let mut inputs = 3;
    for (layer, &outputs) in strided.iter().chain(&[whole]).enumerate() {
        let fan_in = inputs * KERNEL * KERNEL;
        let shape = [KERNEL, KERNEL, inputs, outputs];
        parameters.add(format!("encoder.{}.weight", 2 * layer), he(rng, fan_in, fan_in * outputs), &shape)?;
        parameters.add(format!("encoder.{}.bias", 2 * layer), vec![0.0; outputs], &[outputs])?;
        inputs = outputs;
    }
    // After the last activation and the flattening.
    let last = 2 * strided.len() + 3;
    let outputs = 2 * config.latent;
    parameters.add(
        format!("encoder.{last}.weight"),
        he(rng, inputs, inputs * outputs),
        &[inputs, outputs],
    )?;
    parameters.add(format!("encoder.{last}.bias"), vec![0.0; outputs], &[outputs])?;
    Ok(parameters)
}

/// The way back: a matrix (L x C), then transposed convolutions (Cin x k x k x Cout).
pub(crate) fn decoder(config: &VaeConfig, rng: &mut Rng) -> Result<Parameters> {
    let mut parameters = Parameters::new();
    let (strided, whole) = widths(config.size, config.width);
    let shape = [config.latent, whole];
    parameters.add("decoder.0.weight".into(), he(rng, config.latent, config.latent * whole), &shape)?;
    parameters.add("decoder.0.bias".into(), vec![0.0; whole], &[whole])?;
    let mut inputs = whole;
    for (layer, &outputs) in strided.iter().rev().chain(&[3]).enumerate() {
        // A pixel of the first layer sees one pixel, of the others a quarter of the kernel.
        let fan_in = if layer == 0 { inputs } else { inputs * KERNEL * KERNEL / 4 };
        let shape = [inputs, KERNEL, KERNEL, outputs];
        let values = he(rng, fan_in, inputs * KERNEL * KERNEL * outputs);
        parameters.add(format!("decoder.{}.weight", 2 * layer + 3), values, &shape)?;
        parameters.add(format!("decoder.{}.bias", 2 * layer + 3), vec![0.0; outputs], &[outputs])?;
        inputs = outputs;
    }
    Ok(parameters)
}

/// Mean and log variance (each N x L) of pictures, N x S x S x 3, -1 to 1.
///
/// The network sees light from 0 to 1, as the public one does.
pub(crate) fn encode(parameters: &[Tensor], pictures: &Tensor) -> Result<(Tensor, Tensor)> {
    let mut x = pictures.affine(0.5, 0.5)?;
    let convolutions = parameters.len() / 2 - 1;
    for (layer, part) in parameters.chunks(2).take(convolutions).enumerate() {
        let config = if layer + 1 < convolutions {
            ConvConfig { stride: 2, padding: 1 }
        } else {
            ConvConfig::default()
        };
        x = conv2d(&x, &part[0], Some(&part[1]), config, Activation::Relu)?;
    }
    let y = x.flatten_from(1)?.matmul(&parameters[2 * convolutions])?;
    let y = y.broadcast_add(&parameters[2 * convolutions + 1])?;
    let latents = y.dim(1)? / 2;
    Ok((y.narrow(1, 0, latents)?.contiguous()?, y.narrow(1, latents, latents)?.contiguous()?))
}

/// Logits of the light of every pixel (N x S x S x 3) of latents, N x L.
pub(crate) fn decode(parameters: &[Tensor], z: &Tensor) -> Result<Tensor> {
    let x = z.matmul(&parameters[0])?.broadcast_add(&parameters[1])?.relu()?;
    let mut x = x.unsqueeze(1)?.unsqueeze(1)?;
    let layers = parameters.len() / 2 - 1;
    for (layer, part) in parameters[2..].chunks(2).enumerate() {
        let config = if layer == 0 {
            ConvTransposeConfig::default()
        } else {
            ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 }
        };
        let activation = if layer + 1 < layers { Activation::Relu } else { Activation::None };
        x = conv_transpose2d(&x, &part[0], Some(&part[1]), config, activation)?;
    }
    Ok(x)
}

/// What encoder and decoder cost together, without making them: numbers learned, and numbers made of one picture.
pub(crate) fn cost(config: &VaeConfig) -> Cost {
    let mut cost = Cost { weights: 0, maps: 6 * (config.size * config.size) as u64 };
    for (width, latents) in [(config.encoder_width, 2 * config.latent), (config.width, config.latent)] {
        let (strided, whole) = widths(config.size, width);
        let (mut inputs, mut side) = (3, config.size);
        for outputs in strided.into_iter().chain([whole]) {
            side = (side / 2).max(1);
            cost.weights += (KERNEL * KERNEL * inputs * outputs + outputs) as u64;
            cost.maps += (side * side * outputs) as u64;
            inputs = outputs;
        }
        cost.weights += ((whole + 1) * latents) as u64;
    }
    cost
}
