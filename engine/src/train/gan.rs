//! The GAN trainer as a stepper: hinge loss, spectral norm in the discriminator, differentiable augmentation,
//! a moving average of the generator.

use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::adam::{Adam, AdamConfig, follow};
use super::augment::{Augmentation, augment};
use super::networks::{self, Parameters};
use super::pictures::PictureSet;
use super::schedule::learning_rate_factor;
use super::settings;
use super::spectral::SingularVectors;
use super::trainer::{Description, NamedTensor, Report, Trainer, check_size, finite};
use crate::model::Model;
use crate::rng::Rng;
use crate::{Picture, Result};

/// Samples along each side of a sheet, and their seed.
const SHEET_SIDE: usize = 8;
const SHEET_SEED: u64 = 1;

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
        }
    }
}

impl GanConfig {
    /// Checks that networks can be built from it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] naming the field and what it may be.
    pub fn check(&self) -> Result<()> {
        settings::check_side(self.size, 8)?;
        settings::check_counts(&[
            ("latent", self.latent, 4096),
            ("width", self.width, 1024),
            ("critic_width", self.critic_width, 1024),
            ("batch", self.batch, 4096),
        ])?;
        settings::check_share("the decay of the moving average", self.ema)
    }
}

/// The state of a training.
pub struct Gan {
    pub(super) config: GanConfig,
    pub(super) generator: Parameters,
    pub(super) discriminator: Parameters,
    pub(super) vectors: Vec<SingularVectors>,
    /// Moving average of the generator's parameters, in their order.
    pub(super) average: Vec<Tensor>,
    pub(super) adam_g: Adam,
    pub(super) adam_d: Adam,
    pub(super) rng: Rng,
    pub(super) steps: u64,
}

impl Gan {
    /// Networks with random weights.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the configuration makes no sense.
    pub fn new(config: GanConfig) -> Result<Self> {
        config.check()?;
        let mut rng = Rng::new(config.seed);
        let GanConfig { size, latent, width, critic_width, .. } = config;
        let generator = networks::generator(latent, size, width, &mut rng)?;
        let discriminator =
            networks::discriminator(size, critic_width, &[1], networks::dcgan_deviation, &mut rng)?;
        let vectors = networks::singular_vectors(&discriminator, usize::MAX, &mut rng);
        let average = generator.copies()?;
        let adam_g = Adam::new(config.generator, &generator.vars);
        let adam_d = Adam::new(config.discriminator, &discriminator.vars);
        Ok(Self { config, generator, discriminator, vectors, average, adam_g, adam_d, rng, steps: 0 })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &GanConfig {
        &self.config
    }

    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// One step of both networks. `progress` is how much of the planned run is over, 0 to 1; the learning rate
    /// follows it (see [`learning_rate_factor`]).
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the pictures have another size; [`crate::Error::NonFinite`] when a loss or a
    /// gradient is not finite any more: the run is over then, go back to what was saved last.
    pub fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        let batch = self.config.batch;
        let factor = learning_rate_factor(progress);
        let real = pictures.batch(&mut self.rng, batch, self.config.flip)?;
        let z = latents(&mut self.rng, batch, self.config.latent)?;
        let (fake, _) = networks::generate(&self.generator.tensors(), &z)?;

        for (weights, vectors) in self.discriminator.vars.iter().step_by(2).zip(&mut self.vectors) {
            vectors.iterate(weights)?;
        }
        let both = Tensor::cat(&[&real, &fake.detach()], 0)?;
        let both = augment(&both, &self.config.augmentation, &mut self.rng)?;
        let logits = networks::judge(&self.discriminator.tensors(), &self.vectors, &both)?.flatten_all()?;
        let (real, generated) = (logits.narrow(0, 0, batch)?, logits.narrow(0, batch, batch)?);
        let loss = (real.affine(-1.0, 1.0)?.relu()?.mean_all()?
            + generated.affine(1.0, 1.0)?.relu()?.mean_all()?)?;
        let loss_d = finite(&loss, "the discriminator's loss")?;
        let (real_logit, fake_logit) =
            (real.mean_all()?.to_scalar::<f32>()?, generated.mean_all()?.to_scalar::<f32>()?);
        self.adam_d.step(&self.discriminator.vars, &loss.backward()?, factor)?;

        let seen = augment(&fake, &self.config.augmentation, &mut self.rng)?;
        let loss = networks::judge(&self.discriminator.frozen(), &self.vectors, &seen)?.mean_all()?.neg()?;
        let loss_g = finite(&loss, "the generator's loss")?;
        self.adam_g.step(&self.generator.vars, &loss.backward()?, factor)?;

        self.steps += 1;
        follow(&self.average, &self.generator.vars, self.config.ema, self.steps)?;
        let values = vec![
            ("loss_d", loss_d),
            ("loss_g", loss_g),
            ("real_logit", real_logit),
            ("fake_logit", fake_logit),
        ];
        Ok(Report { step: self.steps, values })
    }
}

impl Trainer for Gan {
    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        self.step(pictures, progress)
    }

    fn steps(&self) -> u64 {
        self.steps
    }

    fn batch(&self) -> usize {
        self.config.batch
    }

    fn save(&self, path: &Path, note: &str) -> Result<()> {
        self.save(path, note)
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.export()
    }

    fn model(&self) -> Result<Model> {
        self.model()
    }

    fn sheet(&self, _: &PictureSet) -> Result<Picture> {
        Picture::grid(&self.samples(SHEET_SIDE * SHEET_SIDE, SHEET_SEED)?, SHEET_SIDE, 0)
    }

    fn description(&self) -> Description {
        let GanConfig { size, width, latent, seed, .. } = self.config;
        let recipe =
            "GAN: hinge loss, spectral norm and augmentation in the discriminator, moving average".into();
        Description {
            family: "dcgan",
            assumptions: [("prior", "normal"), ("range", "signed_unit")]
                .map(|(key, answer)| (key.into(), answer.into()))
                .into(),
            rows: vec![
                ("Family", format!("DCGAN, {size}x{size}, width {width}, {latent} latents")),
                ("Recipe", recipe),
                ("Seed", seed.to_string()),
            ],
        }
    }
}

#[cfg(test)]
impl Gan {
    /// The variables of both networks.
    pub(super) fn all_vars(&self) -> impl Iterator<Item = &candle_core::Var> {
        self.generator.vars.iter().chain(&self.discriminator.vars)
    }

    /// Makes one weight of the generator a number that is none.
    pub(super) fn poison(&mut self) -> Result<()> {
        let var = &self.generator.vars[0];
        Ok(var.set(&(var.as_tensor() * f64::NAN)?)?)
    }
}

/// `count` draws from the prior: count x 1 x 1 x `length`.
pub(super) fn latents(rng: &mut Rng, count: usize, length: usize) -> Result<Tensor> {
    Ok(Tensor::from_vec(rng.normals(count * length), (count, 1, 1, length), &Device::Cpu)?)
}
