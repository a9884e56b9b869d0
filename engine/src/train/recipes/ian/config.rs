//! Settings of the trainer of introspective adversarial networks.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::arch::own;
use crate::nn::graph::Graph;
use crate::train::core::adam::AdamConfig;
use crate::train::core::augment::Augmentation;
use crate::train::core::settings;

/// The end of the discriminator that makes logits.
pub(crate) const VERDICT: &str = "verdict";
/// The end that makes means and logarithms of variances of latents.
pub(crate) const LATENTS: &str = "latents";

/// Everything that decides what a training of an introspective adversarial network does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IanConfig {
    /// Side of the pictures: a power of two, 8 to 256.
    pub size: usize,
    /// Length of the latent vector, whose prior is standard normal.
    pub latent: usize,
    /// Channels of the generator's layer next to the picture; they double with every halving of the size.
    pub width: usize,
    /// The same for the network that is discriminator and encoder.
    pub critic_width: usize,
    /// Pictures in a step, and as many random ones.
    pub batch: usize,
    /// The generator's optimizer.
    pub generator: AdamConfig,
    /// The other network's optimizer.
    pub critic: AdamConfig,
    /// Longest gradient of either network, see `Adam::clipped`.
    pub clip: f32,
    /// Decay of the moving averages of the weights, for each step.
    pub ema: f32,
    /// What is done to every picture that the discriminator judges.
    pub augmentation: Augmentation,
    /// Weight of the mean absolute difference of pixels (from -1 to 1) between a picture and its reconstruction.
    pub pixels: f32,
    /// Weight of the squared difference of their features, as a part of the features' own squares.
    pub features: f32,
    /// Weight of the divergence of the latents from the prior, in nats for a picture.
    pub divergence: f32,
    /// Weight of the discriminator's own loss: where it is small, the shared layers heed reconstructions alone and
    /// the discriminator can't tell anything.
    pub judging: f32,
    /// Share of the run over which pictures and their reconstructions alone are learned: judging costs most of a
    /// step's time, and is worth it once there is something to judge.
    pub warm_up: f32,
    /// Whether pictures may be mirrored.
    pub flip: bool,
    /// Seed of weights, latents, choice of pictures and augmentation.
    pub seed: u64,
}

impl Default for IanConfig {
    fn default() -> Self {
        let adam = |learning_rate| AdamConfig { learning_rate, beta1: 0.5, beta2: 0.99, eps: 1e-8 };
        Self {
            size: 64,
            latent: 64,
            width: 32,
            critic_width: 32,
            batch: 32,
            generator: adam(4e-4),
            critic: adam(6e-4),
            clip: 40.0,
            ema: 0.998,
            augmentation: Augmentation::default(),
            pixels: 40.0,
            features: 5.0,
            divergence: 0.015,
            judging: 20.0,
            warm_up: 0.15,
            flip: true,
            seed: 0,
        }
    }
}

impl IanConfig {
    /// Checks that networks can be built from it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] naming the setting and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 8)?;
        settings::check_counts(&[
            ("latent", self.latent, 4096),
            ("width", self.width, 1024),
            ("the width of the discriminator", self.critic_width, 1024),
            ("batch", self.batch, 4096),
        ])?;
        self.generator.check()?;
        self.critic.check()?;
        self.augmentation.check()?;
        settings::check_weight("the weight of pixels", self.pixels)?;
        settings::check_weight("the weight of features", self.features)?;
        settings::check_weight("the weight of the divergence", self.divergence)?;
        settings::check_weight("the weight of judging", self.judging)?;
        settings::check_length("the longest gradient", self.clip)?;
        settings::check_share("the warm-up", self.warm_up)?;
        settings::check_share("the decay of the moving average", self.ema)
    }

    /// From latents to pictures.
    pub(crate) fn generator(&self) -> Result<Graph> {
        self.networks().generator()
    }

    /// From pictures to [`VERDICT`], to the features that it follows from, and to means and logarithms of variances of
    /// latents.
    pub(crate) fn critic(&self) -> Result<Graph> {
        self.networks().critic(&[(VERDICT, 1)])
    }

    /// The model that is given away.
    pub(crate) fn networks(&self) -> own::Ian {
        let &Self { size, latent, width, critic_width, .. } = self;
        own::Ian { size, latent, width, critic_width }
    }
}
