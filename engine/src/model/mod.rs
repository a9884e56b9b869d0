//! Generative models: what their latents are, and what they can do.

mod assumption;
mod bundled;
mod convert;
mod generator_tensors;
mod identify;
mod info;
mod latent;
mod open;
mod source;
mod summary;
#[cfg(test)]
pub(crate) mod toy;

use std::sync::Arc;

use candle_core::{Device, Tensor};

pub use assumption::{Answer, Assumption, Assumptions, Choice, Decisions};
pub use bundled::bundled_names;
pub use convert::convert;
pub use generator_tensors::{GeneratorTensors, generator_tensors};
pub use identify::{Identified, identify, refusal};
pub use info::ModelInfo;
pub use latent::{GroupKind, Latent, LatentGroup, LatentSpec, Prior};
pub use open::{check_source, from_networks, from_tensors, inspect, open, open_best, open_watched, remember};
pub use source::ModelSource;
pub use summary::{Summary, Verdict};

use crate::arch;
use crate::picture::{Picture, ValueRange};
use crate::{Error, Result};

/// Multiplications for a picture of the generator that the engine is built around: iGAN's, 64 x 64 pixels with
/// a width of 64.
pub const LIGHT: f64 = 1.64e8;

/// Turns latents into pictures.
pub trait Generator: Send + Sync {
    /// Pictures of latents.
    ///
    /// # Shapes
    /// `latents` is N x L, the result N x 3 x S x S (or N x 1 x S x S) in the model's value range,
    /// differentiable with respect to the latents; the weights are constants.
    ///
    /// # Errors
    /// [`Error::Shape`] when a latent has another length.
    fn forward(&self, latents: &Tensor) -> Result<Tensor>;

    /// Pixels a side of its pictures.
    fn size(&self) -> usize;

    /// How many numbers a latent has.
    fn latent_len(&self) -> usize;

    /// Channels of its pictures: 3, or 1 for grey.
    fn channels(&self) -> usize {
        3
    }

    /// How many numbers it learned.
    fn parameters(&self) -> usize;

    /// Its family, for people.
    fn family(&self) -> &'static str;

    /// About how many multiplications a picture takes; what decides how many are made at once. A guess
    /// from the size where a family doesn't count them.
    fn operations(&self) -> f64 {
        LIGHT * (self.size() as f64 / 64.0).powi(2)
    }
}

/// Turns pictures into latents.
pub trait Encoder: Send + Sync {
    /// Latents of pictures.
    ///
    /// # Shapes
    /// `pictures` is N x C x S x S in the model's value range, as the generator makes them, the result N x L.
    ///
    /// # Errors
    /// [`Error::Shape`] when the pictures have another size.
    fn encode(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// Tells how real a picture looks.
pub trait Critic: Send + Sync {
    /// A number for each picture: the larger, the more real.
    ///
    /// # Shapes
    /// `pictures` is N x C x S x S in the model's value range, the result N; differentiable with respect to
    /// the pictures.
    ///
    /// # Errors
    /// [`Error::Shape`] when the pictures have another size.
    fn score(&self, pictures: &Tensor) -> Result<Tensor>;
}

/// A model in use.
#[derive(Clone)]
pub struct Model {
    /// What it is.
    pub info: Arc<ModelInfo>,
    /// The numbers it uses for black and white.
    pub range: ValueRange,
    /// Its generator.
    pub generator: Arc<dyn Generator>,
    /// Its encoder, where it has one.
    pub encoder: Option<Arc<dyn Encoder>>,
    /// Its critic, where it has one.
    pub critic: Option<Arc<dyn Critic>>,
    /// Where its weights are.
    pub device: Device,
}

/// The device that models run on: a GPU where the program was built for one and finds it, else the CPU.
///
/// # Errors
/// When a GPU is there and refuses.
pub fn best_device() -> Result<Device> {
    if cfg!(feature = "cuda") {
        return Ok(Device::cuda_if_available(0)?);
    }
    if cfg!(feature = "metal") {
        return Ok(Device::metal_if_available(0)?);
    }
    Ok(Device::Cpu)
}

/// How many pictures are made at once where many are wanted: enough to fill the caches, few enough to
/// stay in them.
const CHUNK: usize = 16;
/// Multiplications for a picture beyond which fewer are made at once: a few such pictures fill the cores by
/// themselves, and a step that takes long keeps the painter waiting.
const HEAVY: f64 = 6.0 * LIGHT;

impl Model {
    /// A model from its parts.
    #[must_use]
    pub fn new(
        name: &str,
        generator: Arc<dyn Generator>,
        latents: LatentSpec,
        range: ValueRange,
        device: Device,
    ) -> Self {
        let info = Arc::new(ModelInfo {
            name: name.into(),
            family: format!("{}, {size}x{size}", generator.family(), size = generator.size()),
            size: generator.size(),
            latents,
            parameters: generator.parameters(),
            encodes: false,
            judges: false,
            summary: None,
        });
        Self { info, range, generator, encoder: None, critic: None, device }
    }

    /// A model from what a family made of a file.
    #[must_use]
    pub fn from_parts(name: &str, parts: arch::Parts, summary: Summary, device: Device) -> Self {
        let arch::Parts { generator, encoder, critic, latents, range } = parts;
        let plain = Self::new(name, generator, latents, range, device);
        let info = ModelInfo {
            encodes: encoder.is_some(),
            judges: critic.is_some(),
            summary: Some(summary),
            ..(*plain.info).clone()
        };
        Self { info: Arc::new(info), encoder, critic, ..plain }
    }

    /// How many pictures are worth making at once, `most` of a light model, down to one of a heavy one. It
    /// follows from the model alone, never from a clock, so that results stay the same.
    #[must_use]
    pub fn at_once(&self, most: usize) -> usize {
        let share = (HEAVY / self.generator.operations().max(1.0)).min(1.0);
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

    /// A picture as the model's own pictures are: 1 x C x S x S in its value range, where C is 1 for a model
    /// of grey pictures.
    ///
    /// # Errors
    /// [`Error::Tensor`] when the device refuses.
    pub fn picture_tensor(&self, picture: &Picture) -> Result<Tensor> {
        let colour = picture.to_tensor(self.range, &self.device)?;
        Ok(if self.generator.channels() == 1 { colour.mean_keepdim(1)? } else { colour })
    }

    /// Pictures of latents, N x C x S x S in the model's value range.
    ///
    /// # Errors
    /// [`Error::Shape`] when a latent does not fit the model, [`Error::Invalid`] for none.
    pub fn generate(&self, latents: &[Latent]) -> Result<Tensor> {
        let chunks: Vec<Tensor> = latents
            .chunks(self.at_once(CHUNK))
            .map(|chunk| self.generator.forward(&self.latent_tensor(chunk.iter().map(Latent::values))?))
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
        let tensor = self.generate(latents)?;
        // NaN and infinity survive a sum, and one number is cheaper to look at than all of them.
        if !tensor.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Err(Error::NonFinite { what: "the model's picture" });
        }
        Picture::from_tensor(&tensor, self.range)
    }
}
