//! Architectures of models: how each is told by the names and shapes of its tensors, and what is made of it.
//!
//! An architecture looks at a [`TensorTable`] without reading a weight ([`Architecture::detect`]), so a summary costs
//! nothing however large the file is; it reads weights only when a model is built.

mod antixk_vae;
mod beta_vae;
pub(crate) mod dcgan;
mod dcgan_conditional;
pub(crate) mod dcgan_encoder;
mod described;
mod enlargers;
mod enlarging;
mod ian;
mod igan;
mod lacking;
mod layered;
mod layers;
mod linear_vae;
mod mlp;
mod modules;
mod norm;
pub mod own;
mod recognized;
mod resizing;
mod stylegan2;
mod translating;
mod translators;
pub(crate) mod unknown;
mod zoo_conv;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use candle_core::Device;

pub(crate) use dcgan::BATCH_NORM_EPSILON;
pub use dcgan::dcgan_generator;
pub use described::{Described, Part};
pub use enlarging::NetworkEnlarger;
pub use layered::LayeredGenerator;
pub use translating::NetworkTranslator;

use crate::checkpoint::{TensorTable, Values};
use crate::model::{Abilities, Ability, Assumptions, Decoder, LatentSpec};
use crate::{Error, Result, ValueRange};

/// What a family sees of a file.
pub struct Network<'a> {
    /// The tensors of the network, names without what stands before all of them.
    pub tensors: &'a TensorTable,
    /// The tensors of the whole file: some families keep a part of a network beside it.
    pub all: &'a TensorTable,
    /// The plain values of the whole file.
    pub values: &'a Values,
}

/// What names and shapes tell of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detection {
    /// Hyper-parameters by name ("latents", "width", "size", "channels", "classes", ...), in the order in
    /// which people should see them.
    pub facts: Vec<(&'static str, String)>,
    /// What names and shapes can't tell.
    pub assumptions: Assumptions,
    /// Why an ability is missing, as far as the file tells, as the rest of a sentence: "its file has no predictor".
    pub lacks: BTreeMap<Ability, String>,
}

impl Detection {
    /// A detection with nothing in it but what is assumed.
    #[must_use]
    pub fn new(assumptions: Assumptions) -> Self {
        Self { facts: Vec::new(), assumptions, lacks: BTreeMap::new() }
    }

    /// With a hyper-parameter.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// With the reason why an ability is missing, as the rest of a sentence.
    #[must_use]
    pub fn lacks(mut self, ability: Ability, why: impl Into<String>) -> Self {
        self.lacks.insert(ability, why.into());
        self
    }

    /// The value of a hyper-parameter.
    #[must_use]
    pub fn fact_of(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }
}

/// What a family makes of a network.
pub struct Parts {
    /// What it can do, and why not what it can't where the file tells.
    pub abilities: Abilities,
    /// What its latents are made of.
    pub latents: LatentSpec,
    /// The numbers for black and white.
    pub range: ValueRange,
}

impl Parts {
    /// A model that is a generator and nothing else.
    #[must_use]
    pub fn of_generator(generator: Arc<dyn Decoder>, latents: LatentSpec, range: ValueRange) -> Self {
        Self { abilities: Abilities::of_decoder(generator), latents, range }
    }

    /// What turns latents into pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nothing does.
    pub fn decoder(&self) -> Result<&Arc<dyn Decoder>> {
        self.abilities.decoder.as_ref().ok_or_else(|| Error::Invalid("has no generator".into()))
    }
}

/// Makes graphs with their weights of a network; the detection is that of [`Architecture::detect`], with the user's
/// decisions in it.
pub type Describe = fn(&Network<'_>, &Detection) -> Result<Described>;

/// What can be done with a family.
#[derive(Clone, Copy)]
pub enum Support {
    /// It opens, as graphs of its networks.
    Describes(Describe),
    /// It is known by name only; the text says what it is, as in "a normalizing flow (Glow)".
    RecognizedOnly(&'static str),
}

/// An architecture: a family of models.
#[derive(Clone, Copy)]
pub struct Architecture {
    /// As it is written in files: "dcgan".
    pub key: &'static str,
    /// As people read it: "DCGAN".
    pub name: &'static str,
    /// What names and shapes tell; `None` when they are not those of this family.
    pub detect: fn(&Network<'_>) -> Option<Detection>,
    /// What can be done with it.
    pub support: Support,
}

impl Architecture {
    /// A model of a network that this architecture detected.
    ///
    /// # Errors
    /// [`Error::Invalid`] when tensors can't be read or don't fit, and for what is known by name only.
    pub fn build(&self, network: &Network<'_>, detection: &Detection, device: &Device) -> Result<Parts> {
        let mut parts = match self.support {
            Support::Describes(describe) => describe(network, detection)?.parts(device)?,
            Support::RecognizedOnly(what) => return Err(Error::Invalid(format!("is {what}"))),
        };
        for (ability, why) in &detection.lacks {
            parts.abilities = parts.abilities.because(*ability, why);
        }
        Ok(parts)
    }
}

/// All architectures, in the order in which they are tried: the more one asks of the names, the earlier.
pub const REGISTRY: &[Architecture] = &[
    own::architecture::<own::Dcgan>(),
    own::architecture::<own::Ian>(),
    own::architecture::<own::Encoded>(),
    own::architecture::<own::Vae>(),
    own::architecture::<own::Skip>(),
    own::architecture::<own::Enlarger>(),
    own::architecture::<own::Translator>(),
    igan::ARCHITECTURE,
    ian::ARCHITECTURE,
    recognized::IAN_FULL,
    dcgan_conditional::ARCHITECTURE,
    dcgan_encoder::ARCHITECTURE,
    stylegan2::ARCHITECTURE,
    recognized::STYLEGAN3,
    recognized::GLOW,
    recognized::REAL_NVP,
    recognized::NICE,
    recognized::PIXEL_CNN,
    enlargers::rrdb::ARCHITECTURE,
    enlargers::srgan::ARCHITECTURE,
    enlargers::srresnet::ARCHITECTURE,
    translators::unet::ARCHITECTURE,
    translators::zoo_unet::ARCHITECTURE,
    translators::residual::ARCHITECTURE,
    linear_vae::ARCHITECTURE,
    antixk_vae::ARCHITECTURE,
    beta_vae::ARCHITECTURE,
    zoo_conv::ARCHITECTURE,
    mlp::ARCHITECTURE,
    dcgan::ARCHITECTURE,
];

#[cfg(test)]
mod tests;
