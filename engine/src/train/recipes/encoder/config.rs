//! Settings of the trainer of encoders.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::arch::own::Reader;
use crate::model::{Decisions, LatentSpec};
use crate::nn::graph::{Begin, Graph};
use crate::train::core::adam::AdamConfig;
use crate::train::core::settings;

/// The part of a state that holds the generator.
pub(crate) const GENERATOR: &str = "model";
/// The part of a state that holds the critic that came with it.
pub(crate) const CRITIC: &str = "critic";

/// The configuration as files have it: with what the generator's tensors can't say.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    #[serde(flatten)]
    pub config: EncoderConfig,
    pub assumptions: Decisions,
    /// The generator's network and what its latents are made of.
    pub generator: Graph,
    #[serde(default)]
    pub critic: Option<Graph>,
    pub latents: LatentSpec,
}

/// The end of the encoder.
pub(crate) const MEAN: &str = "mean";

/// Everything that decides how an encoder is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Channels of the layer next to the picture; they double with every halving of the size.
    pub width: usize,
    /// Pictures in a step, and as many that the generator makes.
    pub batch: usize,
    /// The optimizer.
    pub adam: AdamConfig,
    /// Longest gradient, see [`crate::train::Adam::clipped`].
    pub clip: f32,
    /// Decay of the moving average of the weights, for each step.
    pub ema: f32,
    /// Weight of the mean squared difference of a picture (from -1 to 1) and its reconstruction, beside the mean
    /// squared difference of latents.
    pub pixels: f32,
    /// Whether pictures may be mirrored.
    pub flip: bool,
    /// Seed of weights, latents and choice of pictures.
    pub seed: u64,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            width: 32,
            batch: 32,
            adam: AdamConfig { learning_rate: 5e-4, beta1: 0.9, beta2: 0.99, eps: 1e-8 },
            clip: 5.0,
            ema: 0.998,
            pixels: 10.0,
            flip: true,
            seed: 0,
        }
    }
}

impl EncoderConfig {
    /// Checks that a network can be built from it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] naming the setting and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_counts(&[("width", self.width, 1024), ("batch", self.batch, 4096)])?;
        self.adam.check()?;
        settings::check_weight("the weight of pixels", self.pixels)?;
        settings::check_length("the longest gradient", self.clip)?;
        settings::check_share("the decay of the moving average", self.ema)
    }

    /// From pictures of this side to so many numbers of a latent.
    pub(crate) fn encoder(&self, side: usize, latents: usize) -> Result<Graph> {
        Reader { size: side, width: self.width }.graph(&[(MEAN, latents)], Begin::He)
    }
}
