//! The introspective adversarial network as a recipe.

use super::config::IanConfig;
use super::trainer::Ian;
use crate::Result;
use crate::model::ModelSource;
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Setting, Settings, Value};
use crate::train::recipes::recipe::{About, Method, Need};

/// The recipe.
pub(crate) struct IanRecipe;

/// The recipe.
pub(crate) static IAN: IanRecipe = IanRecipe;

static ABOUT: About = About {
    key: "ian",
    title: "IAN",
    group: None,
    purpose: "Opens photos too, for realistic edits; slower to learn.",
    sheet: "Pictures, each row above what the model makes of them, and random pictures below.",
    family: "ian",
    needs_classes: false,
    needs_pairs: false,
    needs_model: Need::Never,
};

static FIELDS: [Field<IanConfig>; 8] = [
    Field { setting: Setting::SIZE, access: Access::Count(|config| &mut config.size) },
    Field { setting: Setting::WIDTH, access: Access::Count(|config| &mut config.width) },
    Field { setting: Setting::CRITIC_WIDTH, access: Access::Count(|config| &mut config.critic_width) },
    Field { setting: Setting::LATENT, access: Access::Count(|config| &mut config.latent) },
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) },
    Field {
        setting: Setting::LEARNING_RATE,
        access: Access::Derived(
            |config| Some(Value::Number(config.generator.learning_rate)),
            |config, value| {
                let rate = value.number().unwrap_or(config.generator.learning_rate);
                config.critic.learning_rate *= rate / config.generator.learning_rate;
                config.generator.learning_rate = rate;
                Ok(())
            },
        ),
    },
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) },
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) },
];

impl Method for IanRecipe {
    type Config = IanConfig;
    type Trainer = Ian;

    fn about(&self) -> &About {
        &ABOUT
    }

    fn fields(&self) -> &'static [Field<IanConfig>] {
        &FIELDS
    }

    fn usual(&self, given: &Settings) -> IanConfig {
        let own = IanConfig { seed: 1, ..IanConfig::default() };
        IanConfig { critic_width: given.count(Setting::WIDTH.key).unwrap_or(own.critic_width), ..own }
    }

    fn check(&self, config: &IanConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, config: &IanConfig, _: Option<&ModelSource>) -> Result<usize> {
        Ok(config.size)
    }

    fn memory(&self, config: &IanConfig, _: Option<&ModelSource>) -> Result<Memory> {
        let [generator, critic] = [&config.generator()?, &config.critic()?].map(Cost::of);
        let weights = generator.weights + critic.weights;
        Ok(Memory {
            learned: weights,
            averaged: weights,
            // Reconstructions and random pictures; a picture is encoded and judged, and those two are judged twice.
            activations: 2 * generator.maps + 6 * critic.maps,
            batch: config.batch as u64,
            ..Memory::default()
        })
    }

    fn begin(&self, config: IanConfig, _: Option<&ModelSource>) -> Result<Ian> {
        Ian::new(config)
    }
}
