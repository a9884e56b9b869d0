//! Saving a training and going on with it: every number that the next step depends on, in one file that is
//! replaced all at once. What there is to save, the training tells by its [parts](super::parts).

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parts::{Part, Parts, tensor};
use super::trainer::Trainer;
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::rng::{Rng, RngState};
use crate::{Error, Result};

/// The key of the metadata that holds what is not a tensor, as JSON.
const KEY: &str = "latent-studio.training";
/// Those of older versions, in which each recipe had its own.
const OLD_KEYS: [&str; 7] = [
    "latent-studio.gan",
    "latent-studio.cgan",
    "latent-studio.acgan",
    "latent-studio.infogan",
    "latent-studio.vae",
    "latent-studio.ian",
    "latent-studio.encoder",
];
/// More bytes than this no header has: names, shapes and settings.
const MOST_HEADER: u64 = 64 << 20;

/// What a safetensors file says beside its tensors.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "__metadata__", default)]
    metadata: BTreeMap<String, String>,
}

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    /// The recipe's key.
    pub recipe: String,
    /// The recipe's configuration.
    pub config: Value,
    /// Steps done.
    pub steps: u64,
    /// What the caller wants to find again.
    pub note: String,
    counts: BTreeMap<String, u64>,
    streams: BTreeMap<String, RngState>,
}

/// Saves the whole state with a note for the caller. The file is written beside its place, flushed to the disk and then
/// renamed, so that there is a complete one at any time.
///
/// # Errors
/// [`Error::Io`] when it can't be written.
pub fn save(trainer: &mut dyn Trainer, path: &Path, note: &str) -> Result<()> {
    let mut header = Header {
        recipe: trainer.recipe().to_owned(),
        config: trainer.config()?,
        steps: trainer.steps(),
        note: note.to_owned(),
        counts: BTreeMap::new(),
        streams: BTreeMap::new(),
    };
    let mut entries = Vec::new();
    let mut add = |name: String, shape: &[usize], values: &[f32]| {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        entries.push(Entry { name, dtype: Dtype::F32, shape: shape.to_vec(), bytes });
    };
    let values = |t: &candle_core::Tensor| -> Result<Vec<f32>> { Ok(t.flatten_all()?.to_vec1()?) };
    for (part, what) in trainer.parts() {
        match what {
            Part::Network(network) => {
                for (name, var) in network.names().iter().zip(network.vars()) {
                    add(format!("{part}.{name}"), var.dims(), &values(var)?);
                }
            }
            Part::Optimizer(network, adam) => {
                header.counts.insert(part.to_owned(), adam.steps);
                for ((name, var), moments) in network.names().iter().zip(network.vars()).zip(&adam.moments) {
                    for (order, moment) in moments.iter().enumerate() {
                        add(format!("{part}.{}.{name}", order + 1), var.dims(), moment);
                    }
                }
            }
            Part::Average(network, average) => {
                for (name, average) in network.names().iter().zip(average.iter()) {
                    add(format!("{part}.{name}"), average.dims(), &values(average)?);
                }
            }
            Part::Vectors(vectors) => {
                for (name, right) in vectors.iter_mut() {
                    add(format!("{part}.{name}"), &[right.len()], right);
                }
            }
            Part::Numbers(numbers) => add(part.to_owned(), &[numbers.len()], numbers),
            Part::Tensors(tensors) => {
                header.counts.insert(part.to_owned(), tensors.len() as u64);
                for (index, tensor) in tensors.iter().enumerate() {
                    add(format!("{part}.{index}"), tensor.dims(), &values(tensor)?);
                }
            }
            Part::Constants(tensors) => {
                for (name, tensor) in tensors {
                    add(format!("{part}.{name}"), tensor.dims(), &values(tensor)?);
                }
            }
            Part::Rng(rng) => {
                header.streams.insert(part.to_owned(), rng.state());
            }
            Part::Count(count) => {
                header.counts.insert(part.to_owned(), *count);
            }
        }
    }
    let header = serde_json::to_string(&header).map_err(|e| Error::checkpoint(path, e.to_string()))?;
    write_safetensors(path, &entries, vec![(KEY.to_owned(), header)])
}

/// What is not a tensor, without reading the numbers.
pub(crate) fn header(path: &Path) -> Result<Header> {
    let wrong = |why: String| Error::checkpoint(path, why);
    let mut file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    let mut len = [0; 8];
    file.read_exact(&mut len).map_err(|_| wrong("this is not a saved training".into()))?;
    let mut bytes = Vec::new();
    let len = u64::from_le_bytes(len).min(MOST_HEADER);
    file.take(len).read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
    let Metadata { metadata } = serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
    header_of(path, &metadata)
}

fn header_of(path: &Path, metadata: &BTreeMap<String, String>) -> Result<Header> {
    let wrong = |why: String| Error::checkpoint(path, why);
    if let Some(header) = metadata.get(KEY) {
        return serde_json::from_str(header).map_err(|e| wrong(format!("the training is damaged: {e}")));
    }
    Err(wrong(if OLD_KEYS.iter().any(|key| metadata.contains_key(*key)) {
        "this training was saved by an older version of the studio and can't be gone on with; its model opens as \
         ever, and a new training can begin in another folder"
            .into()
    } else {
        "this is not a saved training".into()
    }))
}

