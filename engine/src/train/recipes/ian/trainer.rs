//! The trainer of introspective adversarial networks (Brock et al. 2017) as a stepper: a GAN whose discriminator
//! also says which latent a picture has, so that photos can be opened and edited.
//!
//! What of the paper is here: encoder and discriminator are one network with two ends; reconstructions (pixels and the
//! discriminator's features) are learned by generator and encoder, the divergence of latents by the encoder, and what the
//! discriminator says of pictures by each of the two adversaries for itself ([`Ian::gradients`] has the table). The
//! features' loss sees the network that measures them as a constant.
//!
//! What is other than there, and what it costs:
//! - The reconstruction's gradients go through the encoder's end into the layers that it shares with the discriminator.
//!   In the paper those learn from the adversarial loss alone; here, where trainings are short and networks small, they
//!   learn what a latent is long before they can judge.
//! - Two classes (real or made) with the hinge loss in the place of the ternary verdict (real, generated, reconstructed):
//!   one threshold that needs no balance of three. Reconstructions count as made, like random pictures.
//! - Spectral norm in the place of batch norm and of the orthogonal regularization: it, too, keeps the layers' gains from
//!   growing, and says how far; weights are not kept orthogonal, so that single directions may fade.
//! - Plain strided convolutions in the place of multiscale dilated ones, as the decoder's model format has them. Textures
//!   of many scales take wider layers here.

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Tensor, Var};

use super::config::{IanConfig, LATENTS, VERDICT};
use crate::arch::own::{self, Own as _};
use crate::data::PictureSet;
use crate::nn::graph::{Graph, Norms, Weights};
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow, gradient_length};
use crate::train::core::augment::augment;
use crate::train::core::latents::latents;
use crate::train::core::network::Network;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::sheet;
use crate::train::core::spectral::SpectralNorm;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, check_size, config_text, decided, finite,
};
use crate::train::loss::minibatch::{diversity, told_apart};
use crate::{Picture, Result};

/// Batches of latents that are remembered for the statistics of the averaged generator.
const REMEMBERED: usize = 8;

/// Power iterations that find the largest singular values of averaged weights, from those of the weights.
const ITERATIONS: usize = 30;

/// The state of a training.
pub struct Ian {
    pub(crate) config: IanConfig,
    pub(crate) generator: Network,
    /// The layers that encoder and discriminator share, then the end that judges, then the end that makes means
    /// and logarithms of variances of latents.
    pub(crate) critic: Network,
    /// Of every layer but the end that makes latents.
    pub(crate) vectors: SpectralNorm,
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

/// The network that is discriminator and encoder with some weights.
pub(crate) struct Critic<'a> {
    pub graph: &'a Graph,
    pub weights: Weights,
}

