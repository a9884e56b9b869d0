//! A DCGAN's generator with an encoder: what the studio's own introspective adversarial networks are, and DCGANs
//! that got an encoder later.
//!
//! The generator is that of [`super::dcgan`]; the encoder stands beside it under `encoder.`: convolutions with a
//! kernel of 4 that halve the side, each with a bias and a leaky ReLU of slope 0.2, then one over the 4 x 4 pixels
//! that are left, which makes the latents.

use candle_core::Device;

use super::dcgan;
use super::layers::Draft;
use super::modules::{Module, Shape, modules};
use super::{Architecture, Detection, Network, Parts, Support};
use crate::checkpoint::TensorTable;
use crate::nn::{Activation, Compiled, ConvConfig};
use crate::{Error, Result};

pub(crate) const ARCHITECTURE: Architecture =
    Architecture { key: "dcgan_encoder", name: "DCGAN with encoder", detect, support: Support::Opens(build) };

/// What stands before the names of the encoder's tensors.
pub(crate) const ENCODER: &str = "encoder";
const KERNEL: usize = 4;

/// The generator's tensors and the encoder's.
fn halves(tensors: &TensorTable) -> (TensorTable, TensorTable) {
    (tensors.without(ENCODER), tensors.under(ENCODER))
}

/// The encoder's layers with their numbers of outputs, when each takes what the one before makes.
fn layers(encoder: &TensorTable) -> Option<Vec<(Module, usize)>> {
    let mut layers: Vec<(Module, usize)> = Vec::new();
    for module in modules(encoder) {
        let Shape::Kernel([outputs, inputs, KERNEL, KERNEL]) = module.shape else { return None };
        if inputs != layers.last().map_or(3, |(_, before)| *before) {
            return None;
        }
        layers.push((module, outputs));
    }
    Some(layers)
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let (generator, encoder) = halves(network.tensors);
    let latents = layers(&encoder)?.last()?.1;
    let detection = dcgan::detect(&Network { tensors: &generator, ..*network })?;
    (detection.fact_of("latents")? == latents.to_string()).then_some(detection)
}

fn build(network: &Network<'_>, detection: &Detection, device: &Device) -> Result<Parts> {
    let (generator, encoder) = halves(network.tensors);
    let parts = dcgan::build(&Network { tensors: &generator, ..*network }, detection, device)?;
    let modules = layers(&encoder).ok_or_else(|| Error::Invalid("has no encoder of a DCGAN".into()))?;
    let mut layers = Vec::with_capacity(modules.len());
    for (position, (module, _)) in modules.iter().enumerate() {
        let weight = module.weight(&encoder)?;
        let draft = if position + 1 < modules.len() {
            Draft::halving(weight)?.activation(Activation::LeakyRelu(0.2))
        } else {
            Draft::convolution(weight, ConvConfig::default())
        };
        layers.push(draft.bias(module.bias(&encoder)?).finish(device)?);
    }
    let side = parts.decoder()?.sides()[0];
    let chain = Compiled::chain(layers, [side, side, parts.decoder()?.channels()])?;
    let latents = chain.outputs();
    if latents != [1, 1, parts.decoder()?.latent_len()] {
        return Err(Error::Invalid(format!(
            "its encoder makes {latents:?} of a picture where the generator takes one latent of {}",
            parts.decoder()?.latent_len()
        )));
    }
    Ok(parts.with_encoder(Some(chain)))
}
