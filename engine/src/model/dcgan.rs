//! The DCGAN family (Radford et al. 2016): a chain of transposed convolutions from one pixel to a picture.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::Generator;
use crate::nn::{Activation, ConvTransposeConfig, conv_transpose2d};
use crate::{Error, Result};

/// PyTorch's default, which checkpoints don't record.
const BATCH_NORM_EPSILON: f64 = 1e-5;

/// One layer, ready for use: batch norm is folded into weights and bias.
#[derive(Clone, Debug)]
pub struct DcganLayer {
    /// Input channels x kernel x kernel x output channels.
    pub weight: Tensor,
    /// One number per output channel.
    pub bias: Option<Tensor>,
    /// Stride and paddings.
    pub config: ConvTransposeConfig,
}

/// The generator of a DCGAN: ReLU between the layers, tanh at the end.
#[derive(Clone, Debug)]
pub struct Dcgan {
    layers: Vec<DcganLayer>,
    latent_len: usize,
    size: usize,
    parameters: usize,
}

impl Dcgan {
    /// A generator from layers, of which the first makes its whole kernel of a single pixel.
    ///
    /// # Errors
    /// [`Error::Shape`] when the channels of neighbours don't fit, [`Error::Invalid`] for no layers.
    pub fn new(layers: Vec<DcganLayer>) -> Result<Self> {
        let (mut size, mut parameters, mut latent_len) = (1, 0, 0);
        let mut before: Option<[usize; 4]> = None;
        for layer in &layers {
            let (inputs, kernel, width, outputs) = layer.weight.dims4()?;
            let shape = [inputs, kernel, width, outputs];
            if let Some(before) = before.filter(|b| b[3] != inputs) {
                return Err(Error::Shape {
                    op: "layers of a generator",
                    left: before.to_vec(),
                    right: shape.to_vec(),
                    why: "a layer takes the channels that the one before it makes".into(),
                });
            }
            if before.is_none() {
                latent_len = inputs;
            }
            let config = layer.config;
            size = ((size - 1) * config.stride + kernel + config.output_padding)
                .checked_sub(2 * config.padding)
                .filter(|&side| side > 0)
                .ok_or_else(|| Error::Invalid(format!("a layer of kernel {kernel} leaves no pixel")))?;
            parameters += layer.weight.elem_count() + layer.bias.as_ref().map_or(0, Tensor::elem_count);
            before = Some(shape);
        }
        if before.is_none() {
            return Err(Error::Invalid("a generator needs layers".into()));
        }
        Ok(Self { layers, latent_len, size, parameters })
    }

    /// A generator from the tensors of a checkpoint in the layout of PyTorch's DCGAN example: `P.0.weight`
    /// (latent x channels x 4 x 4), `P.1.{weight,bias,running_mean,running_var}`, `P.3.weight`, ... where
    /// `P` is "main" or anything else. `None` when the names and shapes are not those of such a chain.
    ///
    /// # Errors
    /// When a tensor can't be converted.
    pub fn from_checkpoint(tensors: &BTreeMap<String, Tensor>, device: &Device) -> Result<Option<Self>> {
        let Some(chain) = convolutions(tensors) else { return Ok(None) };
        let mut layers = Vec::with_capacity(chain.len());
        for (position, convolution) in chain.iter().enumerate() {
            let Some(config) = layer_config(convolution.weight.dims(), position) else { return Ok(None) };
            let (weight, bias) = fold(tensors, convolution)?;
            // From (in, out, kh, kw) to the kernels' own order, once.
            let weight = weight.permute((0, 2, 3, 1))?.contiguous()?.to_device(device)?;
            let bias = bias.map(|b| b.to_device(device)).transpose()?;
            layers.push(DcganLayer { weight, bias, config });
        }
        Self::new(layers).map(Some)
    }
}

