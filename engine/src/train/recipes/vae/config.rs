//! Settings of a VAE training.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::arch::own;
use crate::nn::graph::Graph;
use crate::train::core::adam::AdamConfig;
use crate::train::core::settings;

/// Settings of a VAE training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeConfig {
    /// Pixels a side: a power of two from 16 to 256.
    pub size: usize,
    /// Numbers in a latent.
    pub latent: usize,
    /// Channels of the decoder's layers at the picture's end; twice as many in the middle, eight times at the
    /// latents' end.
    pub width: usize,
    /// The same for the encoder, which has the easier part: it may be narrower.
    pub encoder_width: usize,
    /// Pictures in a step.
    pub batch: usize,
    /// How strongly the latents of a picture are drawn to the prior; 1 is a plain VAE.
    pub beta: f32,
    /// Beta at the start of the run. From 0 it rises: latents are not given up before the decoder has learned to
    /// use them (Bowman et al. 2016). From a large one it falls: the latents come into use one after the other, each
    /// for what explains most of what is left, and so are kept apart, while the pictures end up as sharp as the
    /// final beta allows (Shao et al. 2022).
    pub beta_start: f32,
    /// Share of the run over which beta gets from there to its final value.
    pub settle: f32,
    /// Optimizer of both networks.
    pub adam: AdamConfig,
    /// Decay of the moving average of the weights.
    pub ema: f32,
    /// Mirror half of the pictures.
    pub flip: bool,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Default for VaeConfig {
    fn default() -> Self {
        Self {
            size: 64,
            latent: 10,
            width: 32,
            encoder_width: 32,
            batch: 64,
            beta: 4.0,
            beta_start: 0.0,
            settle: 0.1,
            adam: AdamConfig { learning_rate: 5e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
            ema: 0.998,
            flip: false,
            seed: 0,
        }
    }
}

impl VaeConfig {
    /// Refuses settings that make no sense.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with the first of them.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 16)?;
        settings::check_counts(&[
            ("latent", self.latent, 1024),
            ("width", self.width, 512),
            ("the encoder's width", self.encoder_width, 512),
            ("batch", self.batch, 4096),
        ])?;
        self.adam.check()?;
        settings::check_weight("beta", self.beta)?;
        settings::check_weight("beta at the start", self.beta_start)?;
        settings::check_share("the share of the run until beta has settled", self.settle)?;
        settings::check_share("the decay of the moving average", self.ema)
    }

    /// Beta when `progress` of the run is over: from value to value in equal ratios, from or to 0 in equal steps.
    pub(crate) fn beta_at(&self, progress: f32) -> f32 {
        let (from, to) = (self.beta_start, self.beta);
        let way = if self.settle > 0.0 { (progress / self.settle).clamp(0.0, 1.0) } else { 1.0 };
        if from > 0.0 && to > 0.0 { from * (to / from).powf(way) } else { from + (to - from) * way }
    }

    /// From the light of pictures, 0 to 1, to "mean" and "log_variance" of their latents.
    pub(crate) fn encoder(&self) -> Result<Graph> {
        self.networks().encoder()
    }

    /// From latents to "logits" of the light of every pixel.
    pub(crate) fn decoder(&self) -> Result<Graph> {
        self.networks().decoder()
    }

    /// The model that is given away.
    pub(crate) fn networks(&self) -> own::Vae {
        let &Self { size, latent, width, encoder_width, .. } = self;
        own::Vae { size, latent, width, encoder_width }
    }
}
