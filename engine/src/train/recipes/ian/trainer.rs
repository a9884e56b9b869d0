//! The trainer of introspective adversarial networks (Brock et al. 2017) as a stepper: a GAN whose discriminator
//! also says which latent a picture has, so that photos can be opened and edited.
//!
//! What of the paper is here: encoder and discriminator are one network with two ends; the generator learns from
//! pixels, from the discriminator's features and from its verdict, on reconstructions and on random pictures
//! alike. What is other than there: the hinge loss and spectral norm in the place of three classes and batch norm,
//! and gradients of the reconstruction reach the shared layers.

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::data::PictureSet;
use crate::rng::Rng;
use crate::train::core::adam::{Adam, AdamConfig, follow, gradient_length};
use crate::train::core::augment::{Augmentation, augment};
use crate::train::core::latents::latents;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::settings;
use crate::train::core::sheet;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, check_size, config_text, decided, finite,
};
use crate::train::loss::minibatch::{diversity, told_apart};
use crate::train::networks::{self, Parameters, end, halve, normalized};
use crate::train::spectral::SingularVectors;
use crate::{Picture, Result};

/// Batches of latents that are remembered for the statistics of the averaged generator.
const REMEMBERED: usize = 8;

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
    /// Longest gradient of either network, see [`Adam::clipped`].
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
}

/// The state of a training.
pub struct Ian {
    pub(crate) config: IanConfig,
    pub(crate) generator: Parameters,
    /// The layers that encoder and discriminator share, then the end that judges, then the end that makes means
    /// and logarithms of variances of latents.
    pub(crate) critic: Parameters,
    /// Of every layer but the last.
    pub(crate) vectors: Vec<SingularVectors>,
    /// Moving averages of both networks' parameters.
    pub(crate) generator_average: Vec<Tensor>,
    pub(crate) critic_average: Vec<Tensor>,
    pub(crate) generator_adam: Adam,
    pub(crate) critic_adam: Adam,
    /// What the generator made pictures of in the last steps, each M x 1 x 1 x L: the averaged one takes the
    /// statistics of its layers from them, for it must be good at latents of pictures and at random ones.
    pub(crate) recent: Vec<Tensor>,
    pub(crate) rng: Rng,
    pub(crate) steps: u64,
}

/// The parts of the network that is discriminator and encoder.
pub(crate) struct Critic<'a> {
    /// Layers that halve the side.
    pub shared: &'a [Tensor],
    /// To a logit.
    pub verdict: &'a [Tensor],
    /// To means and logarithms of variances.
    pub latents: &'a [Tensor],
}

impl<'a> Critic<'a> {
    pub fn of(parameters: &'a [Tensor]) -> Self {
        let (shared, ends) = parameters.split_at(parameters.len() - 4);
        let (verdict, latents) = ends.split_at(2);
        Self { shared, verdict, latents }
    }

    /// Features after every shared layer, and logits (N), of pictures N x S x S x 3.
    fn judge(&self, x: &Tensor) -> Result<(Vec<Tensor>, Tensor)> {
        let features = halve(self.shared, x)?;
        let logits = end(self.verdict, features.last().unwrap_or(x))?.flatten_all()?;
        Ok((features, logits))
    }

    /// Means and logarithms of variances (each N x L) of the latents of pictures.
    fn encode(&self, x: &Tensor) -> Result<(Tensor, Tensor)> {
        let features = halve(self.shared, x)?;
        let both = end(self.latents, features.last().unwrap_or(x))?;
        let latents = both.dim(1)? / 2;
        Ok((both.narrow(1, 0, latents)?.contiguous()?, both.narrow(1, latents, latents)?.contiguous()?))
    }
}

