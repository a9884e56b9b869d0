//! What a GAN training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;

use super::config::GanConfig;
use super::recipe::GanRecipe;
use super::trainer::Gan;
use crate::Result;
use crate::rng::Rng;
use crate::train::core::latents::latents;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::NamedTensor;
use crate::train::recipes::layouts::dcgan_tensors;
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

    /// The averaged generator in the layout of PyTorch's DCGAN example.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut rng = Rng::stream(self.config.seed, STATISTICS_STREAM);
        let GanConfig { latent, condition, .. } = &self.config;
        let batches = (0..STATISTICS_BATCHES).map(|_| {
            let z = latents(&mut rng, STATISTICS_BATCH, *latent)?;
            // All classes alike, whatever their shares of the pictures: so they are picked in use.
            let told = condition.draw(&[], STATISTICS_BATCH, &mut rng)?;
            told.map_or(Ok(z.clone()), |told| told.beside(&z))
        });
        let mut tensors =
            dcgan_tensors(&self.generator.graph, &self.generator.averaged(&self.average), batches)?;
        // What is for classes and codes stands beside the weights for the noise: the file itself tells them apart.
        let (classes, codes) = condition.counts();
        let first = tensors[0].tensor.clone();
        let rows = |from, count| -> Result<Tensor> { Ok(first.narrow(0, from, count)?.contiguous()?) };
        tensors[0].tensor = rows(0, *latent)?;
        for (name, from, count) in
            [("class.weight", *latent, classes), ("code.weight", latent + classes, codes)]
        {
            if count > 0 {
                tensors.push(NamedTensor { name: name.into(), tensor: rows(from, count)? });
            }
        }
        Ok(tensors)
    }
}
