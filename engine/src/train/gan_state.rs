//! The state of a GAN training as a file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::gan::Gan;
use super::gan_config::GanConfig;
use super::state::{Loaded, Numbers};
use crate::Result;
use crate::rng::{Rng, RngState};

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
    /// Saves the whole state, with a note for the caller. The file is written beside its place, flushed to the
    /// disk and then renamed, so that there is a complete one at any time.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when it can't be written.
    pub fn save(&self, path: &Path, note: &str) -> Result<()> {
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
