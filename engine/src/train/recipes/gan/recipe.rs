//! The GANs as recipes: one trainer, and a condition for each of them.

use super::condition::Condition;
use super::config::{GanConfig, Networks};
use super::trainer::Gan;
use crate::Result;
use crate::data::PictureSet;
use crate::model::ModelSource;
use crate::train::core::fields::{Access, Field};
use crate::train::core::memory::Memory;
use crate::train::core::network::Cost;
use crate::train::core::setting::{Kind, Setting, Settings, Value};
use crate::train::loss::adversarial::Loss;
use crate::train::loss::regularizer::Regularizer;
use crate::train::recipes::recipe::{About, Method, Need};

/// A GAN with the condition that makes it what it is.
pub(crate) struct GanRecipe {
    about: About,
    condition: fn() -> Condition,
    fields: &'static [Field<GanConfig>],
}

const GROUP: &str = "GAN";
const SHEET: &str = "What the model makes now, always of the same random numbers: watch it learn.";
const CLASS_SHEET: &str =
    "A row for each of the first classes, always of the same random numbers in a column: watch it learn.";

/// A plain GAN.
pub(crate) static GAN: GanRecipe = GanRecipe {
    about: About {
        key: "gan",
        title: "GAN",
        group: Some((GROUP, "Plain")),
        purpose: "Sharp pictures to paint with: the usual choice.",
        sheet: SHEET,
        family: "skip",
        needs_classes: false,
        needs_pairs: false,
        needs_model: Need::May,
    },
    condition: || Condition::None,
    fields: &FIELDS,
};

/// A GAN that is told the class of a picture.
pub(crate) static CGAN: GanRecipe = GanRecipe {
    about: About {
        key: "cgan",
        title: "CGAN",
        group: Some((GROUP, "CGAN")),
        purpose: "You pick the class of a picture, such as cat or dog.",
        sheet: CLASS_SHEET,
        family: "skip",
        needs_classes: true,
        needs_pairs: false,
        needs_model: Need::May,
    },
    condition: || Condition::Label { classes: Vec::new() },
    fields: &FIELDS,
};

/// The same with a discriminator that also tells classes.
pub(crate) static ACGAN: GanRecipe = GanRecipe {
    about: About {
        key: "acgan",
        title: "ACGAN",
        group: Some((GROUP, "ACGAN")),
        purpose: "You pick the class; the critic learns to tell it, too.",
        sheet: CLASS_SHEET,
        family: "skip",
        needs_classes: true,
        needs_pairs: false,
        needs_model: Need::May,
    },
    condition: || Condition::Auxiliary { classes: Vec::new(), weight: 1.0 },
    fields: &FIELDS,
};

/// A GAN that finds classes and codes itself.
pub(crate) static INFOGAN: GanRecipe = GanRecipe {
    about: About {
        key: "infogan",
        title: "InfoGAN",
        group: Some((GROUP, "InfoGAN")),
        purpose: "Finds classes to pick and sliders by itself.",
        sheet: CLASS_SHEET,
        family: "skip",
        needs_classes: false,
        needs_pairs: false,
        needs_model: Need::May,
    },
    condition: || {
        let (classes, codes) = Condition::USUALLY_FOUND;
        Condition::Information { classes, codes, weight: 1.0 }
    },
    fields: &INFOGAN_FIELDS,
};

