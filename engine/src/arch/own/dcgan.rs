//! The DCGAN (Radford et al. 2016): transposed convolutions with a kernel of 4 from one pixel to a picture, a batch norm
//! and a ReLU after each but the last, tanh at the end. Classes and codes are further inputs beside the noise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Own, check, levels};
use crate::arch::BATCH_NORM_EPSILON;
use crate::arch::lacking::{GAN_UNENCODED, UNJUDGED};
use crate::model::{Ability, LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvTransposeConfig};
use crate::{Result, ValueRange};

/// Every kernel is 4 x 4.
pub(super) const KERNEL: usize = 4;
/// Where the windows of a layer lie that doubles the side.
pub(super) const DOUBLING: ConvTransposeConfig =
    ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };

/// The configuration of a generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dcgan {
    /// Pixels a side: a power of two from 8 on.
    pub size: usize,
    /// Numbers of noise in a latent.
    pub latent: usize,
    /// Channels of the last maps but the picture; they double with every halving of the side.
    pub width: usize,
    /// Classes after the noise; 0 for none.
    #[serde(default)]
    pub classes: usize,
    /// Codes after the classes; 0 for none.
    #[serde(default)]
    pub codes: usize,
}

impl Dcgan {
    /// From latents, "z", to "picture", from -1 to 1.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn generator(&self) -> Result<Graph> {
        let levels = levels(self.size)?;
        check("the width", self.width, 4096)?;
        [self.latent, self.classes + 1, self.codes + 1]
            .iter()
            .try_for_each(|n| check("a latent", *n, 1 << 16))?;
        let mut graph = Graph::new("z", [1, 1, self.latent + self.classes + self.codes], Begin::DCGAN)?;
        for level in 0..=levels {
            let outputs = if level == levels { 3 } else { self.width << (levels - 1 - level) };
            // The first makes 4 x 4 of a point, the others double the side.
            let config = if level == 0 { ConvTransposeConfig::default() } else { DOUBLING };
            let up = Op::TransposedConvolution { outputs, kernel: KERNEL, config, bias: false };
            graph.then(format!("up{level}"), up)?;
            if level < levels {
                graph.then(format!("norm{level}"), Op::BatchNorm { epsilon: BATCH_NORM_EPSILON })?;
                graph.then(format!("relu{level}"), Op::Activation { activation: Activation::Relu })?;
            }
        }
        graph.then("tanh", Op::Activation { activation: Activation::Tanh })?;
        graph.output("picture", "tanh")?;
        Ok(graph)
    }
}

impl Own for Dcgan {
    const KEY: &'static str = "dcgan";
    const NAME: &'static str = "DCGAN";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        Ok([("generator", self.generator()?)].into())
    }

    fn latents(&self, prior: Prior) -> LatentSpec {
        LatentSpec::continuous(self.latent, prior).and_classes("class", self.classes).and_continuous(
            "code",
            self.codes,
            Prior::Uniform,
        )
    }

    fn why_not(ability: Ability) -> Option<&'static str> {
        match ability {
            Ability::Encode => Some(GAN_UNENCODED),
            Ability::Judge => Some(UNJUDGED),
            _ => None,
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let told =
            [("classes", self.classes), ("codes", self.codes)].into_iter().filter(|(_, count)| *count > 0);
        let all = [("latents", self.latent), ("width", self.width), ("channels", 3), ("size", self.size)];
        all.into_iter().chain(told).map(|(name, value)| (name, value.to_string())).collect()
    }
}
