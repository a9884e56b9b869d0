//! The encoder for a generator that stays as it is, as a recipe.

use super::config::EncoderConfig;
use super::trainer::EncoderTraining;
use crate::model::ModelSource;
use crate::open::{describe, open_best};
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Setting, Settings};
use crate::train::core::state::SavedState;
use crate::train::recipes::recipe::{About, Method, Need};
use crate::{Error, Result};

/// The recipe.
pub(crate) struct EncoderRecipe;

/// The recipe.
pub(crate) static ENCODER: EncoderRecipe = EncoderRecipe;

static ABOUT: About = About {
    key: "encoder",
    title: "Encoder for the open model",
    group: None,
    purpose: "Lets the open model find photos; it stays as it is.",
    sheet: "Pictures, each row above what the model makes of them, and random pictures below.",
    family: "encoder",
    needs_classes: false,
    needs_pairs: false,
    needs_model: Need::Must,
};

static FIELDS: [Field<EncoderConfig>; 5] = [
    Field { setting: Setting::WIDTH, access: Access::Count(|config| &mut config.width) },
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) },
    Field {
        setting: Setting::LEARNING_RATE,
        access: Access::Number(|config| &mut config.adam.learning_rate),
    },
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) },
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) },
];

/// The model that is to get an encoder.
fn wanted(model: Option<&ModelSource>) -> Result<&ModelSource> {
    model.ok_or_else(|| Error::Invalid("an encoder is trained for a model: name it".into()))
}

impl Method for EncoderRecipe {
    type Config = EncoderConfig;
    type Trainer = EncoderTraining;

    fn about(&self) -> &About {
        &ABOUT
    }

    fn fields(&self) -> &'static [Field<EncoderConfig>] {
        &FIELDS
    }

    fn usual(&self, _: &Settings) -> EncoderConfig {
        EncoderConfig { seed: 1, ..EncoderConfig::default() }
    }

    fn check(&self, config: &EncoderConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, _: &EncoderConfig, model: Option<&ModelSource>) -> Result<usize> {
        open_best(wanted(model)?, None)?.info.square()
    }

    fn memory(&self, config: &EncoderConfig, model: Option<&ModelSource>) -> Result<Memory> {
        let source = wanted(model)?;
        let info = open_best(source, None)?.info;
        let encoder = Cost::of(&config.encoder(info.sides[0], info.latents.len())?);
        let (described, _) = describe(source, None)?;
        let (constant, maps) = match described.and_then(|described| described.generator) {
            Some(generator) => {
                let cost = Cost::of(&generator.graph);
                (2 * cost.weights, cost.maps)
            }
            None => (0, 0),
        };
        Ok(Memory {
            learned: encoder.weights,
            averaged: encoder.weights,
            constant,
            activations: 2 * encoder.maps + 2 * maps,
            batch: config.batch as u64,
        })
    }

    fn begin(&self, config: EncoderConfig, model: Option<&ModelSource>) -> Result<EncoderTraining> {
        EncoderTraining::new(config, wanted(model)?)
    }

    fn again(&self, config: EncoderConfig, saved: &mut SavedState) -> Result<EncoderTraining> {
        EncoderTraining::of_state(config, saved)
    }
}