const NETWORKS: [Networks; 2] = [Networks::SKIP, Networks::Dcgan];
const ARCHITECTURE: Field<GanConfig> = Field {
    setting: Setting {
        key: "architecture",
        title: "Networks",
        help: "Which networks learn",
        kind: Kind::Choice(&[
            (
                "skip",
                "every level adds to the picture; the critic sees it in every size, and is given away with the model",
            ),
            ("dcgan", "the plain ones of a DCGAN"),
        ]),
        may_change: false,
        in_form: false,
    },
    access: Access::Derived(
        |config| Some(ARCHITECTURE.setting.choice(usize::from(config.networks == Networks::Dcgan))),
        |config, value| {
            config.networks = NETWORKS[ARCHITECTURE.setting.which(value)?];
            Ok(())
        },
    ),
};
const LOSSES: [Loss; 3] = [Loss::Hinge, Loss::NonSaturating, Loss::Wasserstein];
const LOSS: Field<GanConfig> = Field {
    setting: Setting {
        key: "loss",
        title: "Loss",
        help: "What the networks minimize",
        kind: Kind::Choice(&[
            ("hinge", "the hinge loss; with spectral norm"),
            ("non-saturating", "the logistic loss that does not saturate; with R1"),
            (
                "wasserstein",
                "Wasserstein's; with the gradient penalty and five steps of the discriminator for one of the generator \
                 (WGAN-GP)",
            ),
        ]),
        may_change: false,
        in_form: false,
    },
    access: Access::Derived(
        |config| {
            let which = LOSSES.iter().position(|loss| *loss == config.loss)?;
            Some(LOSS.setting.choice(which))
        },
        |config, value| {
            config.loss = LOSSES[LOSS.setting.which(value)?];
            Ok(())
        },
    ),
};
const REGULARIZER: Field<GanConfig> = Field {
    setting: Setting {
        key: "regularizer",
        title: "Regularizer",
        help: "What keeps the discriminator smooth; what goes with the loss when left out",
        kind: Kind::Choice(&[
            ("spectral-norm", "weights divided by their largest singular value"),
            ("r1", "the squared slope at real pictures, in every sixteenth step"),
            ("gradient-penalty", "the square of (slope - 1) between real and generated pictures"),
        ]),
        may_change: false,
        in_form: false,
    },
    access: Access::Derived(
        |config| {
            let which = match config.regularizer {
                Regularizer::SpectralNorm => 0,
                Regularizer::R1 { .. } => 1,
                Regularizer::GradientPenalty { .. } => 2,
            };
            Some(REGULARIZER.setting.choice(which))
        },
        |config, value| {
            let all = [Regularizer::SpectralNorm, Regularizer::R1, Regularizer::GRADIENT_PENALTY];
            config.regularizer = all[REGULARIZER.setting.which(value)?];
            Ok(())
        },
    ),
};
const CRITIC_STEPS: Field<GanConfig> = Field {
    setting: Setting {
        key: "critic-steps",
        title: "Steps of the discriminator",
        help: "Steps of the discriminator for one of the generator; what goes with the loss when left out",
        kind: Kind::Count { least: 1, most: 100 },
        may_change: false,
        in_form: false,
    },
    access: Access::Count(|config| &mut config.critic_steps),
};
const PENALTY: Field<GanConfig> = Field {
    setting: Setting {
        key: "penalty",
        title: "Weight of the penalty",
        help: "How strongly a penalty on the slope of the discriminator counts; 1 for R1 and 10 for the gradient \
               penalty when left out",
        kind: Kind::Number { least: 0.0, most: f32::MAX },
        may_change: false,
        in_form: false,
    },
    access: Access::Derived(
        |config| config.regularizer.weight().map(Value::Number),
        |config, value| {
            config.regularizer = config.regularizer.weighing(value.number().unwrap_or_default())?;
            Ok(())
        },
    ),
};
const CATEGORIES: Field<GanConfig> = Field {
    setting: Setting {
        key: "categories",
        title: "Classes to find",
        help: "Kinds of pictures that it finds, to pick from: 2 or more, or 0 for none",
        kind: Kind::Count { least: 0, most: 1000 },
        may_change: false,
        in_form: true,
    },
    access: Access::Derived(
        |config| match config.condition {
            Condition::Information { classes, .. } => Some(Value::Count(classes as u64)),
            _ => None,
        },
        |config, value| {
            if let (Condition::Information { classes, .. }, Value::Count(count)) =
                (&mut config.condition, value)
            {
                *classes = usize::try_from(*count).unwrap_or(*classes);
            }
            Ok(())
        },
    ),
};
const CODES: Field<GanConfig> = Field {
    setting: Setting {
        key: "codes",
        title: "Codes to find",
        help: "Ways in which pictures differ that it finds, a slider each",
        kind: Kind::Count { least: 0, most: 1000 },
        may_change: false,
        in_form: true,
    },
    access: Access::Derived(
        |config| match config.condition {
            Condition::Information { codes, .. } => Some(Value::Count(codes as u64)),
            _ => None,
        },
        |config, value| {
            if let (Condition::Information { codes, .. }, Value::Count(count)) =
                (&mut config.condition, value)
            {
                *codes = usize::try_from(*count).unwrap_or(*codes);
            }
            Ok(())
        },
    ),
};
const SIZE: Field<GanConfig> =
    Field { setting: Setting::SIZE, access: Access::Count(|config| &mut config.size) };
const WIDTH: Field<GanConfig> =
    Field { setting: Setting::WIDTH, access: Access::Count(|config| &mut config.width) };
const CRITIC_WIDTH: Field<GanConfig> =
    Field { setting: Setting::CRITIC_WIDTH, access: Access::Count(|config| &mut config.critic_width) };
