//! What all trainings have in common, whatever they learn by.

use std::path::Path;

use candle_core::{Device, Tensor};
use half::f16;
use serde::{Serialize, Serializer};

use crate::checkpoint::TensorTable;
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::data::PictureSet;
use crate::model::{Decisions, Model, from_tensors};
use crate::{Error, Picture, Result};

/// What a step did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Steps done.
    pub step: u64,
    /// What the recipe watches, by name: losses and the like.
    #[serde(flatten, serialize_with = "as_map")]
    pub values: Vec<(&'static str, f32)>,
}

fn as_map<S: Serializer>(values: &[(&'static str, f32)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().copied())
}

/// A tensor with the name that a reader of the file looks for.
#[derive(Clone, Debug)]
pub struct NamedTensor {
    /// Name, for example `main.0.weight`.
    pub name: String,
    /// Values, float32.
    pub tensor: Tensor,
}

/// What a model folder says of the model that a training made.
#[derive(Clone, Debug)]
pub struct Description {
    /// The family as it is written in files.
    pub family: &'static str,
    /// What the weights can't say.
    pub assumptions: Decisions,
    /// The names of its classes; empty where it has none, or they have no names.
    pub classes: Vec<String>,
    /// Rows of the card.
    pub rows: Vec<(&'static str, String)>,
}

/// What a training gives to files.
pub trait Keep {
    /// Saves the whole state with a note for the caller. The file is written beside its place, flushed to the disk and
    /// then renamed, so that there is a complete one at any time.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be written.
    fn save(&self, path: &Path, note: &str) -> Result<()>;

    /// The tensors of the model as it stands.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    fn export(&self) -> Result<Vec<NamedTensor>>;
}

/// A training that goes on step by step: no thread, no clock, and no file except where it is asked to save.
pub trait Trainer: Keep {
    /// One step. `progress` is the share of the run that is over, 0 to 1, for whatever is scheduled.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the pictures have another size, [`Error::NonFinite`] when a loss or a gradient is
    /// no number any more; the weights stay as they were.
    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report>;

    /// Steps done.
    fn steps(&self) -> u64;

    /// Pictures in a step.
    fn batch(&self) -> usize;

    /// The model as it stands, as it would be from a file but in full precision.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    fn model(&self) -> Result<Model> {
        as_it_stands(self)
    }

    /// Pictures that tell a person how far it is.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is not a number.
    fn sheet(&self, pictures: &PictureSet) -> Result<Picture>;

    /// What a model folder says of the model.
    fn description(&self) -> Description;
}

/// The model that a training's tensors make.
pub(crate) fn as_it_stands<T: Trainer + ?Sized>(training: &T) -> Result<Model> {
    let tensors = training.export()?.into_iter().map(|named| (named.name, named.tensor));
    let table = TensorTable::from_tensors(tensors);
    from_tensors("training", table, &training.description().assumptions, &Device::Cpu)
}

/// Writes the tensors of a training as a float16 safetensors file, all at once or not at all.
///
/// # Errors
/// [`Error::Io`] when it can't be written, [`Error::NonFinite`] when a weight does not fit float16.
pub fn save_weights(trainer: &dyn Trainer, path: &Path) -> Result<()> {
    let mut entries = Vec::new();
    for NamedTensor { name, tensor } in trainer.export()? {
        let values = tensor.flatten_all()?.to_vec1::<f32>()?;
        let mut bytes = Vec::with_capacity(2 * values.len());
        for value in values {
            let half = f16::from_f32(value);
            if !half.is_finite() {
                return Err(Error::NonFinite { what: "a weight in float16" });
            }
            bytes.extend(half.to_le_bytes());
        }
        entries.push(Entry { name, dtype: safetensors::Dtype::F16, shape: tensor.dims().to_vec(), bytes });
    }
    write_safetensors(path, &entries, Vec::new())
}

/// Answers to what weights can't say, by their keys.
pub(crate) fn decided<const N: usize>(answers: [(&str, &str); N]) -> Decisions {
    answers.map(|(key, answer)| (key.into(), answer.into())).into()
}

/// Refuses pictures of another size than the networks have.
pub(crate) fn check_size(pictures: &PictureSet, want: usize) -> Result<()> {
    let got = pictures.size();
    if got == want {
        return Ok(());
    }
    Err(Error::Invalid(format!("the pictures are {got} pixels wide, the networks want {want}")))
}

pub(crate) fn finite(loss: &Tensor, what: &'static str) -> Result<f32> {
    finite_value(loss.to_scalar::<f32>()?, what)
}

pub(crate) fn finite_value(value: f32, what: &'static str) -> Result<f32> {
    if value.is_finite() { Ok(value) } else { Err(Error::NonFinite { what }) }
}