impl Ian {
    /// Networks with random weights.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the configuration makes no sense.
    pub fn new(config: IanConfig) -> Result<Self> {
        config.check()?;
        let mut rng = Rng::new(config.seed);
        let IanConfig { size, latent, width, critic_width, clip, .. } = config;
        let generator = networks::generator(latent, size, width, &mut rng)?;
        let critic = networks::discriminator(
            size,
            critic_width,
            &[1, 2 * latent],
            networks::dcgan_deviation,
            &mut rng,
        )?;
        let vectors = networks::singular_vectors(&critic, critic.vars.len() / 2 - 1, &mut rng);
        Ok(Self {
            generator_average: generator.copies()?,
            critic_average: critic.copies()?,
            generator_adam: Adam::new(config.generator, &generator.vars).clipped(clip),
            critic_adam: Adam::new(config.critic, &critic.vars).clipped(clip),
            config,
            generator,
            critic,
            vectors,
            recent: Vec::new(),
            rng,
            steps: 0,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &IanConfig {
        &self.config
    }

    /// What the discriminator says of pictures (N), and of their reconstructions and random pictures (2N), and the
    /// losses that follow from it.
    ///
    /// The discriminator's loss sees the generator's pictures as constants, the generator's losses see the
    /// discriminator as a constant: the gradients of a sum of losses are those of each network's own.
    fn verdict(&mut self, learning: &Critic<'_>, real: &Tensor, fake: &Tensor) -> Result<Verdict> {
        let batch = self.config.batch;
        // A picture and its reconstruction are moved in the same way, so that their features can be compared.
        let mut same = self.rng.clone();
        let seen_real = augment(real, &self.config.augmentation, &mut same)?;
        let seen_fake = augment(fake, &self.config.augmentation, &mut self.rng)?;
        let both = Tensor::cat(&[&seen_real, &seen_fake.detach()], 0)?;
        let (features_real, logits) = learning.judge(&both)?;
        let (real, generated) = (logits.narrow(0, 0, batch)?, logits.narrow(0, batch, 2 * batch)?);
        let frozen = normalized(&self.critic.frozen(), &self.vectors)?;
        let (features_fake, logits) = Critic::of(&frozen).judge(&seen_fake)?;
        Ok(Verdict {
            loss_d: (real.affine(-1.0, 1.0)?.relu()?.mean_all()?
                + generated.affine(1.0, 1.0)?.relu()?.mean_all()?)?,
            loss_g: logits.mean_all()?.neg()?,
            features: feature_distance(&features_real, &features_fake, batch)?,
            told_apart: told_apart(&real.to_vec1()?, &generated.to_vec1()?),
            real_logit: real.mean_all()?,
            fake_logit: generated.mean_all()?,
        })
    }
}

/// What a discriminator's look at pictures comes to.
struct Verdict {
    loss_d: Tensor,
    loss_g: Tensor,
    features: Tensor,
    real_logit: Tensor,
    fake_logit: Tensor,
    told_apart: f32,
}

/// Mean over the layers of the squared distance of pictures' features and their reconstructions', as a part of the
/// squares of the first: features of all layers count alike, however large they are.
fn feature_distance(real: &[Tensor], fake: &[Tensor], batch: usize) -> Result<Tensor> {
    let mut all = Tensor::zeros((), DType::F32, &Device::Cpu)?;
    for (layer_real, layer_fake) in real.iter().zip(fake) {
        let layer_real = layer_real.narrow(0, 0, batch)?.detach();
        let size = f64::from(layer_real.sqr()?.mean_all()?.to_scalar::<f32>()?.max(1e-8));
        let distance = (layer_real - layer_fake.narrow(0, 0, batch)?)?.sqr()?.mean_all()?;
        all = (all + (distance / (size * real.len() as f64))?)?;
    }
    Ok(all)
}

impl Trainer for Ian {
    fn recipe(&self) -> &'static str {
        "ian"
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&self.config)
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            ("generator", Part::Network(&self.generator)),
            ("generator.adam", Part::Optimizer(&self.generator, &mut self.generator_adam)),
            ("generator.average", Part::Average(&self.generator, &mut self.generator_average)),
            ("critic", Part::Network(&self.critic)),
            ("critic.adam", Part::Optimizer(&self.critic, &mut self.critic_adam)),
            ("critic.average", Part::Average(&self.critic, &mut self.critic_average)),
            ("critic.singular", Part::Vectors(&mut self.vectors)),
            ("recent", Part::Tensors(&mut self.recent)),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.tensors()
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        let IanConfig { batch, latent, .. } = self.config;
        let real = pictures.batch(&mut self.rng, batch, self.config.flip)?;
        for (weights, vectors) in self.critic.vars.iter().step_by(2).zip(&mut self.vectors) {
            vectors.iterate(weights)?;
        }
        let learning = normalized(&self.critic.tensors(), &self.vectors)?;
        let learning = Critic::of(&learning);

        let (mean, log_variance) = learning.encode(&real)?;
        // Beyond that, exp is of no use and may be infinite.
        let log_variance = log_variance.clamp(-12f32, 4f32)?;
        let noise = Tensor::from_vec(self.rng.normals(batch * latent), (batch, latent), &Device::Cpu)?;
        let encoded = (&mean + ((&log_variance * 0.5)?.exp()? * noise)?)?;
        let mut z = encoded.reshape((batch, 1, 1, latent))?;
        let judging = progress >= self.config.warm_up;
        if judging {
            // Reconstructions first, then random pictures: one batch, so that both have the same statistics.
            z = Tensor::cat(&[&z, &latents(&mut self.rng, batch, latent)?], 0)?;
        }
        let (fake, _) = networks::generate(&self.generator.tensors(), &z)?;
        let pixels = (&real - fake.narrow(0, 0, batch)?)?.abs()?.mean_all()?;
        let divergence = (((mean.sqr()? + log_variance.exp()?)? - &log_variance)? - 1.0)?;
        let divergence = (divergence.sum_all()? * (0.5 / batch as f64))?;
        let weighted = |loss: &Tensor, weight: f32| loss * f64::from(weight);
        let mut loss =
            (weighted(&pixels, self.config.pixels)? + weighted(&divergence, self.config.divergence)?)?;
        let mut watched = vec![("pixels", pixels), ("divergence", divergence)];
        let mut minibatch = Vec::new();
        if judging {
            let verdict = self.verdict(&learning, &real, &fake)?;
            loss = ((loss + weighted(&verdict.loss_d, self.config.judging)?)?
                + (weighted(&verdict.features, self.config.features)? + &verdict.loss_g)?)?;
            watched.extend([
                ("features", verdict.features),
                ("loss_d", verdict.loss_d),
                ("loss_g", verdict.loss_g),
                ("real_logit", verdict.real_logit),
                ("fake_logit", verdict.fake_logit),
            ]);
            minibatch.push(("told_apart", verdict.told_apart));
            minibatch.push(("diversity", diversity(&real, &fake.narrow(0, batch, batch)?)?));
        }
        finite(&loss, "the loss")?;
        let gradients = loss.backward()?;
        // Checked before either network has changed.
        gradient_length(&self.generator.vars, &gradients)?;
        let factor = learning_rate_factor(progress);
        self.critic_adam.step(&self.critic.vars, &gradients, factor)?;
        self.generator_adam.step(&self.generator.vars, &gradients, factor)?;

        self.steps += 1;
        follow(&self.generator_average, &self.generator.vars, self.config.ema, self.steps)?;
        follow(&self.critic_average, &self.critic.vars, self.config.ema, self.steps)?;
        if self.recent.len() == REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push(z.detach());
        let values = watched.into_iter().map(|(name, t)| Ok((name, t.to_scalar::<f32>()?)));
        let mut values = values.collect::<Result<Vec<_>>>()?;
        values.extend(minibatch);
        Ok(Report { step: self.steps, values })
    }

    fn steps(&self) -> u64 {
        self.steps
    }

    fn batch(&self) -> usize {
        self.config.batch
    }

    fn sheet(&self, pictures: &PictureSet) -> Result<Picture> {
        sheet::with_reconstructions(&self.model()?, pictures)
    }

    fn description(&self) -> Description {
        let IanConfig {
            size, width, critic_width, latent, pixels, features, divergence, warm_up, seed, ..
        } = self.config;
        Description {
            family: "dcgan_encoder",
            architecture: None,
            assumptions: decided([("prior", "normal"), ("range", "signed_unit")]),
            classes: Vec::new(),
            rows: vec![
                (
                    "Family",
                    format!(
                        "DCGAN with encoder, {size}x{size}, width {width} (encoder {critic_width}), {latent} latents"
                    ),
                ),
                (
                    "Recipe",
                    format!(
                        "IAN: encoder and discriminator share their features; pixels {pixels}, features {features}, \
                         divergence {divergence}, judged after {:.0} % of the run, hinge loss, spectral norm, augmentation, moving average",
                        100.0 * warm_up
                    ),
                ),
                ("Seed", seed.to_string()),
            ],
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