/// A state that was read.
pub struct SavedState {
    path: PathBuf,
    pub(crate) header: Header,
    tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl SavedState {
    /// Reads a state.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be read, [`Error::Checkpoint`] when it is not a complete state.
    pub fn read(path: &Path) -> Result<Self> {
        let wrong = |why: String| Error::checkpoint(path, why);
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| wrong(e.to_string()))?;
        let metadata = metadata.metadata().clone().unwrap_or_default();
        let header = header_of(path, &metadata.into_iter().collect())?;
        let mut tensors = BTreeMap::new();
        for (name, view) in SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(wrong(format!("{name} is not float32")));
            }
            let numbers = view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
            tensors.insert(name.to_owned(), (view.shape().to_vec(), numbers.collect::<Vec<f32>>()));
        }
        Ok(Self { path: path.to_owned(), header, tensors })
    }

    /// The note that it was saved with.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.header.note
    }

    /// The recipe's configuration.
    pub(crate) fn config<C: DeserializeOwned>(&self) -> Result<C> {
        serde_json::from_value(self.header.config.clone())
            .map_err(|e| self.wrong(&format!("its settings are damaged: {e}")))
    }

    /// The [constants](Part::Constants) of a part: a training is made of them before the rest can be filled in.
    pub(crate) fn take_constants(&mut self, part: &str) -> Result<Vec<(String, candle_core::Tensor)>> {
        let prefix = format!("{part}.");
        let names: Vec<String> = self.tensors.keys().filter(|n| n.starts_with(&prefix)).cloned().collect();
        let take = |name: String| {
            let (shape, values) = self.tensors.remove(&name).unwrap_or_default();
            Ok((name[prefix.len()..].to_owned(), tensor(values, &shape)?))
        };
        names.into_iter().map(take).collect()
    }

    /// Gives a training, made with the state's configuration, the state's numbers.
    pub(crate) fn fill(&mut self, parts: Parts<'_>) -> Result<()> {
        for (part, what) in parts {
            match what {
                Part::Network(network) => {
                    for (name, var) in network.names().iter().zip(network.vars()) {
                        let values = self.take(&format!("{part}.{name}"), var.elem_count())?;
                        var.set(&tensor(values, var.dims())?)?;
                    }
                }
                Part::Optimizer(network, adam) => {
                    adam.steps = self.count(part)?;
                    for (name, moments) in network.names().iter().zip(&mut adam.moments) {
                        for (order, moment) in moments.iter_mut().enumerate() {
                            *moment = self.take(&format!("{part}.{}.{name}", order + 1), moment.len())?;
                        }
                    }
                }
                Part::Average(network, averages) => {
                    for (name, average) in network.names().iter().zip(averages.iter_mut()) {
                        let values = self.take(&format!("{part}.{name}"), average.elem_count())?;
                        *average = tensor(values, average.dims())?;
                    }
                }
                Part::Vectors(vectors) => {
                    for (name, right) in vectors.iter_mut() {
                        *right = self.take(&format!("{part}.{name}"), right.len())?;
                    }
                }
                Part::Numbers(numbers) => {
                    numbers.copy_from_slice(&self.take(part, numbers.len())?);
                }
                Part::Tensors(tensors) => {
                    tensors.clear();
                    for index in 0..self.count(part)? {
                        let name = format!("{part}.{index}");
                        let found = self.tensors.remove(&name);
                        let (shape, values) =
                            found.ok_or_else(|| self.wrong(&format!("{name} is missing")))?;
                        tensors.push(tensor(values, &shape)?);
                    }
                }
                // The training was made of them.
                Part::Constants(_) => {}
                Part::Rng(rng) => {
                    let stream = self.header.streams.get(part).and_then(Rng::restore);
                    *rng = stream.ok_or_else(|| self.wrong("the random stream is damaged"))?;
                }
                Part::Count(count) => *count = self.count(part)?,
            }
        }
        Ok(())
    }

    fn count(&self, part: &str) -> Result<u64> {
        let found = self.header.counts.get(part).copied();
        found.ok_or_else(|| self.wrong(&format!("the counter {part} is missing")))
    }

    fn take(&mut self, name: &str, len: usize) -> Result<Vec<f32>> {
        let found = self.tensors.remove(name);
        let (_, values) = found.ok_or_else(|| self.wrong(&format!("{name} is missing")))?;
        if values.len() == len {
            return Ok(values);
        }
        Err(self.wrong(&format!("{name} has {} values instead of {len}", values.len())))
    }

    /// Refuses the state of another recipe.
    pub(crate) fn check_recipe(&self, wanted: &[&str]) -> Result<()> {
        let found = self.header.recipe.as_str();
        if wanted.contains(&found) {
            return Ok(());
        }
        Err(other_recipe(&self.path, found, wanted.first().unwrap_or(&"")))
    }

    pub(crate) fn wrong(&self, why: &str) -> Error {
        Error::checkpoint(&self.path, why)
    }
}

/// What is said of the state of a training by another recipe than was asked for.
pub(crate) fn other_recipe(path: &Path, found: &str, wanted: &str) -> Error {
    Error::checkpoint(path, format!("this is a training by the recipe {found}, not {wanted}"))
}
