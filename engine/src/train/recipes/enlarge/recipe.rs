//! The enlarger as a recipe.

use super::config::EnlargeConfig;
use super::trainer::EnlargeTraining;
use crate::Result;
use crate::model::ModelSource;
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Kind, Setting, Settings};
use crate::train::recipes::recipe::{About, Method, Need};

/// The recipe.
pub(crate) struct EnlargeRecipe;

/// The recipe.
pub(crate) static ENLARGE: EnlargeRecipe = EnlargeRecipe;

static ABOUT: About = About {
    key: "enlarge",
    title: "Enlarger",
    group: None,
    purpose: "Makes pictures larger and puts in what belongs there.",
    sheet: "Parts of pictures, each five times: small, enlarged by a bicubic filter, by the network that stays true to \
            the picture, by the one with a critic, and as it is.",
    family: "enlarger",
    needs_classes: false,
    needs_pairs: false,
    needs_model: Need::Never,
};

/// A setting that a form has no place for.
const fn aside(key: &'static str, title: &'static str, help: &'static str, kind: Kind) -> Setting {
    Setting { key, title, help, kind, may_change: false, in_form: false }
}

static FIELDS: [Field<EnlargeConfig>; 14] = [
    Field {
        setting: Setting { kind: Kind::Side { least: 16 }, ..Setting::SIZE },
        access: Access::Count(|config| &mut config.size),
    },
    Field {
        setting: Setting {
            in_form: true,
            ..aside("factor", "Times larger", "How many times larger a side becomes: 2, 4 or 8", COUNT)
        },
        access: Access::Count(|config| &mut config.factor),
    },
    Field { setting: Setting::WIDTH, access: Access::Count(|config| &mut config.width) },
    Field {
        setting: aside("blocks", "Residual blocks", "Residual blocks of the enlarger", BLOCKS),
        access: Access::Count(|config| &mut config.blocks),
    },
    Field { setting: Setting::CRITIC_WIDTH, access: Access::Count(|config| &mut config.critic_width) },
    Field {
        setting: aside("patch", "Patches", "Pixels a side of the parts that are learned from", PATCH),
        access: Access::Count(|config| &mut config.patch),
    },
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) },
    Field {
        setting: Setting {
            in_form: true,
            ..aside(
                "adversarial",
                "Share with a critic",
                "The share of the run, at its end, in which a critic counts: 0 for pictures that only stay true",
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
            Kind::Number { least: 0.0, most: 100.0 },
        ),
        access: Access::Number(|config| &mut config.critic_weight),
    },
    Field {
        setting: aside(
            "feature-weight",
            "Weight of the critic's layers",
            "How strongly the difference of what the critic's layers make of both pictures counts",
            Kind::Number { least: 0.0, most: 100.0 },
        ),
        access: Access::Number(|config| &mut config.feature_weight),
    },
    Field {
        setting: aside(
            "damage",
            "Damaged pictures",
            "The share of small pictures that is blurred, noisy or compressed, as those from elsewhere are",
            SHARE,
        ),
        access: Access::Number(|config| &mut config.damage),
    },
    Field {
        setting: Setting::LEARNING_RATE,
        access: Access::Number(|config| &mut config.adam.learning_rate),
    },
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) },
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) },
];
const COUNT: Kind = Kind::Count { least: 2, most: 8 };
const BLOCKS: Kind = Kind::Count { least: 1, most: 128 };
const PATCH: Kind = Kind::Count { least: 16, most: 256 };
const SHARE: Kind = Kind::Number { least: 0.0, most: 1.0 };

impl Method for EnlargeRecipe {
    type Config = EnlargeConfig;
    type Trainer = EnlargeTraining;

    fn about(&self) -> &About {
        &ABOUT
    }

    fn fields(&self) -> &'static [Field<EnlargeConfig>] {
        &FIELDS
    }

    fn usual(&self, given: &Settings) -> EnlargeConfig {
        let own = EnlargeConfig { seed: 1, ..EnlargeConfig::default() };
        // Patches are no larger than the pictures that they are cut out of.
        let patch = given.count(Setting::SIZE.key).map_or(own.patch, |size| own.patch.min(size));
        EnlargeConfig { patch, ..own }
    }

    fn check(&self, config: &EnlargeConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, config: &EnlargeConfig, _: Option<&ModelSource>) -> Result<usize> {
        Ok(config.size)
    }

    fn memory(&self, config: &EnlargeConfig, _: Option<&ModelSource>) -> Result<Memory> {
        let [enlarger, critic] = [&config.enlarger()?, &config.critic_graph()?].map(Cost::of);
        Ok(Memory {
            // The critic is remembered until a step has come to its end.
            learned: enlarger.weights + 2 * critic.weights,
            averaged: 2 * enlarger.weights,
            // Four looks at patches, each with what the critic's layers are compared by; a shuffle is copied on its way.
            activations: 2 * enlarger.maps + 6 * critic.maps,
            batch: config.batch as u64,
            ..Memory::default()
        })
    }

    fn begin(&self, config: EnlargeConfig, _: Option<&ModelSource>) -> Result<EnlargeTraining> {
        EnlargeTraining::new(config)
    }
}
