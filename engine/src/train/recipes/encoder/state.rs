//! The state of an encoder's training as a file. The generator is part of it, so that a training goes on with the
//! one it was begun with, wherever that came from.

use std::path::Path;

use super::config::{CRITIC, EncoderConfig, GENERATOR, Saved};
use super::recipe::ENCODER;
use super::trainer::EncoderTraining;
use crate::Result;
use crate::arch::Part;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::{NamedTensor, exported};
use crate::train::recipes::recipe::load;

impl EncoderTraining {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let saved = SavedState::read(path)?;
        let note = saved.note().to_owned();
        Ok((load(&ENCODER, saved, &Settings::default())?, note))
    }

    /// A training for the generator that a state holds.
    pub(crate) fn of_state(config: EncoderConfig, saved: &mut SavedState) -> Result<Self> {
        let Saved { assumptions, generator, critic, latents, .. } = saved.config()?;
        let mut part = |name, graph, output: &str| {
            let weights = saved.take_constants(name)?.into_iter().collect();
            Ok::<_, crate::Error>(Part { graph, weights, output: output.into() })
        };
        let generator = part(GENERATOR, generator, "picture")?;
        let critic = critic.map(|critic| part(CRITIC, critic, "score")).transpose()?;
        Self::of_generator(config, generator, critic, latents, assumptions)
    }

    /// The generator as it came, with its critic, and the averaged encoder.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let Part { graph, weights, .. } = &self.part;
        let mut tensors = exported("generator", graph, weights)?;
        if let Some(Part { graph, weights, .. }) = &self.critic {
            tensors.extend(exported("critic", graph, weights)?);
        }
        let encoder = self.encoder.averaged(&self.average);
        tensors.extend(exported("encoder", &self.encoder.graph, &encoder)?);
        Ok(tensors)
    }
}
