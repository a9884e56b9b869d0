//! What a GAN training gives away, and its state as a file.

use std::path::Path;

use super::condition::VERDICT;
use super::config::GanConfig;
use super::recipe::GanRecipe;
use super::trainer::Gan;
use crate::Result;
use crate::nn::graph::{Graph, Norms, Weights};
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
/// Batches of the training's size from which the critic's are taken, and their stream.
const CRITIC_BATCHES: usize = 8;
const CRITIC_STREAM: u64 = 2;

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

    /// The averaged generator, and the critic where it is given away.
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
        let mut tensors = exported("generator", graph, &weights)?;
        if let Some(critic) = self.config.given_critic()? {
            let mut rng = Rng::stream(self.config.seed, CRITIC_STREAM);
            tensors.extend(exported("critic", &critic, &self.critic(&critic, &weights, &mut rng)?)?);
        }
        Ok(tensors)
    }

    /// The weights of the discriminator as they judge, for a graph that needs no more of them; with what it measured of
    /// pictures by this generator.
    fn critic(&self, critic: &Graph, generator: &Weights, rng: &mut Rng) -> Result<Weights> {
        let weights = self.vectors.iterated(&self.discriminator.frozen())?;
        let batches = (0..CRITIC_BATCHES).map(|_| {
            let GanConfig { latent, batch, condition, .. } = &self.config;
            let z = latents(rng, *batch, *latent)?;
            let told = condition.draw(&[], *batch, rng)?;
            let z = told.map_or(Ok(z.clone()), |told| told.beside(&z))?;
            let made = self.generator.graph.run(generator, &[&z], Norms::Stored, &["picture"])?;
            Ok(made.get("picture")?.clone())
        });
        // As it is asked in training: it compares as many.
        let measured = self.discriminator.graph.with_statistics(&weights, VERDICT, batches)?;
        critic.weights().map(|(name, _)| Ok((name.clone(), measured.get(&name)?.detach()))).collect()
    }
}
