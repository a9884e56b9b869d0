//! What a training of an introspective adversarial network gives away, and its state as a file.

use std::path::Path;

use super::recipe::IAN;
use super::trainer::Ian;
use crate::Result;
use crate::rng::Rng;
use crate::train::core::latents;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::{NamedTensor, exported};
use crate::train::recipes::recipe::load;

impl Ian {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let saved = SavedState::read(path)?;
        let note = saved.note().to_owned();
        Ok((load(&IAN, saved, &Settings::default())?, note))
    }

    /// The averaged networks, the encoder with the spectral norm divided out.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let first;
        // Before the first step there is nothing to remember.
        let recent = if self.recent.is_empty() {
            let Self { config, .. } = self;
            first = [latents::latents(&mut Rng::new(config.seed), config.batch, config.latent)?];
            first.as_slice()
        } else {
            &self.recent
        };
        let average = self.generator.averaged(&self.generator_average);
        let batches = recent.iter().map(|z| Ok(z.clone()));
        let graph = &self.generator.graph;
        let mut tensors =
            exported("generator", graph, &graph.with_statistics(&average, "picture", batches)?)?;
        // Without the end that judges.
        let encoder = self.config.networks().critic(&[])?;
        tensors.extend(exported("encoder", &encoder, &self.averaged_critic()?.weights)?);
        Ok(tensors)
    }
}
