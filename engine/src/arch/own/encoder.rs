//! A generator, whatever it is, that got an encoder later: the generator's network stands in the description as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Own, Reader};
use crate::model::{LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph};
use crate::{Error, Result, ValueRange};

/// The configuration of both networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoded {
    /// Channels of the encoder's first maps.
    pub width: usize,
    /// What latents are made of.
    pub latents: LatentSpec,
    /// The generator, from "z" or whatever it takes to "picture".
    pub generator: Graph,
    /// The critic that the generator came with, from a picture to its "score".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critic: Option<Graph>,
}

impl Encoded {
    /// From a picture, as the generator makes them, to the "mean" of its latent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a generator that makes no square pictures in colour with a side that can be halved to 4.
    pub fn encoder(&self) -> Result<Graph> {
        match self.generator.output_shape("picture") {
            Some([size, width, 3]) if size == width => {
                Reader { size, width: self.width }.graph(&[("mean", self.latents.len())], Begin::He)
            }
            Some(shape) => Err(Error::Invalid(format!(
                "an encoder learns from square pictures in colour; this generator makes {shape:?}"
            ))),
            None => Err(Error::Invalid("the generator makes no picture".into())),
        }
    }
}

impl Own for Encoded {
    const KEY: &'static str = "encoder";
    const NAME: &'static str = "Generator with encoder";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        let critic = self.critic.iter().map(|critic| ("critic", critic.clone()));
        let networks = [("generator", self.generator.clone()), ("encoder", self.encoder()?)];
        Ok(networks.into_iter().chain(critic).collect())
    }

    fn latents(&self, _: Prior) -> LatentSpec {
        self.latents.clone()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let size = self.generator.output_shape("picture").map_or(0, |shape| shape[0]);
        let all =
            [("latents", self.latents.len()), ("encoder_width", self.width), ("channels", 3), ("size", size)];
        all.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }
}
