//! The GAN trainer as a stepper: a choice of losses, a discriminator that is kept smooth, differentiable
//! augmentation, a moving average of the generator. What the networks are told beside pictures and noise is the matter
//! of [`super::condition`].

use std::sync::Arc;

use candle_core::Tensor;

use super::condition::{TOLD, Told};
use super::config::{GanConfig, Networks};
use crate::data::PictureSet;
use crate::model::Model;
use crate::nn::graph::{Norms, Weights};
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow};
use crate::train::core::augment::augment;
use crate::train::core::latents::latents;
use crate::train::core::network::Network;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::spectral::SpectralNorm;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, as_it_stands, check_size, config_text, decided, finite,
    finite_value,
};
use crate::train::core::undo::Undo;
use crate::train::loss::minibatch::{diversity, told_apart};
use crate::train::loss::regularizer::{Regularizer, between, penalty};
use crate::{Picture, Result};

/// Samples along each side of a sheet, and their seed.
const SHEET_SIDE: usize = 8;
const SHEET_SEED: u64 = 1;

/// The state of a training.
pub struct Gan {
    pub(crate) config: GanConfig,
    pub(crate) generator: Network,
    pub(crate) discriminator: Network,
    pub(crate) vectors: SpectralNorm,
    /// Moving average of the generator's parameters, in their order.
    pub(crate) average: Vec<Tensor>,
    pub(crate) adam_g: Adam,
    pub(crate) adam_d: Adam,
    pub(crate) rng: Rng,
    pub(crate) steps: u64,
    /// The last penalty on the discriminator's slope: lazy ones are not measured in every step.
    pub(crate) penalty: f32,
}

