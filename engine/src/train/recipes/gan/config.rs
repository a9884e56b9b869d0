//! Settings of the GAN trainer.

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use crate::Result;
use crate::arch::own::{Dcgan, Own as _, Reader, Skip, Stated};
use crate::nn::graph::{Begin, Graph};
use crate::train::core::adam::AdamConfig;
use crate::train::core::augment::Augmentation;
use crate::train::core::settings;
use crate::train::loss::adversarial::Loss;
use crate::train::loss::regularizer::Regularizer;

/// Which networks learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Networks {
    /// A DCGAN (Radford et al. 2016), and a discriminator like it.
    #[default]
    Dcgan,
    /// A generator with skips to the picture and a critic that sees every size of it, see [`Skip`].
    Skip {
        /// The most channels that maps have.
        cap: usize,
        /// Maps up to this side have a second layer.
        mixed: usize,
    },
}

impl Networks {
    /// Those of usual sizes.
    pub const SKIP: Self = Self::Skip { cap: 256, mixed: 16 };
}

/// Everything that decides what a run of the GAN trainer does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GanConfig {
    /// Side of the pictures: a power of two, 8 to 256.
    pub size: usize,
    /// Length of the latent vector, whose prior is standard normal.
    pub latent: usize,
    /// Channels of the layer next to the picture; they double with every halving of the size.
    pub width: usize,
    /// The same for the discriminator.
    pub critic_width: usize,
    /// Real pictures in a step, and as many generated ones.
    pub batch: usize,
    /// The generator's optimizer.
    pub generator: AdamConfig,
    /// The discriminator's optimizer.
    pub discriminator: AdamConfig,
    /// Decay of the moving average of the generator's weights, for each step.
    pub ema: f32,
    /// What is done to every picture that the discriminator sees.
    pub augmentation: Augmentation,
    /// Whether pictures may be mirrored.
    pub flip: bool,
    /// Seed of weights, latents, choice of pictures and augmentation.
    pub seed: u64,
    /// What the networks minimize.
    #[serde(default)]
    pub loss: Loss,
    /// What keeps the discriminator smooth.
    #[serde(default)]
    pub regularizer: Regularizer,
    /// Steps of the discriminator for one of the generator, 1 to 100.
    #[serde(default = "one")]
    pub critic_steps: usize,
    /// What the networks are told beside pictures and noise.
    #[serde(default)]
    pub condition: Condition,
    /// Which networks learn.
    #[serde(default)]
    pub networks: Networks,
}

/// What settings that were saved before there was a choice mean.
fn one() -> usize {
    1
}

impl Default for GanConfig {
    fn default() -> Self {
        // Two time scales (Heusel et al. 2017) without momentum, as in SAGAN (Zhang et al. 2019). With the
        // DCGAN's own settings (2e-4, 0.5, 0.999) the discriminator lost its way after some 500 steps.
        let adam = |learning_rate| AdamConfig { learning_rate, beta1: 0.0, beta2: 0.9, eps: 1e-8 };
        Self {
            size: 64,
            latent: 100,
            width: 32,
            critic_width: 32,
            batch: 32,
            generator: adam(1.5e-4),
            discriminator: adam(4e-4),
            ema: 0.999,
            augmentation: Augmentation::default(),
            flip: true,
            seed: 0,
            loss: Loss::Hinge,
            regularizer: Regularizer::SpectralNorm,
            critic_steps: 1,
            condition: Condition::None,
            networks: Networks::Dcgan,
        }
    }
}

impl GanConfig {
    /// The default settings with this loss and what goes well with it: spectral normalization with the hinge loss, R1
    /// with the non-saturating one (Mescheder et al. 2018), and with Wasserstein's what WGAN-GP does (Gulrajani et al.
    /// 2017): gradient penalty, five steps of the discriminator for one of the generator, small steps of both.
    #[must_use]
    pub fn for_loss(loss: Loss) -> Self {
        let own = Self { loss, ..Self::default() };
        let adam = |learning_rate| AdamConfig { learning_rate, ..own.discriminator };
        match loss {
            Loss::Hinge => own,
            // Without spectral normalization weights are larger, and so are the steps that change them as much. With
            // slower ones the generator was ahead of the discriminator, which then took real pictures for generated.
            Loss::NonSaturating => Self { regularizer: Regularizer::R1, discriminator: adam(5e-4), ..own },
            Loss::Wasserstein => Self {
                regularizer: Regularizer::GRADIENT_PENALTY,
                critic_steps: 5,
                discriminator: adam(1e-4),
                generator: adam(1e-4),
                ..own
            },
        }
    }

