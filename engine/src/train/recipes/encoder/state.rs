//! The state of an encoder's training as a file. The generator is part of it, so that a training goes on with the
//! one it was begun with, wherever that came from.

use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::trainer::{EncoderConfig, EncoderTraining};
use crate::Result;
use crate::model::Decisions;
use crate::rng::{Rng, RngState};
use crate::train::core::state::{Loaded, Numbers};
use crate::train::core::trainer::{Keep, NamedTensor};
use crate::train::export::encoder_tensors;

/// The recipe's name in files.
const RECIPE: &str = "encoder";

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    config: EncoderConfig,
    /// Names and shapes of the generator's tensors.
    generator: Vec<(String, Vec<usize>)>,
    assumptions: Decisions,
    steps: u64,
    adam: u64,
    rng: RngState,
    /// What the caller wants to find again, for example the minutes spent.
    note: String,
}

impl EncoderTraining {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let (header, mut loaded) = Loaded::read::<Header>(path, &[RECIPE])?;
        let mut tensors = Vec::with_capacity(header.generator.len());
        for (name, shape) in header.generator {
            let count = shape.iter().try_fold(1usize, |all, n| all.checked_mul(*n));
            let count = count.ok_or_else(|| loaded.wrong("the generator's shapes are damaged"))?;
            let values = loaded.take(&format!("generator.{name}"), count)?;
            tensors.push((name, Tensor::from_vec(values, shape, &Device::Cpu)?));
        }
        let mut training = Self::of_tensors(header.config, tensors, header.assumptions)?;
        loaded.network("encoder", &training.encoder, &mut training.adam)?;
        loaded.average("average", &training.encoder.names, &mut training.average)?;
        training.adam.steps = header.adam;
        training.steps = header.steps;
        training.rng =
            Rng::restore(&header.rng).ok_or_else(|| loaded.wrong("the random stream is damaged"))?;
        Ok((training, header.note))
    }
}

impl Keep for EncoderTraining {
    fn save(&self, path: &Path, note: &str) -> Result<()> {
        let header = Header {
            config: self.config.clone(),
            generator: self.tensors.iter().map(|(name, t)| (name.clone(), t.dims().to_vec())).collect(),
            assumptions: self.assumptions.clone(),
            steps: self.steps,
            adam: self.adam.steps,
            rng: self.rng.state(),
            note: note.to_owned(),
        };
        let mut numbers = Numbers::default();
        numbers.network("encoder", &self.encoder, &self.adam)?;
        numbers.average("average", &self.encoder.names, &self.average)?;
        for (name, tensor) in &self.tensors {
            let values = tensor.flatten_all()?.to_vec1::<f32>()?;
            numbers.add(format!("generator.{name}"), tensor.dims().to_vec(), &values);
        }
        numbers.write(path, RECIPE, &header)
    }

    /// The generator's tensors as they came, and those of the averaged encoder.
    fn export(&self) -> Result<Vec<NamedTensor>> {
        let generator = self.tensors.iter().cloned().map(|(name, tensor)| NamedTensor { name, tensor });
        Ok(generator.chain(encoder_tensors(self.average.iter())?).collect())
    }
}
