//! A model as its networks: graphs and their weights, before they are made ready for use.

use std::sync::Arc;

use candle_core::Device;

use super::Parts;
use super::layered::{LayeredCritic, LayeredEncoder, LayeredGenerator};
use crate::model::{Abilities, LatentSpec};
use crate::nn::Compiled;
use crate::nn::graph::{Graph, Weights};
use crate::{Error, Result, ValueRange};

/// A network of a model.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub graph: Graph,
    /// Its numbers.
    pub weights: Weights,
    /// The name of the output that it is used for.
    pub output: String,
}

impl Part {
    /// Made ready for use on a device.
    ///
    /// # Errors
    /// As [`Graph::compile`].
    pub fn compile(&self, device: &Device) -> Result<Compiled> {
        self.graph.compile(&self.weights, &self.output, device)
    }

    /// Refuses what could not be made ready for use.
    ///
    /// # Errors
    /// As [`Graph::check`].
    pub fn check(&self) -> Result<()> {
        self.graph.check(&self.weights, &self.output)
    }
}

/// A model as its networks.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its architecture, for people.
    pub name: &'static str,
    /// From latents to pictures.
    pub generator: Part,
    /// From pictures to latents, where there is one.
    pub encoder: Option<Part>,
    /// From pictures to how real they look, where there is one.
    pub critic: Option<Part>,
    /// What its latents are made of.
    pub latents: LatentSpec,
    /// The numbers for black and white.
    pub range: ValueRange,
}

impl Described {
    /// Made ready for use on a device.
    ///
    /// # Errors
    /// [`Error::Invalid`] when networks and latents don't fit each other, or weights are no numbers.
    pub fn parts(&self, device: &Device) -> Result<Parts> {
        let generator = LayeredGenerator::new(self.name, self.generator.compile(device)?)?;
        let encoder = self.encoder.as_ref().map(|part| part.compile(device)).transpose()?;
        let critic = |part: &Part| LayeredCritic::new(part.clone(), device.clone());
        let critic = self.critic.as_ref().map(critic).transpose()?;
        let latents = self.latents.len();
        if generator.network().inputs() != [1, 1, latents] {
            return Err(Error::Invalid(format!(
                "its generator takes {:?} where latents have {latents} numbers",
                generator.network().inputs()
            )));
        }
        if let Some(made) = encoder.as_ref().map(Compiled::outputs).filter(|made| *made != [1, 1, latents]) {
            return Err(Error::Invalid(format!(
                "its encoder makes {made:?} of a picture where the generator takes one latent of {latents}"
            )));
        }
        let abilities = Abilities {
            encoder: encoder.map(|network| Arc::new(LayeredEncoder(network)) as Arc<_>),
            critic: critic.map(|critic| Arc::new(critic) as Arc<_>),
            ..Abilities::of_decoder(Arc::new(generator))
        };
        Ok(Parts { abilities, latents: self.latents.clone(), range: self.range })
    }

    /// The networks by their names, in the order in which people should see them.
    pub fn networks(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        let others = [("encoder", &self.encoder), ("critic", &self.critic)];
        std::iter::once(("generator", &self.generator))
            .chain(others.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?))))
    }
}