    /// With generator and critic of [`Networks::SKIP`] and what goes well with them for pictures of this side. Networks for
    /// twice the side are as wide everywhere but in the level that they have more, so they can be grown.
    #[must_use]
    pub fn skip(self, size: usize) -> Self {
        let width = (2048 / size.max(1)).max(8);
        let networks = Networks::SKIP;
        Self { networks, size, latent: 128, width, critic_width: width, ema: 0.9995, ..self }
    }

    /// Checks that networks can be built from it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] naming the field and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 8)?;
        settings::check_counts(&[
            ("latent", self.latent, 4096),
            ("width", self.width, 1024),
            ("the width of the discriminator", self.critic_width, 1024),
            ("batch", self.batch, 4096),
            ("the number of steps of the discriminator", self.critic_steps, 100),
        ])?;
        self.generator.check()?;
        self.discriminator.check()?;
        self.augmentation.check()?;
        self.regularizer.check()?;
        self.condition.check()?;
        settings::check_share("the decay of the moving average", self.ema)
    }

    /// From latents with what is told beside them to pictures.
    pub(crate) fn generator(&self) -> Result<Graph> {
        match self.networks {
            Networks::Dcgan => self.dcgan().generator(),
            Networks::Skip { cap, mixed } => self.with_skips(cap, mixed).generator(),
        }
    }

    fn dcgan(&self) -> Dcgan {
        let (classes, codes) = self.condition.counts();
        let &Self { size, latent, width, .. } = self;
        Dcgan { size, latent, width, classes, codes }
    }

    fn with_skips(&self, cap: usize, mixed: usize) -> Skip {
        let (classes, codes) = self.condition.counts();
        let &Self { size, latent, width, critic_width, .. } = self;
        Skip { size, latent, width, cap, mixed, classes, codes, critic_width }
    }

    /// The critic that is given away, which takes a picture and nothing else, and makes a "score" of it.
    pub(crate) fn given_critic(&self) -> Result<Option<Graph>> {
        match self.networks {
            Networks::Skip { cap, mixed } if self.gives_critic() => {
                Ok(self.with_skips(cap, mixed).networks()?.remove("critic"))
            }
            _ => Ok(None),
        }
    }

    /// Whether what the discriminator says of a picture does not depend on its class.
    fn gives_critic(&self) -> bool {
        !matches!(self.condition, Condition::Label { .. })
    }

    /// The architecture of the model that is given away: its key and name, and as a model folder states it.
    pub(crate) fn architecture(&self) -> (&'static str, &'static str, Option<Stated>) {
        match self.networks {
            Networks::Dcgan => (Dcgan::KEY, Dcgan::NAME, self.dcgan().stated().ok()),
            Networks::Skip { cap, mixed } => {
                let critic_width = if self.gives_critic() { self.critic_width } else { 0 };
                let skip = Skip { critic_width, ..self.with_skips(cap, mixed) };
                (Skip::KEY, Skip::NAME, skip.stated().ok())
            }
        }
    }

    /// From pictures to the ends that the condition asks for.
    pub(crate) fn discriminator(&self) -> Result<Graph> {
        let ends = self.condition.ends();
        match self.networks {
            Networks::Dcgan => {
                // Spectral normalization takes the size of the first weights away; without it, they must keep the signal
                // up.
                let smooth = self.regularizer == Regularizer::SpectralNorm;
                let begin = if smooth { Begin::DCGAN } else { Begin::He };
                Reader { size: self.size, width: self.critic_width }.graph(&ends, begin)
            }
            Networks::Skip { cap, mixed } => self.with_skips(cap, mixed).critic(&ends, self.batch),
        }
    }
}
