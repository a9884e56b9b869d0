//! A model as its networks: graphs and their weights, before they are made ready for use.

use std::sync::Arc;

use candle_core::Device;

use super::Parts;
use super::enlarging::NetworkEnlarger;
use super::layered::{LayeredCritic, LayeredEncoder, LayeredGenerator};
use super::translating::NetworkTranslator;
use crate::model::{Abilities, Ability, Label, LatentSpec, StyleFactor};
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
    /// From latents to pictures, where there is one.
    pub generator: Option<Part>,
    /// From pictures to latents, where there is one.
    pub encoder: Option<Part>,
    /// From pictures to how real they look, where there is one.
    pub critic: Option<Part>,
    /// From pictures to larger ones, where there is one.
    pub enlarger: Option<Part>,
    /// The same as it was trained for squared error alone, where there is such a one beside it.
    pub faithful: Option<Part>,
    /// From pictures to other ones of the same places, where there is one.
    pub translator: Option<Part>,
    /// What the translator's maps of labels may show; empty where it takes pictures.
    pub labels: Vec<Label>,
    /// What the translator has to know of whole pictures.
    pub style: Vec<StyleFactor>,
    /// What its latents are made of.
    pub latents: LatentSpec,
    /// The numbers for black and white.
    pub range: ValueRange,
}

impl Described {
    /// A model without networks, to be filled in.
    fn empty(name: &'static str, latents: LatentSpec, range: ValueRange) -> Self {
        Self {
            name,
            generator: None,
            encoder: None,
            critic: None,
            enlarger: None,
            faithful: None,
            translator: None,
            labels: Vec::new(),
            style: Vec::new(),
            latents,
            range,
        }
    }

    /// A model that turns latents into pictures and nothing else.
    #[must_use]
    pub fn of_generator(name: &'static str, generator: Part, latents: LatentSpec, range: ValueRange) -> Self {
        Self { generator: Some(generator), ..Self::empty(name, latents, range) }
    }

    /// A model that enlarges pictures and nothing else.
    #[must_use]
    pub fn of_enlarger(name: &'static str, enlarger: Part, range: ValueRange) -> Self {
        Self { enlarger: Some(enlarger), ..Self::empty(name, LatentSpec::none(), range) }
    }

    /// A model that turns pictures into other ones and nothing else.
    #[must_use]
    pub fn of_translator(name: &'static str, translator: Part, range: ValueRange) -> Self {
        Self { translator: Some(translator), ..Self::empty(name, LatentSpec::none(), range) }
    }

    /// Made ready for use on a device.
    ///
    /// # Errors
    /// [`Error::Invalid`] when networks and latents don't fit each other, or weights are no numbers.
    pub fn parts(&self, device: &Device) -> Result<Parts> {
        let compile = |part: &Option<Part>| part.as_ref().map(|part| part.compile(device)).transpose();
        let generator =
            compile(&self.generator)?.map(|network| LayeredGenerator::new(self.name, network)).transpose()?;
        let encoder = compile(&self.encoder)?;
        let critic = |part: &Part| LayeredCritic::new(part.clone(), device.clone());
        let critic = self.critic.as_ref().map(critic).transpose()?;
        let latents = self.latents.len();
        if let Some(takes) =
            generator.as_ref().map(|g| g.network().inputs()).filter(|t| *t != [1, 1, latents])
        {
            return Err(Error::Invalid(format!(
                "its generator takes {takes:?} where latents have {latents} numbers"
            )));
        }
        if let Some(made) = encoder.as_ref().map(Compiled::outputs).filter(|made| *made != [1, 1, latents]) {
            return Err(Error::Invalid(format!(
                "its encoder makes {made:?} of a picture where the generator takes one latent of {latents}"
            )));
        }
        let enlarges = |part: &Option<Part>| {
            let part = part.as_ref().map(|part| NetworkEnlarger::new(part, self.range, device));
            part.transpose()
        };
        let faithful = enlarges(&self.faithful)?;
        let enlarger = enlarges(&self.enlarger)?.map(|enlarger| enlarger.beside(faithful));
        let translates = |part: &Part| {
            NetworkTranslator::new(part, self.range, device)?.of_labels(&self.labels)?.with_style(&self.style)
        };
        let translator = self.translator.as_ref().map(translates).transpose()?;
        let mut abilities = Abilities {
            decoder: generator.map(|generator| Arc::new(generator) as Arc<_>),
            encoder: encoder.map(|network| Arc::new(LayeredEncoder(network)) as Arc<_>),
            critic: critic.map(|critic| Arc::new(critic) as Arc<_>),
            enlarger: enlarger.map(|enlarger| Arc::new(enlarger) as Arc<_>),
            translator: translator.map(|translator| Arc::new(translator) as Arc<_>),
            ..Abilities::default()
        };
        if let (None, Some(enlarger)) = (&abilities.decoder, &abilities.enlarger) {
            let does = match enlarger.factor() {
                1 => "makes pictures cleaner, no larger".into(),
                factor => format!("makes pictures {factor} times larger"),
            };
            abilities = abilities
                .because(Ability::Decode, format!("it is an enlarger ({}), which {does}", self.name));
        }
        if abilities.decoder.is_none() && abilities.translator.is_some() {
            let why = format!("it is a translator ({}), which makes pictures of pictures", self.name);
            abilities = abilities.because(Ability::Decode, why);
        }
        Ok(Parts { abilities, latents: self.latents.clone(), range: self.range })
    }

    /// The networks by their names, in the order in which people should see them.
    pub fn networks(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        [
            ("generator", &self.generator),
            ("encoder", &self.encoder),
            ("critic", &self.critic),
            ("enlarger", &self.enlarger),
            ("faithful", &self.faithful),
            ("translator", &self.translator),
        ]
        .into_iter()
        .filter_map(|(name, part)| Some((name, part.as_ref()?)))
    }
}
