//! Generative models: what their latents are, and what they can do.

mod ability;
mod assumption;
mod info;
mod latent;
mod ports;
mod source;
mod summary;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod toy;

use std::sync::Arc;

use candle_core::{Device, Tensor};

pub use ability::{
    Abilities, Ability, Completer, Critic, Decoder, Density, Encoder, Enlarger, Predictor, Translator,
};
pub use assumption::{Answer, Assumption, Assumptions, Choice};
pub use info::{Identity, ModelInfo, Offer};
pub use latent::{GroupKind, Latent, LatentGroup, LatentSpec, Prior};
pub use ports::{Label, PicturePort, Port, Sides, StyleFactor};
pub use source::ModelSource;
pub use summary::{Summary, Verdict};

pub use crate::checkpoint::Decisions;
use crate::picture::{Picture, ValueRange};
use crate::{Error, Result};

/// Multiplications for a picture of the generator that the engine is built around: iGAN's, 64 x 64 pixels with
/// a width of 64.
pub const LIGHT: f64 = 1.64e8;

/// A model in use.
#[derive(Clone)]
pub struct Model {
    /// What it is.
    pub info: Arc<ModelInfo>,
    /// The numbers it uses for black and white.
    pub range: ValueRange,
    /// Where its weights are.
    pub device: Device,
    /// What it can do.
    abilities: Abilities,
}

/// How many pictures are made at once where many are wanted: enough to fill the caches, few enough to
/// stay in them.
const CHUNK: usize = 16;
/// Multiplications for a picture beyond which fewer are made at once: a few such pictures fill the cores by
/// themselves, and a step that takes long keeps the painter waiting.
const HEAVY: f64 = 6.0 * LIGHT;

impl Model {
    /// A model of abilities; `family` is the name of its family, for people.
    #[must_use]
    pub fn new(
        name: &str,
        family: &str,
        abilities: Abilities,
        latents: LatentSpec,
        range: ValueRange,
        device: Device,
    ) -> Self {
        let sides = abilities.decoder.as_ref().map_or([0; 2], |decoder| decoder.sides());
        let [height, width] = sides;
        let sized = if sides == [0; 2] { family.to_owned() } else { format!("{family}, {width}x{height}") };
        let info = Arc::new(ModelInfo {
            name: name.into(),
            family: sized,
            identity: Identity::default(),
            sides,
            parameters: match (&abilities.decoder, &abilities.enlarger, &abilities.translator) {
                (Some(decoder), ..) => decoder.parameters(),
                (None, Some(enlarger), _) => enlarger.parameters(),
                (None, None, Some(translator)) => translator.parameters(),
                (None, None, None) => 0,
            },
            offers: info::offers(&abilities, &latents, range),
            latents,
            enlarger: None,
            summary: None,
        });
        Self { info, range, device, abilities }
    }

    /// A model of a single decoder.
    #[must_use]
    pub fn of_decoder(
        name: &str,
        decoder: Arc<dyn Decoder>,
        latents: LatentSpec,
        range: ValueRange,
        device: Device,
    ) -> Self {
        let family = decoder.family();
        Self::new(name, family, Abilities::of_decoder(decoder), latents, range, device)
    }

    /// The model with what is known of its file.
    #[must_use]
    pub(crate) fn of_file(self, identity: Identity, summary: Summary, enlarger: Option<ModelSource>) -> Self {
        let mut info = (*self.info).clone();
        if info.parameters == 0 {
            info.parameters = summary.parameters;
        }
        info.identity = identity;
        info.enlarger = enlarger;
        info.summary = Some(summary);
        Self { info: Arc::new(info), ..self }
    }

    /// The model with other abilities.
    #[must_use]
    pub fn with_abilities(self, change: impl FnOnce(Abilities) -> Abilities) -> Self {
        let abilities = change(self.abilities);
        let mut info = (*self.info).clone();
        info.offers = info::offers(&abilities, &info.latents, self.range);
        Self { info: Arc::new(info), abilities, ..self }
    }

