//! Networks that look at pictures: convolutions that halve the side down to 4 x 4 pixels, each with a leaky ReLU, and ends
//! that each make numbers of what is left. Discriminators, encoders, and both in one.

use serde::{Deserialize, Serialize};

use super::dcgan::KERNEL;
use super::{check, levels};
use crate::Result;
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig};

/// Slope of the leaky ReLUs where they are off.
pub(super) const LEAK: f32 = 0.2;
/// Where the windows of a layer lie that halves the side.
pub(super) const HALVING: ConvConfig = ConvConfig { stride: 2, padding: 1 };

/// The sizes of a network that looks at pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Pixels a side of the pictures: a power of two from 8 on.
    pub size: usize,
    /// Channels of the layer next to the picture; they double with every halving of the side.
    pub width: usize,
}

impl Reader {
    /// The network with these ends, by their names and how many numbers each makes. Its outputs are the ends and, as
    /// "features0", "features1", ..., the maps after every layer that halves the side.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for sizes that make no sense.
    pub fn graph(&self, ends: &[(&str, usize)], begin: Begin) -> Result<Graph> {
        let levels = levels(self.size)?;
        check("the width", self.width, 4096)?;
        let mut graph = Graph::new("picture", [self.size, self.size, 3], begin)?;
        for level in 0..levels {
            let outputs = self.width << level;
            let down = Op::Convolution { outputs, kernel: KERNEL, config: HALVING, bias: true };
            graph.then(format!("down{level}"), down)?;
            let leaky = format!("leaky{level}");
            graph.then(leaky.clone(), Op::Activation { activation: Activation::LeakyRelu(LEAK) })?;
            graph.output(format!("features{level}"), &leaky)?;
        }
        let features = graph.last().to_owned();
        for (name, outputs) in ends {
            check("what an end makes", *outputs, 1 << 17)?;
            let config = ConvConfig::default();
            let end = Op::Convolution { outputs: *outputs, kernel: KERNEL, config, bias: true };
            graph.add(*name, end, &[&features])?;
            graph.output(*name, name)?;
        }
        Ok(graph)
    }

    /// How many layers halve the side.
    ///
    /// # Errors
    /// As [`Self::graph`].
    pub fn levels(&self) -> Result<usize> {
        levels(self.size)
    }
}
