//! A trainer of encoders for generators that stay as they are, as a stepper: what iGAN calls its predictor (Zhu et
//! al. 2016, section 3.2).
//!
//! Of pictures that the generator makes, the latent is known and the encoder is to say it. Of other pictures it
//! is not, so there the encoder is judged by the picture that the generator makes of what it says.

use candle_core::{Device, Tensor};

use super::config::{CRITIC, EncoderConfig, GENERATOR, MEAN, Saved};
use crate::arch::own::{self, Own as _};
use crate::arch::{Described, Part, Parts};
use crate::data::PictureSet;
use crate::model::{Assumptions, Decisions, LatentSpec, Model, ModelSource};
use crate::nn::graph::Norms;
use crate::open::describe;
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow};
use crate::train::core::network::Network;
use crate::train::core::parts::{self, Part as Piece};
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
    /// The generator's network, which is given away as it came.
    pub(crate) part: Part,
    /// The critic that came with it.
    pub(crate) critic: Option<Part>,
    /// The weights of both, as a state holds them.
    constants: [Vec<(String, Tensor)>; 2],
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
        let (described, mut assumptions) = describe(model, None)?;
        let Some(Described { generator: Some(generator), critic, latents, .. }) = described else {
            return Err(Error::Invalid(
                "this model's generator is no network of layers that an encoder can stand beside".into(),
            ));
        };
        // The rest has become part of the network.
        assumptions.retain(|key, _| ["prior", "range"].contains(&key.as_str()));
        // Others' critics judge by other names.
        let critic = critic.filter(|critic| critic.output == "score");
        Self::of_generator(config, generator, critic, latents, assumptions)
    }

    pub(crate) fn of_generator(
        config: EncoderConfig,
        part: Part,
        critic: Option<Part>,
        latents: LatentSpec,
        assumptions: Decisions,
    ) -> Result<Self> {
        config.check()?;
        let mut assumed = Assumptions::new().range(own::Encoded::RANGE);
        assumed.decide(&assumptions)?;
        let (name, range) = (own::Encoded::NAME, assumed.range_of());
        let described = Described::of_generator(name, part.clone(), latents, range);
        let Parts { abilities, latents, range } = described.parts(&Device::Cpu)?;
        let generator = Model::new("generator", name, abilities, latents, range, Device::Cpu);
        let constants = |part: &Part| {
            part.weights.iter().map(|(name, values)| (name.to_owned(), values.clone())).collect()
        };
        let constants = [constants(&part), critic.as_ref().map(constants).unwrap_or_default()];
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
            part,
            critic,
            constants,
            assumptions,
            generator,
            encoder,
            rng,
            steps: 0,
        })
    }

    /// The model that is given away.
    pub(crate) fn networks(&self) -> own::Encoded {
        own::Encoded {
            width: self.config.width,
            latents: self.generator.info.latents.clone(),
            generator: self.part.graph.clone(),
            critic: self.critic.as_ref().map(|critic| critic.graph.clone()),
        }
    }
}

impl Trainer for EncoderTraining {
    fn recipe(&self) -> &'static str {
        "encoder"
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&Saved {
            config: self.config.clone(),
            assumptions: self.assumptions.clone(),
            generator: self.part.graph.clone(),
            critic: self.critic.as_ref().map(|critic| critic.graph.clone()),
            latents: self.generator.info.latents.clone(),
        })
    }

    fn parts(&mut self) -> parts::Parts<'_> {
        vec![
            (GENERATOR, Piece::Constants(&self.constants[0])),
            (CRITIC, Piece::Constants(&self.constants[1])),
            ("encoder", Piece::Network(&self.encoder)),
            ("encoder.adam", Piece::Optimizer(&self.encoder, &mut self.adam)),
            ("encoder.average", Piece::Average(&self.encoder, &mut self.average)),
            ("random", Piece::Rng(&mut self.rng)),
            ("steps", Piece::Count(&mut self.steps)),
        ]
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.tensors()
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

    /// The generator's.
    fn size(&self) -> usize {
        self.generator.info.sides[0]
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
            family: own::Encoded::KEY,
            architecture: self.networks().stated().ok(),
            assumptions: self.assumptions.clone(),
            classes: Vec::new(),
            rows: vec![
                (
                    "Family",
                    format!(
                        "generator with encoder, {size}x{size}, encoder of width {width}, {latent} latents"
                    ),
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
