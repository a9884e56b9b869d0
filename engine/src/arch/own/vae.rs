//! The beta-VAE in the sizes of the public "H" networks (Higgins et al. 2017, appendix): convolutions with a kernel of 4
//! and ReLUs each way, no norms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dcgan::{DOUBLING, KERNEL};
use super::ian::mean_and_variance;
use super::reader::HALVING;
use super::{Own, check, levels};
use crate::arch::lacking::VAE_UNJUDGED;
use crate::model::{Ability, LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig};
use crate::{Result, ValueRange};

/// The configuration of both networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vae {
    /// Pixels a side: a power of two from 8 on.
    pub size: usize,
    /// Numbers in a latent.
    pub latent: usize,
    /// Channels of the decoder's layers at the picture's end; twice as many in the middle, eight times at the latents'.
    pub width: usize,
    /// The same for the encoder.
    pub encoder_width: usize,
}

/// Channels of the strided layers from the picture on, and those of the layer that sees the whole.
fn widths(size: usize, width: usize) -> Result<(Vec<usize>, usize)> {
    check("the width", width, 4096)?;
    let levels = levels(size)?;
    Ok(((0..levels).map(|level| width * if level < levels / 2 { 1 } else { 2 }).collect(), 8 * width))
}

impl Vae {
    /// From latents, "z", to "logits" of the light of every pixel, and to "picture", the light itself.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn decoder(&self) -> Result<Graph> {
        check("a latent", self.latent, 1 << 16)?;
        let (strided, whole) = widths(self.size, self.width)?;
        let relu = Op::Activation { activation: Activation::Relu };
        let mut graph = Graph::new("z", [1, 1, self.latent], Begin::He)?;
        graph.then("whole", Op::Dense { to: [1, 1, whole], bias: true })?.then("relu", relu.clone())?;
        for (level, &outputs) in strided.iter().rev().chain(&[3]).enumerate() {
            // The first makes 4 x 4 of a point, the others double the side.
            let config = if level == 0 { ConvTransposeConfig::default() } else { DOUBLING };
            let up = Op::TransposedConvolution { outputs, kernel: KERNEL, config, bias: true };
            graph.then(format!("up{level}"), up)?;
            if level < strided.len() {
                graph.then(format!("relu{level}"), relu.clone())?;
            }
        }
        let logits = graph.last().to_owned();
        graph.output("logits", &logits)?;
        graph.then("light", Op::Activation { activation: Activation::Sigmoid })?;
        graph.output("picture", "light")?;
        Ok(graph)
    }

    /// From the light of a picture, 0 to 1, to "mean" and "log_variance" of its latent.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn encoder(&self) -> Result<Graph> {
        check("a latent", self.latent, 1 << 16)?;
        let (strided, whole) = widths(self.size, self.encoder_width)?;
        let mut graph = Graph::new("light", [self.size, self.size, 3], Begin::He)?;
        let relu = Op::Activation { activation: Activation::Relu };
        for (level, &outputs) in strided.iter().enumerate() {
            let down = Op::Convolution { outputs, kernel: KERNEL, config: HALVING, bias: true };
            graph.then(format!("down{level}"), down)?.then(format!("relu{level}"), relu.clone())?;
        }
        let config = ConvConfig::default();
        graph.then("whole", Op::Convolution { outputs: whole, kernel: KERNEL, config, bias: true })?;
        graph.then("relu", relu)?.then("latents", Op::Dense { to: [1, 1, 2 * self.latent], bias: true })?;
        mean_and_variance(&mut graph, "latents", self.latent)?;
        Ok(graph)
    }
}

impl Own for Vae {
    const KEY: &'static str = "beta_vae";
    const NAME: &'static str = "Beta-VAE";
    const RANGE: ValueRange = ValueRange::Unit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        Ok([("generator", self.decoder()?), ("encoder", self.encoder()?)].into())
    }

    fn latents(&self, prior: Prior) -> LatentSpec {
        LatentSpec::continuous(self.latent, prior)
    }

    fn why_not(ability: Ability) -> Option<&'static str> {
        (ability == Ability::Judge).then_some(VAE_UNJUDGED)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let all = [("latents", self.latent), ("width", self.width), ("channels", 3), ("size", self.size)];
        all.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }
}