/// What is watched, by name.
type Watched = Vec<(&'static str, f32)>;

/// What one network learns from: real pictures, and as many generated ones.
struct Round {
    real: Tensor,
    fake: Tensor,
    /// What the generator was told for each of its pictures, and what is true of each of the real ones, where people
    /// named classes.
    told: Option<Told>,
}

/// What the discriminator said of a round before it learned from it.
struct Verdict {
    loss: f32,
    /// Logits of the real and of the generated pictures.
    real: Vec<f32>,
    fake: Vec<f32>,
}

impl Gan {
    /// Networks with random weights.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the configuration makes no sense.
    pub fn new(config: GanConfig) -> Result<Self> {
        config.check()?;
        config.condition.check_complete()?;
        let mut rng = Rng::new(config.seed);
        let generator = Network::begin(config.generator()?, &mut rng)?;
        let discriminator = Network::begin(config.discriminator()?, &mut rng)?;
        let vectors = match config.regularizer {
            Regularizer::SpectralNorm if config.condition.tells() => {
                SpectralNorm::of(&discriminator, &[TOLD], &mut rng)
            }
            Regularizer::SpectralNorm => SpectralNorm::of(&discriminator, &[], &mut rng),
            _ => SpectralNorm::default(),
        };
        let vectors = match config.networks {
            Networks::Dcgan => vectors,
            Networks::Skip { .. } => vectors.at_most_one(),
        };
        let average = generator.copies()?;
        let adam_g = Adam::new(config.generator, generator.vars());
        let adam_d = Adam::new(config.discriminator, discriminator.vars());
        Ok(Self {
            config,
            generator,
            discriminator,
            vectors,
            average,
            adam_g,
            adam_d,
            rng,
            steps: 0,
            penalty: 0.0,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &GanConfig {
        &self.config
    }

    /// Real pictures, and what the generator with these weights makes of random latents.
    fn draw(&mut self, pictures: &PictureSet, generator: &Weights) -> Result<Round> {
        let GanConfig { batch, latent, flip, .. } = self.config;
        let (real, labels) = pictures.labelled_batch(&mut self.rng, batch, flip)?;
        let z = latents(&mut self.rng, batch, latent)?;
        let told = self.config.condition.draw(&labels, batch, &mut self.rng)?;
        let z = told.as_ref().map_or(Ok(z.clone()), |told| told.beside(&z))?;
        let fake = self.generator.graph.run(generator, &[&z], Norms::Batch, &["picture"])?;
        let fake = fake.get("picture")?.clone();
        Ok(Round { real, fake, told })
    }

    /// A step of the discriminator.
    fn teach_discriminator(&mut self, round: &Round, factor: f32) -> Result<Verdict> {
        self.vectors.iterate(&self.discriminator.frozen())?;
        let (loss, verdict) = self.discriminator_loss(round)?;
        self.adam_d.step(self.discriminator.vars(), &loss.backward()?, factor)?;
        Ok(verdict)
    }

    /// What the discriminator minimizes, and what it says of a round.
    fn discriminator_loss(&mut self, round: &Round) -> Result<(Tensor, Verdict)> {
        let batch = self.config.batch;
        let both = Tensor::cat(&[&round.real, &round.fake.detach()], 0)?;
        let both = augment(&both, &self.config.augmentation, &mut self.rng)?;
        let twice = round.told.as_ref().map(Told::twice).transpose()?;
        let (logits, ends) = self.judge(self.discriminator.weights(), &both, twice.as_ref())?;
        let (real, fake) = (logits.narrow(0, 0, batch)?, logits.narrow(0, batch, batch)?);
        let mut loss = self.config.loss.discriminator(&real, &fake)?;
        let value = finite(&loss, "the discriminator's loss")?;
        let verdict = Verdict { loss: value, real: real.to_vec1()?, fake: fake.to_vec1()? };
        if let (Some(told), [_, said]) = (&round.told, ends.as_slice()) {
            let said = [said.narrow(0, 0, batch)?, said.narrow(0, batch, batch)?];
            if let Some(cost) = self.config.condition.cost_of_both(&said[0], &said[1], told)? {
                finite(&cost, "the loss of the classes")?;
                loss = (loss + cost)?;
            }
        }
        if let Some(penalty) = self.penalize(&both, round.told.as_ref())? {
            loss = (loss + penalty)?;
        }
        Ok((loss, verdict))
    }

    /// Logits (N) of pictures of which this is told, and what every end of the discriminator says of them.
    fn judge(&self, weights: Weights, x: &Tensor, told: Option<&Told>) -> Result<(Tensor, Vec<Tensor>)> {
        let ends = self.ends();
        let weights = self.vectors.normalized(weights)?;
        let results = self.discriminator.graph.run(&weights, &[x], Norms::Batch, &ends)?;
        let ends = ends.into_iter().map(|end| results.vectors(end)).collect::<Result<Vec<_>>>()?;
        Ok((self.config.condition.logits(&ends, told)?, ends))
    }

    /// The names of the discriminator's ends.
    fn ends(&self) -> Vec<&'static str> {
        self.config.condition.ends().into_iter().map(|(name, _)| name).collect()
    }

    /// What a step of the discriminator adds to its loss to keep its slope small at what it sees: `both` real and
    /// generated pictures. Nothing where no penalty is due.
    fn penalize(&mut self, both: &Tensor, told: Option<&Told>) -> Result<Option<Tensor>> {
        let GanConfig { batch, regularizer, ref condition, .. } = self.config;
        if !regularizer.is_due(self.adam_d.steps) {
            return Ok(None);
        }
        let real = both.narrow(0, 0, batch)?;
        let points = match regularizer {
            Regularizer::GradientPenalty { .. } => {
                between(&real, &both.narrow(0, batch, batch)?, &mut self.rng)?
            }
            _ => real,
        };
        let weights = [&self.discriminator.frozen(), &self.discriminator.weights()];
        let graph = &self.discriminator.graph;
        let logits = |ends: &[Tensor]| condition.logits(ends, told);
        let penalty = penalty(regularizer, graph, &points, weights, &self.ends(), logits)?;
        self.penalty = finite_value(penalty.value, "the penalty on the discriminator's slope")?;
        Ok(Some(penalty.surrogate))
    }

    /// A step of the generator; its loss, and what is told of its pictures.
    fn teach_generator(&mut self, round: &Round, factor: f32) -> Result<(f32, Watched)> {
        let (loss, value, watched) = self.generator_loss(round)?;
        self.adam_g.step(self.generator.vars(), &loss.backward()?, factor)?;
        Ok((value, watched))
    }

    /// What the generator minimizes, its value without classes and codes, and what is watched of those.
    fn generator_loss(&mut self, round: &Round) -> Result<(Tensor, f32, Watched)> {
        let seen = augment(&round.fake, &self.config.augmentation, &mut self.rng)?;
        let told = round.told.as_ref();
        let (logits, ends) = self.judge(self.discriminator.frozen(), &seen, told)?;
        let mut loss = self.config.loss.generator(&logits)?;
        let value = finite(&loss, "the generator's loss")?;
        let mut watched = Vec::new();
        if let (Some(told), [_, said]) = (told, ends.as_slice())
            && let Some(cost) = self.config.condition.cost(said, told)?
        {
            finite(&cost.total, "the loss of the classes")?;
            loss = (loss + cost.total)?;
            watched = cost.watched;
        }
        Ok((loss, value, watched))
    }

    /// A step of both networks; what is watched.
    fn teach(&mut self, pictures: &PictureSet, factor: f32) -> Result<Watched> {
        for _ in 1..self.config.critic_steps {
            let round = self.draw(pictures, &self.generator.frozen())?;
            self.teach_discriminator(&round, factor)?;
        }
        let round = self.draw(pictures, &self.generator.weights())?;
        let verdict = self.teach_discriminator(&round, factor)?;
        let (loss_g, watched) = self.teach_generator(&round, factor)?;

        self.steps += 1;
        follow(&self.average, self.generator.vars(), self.config.ema, self.steps)?;
        let mut values = vec![
            ("loss_d", verdict.loss),
            ("loss_g", loss_g),
            ("real_logit", mean(&verdict.real)),
            ("fake_logit", mean(&verdict.fake)),
            ("told_apart", told_apart(&verdict.real, &verdict.fake)),
            ("diversity", finite_value(diversity(&round.real, &round.fake)?, "the generator's picture")?),
        ];
        values.extend(watched);
        if self.config.regularizer != Regularizer::SpectralNorm {
            values.push(("penalty", self.penalty));
        }
        Ok(values)
    }
}

impl Trainer for Gan {
    fn recipe(&self) -> &'static str {
        self.config.condition.recipe()
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&self.config)
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            ("generator", Part::Network(&self.generator)),
            ("generator.adam", Part::Optimizer(&self.generator, &mut self.adam_g)),
            ("generator.average", Part::Average(&self.generator, &mut self.average)),
            ("discriminator", Part::Network(&self.discriminator)),
            ("discriminator.adam", Part::Optimizer(&self.discriminator, &mut self.adam_d)),
            ("discriminator.singular", Part::Vectors(&mut self.vectors)),
            ("penalty", Part::Numbers(std::slice::from_mut(&mut self.penalty))),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.tensors()
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        self.config.condition.check_pictures(pictures)?;
        // The discriminator has learned by the time that the generator's loss is known.
        let before = Undo::of(&self.discriminator, &self.adam_d)?;
        match self.teach(pictures, learning_rate_factor(progress)) {
            Ok(values) => Ok(Report::new(self.steps, values)),
            Err(error) => {
                before.restore(&self.discriminator, &mut self.adam_d)?;
                Err(error)
            }
        }
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

    /// With the names of its classes.
    fn model(&self) -> Result<Model> {
        let mut model = as_it_stands(self)?;
        let latents = self.config.condition.latents(self.config.latent)?;
        Arc::make_mut(&mut model.info).latents = latents;
        Ok(model)
    }

    /// Where there are classes, a row for each of the first of them, with the same noise in a column.
    fn sheet(&self, _: &PictureSet) -> Result<Picture> {
        Picture::grid(&self.class_rows(SHEET_SIDE, SHEET_SEED)?, SHEET_SIDE, 0)
    }

    fn description(&self) -> Description {
        let GanConfig { size, width, latent, seed, loss, regularizer, critic_steps, ref condition, .. } =
            self.config;
        let steps = match critic_steps {
            1 => String::new(),
            steps => format!(", {steps} steps of it for one of the generator"),
        };
        let recipe = format!(
            "{}: {}, {} and augmentation in the discriminator{steps}, moving average",
            condition.recipe().to_uppercase(),
            loss.label(),
            regularizer.label()
        );
        let told = match condition.counts() {
            (0, 0) => String::new(),
            (classes, 0) => format!(", {classes} classes"),
            (classes, codes) => format!(", {classes} classes, {codes} codes"),
        };
        let (family, name, architecture) = self.config.architecture();
        Description {
            family,
            architecture,
            assumptions: decided([("prior", "normal"), ("range", "signed_unit")]),
            classes: condition.class_names().to_vec(),
            rows: vec![
                ("Family", format!("{name}, {size}x{size}, width {width}, {latent} latents{told}")),
                ("Recipe", recipe),
                ("Seed", seed.to_string()),
            ],
        }
    }
}

#[cfg(test)]
impl Gan {
    /// The variables of both networks.
    pub(crate) fn all_vars(&self) -> impl Iterator<Item = &candle_core::Var> {
        self.generator.vars().iter().chain(self.discriminator.vars())
    }

    /// What the discriminator says of pictures, N x S x S x 3, as in a step.
    pub(crate) fn verdict(&self, pictures: &Tensor) -> Result<Vec<f32>> {
        let weights = self.vectors.iterated(&self.discriminator.frozen())?;
        let results = self.discriminator.graph.run(&weights, &[pictures], Norms::Batch, &self.ends())?;
        Ok(results.vectors(super::condition::VERDICT)?.flatten_all()?.to_vec1()?)
    }

    pub(crate) fn discriminator_vars(&self) -> &[candle_core::Var] {
        self.discriminator.vars()
    }

    pub(crate) fn generator_vars(&self) -> &[candle_core::Var] {
        self.generator.vars()
    }

    /// The gradients of the discriminator's and of the generator's loss.
    pub(crate) fn gradients(&mut self, set: &PictureSet) -> Result<[candle_core::backprop::GradStore; 2]> {
        self.vectors.iterate(&self.discriminator.frozen())?;
        let round = self.draw(set, &self.generator.weights())?;
        let (of_discriminator, _) = self.discriminator_loss(&round)?;
        let (of_generator, ..) = self.generator_loss(&round)?;
        Ok([of_discriminator.backward()?, of_generator.backward()?])
    }

    /// Makes the discriminator take so large a step next that its weights are numbers, and what it says of pictures then
    /// is none.
    pub(crate) fn fail_after_the_discriminator(&mut self) {
        let learning_rate = 3e38;
        self.adam_d = Adam::new(
            crate::train::AdamConfig { learning_rate, ..self.config.discriminator },
            self.discriminator.vars(),
        );
    }

    /// Makes one weight of the generator a number that is none.
    pub(crate) fn poison(&mut self) -> Result<()> {
        let var = &self.generator.vars()[0];
        Ok(var.set(&(var.as_tensor() * f64::NAN)?)?)
    }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}
