//! Generators, encoders and critics that are compiled networks.

use std::sync::OnceLock;

use candle_core::{Device, Tensor};

use super::Part;
use crate::model::{Critic, Decoder, Encoder};
use crate::nn::{Compiled, MapShape};
use crate::{Error, Result};

/// A generator that is a network from a vector to a picture.
#[derive(Clone, Debug)]
pub struct LayeredGenerator {
    family: &'static str,
    network: Compiled,
    latent_len: usize,
}

impl LayeredGenerator {
    /// A generator from its network; `family` is its family's name.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it makes no pictures of one or three channels.
    pub(super) fn new(family: &'static str, network: Compiled) -> Result<Self> {
        let [_, _, channels] = network.outputs();
        if !matches!(channels, 1 | 3) {
            return Err(Error::Invalid(format!(
                "makes pictures of {channels} channels; only those of 1 or 3 can be shown"
            )));
        }
        let latent_len = network.inputs().iter().product();
        Ok(Self { family, network, latent_len })
    }
}

impl LayeredGenerator {
    /// Its network.
    #[must_use]
    pub fn network(&self) -> &Compiled {
        &self.network
    }
}

impl Decoder for LayeredGenerator {
    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        let (count, length) = latents.dims2()?;
        if length != self.latent_len {
            return Err(Error::Shape {
                op: "latents of a generator",
                left: latents.dims().to_vec(),
                right: vec![self.latent_len],
                why: "one number for each of the model's".into(),
            });
        }
        let [height, width, channels] = self.network.inputs();
        let maps = latents.contiguous()?.reshape((count, height, width, channels))?;
        self.network.forward(&maps)
    }

    fn sides(&self) -> [usize; 2] {
        let [height, width, _] = self.network.outputs();
        [height, width]
    }

    fn latent_len(&self) -> usize {
        self.latent_len
    }

    fn channels(&self) -> usize {
        self.network.outputs()[2]
    }

    fn parameters(&self) -> usize {
        self.network.parameters()
    }

    fn operations(&self) -> f64 {
        self.network.multiplications()
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

/// An encoder that is a network from a picture to the mean of its latent.
#[derive(Clone, Debug)]
pub(super) struct LayeredEncoder(pub Compiled);

impl Encoder for LayeredEncoder {
    fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
        Ok(self.0.forward(&maps_of(pictures, self.0.inputs())?)?.flatten_from(1)?)
    }
}

/// A critic that is a network from a picture to one number. It is made ready when it is asked for the first time: many
/// who open a model never do.
#[derive(Debug)]
pub(super) struct LayeredCritic {
    part: Part,
    device: Device,
    network: OnceLock<Compiled>,
}

impl LayeredCritic {
    /// A critic from its network.
    ///
    /// # Errors
    /// [`Error::Invalid`] when weights are missing, don't fit or are no numbers.
    pub fn new(part: Part, device: Device) -> Result<Self> {
        part.check()?;
        Ok(Self { part, device, network: OnceLock::new() })
    }

    fn network(&self) -> Result<&Compiled> {
        match self.network.get() {
            Some(network) => Ok(network),
            None => {
                let network = self.part.compile(&self.device)?;
                Ok(self.network.get_or_init(|| network))
            }
        }
    }
}

impl Critic for LayeredCritic {
    fn score(&self, pictures: &Tensor) -> Result<Tensor> {
        let network = self.network()?;
        let scores = network.forward(&maps_of(pictures, network.inputs())?)?;
        Ok(scores.reshape(pictures.dim(0)?)?)
    }
}
