//! The translator as a recipe.

use super::config::Pix2PixConfig;
use super::trainer::Pix2PixTraining;
use crate::Result;
use crate::data::PictureSet;
use crate::model::ModelSource;
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Kind, Setting, Settings};
use crate::train::recipes::recipe::{About, Method, Need};

/// The recipe.
pub(crate) struct Pix2PixRecipe;

/// The recipe.
pub(crate) static PIX2PIX: Pix2PixRecipe = Pix2PixRecipe;

static ABOUT: About = About {
    key: "pix2pix",
    title: "Translator",
    group: None,
    purpose: "Makes pictures of drawings, maps or other pictures.",
    sheet: "Three pictures each: what it is made of, what the network makes of it, and the truth.",
    family: "translator",
    needs_classes: false,
    needs_pairs: true,
    needs_model: Need::Never,
};

/// A setting that a form has no place for.
const fn aside(key: &'static str, title: &'static str, help: &'static str, kind: Kind) -> Setting {
    Setting { key, title, help, kind, may_change: false, in_form: false }
}

static FIELDS: [Field<Pix2PixConfig>; 13] = [
    Field {
        setting: Setting { kind: Kind::Side { least: 16 }, ..Setting::SIZE },
        access: Access::Count(|config| &mut config.size),
    },
    Field { setting: Setting::WIDTH, access: Access::Count(|config| &mut config.width) },
    Field {
        setting: aside(
            "levels",
            "Halvings",
            "How often the sides are halved",
            Kind::Count { least: 1, most: 8 },
        ),
        access: Access::Count(|config| &mut config.levels),
    },
    Field {
        setting: aside(
            "blocks",
            "Residual blocks",
            "Residual blocks where the sides are smallest",
            Kind::Count { least: 1, most: 64 },
        ),
        access: Access::Count(|config| &mut config.blocks),
    },
    Field { setting: Setting::CRITIC_WIDTH, access: Access::Count(|config| &mut config.critic_width) },
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) },
    Field {
        setting: Setting {
            in_form: true,
            ..aside(
                "adversarial",
                "Share with a critic",
                "The share of the run, at its end, in which a critic counts: 0 for pictures that are soft where their input \
                 leaves them open",
                SHARE,
            )
        },
        access: Access::Number(|config| &mut config.adversarial),
    },
    Field {
        setting: aside(
            "critic-weight",
            "Weight of the critic",
            "How strongly the critic counts beside the difference of pixels",
            WEIGHT,
        ),
        access: Access::Number(|config| &mut config.critic_weight),
    },
    Field {
        setting: aside(
            "feature-weight",
            "Weight of the critic's layers",
            "How strongly the difference of what the critic's layers make of both pictures counts",
            WEIGHT,
        ),
        access: Access::Number(|config| &mut config.feature_weight),
    },
    Field {
        setting: aside(
            "rough",
            "Rough maps",
            "The share of maps of labels that is made as rough as painted ones are",
            SHARE,
        ),
        access: Access::Number(|config| &mut config.rough),
    },
    Field {
        setting: Setting::LEARNING_RATE,
        access: Access::Number(|config| &mut config.adam.learning_rate),
    },
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) },
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) },
];
const SHARE: Kind = Kind::Number { least: 0.0, most: 1.0 };
const WEIGHT: Kind = Kind::Number { least: 0.0, most: 100.0 };

impl Method for Pix2PixRecipe {
    type Config = Pix2PixConfig;
    type Trainer = Pix2PixTraining;

    fn about(&self) -> &About {
        &ABOUT
    }

    fn fields(&self) -> &'static [Field<Pix2PixConfig>] {
        &FIELDS
    }

    fn usual(&self, given: &Settings) -> Pix2PixConfig {
        let own = Pix2PixConfig { seed: 1, ..Pix2PixConfig::default() };
        // Sides are halved down to four pixels at least.
        let most =
            given.count(Setting::SIZE.key).map_or(own.levels, |size| (size / 4).max(2).ilog2() as usize);
        Pix2PixConfig { levels: own.levels.min(most), ..own }
    }

    fn check(&self, config: &Pix2PixConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, config: &Pix2PixConfig, _: Option<&ModelSource>) -> Result<usize> {
        Ok(config.size)
    }

    fn memory(&self, config: &Pix2PixConfig, _: Option<&ModelSource>) -> Result<Memory> {
        let [translator, critic] = [&config.translator()?, &config.critic_graph()?].map(Cost::of);
        Ok(Memory {
            // The critic is remembered until a step has come to its end.
            learned: translator.weights + 2 * critic.weights,
            averaged: translator.weights,
            // Four looks at pictures, each with what the critic's layers are compared by.
            activations: 2 * translator.maps + 6 * critic.maps,
            batch: config.batch as u64,
            ..Memory::default()
        })
    }

    fn of_pictures(&self, config: Pix2PixConfig, pictures: &PictureSet) -> Result<Pix2PixConfig> {
        config.of_pictures(pictures)
    }

    fn begin(&self, config: Pix2PixConfig, _: Option<&ModelSource>) -> Result<Pix2PixTraining> {
        Pix2PixTraining::new(config)
    }
}
