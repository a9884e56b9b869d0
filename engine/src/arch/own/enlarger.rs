//! An enlarger of our own: SRResNet (Ledig et al. 2017) made slim. As in EDSR (Lim et al. 2017) its residual blocks have no
//! norms; channels become pixels where sides double; what the network makes is added to the picture with its pixels
//! repeated, so that it has to make only what is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Own, check};
use crate::model::{LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig, Resampling};
use crate::{Error, Result, ValueRange};

/// Sides of the pictures that the graph is written down for; it takes any.
const SIDE: usize = 32;
/// Slope of the leaky ReLUs where they are off.
const LEAK: f32 = 0.2;
/// How weights begin: smaller than He's rule has it, since what residual blocks make adds up.
const BEGIN: Begin = Begin::Normal(0.03);

/// The configuration of an enlarger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enlarger {
    /// How many times larger its pictures are, a side: 2, 4 or 8.
    pub factor: usize,
    /// Channels of its maps.
    pub width: usize,
    /// Residual blocks.
    pub blocks: usize,
    /// Whether it has a second network of the same kind that was trained for squared error alone.
    #[serde(default)]
    pub faithful: bool,
}

impl Enlarger {
    /// From "picture" to "large", both from -1 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that makes no sense.
    pub fn graph(&self) -> Result<Graph> {
        let &Self { factor, width, blocks, .. } = self;
        if !matches!(factor, 2 | 4 | 8) {
            return Err(Error::Invalid(format!("an enlarger has a factor of 2, 4 or 8, not {factor}")));
        }
        check("the width", width, 1024)?;
        check("the number of blocks", blocks, 128)?;
        let mut graph = Graph::new("picture", [SIDE, SIDE, 3], BEGIN)?;
        let leaky = Op::Activation { activation: Activation::LeakyRelu(LEAK) };
        graph.then("head", convolution(width))?.then("head_on", leaky.clone())?;
        let mut before = "head_on".to_owned();
        for block in 0..blocks {
            let name = |part: &str| format!("block{block}_{part}");
            graph.add(name("first"), convolution(width), &[&before])?.then(name("on"), leaky.clone())?;
            graph.then(name("second"), convolution(width))?;
            graph.add(name("sum"), Op::Add, &[&name("second"), &before])?;
            before = name("sum");
        }
        graph.then("body", convolution(width))?;
        graph.add("features", Op::Add, &["body", "head_on"])?;
        let doublings = factor.ilog2() as usize;
        for doubling in 1..doublings {
            graph.then(format!("up{doubling}"), convolution(4 * width))?;
            graph.then(format!("shuffle{doubling}"), Op::PixelShuffle { factor: 2 })?;
            graph.then(format!("up{doubling}_on"), leaky.clone())?;
        }
        graph.then("end", convolution(4 * 3))?.then("missing", Op::PixelShuffle { factor: 2 })?;
        graph.add("repeated", Op::Resample { filter: Resampling::repeating(factor) }, &["picture"])?;
        graph.add("large", Op::Add, &["missing", "repeated"])?;
        graph.output("large", "large")?;
        Ok(graph)
    }
}

/// A convolution with a kernel of 3 that keeps the sides.
fn convolution(outputs: usize) -> Op {
    Op::Convolution { outputs, kernel: 3, config: ConvConfig { stride: 1, padding: 1 }, bias: true }
}

impl Own for Enlarger {
    const KEY: &'static str = "enlarger";
    const NAME: &'static str = "SRResNet";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        let graph = self.graph()?;
        let faithful = self.faithful.then(|| ("faithful", graph.clone()));
        Ok(std::iter::once(("enlarger", graph)).chain(faithful).collect())
    }

    fn latents(&self, _: Prior) -> LatentSpec {
        LatentSpec::none()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        [("factor", self.factor), ("width", self.width), ("blocks", self.blocks)]
            .map(|(name, value)| (name, value.to_string()))
            .into()
    }
}
