//! A trainer of encoders for generators that stay as they are, as a stepper: what iGAN calls its predictor (Zhu et
//! al. 2016, section 3.2).
//!
//! Of pictures that the generator makes, the latent is known and the encoder is to say it. Of other pictures it
//! is not, so there the encoder is judged by the picture that the generator makes of what it says.

use candle_core::{Device, Tensor};

use super::config::{EncoderConfig, GENERATOR, MEAN, Saved};
use crate::checkpoint::TensorTable;
use crate::data::PictureSet;
use crate::model::{Decisions, Model, ModelSource};
use crate::nn::graph::Norms;
use crate::open::{GeneratorTensors, from_tensors, generator_tensors};
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow};
use crate::train::core::network::Network;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::settings;
use crate::train::core::sheet;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, check_size, config_text, finite,
};
use crate::{Error, Picture, Result};

/// The state of a training.
pub struct EncoderTraining {
    pub(crate) config: EncoderConfig,
    /// The generator's tensors, which are given away as they came.
    pub(crate) tensors: Vec<(String, Tensor)>,
    pub(crate) assumptions: Decisions,
    generator: Model,
    pub(crate) encoder: Network,
    pub(crate) average: Vec<Tensor>,
    pub(crate) adam: Adam,
    pub(crate) rng: Rng,
    pub(crate) steps: u64,
}

impl EncoderTraining {
    /// An encoder with random weights for the generator of a model.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings that make no sense, [`Error::Checkpoint`] for a model whose generator can't
    /// get an encoder, and what opening it says.
    pub fn new(config: EncoderConfig, model: &ModelSource) -> Result<Self> {
        let GeneratorTensors { tensors, assumptions } = generator_tensors(model)?;
        Self::of_tensors(config, tensors, assumptions)
    }

    pub(crate) fn of_tensors(
        config: EncoderConfig,
        tensors: Vec<(String, Tensor)>,
        assumptions: Decisions,
    ) -> Result<Self> {
        config.check()?;
        let table = TensorTable::from_tensors(tensors.iter().cloned());
        let generator = from_tensors("generator", table, &assumptions, &Device::Cpu)?;
        let side = generator.info.square()?;
        settings::check_side(side, 8)?;
        if generator.decoder()?.channels() != 3 {
            return Err(Error::Invalid(
                "an encoder learns from colour pictures; this generator's are grey".into(),
            ));
        }
        let mut rng = Rng::new(config.seed);
        let latents = generator.info.latents.len();
        let encoder = Network::begin(config.encoder(side, latents)?, &mut rng)?;
        Ok(Self {
            average: encoder.copies()?,
            adam: Adam::new(config.adam, encoder.vars()).clipped(config.clip),
            config,
            tensors,
            assumptions,
            generator,
            encoder,
            rng,
            steps: 0,
        })
    }

    /// Pixels a side of the pictures that it learns from: the generator's.
    #[must_use]
    pub fn size(&self) -> usize {
        self.generator.info.sides[0]
    }
}

impl Trainer for EncoderTraining {
    fn recipe(&self) -> &'static str {
        "encoder"
    }

    fn config(&self) -> Result<serde_json::Value> {
        let assumptions = self.assumptions.clone();
        config_text(&Saved { config: self.config.clone(), assumptions })
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            (GENERATOR, Part::Constants(&self.tensors)),
            ("encoder", Part::Network(&self.encoder)),
            ("encoder.adam", Part::Optimizer(&self.encoder, &mut self.adam)),
            ("encoder.average", Part::Average(&self.encoder, &mut self.average)),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.exported()
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.size())?;
        let EncoderConfig { batch, pixels, flip, .. } = self.config;
        let range = self.generator.range;
        let light = range.from_light(1.0) - range.from_light(0.0);
        let real = pictures.batch(&mut self.rng, batch, flip)?;
        // The set's tensors are -1 to 1 whatever the model's range is.
        let real = real.affine(f64::from(light) / 2.0, f64::from(range.from_light(0.0) + light / 2.0))?;
        let drawn: Vec<_> = (0..batch).map(|_| self.generator.info.latents.draw(&mut self.rng)).collect();
        let known = self.generator.latent_tensor(drawn.iter().map(crate::model::Latent::values))?;
        let made = self.generator.decoder()?.decode(&known)?.permute((0, 2, 3, 1))?;
        let both = Tensor::cat(&[&made.contiguous()?, &real], 0)?;
        let said = self.encoder.graph.run(&self.encoder.weights(), &[&both], Norms::Stored, &[MEAN])?;
        let said = said.vectors(MEAN)?;
        let latents = (said.narrow(0, 0, batch)? - known)?.sqr()?.mean_all()?;
        let again = self.generator.decoder()?.decode(&said.narrow(0, batch, batch)?.contiguous()?)?;
        let difference = (again.permute((0, 2, 3, 1))? - real)?.sqr()?.mean_all()?;
        // In units of a range from -1 to 1.
        let difference = (difference * f64::from(4.0 / (light * light)))?;
        let loss = (&latents + (&difference * f64::from(pixels))?)?;
        finite(&loss, "the encoder's loss")?;
        self.adam.step(self.encoder.vars(), &loss.backward()?, learning_rate_factor(progress))?;
        self.steps += 1;
        follow(&self.average, self.encoder.vars(), self.config.ema, self.steps)?;
        let values =
            vec![("latents", latents.to_scalar::<f32>()?), ("pixels", difference.to_scalar::<f32>()?)];
        Ok(Report::new(self.steps, values))
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
        let EncoderConfig { width, pixels, seed, .. } = self.config;
        let latent = self.generator.info.latents.len();
        let size = self.size();
        Description {
            family: "dcgan_encoder",
            architecture: None,
            assumptions: self.assumptions.clone(),
            classes: Vec::new(),
            rows: vec![
                (
                    "Family",
                    format!("DCGAN with encoder, {size}x{size}, encoder of width {width}, {latent} latents"),
                ),
                (
                    "Recipe",
                    format!(
                        "encoder for a generator that stays as it is: latents of made pictures, reconstruction \
                         of others (weight {pixels}), moving average"
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
