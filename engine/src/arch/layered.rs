//! Generators, encoders and critics that are chains of layers.

use std::sync::Arc;

use candle_core::Tensor;

use super::Parts;
use crate::model::{Critic, Encoder, Generator};
use crate::nn::{Compiled, MapShape};
use crate::{Error, Result};

/// What happens to latents before the first layer.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// Nothing.
    Plain,
    /// They are clipped to [-1, 1], as iGAN does.
    Clipped,
    /// The numbers after the first L, one for each class, choose a row of a table (classes x L) that
    /// multiplies the first L.
    TimesClass(Tensor),
}

impl Entry {
    /// How many numbers of a latent are not what the first layer takes.
    fn extra(&self) -> usize {
        match self {
            Self::Plain | Self::Clipped => 0,
            Self::TimesClass(table) => table.dims()[0],
        }
    }

    fn apply(&self, latents: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Self::Plain => latents.clone(),
            Self::Clipped => latents.clamp(-1f32, 1f32)?,
            Self::TimesClass(table) => {
                let (classes, length) = table.dims2()?;
                let chosen = latents.narrow(1, length, classes)?.contiguous()?.matmul(table)?;
                (latents.narrow(1, 0, length)? * chosen)?
            }
        })
    }
}

/// A generator that is a chain of layers from a vector to a square picture.
#[derive(Clone, Debug)]
pub struct LayeredGenerator {
    family: &'static str,
    entry: Entry,
    chain: Compiled,
    latent_len: usize,
    parameters: usize,
}

impl LayeredGenerator {
    /// A generator from its layers; `family` is its family's name.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it makes no square pictures of one or three channels.
    pub(super) fn new(family: &'static str, entry: Entry, chain: Compiled) -> Result<Self> {
        let [height, width, channels] = chain.outputs();
        if height != width || !matches!(channels, 1 | 3) {
            return Err(Error::Invalid(format!(
                "makes pictures of {width} x {height} pixels and {channels} channels; only square ones of 1 or \
                 3 channels can be used"
            )));
        }
        let latent_len = chain.inputs().iter().product::<usize>() + entry.extra();
        let table = if let Entry::TimesClass(table) = &entry { table.elem_count() } else { 0 };
        let parameters = chain.parameters() + table;
        Ok(Self { family, entry, chain, latent_len, parameters })
    }
}

impl LayeredGenerator {
    /// Its network.
    #[must_use]
    pub fn chain(&self) -> &Compiled {
        &self.chain
    }
}

impl Generator for LayeredGenerator {
    fn forward(&self, latents: &Tensor) -> Result<Tensor> {
        let (count, length) = latents.dims2()?;
        if length != self.latent_len {
            return Err(Error::Shape {
                op: "latents of a generator",
                left: latents.dims().to_vec(),
                right: vec![self.latent_len],
                why: "one number for each of the model's".into(),
            });
        }
        let [height, width, channels] = self.chain.inputs();
        let maps = self.entry.apply(latents)?.reshape((count, height, width, channels))?;
        self.chain.forward(&maps)
    }

    fn size(&self) -> usize {
        self.chain.outputs()[0]
    }

    fn latent_len(&self) -> usize {
        self.latent_len
    }

    fn channels(&self) -> usize {
        self.chain.outputs()[2]
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn operations(&self) -> f64 {
        self.chain.multiplications()
    }

    fn family(&self) -> &'static str {
        self.family
    }
}

/// Pictures as the maps that a chain takes: N x C x S x S to N x S x S x C.
fn maps_of(pictures: &Tensor, [height, width, channels]: MapShape) -> Result<Tensor> {
    match *pictures.dims() {
        [_, c, h, w] if [h, w, c] == [height, width, channels] => {
            Ok(pictures.permute((0, 2, 3, 1))?.contiguous()?)
        }
        _ => Err(Error::Shape {
            op: "pictures for a network",
            left: pictures.dims().to_vec(),
            right: vec![channels, height, width],
            why: "pictures of the model's size and channels".into(),
        }),
    }
}

/// An encoder that is a chain of layers from a picture to the mean of its latent.
#[derive(Clone, Debug)]
pub(super) struct LayeredEncoder(pub Compiled);

impl Encoder for LayeredEncoder {
    fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
        Ok(self.0.forward(&maps_of(pictures, self.0.inputs())?)?.flatten_from(1)?)
    }
}

/// A critic that is a chain of layers from a picture to one number.
#[derive(Clone, Debug)]
pub(super) struct LayeredCritic(pub Compiled);

impl Critic for LayeredCritic {
    fn score(&self, pictures: &Tensor) -> Result<Tensor> {
        let scores = self.0.forward(&maps_of(pictures, self.0.inputs())?)?;
        Ok(scores.reshape(pictures.dim(0)?)?)
    }
}

impl Parts {
    /// With the layers of an encoder, where there are any.
    pub(super) fn with_encoder(self, chain: Option<Compiled>) -> Self {
        Self { encoder: chain.map(|chain| Arc::new(LayeredEncoder(chain)) as Arc<dyn Encoder>), ..self }
    }

    /// With the layers of a critic, where there are any.
    pub(super) fn with_critic(self, chain: Option<Compiled>) -> Self {
        Self { critic: chain.map(|chain| Arc::new(LayeredCritic(chain)) as Arc<dyn Critic>), ..self }
    }
}
