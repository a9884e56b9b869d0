//! The trainer of translators as a stepper.
//!
//! In the first part of a run the network learns to make the mean absolute difference small. In the rest a critic of patches,
//! which sees what pictures were made of, learns to tell its pictures from real ones; its layers are compared as well, as in
//! pix2pixHD (Wang et al. 2018).

use candle_core::Tensor;

use super::batch::{self, Batch};
use super::config::Pix2PixConfig;
use crate::arch::own::{self, Own as _};
use crate::data::PictureSet;
use crate::nn::graph::{Norms, Weights};
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow};
use crate::train::core::network::Network;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::spectral::SpectralNorm;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, check_size, config_text, exported, finite,
};
use crate::train::core::undo::Undo;
use crate::train::loss::adversarial::Loss;
use crate::{Picture, Result, ValueRange};

/// Pairs on a sheet.
const SHOWN: usize = 8;
/// Pairs that are measured with.
const MEASURED: usize = 32;

/// The state of a training.
pub struct Pix2PixTraining {
    config: Pix2PixConfig,
    translator: Network,
    /// Moving average of the translator's weights.
    average: Vec<Tensor>,
    critic: Network,
    vectors: SpectralNorm,
    adam: Adam,
    critic_adam: Adam,
    rng: Rng,
    steps: u64,
}

