//! Settings of the trainer of translators.

use serde::{Deserialize, Serialize};

use crate::arch::own::{Patches, Translator};
use crate::data::PictureSet;
use crate::model::{Label, StyleFactor};
use crate::nn::graph::Graph;
use crate::train::core::adam::AdamConfig;
use crate::train::core::settings;
use crate::{Error, Result};

/// How often the critic halves the side of a picture.
const LEVELS: usize = 3;

/// Everything that decides how a translator is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pix2PixConfig {
    /// Side of the pictures: a power of two, 16 to 256.
    pub size: usize,
    /// Channels next to the picture.
    pub width: usize,
    /// How often the sides are halved.
    pub levels: usize,
    /// Residual blocks where the sides are smallest.
    pub blocks: usize,
    /// Channels of the critic's layer next to the picture.
    pub critic_width: usize,
    /// Pictures in a step.
    pub batch: usize,
    /// The share of the run, at its end, in which the critic counts.
    pub adversarial: f32,
    /// How strongly the critic counts beside the mean absolute difference of pixels (from -1 to 1).
    pub critic_weight: f32,
    /// How strongly the difference of what the critic's layers make of both pictures counts.
    pub feature_weight: f32,
    /// The share of maps of labels that is made as rough as painted ones are.
    pub rough: f32,
    /// The translator's optimizer.
    pub adam: AdamConfig,
    /// The critic's optimizer.
    pub critic: AdamConfig,
    /// Longest gradient of the translator, see [`crate::train::Adam::clipped`].
    pub clip: f32,
    /// Decay of the moving average of the weights, for each step.
    pub ema: f32,
    /// Whether pairs may be mirrored. Those with a style never are: the sun would shine from the other side.
    pub flip: bool,
    /// Seed of weights, choice of pairs and roughness.
    pub seed: u64,
    /// What maps of labels may show; empty where pictures are made of pictures.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// What is known of whole pictures.
    #[serde(default)]
    pub style: Vec<StyleFactor>,
}

impl Default for Pix2PixConfig {
    fn default() -> Self {
        Self {
            size: 128,
            width: 16,
            levels: 4,
            blocks: 2,
            critic_width: 32,
            batch: 8,
            adversarial: 0.7,
            critic_weight: 0.02,
            feature_weight: 0.3,
            rough: 0.5,
            adam: AdamConfig { learning_rate: 5e-4, beta1: 0.5, beta2: 0.99, eps: 1e-8 },
            critic: AdamConfig { learning_rate: 4e-4, beta1: 0.5, beta2: 0.99, eps: 1e-8 },
            clip: 1.0,
            ema: 0.998,
            flip: true,
            seed: 0,
            labels: Vec::new(),
            style: Vec::new(),
        }
    }
}

impl Pix2PixConfig {
    /// Checks that networks can be built from it.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the setting and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 16)?;
        settings::check_counts(&[
            ("width", self.width, 1024),
            ("the number of halvings", self.levels, 8),
            ("the number of blocks", self.blocks, 64),
            ("the width of the critic", self.critic_width, 1024),
            ("batch", self.batch, 4096),
        ])?;
        if !(0.0..=1.0).contains(&self.adversarial) || !(0.0..=1.0).contains(&self.rough) {
            return Err(Error::Invalid(
                "the share of the run with a critic and the share of rough maps are 0 to 1".into(),
            ));
        }
        self.adam.check()?;
        self.critic.check()?;
        settings::check_weight("the weight of the critic", self.critic_weight)?;
        settings::check_weight("the weight of the critic's layers", self.feature_weight)?;
        settings::check_length("the longest gradient", self.clip)?;
        settings::check_share("the decay of the moving average", self.ema)?;
        self.translator()?;
        self.critic_graph().map(|_| ())
    }

    /// With what the pictures are made of.
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures that nobody knows anything to make them of.
    pub(super) fn of_pictures(self, pictures: &PictureSet) -> Result<Self> {
        let Some(inputs) = pictures.inputs() else {
            return Err(Error::Invalid(
                "a translator learns from pairs of pictures: say what they are made of".into(),
            ));
        };
        let names = inputs.style_names();
        let mut style: Vec<StyleFactor> = names
            .iter()
            .map(|name| StyleFactor { name: name.clone(), least: f32::MAX, most: f32::MIN, usual: 0.0 })
            .collect();
        for index in 0..pictures.len() {
            for (factor, value) in style.iter_mut().zip(pictures.style(index)) {
                factor.least = factor.least.min(*value);
                factor.most = factor.most.max(*value);
                factor.usual += value / pictures.len() as f32;
            }
        }
        style.iter_mut().for_each(|factor| factor.usual = factor.usual.clamp(factor.least, factor.most));
        Ok(Self { labels: inputs.labels().to_vec(), style, ..self })
    }

    /// The model that is given away.
    pub(crate) fn network(&self) -> Translator {
        let Self { width, levels, blocks, labels, style, .. } = self;
        Translator {
            width: *width,
            levels: *levels,
            blocks: *blocks,
            labels: labels.clone(),
            style: style.clone(),
        }
    }

    /// From inputs to pictures.
    pub(crate) fn translator(&self) -> Result<Graph> {
        self.network().graph([self.size; 2])
    }

    /// From inputs and pictures, side by side in their channels, to how real they look.
    pub(crate) fn critic_graph(&self) -> Result<Graph> {
        let channels = self.network().takes() + 3;
        Patches { width: self.critic_width, levels: LEVELS }.graph([self.size, self.size, channels])
    }

    /// The names of the critic's layers whose maps count.
    pub(crate) fn features() -> Vec<String> {
        (0..LEVELS).map(|level| format!("features{level}")).collect()
    }
}
