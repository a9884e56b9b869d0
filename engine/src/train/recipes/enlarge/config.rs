//! Settings of the trainer of enlargers.

use serde::{Deserialize, Serialize};

use crate::arch::own::{Enlarger, Patches};
use crate::nn::graph::Graph;
use crate::train::core::adam::AdamConfig;
use crate::train::core::settings;
use crate::{Error, Result};

/// How often the critic halves the side of a patch.
const LEVELS: usize = 3;

/// Everything that decides how an enlarger is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnlargeConfig {
    /// Side of the pictures that patches are cut out of: a power of two, 16 to 256.
    pub size: usize,
    /// How many times larger its pictures are, a side: 2, 4 or 8.
    pub factor: usize,
    /// Channels of its maps.
    pub width: usize,
    /// Residual blocks.
    pub blocks: usize,
    /// Channels of the critic's layer next to the picture.
    pub critic_width: usize,
    /// Side of the large patches, at most the size of the pictures.
    pub patch: usize,
    /// Patches in a step.
    pub batch: usize,
    /// The share of the run, at its end, in which the critic counts.
    pub adversarial: f32,
    /// How strongly the critic counts beside the mean absolute difference of pixels (from -1 to 1).
    pub critic_weight: f32,
    /// How strongly the difference of what the critic's layers make of both pictures counts.
    pub feature_weight: f32,
    /// The share of the small patches that is blurred, noisy or compressed, as pictures from elsewhere are.
    pub damage: f32,
    /// The enlarger's optimizer.
    pub adam: AdamConfig,
    /// The critic's optimizer.
    pub critic: AdamConfig,
    /// Longest gradient of the enlarger, see [`crate::train::Adam::clipped`].
    pub clip: f32,
    /// Decay of the moving average of the weights, for each step.
    pub ema: f32,
    /// Whether patches may be mirrored.
    pub flip: bool,
    /// Seed of weights, choice of patches and damage.
    pub seed: u64,
}

impl Default for EnlargeConfig {
    fn default() -> Self {
        Self {
            size: 256,
            factor: 4,
            width: 32,
            blocks: 8,
            critic_width: 32,
            patch: 96,
            batch: 8,
            adversarial: 0.5,
            critic_weight: 0.01,
            feature_weight: 0.1,
            damage: 0.3,
            adam: AdamConfig { learning_rate: 5e-4, beta1: 0.9, beta2: 0.99, eps: 1e-8 },
            critic: AdamConfig { learning_rate: 4e-4, beta1: 0.5, beta2: 0.99, eps: 1e-8 },
            clip: 1.0,
            ema: 0.998,
            flip: true,
            seed: 0,
        }
    }
}

impl EnlargeConfig {
    /// Checks that networks can be built from it.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the setting and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 16)?;
        settings::check_counts(&[
            ("width", self.width, 1024),
            ("the number of blocks", self.blocks, 128),
            ("the width of the critic", self.critic_width, 1024),
            ("batch", self.batch, 4096),
        ])?;
        let parts = 1 << LEVELS;
        let fits = self.patch <= self.size && self.patch >= 2 * parts;
        if !fits || !self.patch.is_multiple_of(parts.max(self.factor)) {
            return Err(Error::Invalid(format!(
                "the patches have a side of {} to {} pixels, a multiple of {}, not {}",
                2 * parts,
                self.size,
                parts.max(self.factor),
                self.patch
            )));
        }
        if !(0.0..=1.0).contains(&self.adversarial) || !(0.0..=1.0).contains(&self.damage) {
            return Err(Error::Invalid(
                "the share of the run with a critic and the share of damaged patches are 0 to 1".into(),
            ));
        }
        self.adam.check()?;
        self.critic.check()?;
        settings::check_weight("the weight of the critic", self.critic_weight)?;
        settings::check_weight("the weight of the critic's layers", self.feature_weight)?;
        settings::check_length("the longest gradient", self.clip)?;
        settings::check_share("the decay of the moving average", self.ema)?;
        self.enlarger().map(|_| ())
    }

    /// The model that is given away.
    pub(crate) fn networks(&self) -> Enlarger {
        let &Self { factor, width, blocks, adversarial, .. } = self;
        Enlarger { factor, width, blocks, faithful: adversarial > 0.0 }
    }

    /// From small patches to large ones.
    pub(crate) fn enlarger(&self) -> Result<Graph> {
        let small = self.patch / self.factor;
        self.networks().graph()?.resized([small, small])
    }

    /// From large patches to how real they look.
    pub(crate) fn critic_graph(&self) -> Result<Graph> {
        Patches { width: self.critic_width, levels: LEVELS }.graph([self.patch, self.patch, 3])
    }

    /// The names of the critic's layers whose maps count.
    pub(crate) fn features() -> Vec<String> {
        (0..LEVELS).map(|level| format!("features{level}")).collect()
    }
}