/// What is watched, by name.
type Watched = Vec<(&'static str, f32)>;

impl Pix2PixTraining {
    /// Networks with random weights.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the configuration makes no sense.
    pub fn new(config: Pix2PixConfig) -> Result<Self> {
        config.check()?;
        let mut rng = Rng::new(config.seed);
        let translator = Network::begin(config.translator()?, &mut rng)?;
        let critic = Network::begin(config.critic_graph()?, &mut rng)?;
        let vectors = SpectralNorm::of(&critic, &[], &mut rng);
        Ok(Self {
            average: translator.copies()?,
            adam: Adam::new(config.adam, translator.vars()).clipped(config.clip),
            critic_adam: Adam::new(config.critic, critic.vars()),
            config,
            translator,
            critic,
            vectors,
            rng,
            steps: 0,
        })
    }

    /// Pictures of what they are to be made of.
    fn translate(&self, weights: &Weights, Batch { inputs, style, .. }: &Batch) -> Result<Tensor> {
        let inputs: Vec<&Tensor> = std::iter::once(inputs).chain(style).collect();
        let results = self.translator.graph.run(weights, &inputs, Norms::Stored, &["translated"])?;
        Ok(results.get("translated")?.clone())
    }

    /// What the critic says of pictures beside what they were made of, and what its layers make of both.
    fn judge(&self, weights: Weights, inputs: &Tensor, pictures: &Tensor) -> Result<(Tensor, Vec<Tensor>)> {
        let both = Tensor::cat(&[inputs, pictures], 3)?;
        let features = Pix2PixConfig::features();
        let wanted: Vec<&str> = std::iter::once("score").chain(features.iter().map(String::as_str)).collect();
        let weights = self.vectors.normalized(weights)?;
        let results = self.critic.graph.run(&weights, &[&both], Norms::Stored, &wanted)?;
        let features = features.iter().map(|name| results.get(name).cloned()).collect::<Result<_>>()?;
        Ok((results.get("score")?.flatten_all()?, features))
    }

    /// A step for the difference of pixels alone.
    fn learn_alone(&mut self, pairs: &Batch, factor: f32) -> Result<Watched> {
        let made = self.translate(&self.translator.weights(), pairs)?;
        let loss = (made - &pairs.pictures)?.abs()?.mean_all()?;
        let off = finite(&loss, "the translator's loss")?;
        self.adam.step(self.translator.vars(), &loss.backward()?, factor)?;
        Ok(vec![("off", off)])
    }

    /// A step of the critic and one of the translator.
    fn learn_from_critic(&mut self, pairs: &Batch, factor: f32) -> Result<Watched> {
        let Batch { inputs, pictures, .. } = pairs;
        let made = self.translate(&self.translator.weights(), pairs)?;
        self.vectors.iterate(&self.critic.frozen())?;
        let (real, _) = self.judge(self.critic.weights(), inputs, pictures)?;
        let (fake, _) = self.judge(self.critic.weights(), inputs, &made.detach())?;
        let loss = Loss::Hinge.discriminator(&real, &fake)?;
        let loss_d = finite(&loss, "the critic's loss")?;
        self.critic_adam.step(self.critic.vars(), &loss.backward()?, factor)?;

        let (score, features) = self.judge(self.critic.frozen(), inputs, &made)?;
        let (_, wanted) = self.judge(self.critic.frozen(), inputs, pictures)?;
        let difference = (&made - pictures)?.abs()?.mean_all()?;
        let mut alike = difference.clone();
        for (made, wanted) in features.iter().zip(&wanted) {
            let difference = (made - wanted.detach())?.abs()?.mean_all()?;
            alike = (alike + (difference * f64::from(self.config.feature_weight))?)?;
        }
        let convincing = Loss::Hinge.generator(&score)?;
        let loss = (alike + (&convincing * f64::from(self.config.critic_weight))?)?;
        finite(&loss, "the translator's loss")?;
        self.adam.step(self.translator.vars(), &loss.backward()?, factor)?;
        let mean = |t: &Tensor| -> Result<f32> { Ok(t.mean_all()?.to_scalar()?) };
        Ok(vec![
            ("off", difference.to_scalar()?),
            ("loss_d", loss_d),
            ("real_logit", mean(&real)?),
            ("fake_logit", mean(&fake)?),
        ])
    }

    /// The first pairs of a set as they are.
    fn first(&self, count: usize, pictures: &PictureSet) -> Result<Batch> {
        let indices: Vec<usize> = (0..count.min(pictures.len())).collect();
        batch::of(&self.config, pictures, &indices, None)
    }
}

impl Trainer for Pix2PixTraining {
    fn recipe(&self) -> &'static str {
        "pix2pix"
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&self.config)
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            ("translator", Part::Network(&self.translator)),
            ("translator.adam", Part::Optimizer(&self.translator, &mut self.adam)),
            ("translator.average", Part::Average(&self.translator, &mut self.average)),
            ("critic", Part::Network(&self.critic)),
            ("critic.adam", Part::Optimizer(&self.critic, &mut self.critic_adam)),
            ("critic.singular", Part::Vectors(&mut self.vectors)),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        let pairs = batch::draw(&self.config, pictures, &mut self.rng)?;
        let factor = learning_rate_factor(progress);
        let watched = if progress < 1.0 - self.config.adversarial {
            self.learn_alone(&pairs, factor)?
        } else {
            // The critic has learned by the time that the translator's loss is known.
            let before = Undo::of(&self.critic, &self.critic_adam)?;
            match self.learn_from_critic(&pairs, factor) {
                Ok(watched) => watched,
                Err(error) => {
                    before.restore(&self.critic, &mut self.critic_adam)?;
                    return Err(error);
                }
            }
        };
        self.steps += 1;
        follow(&self.average, self.translator.vars(), self.config.ema, self.steps)?;
        Ok(Report::new(self.steps, watched))
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

    fn export(&self) -> Result<Vec<NamedTensor>> {
        exported("translator", &self.translator.graph, &self.translator.averaged(&self.average))
    }

    fn measures(&self) -> bool {
        true
    }

    /// The mean absolute difference from the pictures, light from 0 to 1.
    fn measure(&self, held_out: &PictureSet, _: f32) -> Result<Vec<(&'static str, f32)>> {
        let pairs = self.first(MEASURED, held_out)?;
        let made = self.translate(&self.translator.averaged(&self.average), &pairs)?;
        let off = (made - &pairs.pictures)?.abs()?.mean_all()?.to_scalar::<f32>()?;
        Ok(vec![("held_out_off", 0.5 * off)])
    }

    /// Rows of what pictures were made of, what was made, and the truth.
    fn sheet(&self, pictures: &PictureSet) -> Result<Picture> {
        let pairs = self.first(SHOWN, pictures)?;
        let made = self.translate(&self.translator.averaged(&self.average), &pairs)?;
        let made = Picture::from_tensor(&made.permute((0, 3, 1, 2))?.contiguous()?, ValueRange::SignedUnit)?;
        let side = self.config.size;
        let mut all = Vec::new();
        for (index, made) in made.into_iter().enumerate() {
            let input = pictures.input(index).unwrap_or_default().to_vec();
            all.extend([Picture::new(side, side, input)?, made, pictures.to_picture(index)?]);
        }
        Picture::grid(&all, 6, 2)
    }

    fn description(&self) -> Description {
        let Pix2PixConfig { width, levels, blocks, adversarial, rough, seed, labels, .. } = &self.config;
        let then = if *adversarial > 0.0 {
            format!(
                "; then, in {:.0} percent of the run, also a critic of patches (hinge loss, spectral norm) and the \
                 difference of what its layers make",
                100.0 * adversarial
            )
        } else {
            String::new()
        };
        let mut rows = vec![
            ("Family", format!("U-Net, width {width}, {levels} halvings, {blocks} residual blocks")),
            ("Recipe", format!("pix2pix: mean absolute error{then}; moving average")),
            ("Seed", seed.to_string()),
        ];
        if !labels.is_empty() {
            rows.push(("Rough maps", format!("{:.0} percent", 100.0 * rough)));
        }
        Description {
            family: own::Translator::KEY,
            architecture: self.config.network().stated().ok(),
            assumptions: Default::default(),
            classes: Vec::new(),
            rows,
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