impl Generator for Dcgan {
    fn forward(&self, latents: &Tensor) -> Result<Tensor> {
        let (count, length) = latents.dims2()?;
        let mut maps = latents.reshape((count, 1, 1, length))?;
        for (i, layer) in self.layers.iter().enumerate() {
            let last = i + 1 == self.layers.len();
            let activation = if last { Activation::Tanh } else { Activation::Relu };
            maps = conv_transpose2d(&maps, &layer.weight, layer.bias.as_ref(), layer.config, activation)?;
        }
        Ok(maps.permute((0, 3, 1, 2))?.contiguous()?)
    }

    fn size(&self) -> usize {
        self.size
    }

    fn latent_len(&self) -> usize {
        self.latent_len
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn family(&self) -> &'static str {
        "DCGAN"
    }
}

/// A convolution of a checkpoint: its place in the list of layers and its weight.
struct Convolution<'a> {
    prefix: &'a str,
    index: usize,
    weight: &'a Tensor,
}

/// The 4-dimensional weights of the list of layers in its order, when each takes what the one before makes
/// and the last makes a picture.
fn convolutions(tensors: &BTreeMap<String, Tensor>) -> Option<Vec<Convolution<'_>>> {
    let mut chain: Vec<Convolution<'_>> = tensors
        .iter()
        .filter(|(_, weight)| weight.rank() == 4)
        .map(|(name, weight)| {
            let (prefix, index) = name.strip_suffix(".weight")?.rsplit_once('.')?;
            Some(Convolution { prefix, index: index.parse().ok()?, weight })
        })
        .collect::<Option<_>>()?;
    chain.sort_by_key(|c| c.index);
    let one_list = chain.iter().all(|c| c.prefix == chain[0].prefix);
    let fits = chain.windows(2).all(|pair| pair[0].weight.dims()[1] == pair[1].weight.dims()[0]);
    let makes_pictures = matches!(chain.last()?.weight.dims()[1], 1 | 3);
    // A discriminator's chain runs the other way: its last layer makes one channel of many, but there the
    // first dimension is the output, so neighbours don't fit.
    (one_list && fits && makes_pictures && chain.len() >= 2).then_some(chain)
}

/// Stride and padding, which checkpoints don't record: the first layer makes its whole kernel of a pixel,
/// every other one doubles the side. `None` for kernels that can't double it.
fn layer_config(dims: &[usize], position: usize) -> Option<ConvTransposeConfig> {
    let &[_, _, kernel, width] = dims else { return None };
    if kernel != width || kernel < 2 {
        return None;
    }
    Some(if position == 0 {
        ConvTransposeConfig { stride: 1, padding: 0, output_padding: 0 }
    } else {
        // 2 (side - 1) + kernel + output_padding - 2 padding = 2 side
        ConvTransposeConfig { stride: 2, padding: (kernel - 1) / 2, output_padding: kernel % 2 }
    })
}

/// Weight and bias with the batch norm that follows the convolution folded in:
/// y = (x w - mean) / sqrt(variance + epsilon) * gain + shift.
fn fold(
    tensors: &BTreeMap<String, Tensor>,
    convolution: &Convolution<'_>,
) -> Result<(Tensor, Option<Tensor>)> {
    let get = |index: usize, name: &str| tensors.get(&format!("{}.{index}.{name}", convolution.prefix));
    let bias = get(convolution.index, "bias");
    let norm = convolution.index + 1;
    let (Some(mean), Some(variance)) = (get(norm, "running_mean"), get(norm, "running_var")) else {
        return Ok((convolution.weight.clone(), bias.cloned()));
    };
    let mut scale = (variance + BATCH_NORM_EPSILON)?.sqrt()?.recip()?;
    if let Some(gain) = get(norm, "weight") {
        scale = (scale * gain)?;
    }
    let centre = match bias {
        Some(bias) => (mean - bias)?,
        None => mean.clone(),
    };
    let mut shift = (centre * &scale)?.neg()?;
    if let Some(offset) = get(norm, "bias") {
        shift = (shift + offset)?;
    }
    let weight = convolution.weight.broadcast_mul(&scale.reshape((1, (), 1, 1))?)?;
    Ok((weight, Some(shift)))
}
