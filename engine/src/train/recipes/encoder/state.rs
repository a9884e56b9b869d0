//! The state of an encoder's training as a file. The generator is part of it, so that a training goes on with the
//! one it was begun with, wherever that came from.

use std::path::Path;

use super::config::{EncoderConfig, GENERATOR, MEAN, Saved};
use super::recipe::ENCODER;
use super::trainer::EncoderTraining;
use crate::Result;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::NamedTensor;
use crate::train::recipes::layouts::encoder_tensors;
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
        let Saved { assumptions, .. } = saved.config()?;
        Self::of_tensors(config, saved.take_constants(GENERATOR)?, assumptions)
    }

    /// The generator's tensors as they came, and those of the averaged encoder.
    pub(crate) fn exported(&self) -> Result<Vec<NamedTensor>> {
        let generator = self.tensors.iter().cloned().map(|(name, tensor)| NamedTensor { name, tensor });
        Ok(generator
            .chain(encoder_tensors(&self.encoder.graph, &self.encoder.averaged(&self.average), MEAN)?)
            .collect())
    }
}
