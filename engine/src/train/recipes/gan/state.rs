//! What a GAN training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::config::GanConfig;
use super::trainer::Gan;
use crate::Result;
use crate::rng::{Rng, RngState};
use crate::train::core::latents::latents;
use crate::train::core::state::{Loaded, Numbers};
use crate::train::core::trainer::{Keep, NamedTensor};
use crate::train::export::dcgan_tensors;

/// Batches from which the statistics of the averaged generator are taken.
const STATISTICS_BATCHES: usize = 20;
/// Latents in each of them.
const STATISTICS_BATCH: usize = 64;
/// Stream of the seed that draws them, apart from the training's own.
const STATISTICS_STREAM: u64 = 1;

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    config: GanConfig,
    steps: u64,
    adam_g: u64,
    adam_d: u64,
    rng: RngState,
    /// What the caller wants to find again, for example the minutes spent.
    note: String,
    #[serde(default)]
    penalty: f32,
}

impl Gan {
    /// A saved training of any GAN and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let (header, mut loaded) = Loaded::read::<Header>(path, &Condition::RECIPES)?;
        let mut gan = Self::new(header.config)?;
        loaded.network("generator", &gan.generator, &mut gan.adam_g)?;
        loaded.network("discriminator", &gan.discriminator, &mut gan.adam_d)?;
        loaded.average("average", &gan.generator.names, &mut gan.average)?;
        loaded.vectors("discriminator", &mut gan.vectors)?;
        gan.adam_g.steps = header.adam_g;
        gan.adam_d.steps = header.adam_d;
        gan.steps = header.steps;
        gan.penalty = header.penalty;
        gan.rng = Rng::restore(&header.rng).ok_or_else(|| loaded.wrong("the random stream is damaged"))?;
        Ok((gan, header.note))
    }
}

impl Keep for Gan {
    fn save(&self, path: &Path, note: &str) -> Result<()> {
        let header = Header {
            config: self.config.clone(),
            steps: self.steps,
            adam_g: self.adam_g.steps,
            adam_d: self.adam_d.steps,
            rng: self.rng.state(),
            note: note.to_owned(),
            penalty: self.penalty,
        };
        let mut numbers = Numbers::default();
        numbers.network("generator", &self.generator, &self.adam_g)?;
        numbers.network("discriminator", &self.discriminator, &self.adam_d)?;
        numbers.average("average", &self.generator.names, &self.average)?;
        numbers.vectors("discriminator", &self.vectors);
        numbers.write(path, self.config.condition.recipe(), &header)
    }

    /// The averaged generator in the layout of PyTorch's DCGAN example.
    fn export(&self) -> Result<Vec<NamedTensor>> {
        let mut rng = Rng::stream(self.config.seed, STATISTICS_STREAM);
        let GanConfig { latent, condition, .. } = &self.config;
        let batches = (0..STATISTICS_BATCHES).map(|_| {
            let z = latents(&mut rng, STATISTICS_BATCH, *latent)?;
            // All classes alike, whatever their shares of the pictures: so they are picked in use.
            let told = condition.draw(&[], STATISTICS_BATCH, &mut rng)?;
            told.map_or(Ok(z.clone()), |told| told.beside(&z))
        });
        let mut tensors = dcgan_tensors(&self.generator.names, &self.average, batches)?;
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