impl Critic<'_> {
    /// Features after every shared layer, and logits (N), of pictures N x S x S x 3.
    fn judge(&self, x: &Tensor) -> Result<(Vec<Tensor>, Tensor)> {
        let names: Vec<&str> =
            self.graph.outputs().map(|(name, _)| name).filter(|name| name.starts_with("features")).collect();
        let wanted: Vec<&str> = names.iter().copied().chain([VERDICT]).collect();
        let results = self.graph.run(&self.weights, &[x], Norms::Stored, &wanted)?;
        let features = names.into_iter().map(|name| results.get(name).cloned()).collect::<Result<_>>()?;
        Ok((features, results.get(VERDICT)?.flatten_all()?))
    }

    /// Means and logarithms of variances (each N x L) of the latents of pictures.
    pub fn encode(&self, x: &Tensor) -> Result<(Tensor, Tensor)> {
        let wanted = ["mean", "log_variance"];
        let results = self.graph.run(&self.weights, &[x], Norms::Stored, &wanted)?;
        let [mean, log_variance] = wanted.map(|name| results.vectors(name));
        Ok((mean?, log_variance?))
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
        let generator = Network::begin(config.generator()?, &mut rng)?;
        let critic = Network::begin(config.critic()?, &mut rng)?;
        let vectors = SpectralNorm::of(&critic, &[LATENTS], &mut rng);
        let clip = config.clip;
        Ok(Self {
            generator_average: generator.copies()?,
            critic_average: critic.copies()?,
            generator_adam: Adam::new(config.generator, generator.vars()).clipped(clip),
            critic_adam: Adam::new(config.critic, critic.vars()).clipped(clip),
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

    /// The averaged discriminator and encoder, with the spectral norms that its weights have.
    pub(crate) fn averaged_critic(&self) -> Result<Critic<'_>> {
        let weights = self.critic.averaged(&self.critic_average);
        let mut vectors = self.vectors.clone();
        for _ in 0..ITERATIONS {
            vectors.iterate(&weights)?;
        }
        Ok(Critic { graph: &self.critic.graph, weights: vectors.normalized(weights)? })
    }

    /// What a batch of pictures costs. Pictures and their reconstructions alone are looked at while the run warms up.
    fn losses(&mut self, pictures: &PictureSet, progress: f32) -> Result<Losses> {
        let IanConfig { batch, latent, .. } = self.config;
        let real = pictures.batch(&mut self.rng, batch, self.config.flip)?;
        let learning = self.vectors.normalized(self.critic.weights())?;
        // Its description is shared, so that random numbers can be drawn meanwhile.
        let graph = self.critic.graph.clone();
        let learning = Critic { graph: &graph, weights: learning };

        let (mean, log_variance) = learning.encode(&real)?;
        // Beyond that, exp is of no use and may be infinite.
        let log_variance = log_variance.clamp(-12f32, 4f32)?;
        let noise = Tensor::from_vec(self.rng.normals(batch * latent), (batch, latent), &Device::Cpu)?;
        let encoded = (&mean + ((&log_variance * 0.5)?.exp()? * noise)?)?;
        let encoded = encoded.reshape((batch, 1, 1, latent))?;
        let divergence = (((mean.sqr()? + log_variance.exp()?)? - &log_variance)? - 1.0)?;
        let divergence = (divergence.sum_all()? * (0.5 / batch as f64))?;
        // What comes after the latents is told how it should have been by those losses alone that it is for.
        let start = Var::from_tensor(&encoded.detach())?;
        let mut z = start.as_tensor().clone();
        let judging = progress >= self.config.warm_up;
        if judging {
            // Reconstructions first, then random pictures: one batch, so that both have the same statistics.
            z = Tensor::cat(&[&z, &latents(&mut self.rng, batch, latent)?], 0)?;
        }
        let made = self.generator.graph.run(&self.generator.weights(), &[&z], Norms::Batch, &["picture"])?;
        let fake = made.get("picture")?;
        let pixels = (&real - fake.narrow(0, 0, batch)?)?.abs()?.mean_all()?;
        let verdict = if judging { Some(self.verdict(&learning, &real, fake)?) } else { None };
        Ok(Losses { encoded, start, pixels, divergence, verdict, z: z.detach() })
    }

    /// The gradients of the generator and of the other network, each of the losses that are its own:
    ///
    /// | loss | generator | shared layers | latents' end | verdict's end |
    /// |---|---|---|---|---|
    /// | pixels, features | yes | yes | yes | no |
    /// | divergence | no | yes | yes | no |
    /// | the generator's, of the verdict | yes | no | no | no |
    /// | the discriminator's | no | yes | no | yes |
    fn gradients(&self, losses: &Losses) -> Result<[GradStore; 2]> {
        let weighted = |loss: &Tensor, weight: f32| loss * f64::from(weight);
        let IanConfig { pixels, features, divergence, judging, .. } = self.config;
        let mut restoring = weighted(&losses.pixels, pixels)?;
        let mut own = weighted(&losses.divergence, divergence)?;
        if let Some(verdict) = &losses.verdict {
            restoring = (restoring + weighted(&verdict.features, features)?)?;
            own = (own + weighted(&verdict.loss_d, judging)?)?;
        }
        let mut of_generator = restoring.backward()?;
        if let Some(of_start) = of_generator.remove(&losses.start) {
            // From the latents on, the encoder goes on with what they should have been.
            own = (own + (&losses.encoded * of_start.detach())?.sum_all()?)?;
        }
        if let Some(verdict) = &losses.verdict {
            let mut of_realism = verdict.loss_g.backward()?;
            of_realism.remove(&losses.start);
            of_generator.extend(of_realism)?;
        }
        Ok([of_generator, own.backward()?])
    }

    /// What the discriminator says of pictures (N), and of their reconstructions and random pictures (2N), and the
    /// losses that follow from it.
    ///
    /// The discriminator's loss sees the generator's pictures as constants, the generator's losses see the
    /// discriminator as a constant.
    fn verdict(&mut self, learning: &Critic<'_>, real: &Tensor, fake: &Tensor) -> Result<Verdict> {
        let batch = self.config.batch;
        // A picture and its reconstruction are moved in the same way, so that their features can be compared.
        let mut same = self.rng.clone();
        let seen_real = augment(real, &self.config.augmentation, &mut same)?;
        let seen_fake = augment(fake, &self.config.augmentation, &mut self.rng)?;
        let both = Tensor::cat(&[&seen_real, &seen_fake.detach()], 0)?;
        let (features_real, logits) = learning.judge(&both)?;
        let (real_logits, generated) = (logits.narrow(0, 0, batch)?, logits.narrow(0, batch, 2 * batch)?);
        let weights = self.vectors.normalized(self.critic.frozen())?;
        let frozen = Critic { graph: &self.critic.graph, weights };
        // Apart, so that the features' gradient does not go through the random pictures' layers.
        let (features_fake, restored) = frozen.judge(&seen_fake.narrow(0, 0, batch)?)?;
        let (_, random) = frozen.judge(&seen_fake.narrow(0, batch, batch)?)?;
        let all = Tensor::cat(&[restored, random], 0)?;
        Ok(Verdict {
            loss_d: (real_logits.affine(-1.0, 1.0)?.relu()?.mean_all()?
                + generated.affine(1.0, 1.0)?.relu()?.mean_all()?)?,
            loss_g: all.mean_all()?.neg()?,
            features: feature_distance(&features_real, &features_fake, batch)?,
            told_apart: told_apart(&real_logits.to_vec1()?, &generated.to_vec1()?),
            diversity: diversity(real, &fake.narrow(0, batch, batch)?)?,
            real_logit: real_logits.mean_all()?,
            fake_logit: generated.mean_all()?,
        })
    }
}

/// What a step costs, before anything has learned from it.
struct Losses {
    /// Latents of the pictures, as the encoder made them, and as what comes after them takes them: N x 1 x 1 x L.
    encoded: Tensor,
    start: Var,
    pixels: Tensor,
    divergence: Tensor,
    /// `None` while the run warms up.
    verdict: Option<Verdict>,
    /// Everything that pictures were made of.
    z: Tensor,
}

impl Losses {
    /// What is watched, by name.
    fn values(&self) -> Result<Vec<(&'static str, f32)>> {
        let mut tensors = vec![("pixels", &self.pixels), ("divergence", &self.divergence)];
        let mut others = Vec::new();
        if let Some(verdict) = &self.verdict {
            tensors.extend([
                ("features", &verdict.features),
                ("loss_d", &verdict.loss_d),
                ("loss_g", &verdict.loss_g),
                ("real_logit", &verdict.real_logit),
                ("fake_logit", &verdict.fake_logit),
            ]);
            others.extend([("told_apart", verdict.told_apart), ("diversity", verdict.diversity)]);
        }
        let values = tensors.into_iter().map(|(name, t)| Ok((name, finite(t, "the loss")?)));
        Ok(values.collect::<Result<Vec<_>>>()?.into_iter().chain(others).collect())
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
    diversity: f32,
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
        self.vectors.iterate(&self.critic.frozen())?;
        let losses = self.losses(pictures, progress)?;
        let values = losses.values()?;
        let [of_generator, of_critic] = self.gradients(&losses)?;
        // Checked before either network has changed.
        gradient_length(self.generator.vars(), &of_generator)?;
        let factor = learning_rate_factor(progress);
        self.critic_adam.step(self.critic.vars(), &of_critic, factor)?;
        self.generator_adam.step(self.generator.vars(), &of_generator, factor)?;

        self.steps += 1;
        follow(&self.generator_average, self.generator.vars(), self.config.ema, self.steps)?;
        follow(&self.critic_average, self.critic.vars(), self.config.ema, self.steps)?;
        if self.recent.len() == REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push(losses.z);
        Ok(Report::new(self.steps, values))
    }

    fn size(&self) -> usize {
        self.config.size
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
            family: own::Ian::KEY,
            architecture: self.config.networks().stated().ok(),
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
