//! The trainer of enlargers as a stepper.
//!
//! In the first part of a run the network learns to make the mean squared error small, which is what makes SRResNet: true
//! to the picture, and smooth where a small picture does not tell what belongs there. In the second part a critic of
//! patches learns to tell its pictures from real ones (SRGAN). The published loss compares what a network that was trained
//! on photographs makes of both pictures; here the critic's own layers are compared (feature matching, Salimans et al.
//! 2016), so that nothing from elsewhere is needed. The network of the first part is given away beside that of the second.

use candle_core::Tensor;

use super::config::EnlargeConfig;
use super::pairs::{self, Pairs};
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

/// Patches on a sheet, and their seed.
const SHOWN: usize = 6;
const SHEET_SEED: u64 = 1;
/// Patches that are measured with, and their seed.
const MEASURED: usize = 32;
const MEASURE_SEED: u64 = 2;

/// The state of a training.
pub struct EnlargeTraining {
    config: EnlargeConfig,
    enlarger: Network,
    /// Moving average of the enlarger's weights.
    average: Vec<Tensor>,
    /// The same until the critic begins to count: true to the picture.
    faithful: Vec<Tensor>,
    critic: Network,
    vectors: SpectralNorm,
    adam: Adam,
    critic_adam: Adam,
    rng: Rng,
    steps: u64,
}