    /// What turns its latents into pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn decoder(&self) -> Result<&Arc<dyn Decoder>> {
        self.part(Ability::Decode, &self.abilities.decoder)
    }

    /// What turns pictures into its latents.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn encoder(&self) -> Result<&Arc<dyn Encoder>> {
        self.part(Ability::Encode, &self.abilities.encoder)
    }

    /// What tells how real a picture looks.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn critic(&self) -> Result<&Arc<dyn Critic>> {
        self.part(Ability::Judge, &self.abilities.critic)
    }

    /// What turns pictures into other pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn translator(&self) -> Result<&Arc<dyn Translator>> {
        self.part(Ability::Translate, &self.abilities.translator)
    }

    /// What turns pictures into larger ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn enlarger(&self) -> Result<&Arc<dyn Enlarger>> {
        self.part(Ability::Enlarge, &self.abilities.enlarger)
    }

    /// What makes whole pictures of parts.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn completer(&self) -> Result<&Arc<dyn Completer>> {
        self.part(Ability::Complete, &self.abilities.completer)
    }

    /// What makes the next frame of a world.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn predictor(&self) -> Result<&Arc<dyn Predictor>> {
        self.part(Ability::Predict, &self.abilities.predictor)
    }

    /// What knows how likely pictures are.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence that says why there is none.
    pub fn density(&self) -> Result<&Arc<dyn Density>> {
        self.part(Ability::Likelihood, &self.abilities.density)
    }

    fn part<'a, T: ?Sized>(&self, ability: Ability, part: &'a Option<Arc<T>>) -> Result<&'a Arc<T>> {
        part.as_ref().ok_or_else(|| Error::Invalid(self.info.why_not(ability).unwrap_or_default()))
    }

    /// Multiplications for a picture of its decoder; those of a light one where it has none.
    #[must_use]
    pub fn operations(&self) -> f64 {
        self.abilities.decoder.as_ref().map_or(LIGHT, |decoder| decoder.operations()).max(1.0)
    }

    /// How many pictures are worth making at once, `most` of a light model, down to one of a heavy one. It
    /// follows from the model alone, never from a clock, so that results stay the same.
    #[must_use]
    pub fn at_once(&self, most: usize) -> usize {
        let share = (HEAVY / self.operations()).min(1.0);
        ((most as f64 * share).round() as usize).clamp(1, most.max(1))
    }

    /// Latents as a tensor, N x L.
    ///
    /// # Errors
    /// [`Error::Shape`] when a latent does not fit the model.
    pub fn latent_tensor<'a>(&self, latents: impl IntoIterator<Item = &'a [f32]>) -> Result<Tensor> {
        let length = self.info.latents.len();
        let mut values = Vec::new();
        for latent in latents {
            if latent.len() != length {
                return Err(Error::Shape {
                    op: "latent",
                    left: vec![latent.len()],
                    right: vec![length],
                    why: format!("the model \"{}\" takes {length} numbers", self.info.name),
                });
            }
            values.extend_from_slice(latent);
        }
        let count = values.len() / length.max(1);
        Ok(Tensor::from_vec(values, (count, length), &self.device)?)
    }

    /// A picture as the model's own pictures are: 1 x C x H x W in its value range, where C is 1 for a model
    /// of grey pictures.
    ///
    /// # Errors
    /// [`Error::Tensor`] when the device refuses, [`Error::Invalid`] for a model that makes no pictures.
    pub fn picture_tensor(&self, picture: &Picture) -> Result<Tensor> {
        let colour = picture.to_tensor(self.range, &self.device)?;
        Ok(if self.decoder()?.channels() == 1 { colour.mean_keepdim(1)? } else { colour })
    }

    /// Pictures of latents, N x C x H x W in the model's value range.
    ///
    /// # Errors
    /// [`Error::Shape`] when a latent does not fit the model, [`Error::Invalid`] for no latents or a model that makes
    /// no pictures of them.
    pub fn generate(&self, latents: &[Latent]) -> Result<Tensor> {
        let decoder = self.decoder()?;
        let chunks: Vec<Tensor> = latents
            .chunks(self.at_once(CHUNK))
            .map(|chunk| decoder.decode(&self.latent_tensor(chunk.iter().map(Latent::values))?))
            .collect::<Result<_>>()?;
        if chunks.is_empty() {
            return Err(Error::Invalid("no latents, no pictures: ask for at least one".into()));
        }
        Ok(Tensor::cat(&chunks, 0)?)
    }

    /// Pictures of latents.
    ///
    /// # Errors
    /// As [`Model::generate`], and [`Error::NonFinite`] when the model makes no numbers of them.
    pub fn pictures(&self, latents: &[Latent]) -> Result<Vec<Picture>> {
        Picture::from_tensor(&self.generate(latents)?, self.range)
    }
}
