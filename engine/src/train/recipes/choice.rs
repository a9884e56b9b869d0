//! The recipes that there are.

use std::path::Path;

use super::encoder::{EncoderConfig, EncoderTraining};
use super::gan::{Gan, GanConfig};
use super::ian::{Ian, IanConfig};
use super::vae::{Vae, VaeConfig};
use crate::Result;
use crate::data::PictureSet;
use crate::model::{ModelSource, generator_tensors, open_best};
use crate::train::core::state::other_recipe;
use crate::train::core::trainer::Trainer;

/// How to train, with all settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipe {
    /// A DCGAN; a CGAN, an ACGAN or an InfoGAN by its condition.
    Gan(GanConfig),
    /// A beta-VAE.
    Vae(VaeConfig),
    /// An introspective adversarial network: a DCGAN with an encoder.
    Ian(IanConfig),
    /// An encoder for the generator of this model, which stays as it is.
    Encoder(EncoderConfig, ModelSource),
}

impl Recipe {
    /// A training from the beginning.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings that make no sense.
    pub fn start(&self) -> Result<Box<dyn Trainer>> {
        Ok(match self {
            Self::Gan(config) => Box::new(Gan::new(config.clone())?),
            Self::Vae(config) => Box::new(Vae::new(config.clone())?),
            Self::Ian(config) => Box::new(Ian::new(config.clone())?),
            Self::Encoder(config, model) => Box::new(EncoderTraining::new(config.clone(), model)?),
        })
    }

    /// A saved training by this recipe and the note it was saved with; its settings are the saved ones.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] when the file holds something else.
    pub fn resume(&self, path: &Path) -> Result<(Box<dyn Trainer>, String)> {
        fn boxed<T: Trainer + 'static>((trainer, note): (T, String)) -> (Box<dyn Trainer>, String) {
            (Box::new(trainer), note)
        }
        match self {
            Self::Gan(config) => {
                let (gan, note) = Gan::load(path)?;
                let (found, wanted) = (gan.config().condition.recipe(), config.condition.recipe());
                if found != wanted {
                    return Err(other_recipe(path, found, wanted));
                }
                Ok(boxed((gan, note)))
            }
            Self::Vae(_) => Vae::load(path).map(boxed),
            Self::Ian(_) => Ian::load(path).map(boxed),
            Self::Encoder(..) => EncoderTraining::load(path).map(boxed),
        }
    }

    /// Side in pixels of what it learns from and makes: the model's where an encoder is trained for one.
    ///
    /// # Errors
    /// What opening that model says.
    pub fn size(&self) -> Result<usize> {
        match self {
            Self::Gan(config) => Ok(config.size),
            Self::Vae(config) => Ok(config.size),
            Self::Ian(config) => Ok(config.size),
            Self::Encoder(_, model) => open_best(model, None)?.info.square(),
        }
    }

    /// The recipe with what it learns from the pictures before it begins: the names of their classes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a conditional GAN when the pictures have no classes, or others.
    pub fn for_pictures(&self, pictures: &PictureSet) -> Result<Self> {
        Ok(match self {
            Self::Gan(config) => {
                let condition = config.condition.for_pictures(pictures)?;
                Self::Gan(GanConfig { condition, ..config.clone() })
            }
            other => other.clone(),
        })
    }

    /// Settings that make no sense are refused, and a model that can't get an encoder.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first of them, [`Error::Checkpoint`] or [`Error::UnknownModel`] for the model.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Gan(config) => config.check(),
            Self::Vae(config) => config.check(),
            Self::Ian(config) => config.check(),
            Self::Encoder(config, model) => {
                config.check()?;
                generator_tensors(model).map(|_| ())
            }
        }
    }
}
