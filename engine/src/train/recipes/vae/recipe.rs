//! The beta-VAE as a recipe.

use super::config::VaeConfig;
use super::trainer::Vae;
use crate::Result;
use crate::model::ModelSource;
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Kind, Setting, Settings};
use crate::train::recipes::recipe::{About, Method, Need};

/// The recipe.
pub(crate) struct VaeRecipe;

/// The recipe.
pub(crate) static VAE: VaeRecipe = VaeRecipe;

static ABOUT: About = About {
    key: "vae",
    title: "VAE",
    group: None,
    purpose: "A few sliders with one meaning each; softer pictures.",
    sheet: "From the top: pictures, what the model makes of them, random pictures, and a row for each slider, from its \
            one end to the other.",
    family: "beta_vae",
    needs_classes: false,
    needs_pairs: false,
    needs_model: Need::Never,
};

static FIELDS: [Field<VaeConfig>; 11] = [
    Field {
        setting: Setting { kind: Kind::Side { least: 16 }, ..Setting::SIZE },
        access: Access::Count(|config| &mut config.size),
    },
    Field {
        setting: Setting { kind: Kind::Count { least: 1, most: 512 }, ..Setting::WIDTH },
        access: Access::Count(|config| &mut config.width),
    },
    Field {
        setting: Setting {
            key: "encoder-width",
            title: "Width of the encoder",
            help: "The same for the encoder; as wide as the decoder when left out",
            kind: Kind::Count { least: 1, most: 512 },
            may_change: false,
            in_form: false,
        },
        access: Access::Count(|config| &mut config.encoder_width),
    },
    Field {
        setting: Setting { kind: Kind::Count { least: 1, most: 1024 }, ..Setting::LATENT },
        access: Access::Count(|config| &mut config.latent),
    },
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) },
    Field {
        setting: Setting {
            key: "beta",
            title: "Beta",
            help: "How strongly sliders are kept apart: more makes softer pictures; 1 is a plain VAE",
            kind: Kind::Number { least: 0.0, most: f32::MAX },
            may_change: false,
            in_form: true,
        },
        access: Access::Number(|config| &mut config.beta),
    },
    Field {
        setting: Setting {
            key: "beta-start",
            title: "Beta at the start",
            help: "Beta at the start; from a large one, the latents come into use one after the other",
            kind: Kind::Number { least: 0.0, most: f32::MAX },
            may_change: false,
            in_form: false,
        },
        access: Access::Number(|config| &mut config.beta_start),
    },
    Field {
        setting: Setting {
            key: "settle",
            title: "Until beta has settled",
            help: "Share of the run after which beta has its final value",
            kind: Kind::Number { least: 0.0, most: 0.999 },
            may_change: false,
            in_form: false,
        },
        access: Access::Number(|config| &mut config.settle),
    },
    Field {
        setting: Setting::LEARNING_RATE,
        access: Access::Number(|config| &mut config.adam.learning_rate),
    },
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) },
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) },
];

impl Method for VaeRecipe {
    type Config = VaeConfig;
    type Trainer = Vae;

    fn about(&self) -> &About {
        &ABOUT
    }

    fn fields(&self) -> &'static [Field<VaeConfig>] {
        &FIELDS
    }

    fn usual(&self, given: &Settings) -> VaeConfig {
        let own = VaeConfig { seed: 1, ..VaeConfig::default() };
        VaeConfig { encoder_width: given.count(Setting::WIDTH.key).unwrap_or(own.encoder_width), ..own }
    }

    fn check(&self, config: &VaeConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, config: &VaeConfig, _: Option<&ModelSource>) -> Result<usize> {
        Ok(config.size)
    }

    fn memory(&self, config: &VaeConfig, _: Option<&ModelSource>) -> Result<Memory> {
        let [encoder, decoder] = [&config.encoder()?, &config.decoder()?].map(Cost::of);
        let weights = encoder.weights + decoder.weights;
        Ok(Memory {
            learned: weights,
            averaged: weights,
            activations: encoder.maps + decoder.maps,
            batch: config.batch as u64,
            ..Memory::default()
        })
    }

    fn begin(&self, config: VaeConfig, _: Option<&ModelSource>) -> Result<Vae> {
        Vae::new(config)
    }
}