/// What is watched, by name.
type Watched = Vec<(&'static str, f32)>;

impl EnlargeTraining {
    /// Networks with random weights.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the configuration makes no sense.
    pub fn new(config: EnlargeConfig) -> Result<Self> {
        config.check()?;
        let mut rng = Rng::new(config.seed);
        let enlarger = Network::begin(config.enlarger()?, &mut rng)?;
        let critic = Network::begin(config.critic_graph()?, &mut rng)?;
        let vectors = SpectralNorm::of(&critic, &[], &mut rng);
        Ok(Self {
            average: enlarger.copies()?,
            faithful: enlarger.copies()?,
            adam: Adam::new(config.adam, enlarger.vars()).clipped(config.clip),
            critic_adam: Adam::new(config.critic, critic.vars()),
            config,
            enlarger,
            critic,
            vectors,
            rng,
            steps: 0,
        })
    }

    /// Large patches of small ones.
    fn enlarge(&self, weights: &Weights, small: &Tensor) -> Result<Tensor> {
        let results = self.enlarger.graph.run(weights, &[small], Norms::Stored, &["large"])?;
        Ok(results.get("large")?.clone())
    }

    /// What the critic says of patches, and what its layers make of them.
    fn judge(&self, weights: Weights, patches: &Tensor) -> Result<(Tensor, Vec<Tensor>)> {
        let features = EnlargeConfig::features();
        let wanted: Vec<&str> = std::iter::once("score").chain(features.iter().map(String::as_str)).collect();
        let weights = self.vectors.normalized(weights)?;
        let results = self.critic.graph.run(&weights, &[patches], Norms::Stored, &wanted)?;
        let features = features.iter().map(|name| results.get(name).cloned()).collect::<Result<_>>()?;
        Ok((results.get("score")?.flatten_all()?, features))
    }

    /// A step for squared error alone.
    fn learn_alone(&mut self, Pairs { small, large }: &Pairs, factor: f32) -> Result<Watched> {
        let made = self.enlarge(&self.enlarger.weights(), small)?;
        let loss = (made - large)?.sqr()?.mean_all()?;
        let error = finite(&loss, "the enlarger's loss")?;
        self.adam.step(self.enlarger.vars(), &loss.backward()?, factor)?;
        Ok(vec![("decibels", decibels(error))])
    }

    /// A step of the critic and one of the enlarger.
    fn learn_from_critic(&mut self, Pairs { small, large }: &Pairs, factor: f32) -> Result<Watched> {
        let made = self.enlarge(&self.enlarger.weights(), small)?;
        self.vectors.iterate(&self.critic.frozen())?;
        let (real, _) = self.judge(self.critic.weights(), large)?;
        let (fake, _) = self.judge(self.critic.weights(), &made.detach())?;
        let loss = Loss::Hinge.discriminator(&real, &fake)?;
        let loss_d = finite(&loss, "the critic's loss")?;
        self.critic_adam.step(self.critic.vars(), &loss.backward()?, factor)?;

        let (score, features) = self.judge(self.critic.frozen(), &made)?;
        let (_, wanted) = self.judge(self.critic.frozen(), large)?;
        let mut alike = (&made - large)?.abs()?.mean_all()?;
        for (made, wanted) in features.iter().zip(&wanted) {
            let difference = (made - wanted.detach())?.abs()?.mean_all()?;
            alike = (alike + (difference * f64::from(self.config.feature_weight))?)?;
        }
        let convincing = Loss::Hinge.generator(&score)?;
        let loss = (alike + (&convincing * f64::from(self.config.critic_weight))?)?;
        finite(&loss, "the enlarger's loss")?;
        let error = (made - large)?.sqr()?.mean_all()?.to_scalar::<f32>()?;
        self.adam.step(self.enlarger.vars(), &loss.backward()?, factor)?;
        let mean = |t: &Tensor| -> Result<f32> { Ok(t.mean_all()?.to_scalar()?) };
        Ok(vec![
            ("decibels", decibels(error)),
            ("loss_d", loss_d),
            ("real_logit", mean(&real)?),
            ("fake_logit", mean(&fake)?),
        ])
    }

    /// Small pictures made larger with averaged weights.
    fn shown(&self, average: &[Tensor], small: &Tensor) -> Result<Vec<Picture>> {
        let made = self.enlarge(&self.enlarger.averaged(average), small)?;
        Picture::from_tensor(&made.permute((0, 3, 1, 2))?.contiguous()?, ValueRange::SignedUnit)
    }

    /// Undamaged pairs, always the same.
    fn fixed(&self, count: usize, seed: u64, pictures: &PictureSet) -> Result<Pairs> {
        let config = EnlargeConfig { batch: count, damage: 0.0, flip: false, ..self.config.clone() };
        pairs::draw(&config, pictures, &mut Rng::new(seed))
    }
}

/// The ratio of the signal's peak to the noise, for a squared error of values from -1 to 1.
fn decibels(squared_error: f32) -> f32 {
    10.0 * (4.0 / squared_error.max(1e-12)).log10()
}

impl Trainer for EnlargeTraining {
    fn recipe(&self) -> &'static str {
        "enlarge"
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&self.config)
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            ("enlarger", Part::Network(&self.enlarger)),
            ("enlarger.adam", Part::Optimizer(&self.enlarger, &mut self.adam)),
            ("enlarger.average", Part::Average(&self.enlarger, &mut self.average)),
            ("enlarger.faithful", Part::Average(&self.enlarger, &mut self.faithful)),
            ("critic", Part::Network(&self.critic)),
            ("critic.adam", Part::Optimizer(&self.critic, &mut self.critic_adam)),
            ("critic.singular", Part::Vectors(&mut self.vectors)),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        let pairs = pairs::draw(&self.config, pictures, &mut self.rng)?;
        let alone = progress < 1.0 - self.config.adversarial;
        let factor = learning_rate_factor(progress);
        let watched = if alone {
            self.learn_alone(&pairs, factor)?
        } else {
            // The critic has learned by the time that the enlarger's loss is known.
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
        follow(&self.average, self.enlarger.vars(), self.config.ema, self.steps)?;
        if alone {
            follow(&self.faithful, self.enlarger.vars(), self.config.ema, self.steps)?;
        }
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
        let graph = &self.enlarger.graph;
        let mut tensors = exported("enlarger", graph, &self.enlarger.averaged(&self.average))?;
        if self.config.networks().faithful {
            tensors.extend(exported("faithful", graph, &self.enlarger.averaged(&self.faithful))?);
        }
        Ok(tensors)
    }

    fn measures(&self) -> bool {
        true
    }

    /// The ratio of peak to noise, in decibels, of both networks, and of a bicubic enlargement.
    fn measure(&self, held_out: &PictureSet, _: f32) -> Result<Vec<(&'static str, f32)>> {
        let Pairs { small, large } = self.fixed(MEASURED, MEASURE_SEED, held_out)?;
        let truth = large.permute((0, 3, 1, 2))?.contiguous()?;
        let truth = Picture::from_tensor(&truth, ValueRange::SignedUnit)?;
        let of = |pictures: &[Picture]| -> f32 {
            let ratios = pictures.iter().zip(&truth).map(|(made, truth)| made.peak_ratio(truth));
            ratios.sum::<f32>() / truth.len() as f32
        };
        let bicubic: Vec<Picture> = truth
            .iter()
            .map(|truth| {
                pairs::reduced(truth, self.config.factor).resized_bicubic(truth.width(), truth.height())
            })
            .collect();
        Ok(vec![
            ("held_out_decibels", of(&self.shown(&self.average, &small)?)),
            ("held_out_faithful", of(&self.shown(&self.faithful, &small)?)),
            ("held_out_bicubic", of(&bicubic)),
        ])
    }

    /// Rows of patches: the small one, bicubic, true to the picture, with the critic, the truth.
    fn sheet(&self, pictures: &PictureSet) -> Result<Picture> {
        let Pairs { small, large } = self.fixed(SHOWN, SHEET_SEED, pictures)?;
        let pictures_of = |maps: &Tensor| {
            Picture::from_tensor(&maps.permute((0, 3, 1, 2))?.contiguous()?, ValueRange::SignedUnit)
        };
        let (faithful, sharp) = (self.shown(&self.faithful, &small)?, self.shown(&self.average, &small)?);
        let side = self.config.patch;
        let mut all = Vec::new();
        for (((small, large), faithful), sharp) in
            pictures_of(&small)?.into_iter().zip(pictures_of(&large)?).zip(faithful).zip(sharp)
        {
            let bicubic = small.resized_bicubic(side, side);
            all.extend([small.resized_nearest(side, side), bicubic, faithful, sharp, large]);
        }
        Picture::grid(&all, 5, 0)
    }

    fn description(&self) -> Description {
        let EnlargeConfig { factor, width, blocks, adversarial, damage, seed, .. } = self.config;
        let then = if adversarial > 0.0 {
            format!(
                "; then, in {:.0} percent of the run, mean absolute error, a critic of patches (hinge loss, spectral \
                 norm) and the difference of what its layers make",
                100.0 * adversarial
            )
        } else {
            String::new()
        };
        Description {
            family: own::Enlarger::KEY,
            architecture: self.config.networks().stated().ok(),
            assumptions: Default::default(),
            classes: Vec::new(),
            rows: vec![
                (
                    "Family",
                    format!("SRResNet made slim, {factor} times larger, width {width}, {blocks} blocks"),
                ),
                ("Recipe", format!("mean squared error{then}; moving average")),
                ("Damage", format!("{:.0} percent of the small patches: blur, noise, JPEG", 100.0 * damage)),
                ("Seed", seed.to_string()),
            ],
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
