//! A DCGAN's generator with an encoder: what the studio's own introspective adversarial networks are, and DCGANs
//! that got an encoder later.
//!
//! The generator is that of [`super::dcgan`]; the encoder stands beside it under `encoder.`: convolutions with a
//! kernel of 4 that halve the side, each with a bias and a leaky ReLU of slope 0.2, then one over the 4 x 4 pixels
//! that are left, which makes the latents.

use super::dcgan;
use super::layers::{Assembly, Draft};
use super::modules::{Module, Shape, modules};
use super::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::nn::{Activation, ConvConfig};
use crate::{Error, Result};

pub(crate) const ARCHITECTURE: Architecture = Architecture {
    key: "dcgan_encoder",
    name: "DCGAN with encoder",
    detect,
    support: Support::Describes(describe),
};

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

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let (generator, encoder) = halves(network.tensors);
    let described = dcgan::describe(&Network { tensors: &generator, ..*network }, detection)?;
    let modules = layers(&encoder).ok_or_else(|| Error::Invalid("has no encoder of a DCGAN".into()))?;
    let Some(decoder) = &described.generator else {
        return Err(Error::Invalid("has no generator".into()));
    };
    let picture = decoder.graph.last_shape();
    let mut network = Assembly::new("picture", picture)?;
    for (position, (module, _)) in modules.iter().enumerate() {
        let weight = module.weight(&encoder)?;
        let draft = if position + 1 < modules.len() {
            Draft::halving(weight)?.activation(Activation::LeakyRelu(0.2))
        } else {
            Draft::convolution(weight, ConvConfig::default())
        };
        network.layer(&module.path, draft.bias(module.bias(&encoder)?))?;
    }
    Ok(Described { encoder: Some(network.finish("mean")?), ..described })
}
