//! What a GAN training gives away, and its state as a file.

use std::path::Path;

use super::config::GanConfig;
use super::recipe::GanRecipe;
use super::trainer::Gan;
use crate::Result;
use crate::rng::Rng;
use crate::train::core::latents::latents;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::{NamedTensor, exported};
use crate::train::recipes::recipe::load;

/// Batches from which the statistics of the averaged generator are taken.
const STATISTICS_BATCHES: usize = 20;
/// Latents in each of them.
const STATISTICS_BATCH: usize = 64;
/// Stream of the seed that draws them, apart from the training's own.
const STATISTICS_STREAM: u64 = 1;

impl Gan {
    /// A saved training of any GAN and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let saved = SavedState::read(path)?;
        saved.check_recipe(&["gan", "cgan", "acgan", "infogan"])?;
        let recipe = GanRecipe::of(&saved.config::<GanConfig>()?.condition);
        let note = saved.note().to_owned();
        Ok((load(recipe, saved, &Settings::default())?, note))
    }

    /// The averaged generator.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut rng = Rng::stream(self.config.seed, STATISTICS_STREAM);
        let GanConfig { latent, condition, .. } = &self.config;
        let batches = (0..STATISTICS_BATCHES).map(|_| {
            let z = latents(&mut rng, STATISTICS_BATCH, *latent)?;
            // All classes alike, whatever their shares of the pictures: so they are picked in use.
            let told = condition.draw(&[], STATISTICS_BATCH, &mut rng)?;
            told.map_or(Ok(z.clone()), |told| told.beside(&z))
        });
        let graph = &self.generator.graph;
        // The statistics of the training's batches belong to other weights, so they are measured anew.
        let weights = graph.with_statistics(&self.generator.averaged(&self.average), "picture", batches)?;
        exported("generator", graph, &weights)
    }
}
