//! The critic of patches (PatchGAN, Isola et al. 2017): every number that it makes judges a part of the picture, so that it
//! learns what surfaces look like and leaves the whole to others.

use super::check;
use super::dcgan::KERNEL;
use super::reader::HALVING;
use crate::Result;
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig, MapShape};

/// Slope of the leaky ReLUs where they are off.
const LEAK: f32 = 0.2;

/// The sizes of a critic of patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patches {
    /// Channels of the layer next to the picture; they double with every halving of the side, up to eight times as many.
    pub width: usize,
    /// How often the side is halved.
    pub levels: usize,
}

impl Patches {
    /// The network for pictures of a shape: its outputs are "score", a number for each patch, and "features0",
    /// "features1", ..., the maps after every layer that halves the side.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for sizes that make no sense, or pictures that are too small.
    pub fn graph(&self, shape: MapShape) -> Result<Graph> {
        check("the width of the critic", self.width, 1024)?;
        check("the number of the critic's levels", self.levels, 8)?;
        let mut graph = Graph::new("picture", shape, Begin::DCGAN)?;
        for level in 0..self.levels {
            let outputs = self.width << level.min(3);
            let down = Op::Convolution { outputs, kernel: KERNEL, config: HALVING, bias: true };
            graph.then(format!("down{level}"), down)?;
            let leaky = format!("leaky{level}");
            graph.then(leaky.clone(), Op::Activation { activation: Activation::LeakyRelu(LEAK) })?;
            graph.output(format!("features{level}"), &leaky)?;
        }
        let config = ConvConfig { stride: 1, padding: 1 };
        graph.then("score", Op::Convolution { outputs: 1, kernel: 3, config, bias: true })?;
        graph.output("score", "score")?;
        Ok(graph)
    }
}