const LATENT: Field<GanConfig> =
    Field { setting: Setting::LATENT, access: Access::Count(|config| &mut config.latent) };
const BATCH: Field<GanConfig> =
    Field { setting: Setting::BATCH, access: Access::Count(|config| &mut config.batch) };
const LEARNING_RATE: Field<GanConfig> = Field {
    setting: Setting::LEARNING_RATE,
    access: Access::Derived(
        |config| Some(Value::Number(config.generator.learning_rate)),
        |config, value| {
            let rate = value.number().unwrap_or(config.generator.learning_rate);
            config.discriminator.learning_rate *= rate / config.generator.learning_rate;
            config.generator.learning_rate = rate;
            Ok(())
        },
    ),
};
const FLIP: Field<GanConfig> =
    Field { setting: Setting::FLIP, access: Access::Switch(|config| &mut config.flip) };
const SEED: Field<GanConfig> =
    Field { setting: Setting::SEED, access: Access::Seed(|config| &mut config.seed) };

static FIELDS: [Field<GanConfig>; 13] = [
    ARCHITECTURE,
    SIZE,
    WIDTH,
    CRITIC_WIDTH,
    LATENT,
    BATCH,
    LOSS,
    REGULARIZER,
    PENALTY,
    CRITIC_STEPS,
    LEARNING_RATE,
    FLIP,
    SEED,
];
static INFOGAN_FIELDS: [Field<GanConfig>; 15] = [
    ARCHITECTURE,
    SIZE,
    WIDTH,
    CRITIC_WIDTH,
    LATENT,
    BATCH,
    CATEGORIES,
    CODES,
    LOSS,
    REGULARIZER,
    PENALTY,
    CRITIC_STEPS,
    LEARNING_RATE,
    FLIP,
    SEED,
];

impl GanRecipe {
    /// The recipe of a GAN with this condition.
    pub fn of(condition: &Condition) -> &'static Self {
        match condition {
            Condition::None => &GAN,
            Condition::Label { .. } => &CGAN,
            Condition::Auxiliary { .. } => &ACGAN,
            Condition::Information { .. } => &INFOGAN,
        }
    }
}

impl Method for GanRecipe {
    type Config = GanConfig;
    type Trainer = Gan;

    fn about(&self) -> &About {
        &self.about
    }

    fn fields(&self) -> &'static [Field<GanConfig>] {
        self.fields
    }

    fn usual(&self, given: &Settings) -> GanConfig {
        let which = given.get(LOSS.setting.key).and_then(|value| LOSS.setting.which(value).ok());
        let loss = which.map_or(Loss::Hinge, |which| LOSSES[which]);
        let mut config = GanConfig { condition: (self.condition)(), seed: 1, ..GanConfig::for_loss(loss) };
        let networks = given.get(ARCHITECTURE.setting.key);
        let networks = networks.and_then(|value| ARCHITECTURE.setting.which(value).ok());
        if networks.is_none_or(|which| NETWORKS[which] != Networks::Dcgan) {
            let size = given.count("size").unwrap_or(config.size);
            config = config.skip(size);
        }
        if let Some(width) = given.count("width") {
            config.critic_width = width;
        }
        config
    }

    fn check(&self, config: &GanConfig) -> Result<()> {
        config.check()
    }

    fn size(&self, config: &GanConfig, _: Option<&ModelSource>) -> Result<usize> {
        Ok(config.size)
    }

    fn memory(&self, config: &GanConfig, _: Option<&ModelSource>) -> Result<Memory> {
        let [generator, discriminator] = [&config.generator()?, &config.discriminator()?].map(Cost::of);
        // Real and generated pictures; a penalty looks at as many once more, and at its directions.
        let looks = if config.regularizer == Regularizer::SpectralNorm { 2 } else { 4 };
        Ok(Memory {
            // The discriminator is remembered until a step has come to its end.
            learned: generator.weights + 2 * discriminator.weights,
            averaged: generator.weights,
            activations: generator.maps + looks * discriminator.maps,
            batch: config.batch as u64,
            ..Memory::default()
        })
    }

    fn of_pictures(&self, config: GanConfig, pictures: &PictureSet) -> Result<GanConfig> {
        let condition = config.condition.for_pictures(pictures)?;
        Ok(GanConfig { condition, ..config })
    }

    fn begin(&self, config: GanConfig, model: Option<&ModelSource>) -> Result<Gan> {
        match model {
            Some(model) => Gan::grown(config, model),
            None => Gan::new(config),
        }
    }
}
