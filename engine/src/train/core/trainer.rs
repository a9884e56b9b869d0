//! What all trainings have in common, whatever they learn by.

use std::borrow::Cow;
use std::path::Path;

use candle_core::{Device, Tensor};
use half::f16;
use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::measured;
use super::parts::Parts;
use crate::arch::own::{self, ARCHITECTURE_KEY, Stated};
use crate::checkpoint::TensorTable;
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::data::PictureSet;
use crate::model::{Decisions, Model};
use crate::nn::graph::{Graph, Weights};
use crate::open::{from_networks, from_tensors};
use crate::{Error, Picture, Result};

/// What a step did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Steps done.
    pub step: u64,
    /// What the recipe watches, by name: losses and the like.
    #[serde(flatten, with = "measured")]
    pub values: Vec<(Cow<'static, str>, f32)>,
}

impl Report {
    /// What a recipe watched in a step.
    #[must_use]
    pub fn new(step: u64, values: impl IntoIterator<Item = (&'static str, f32)>) -> Self {
        Self { step, values: values.into_iter().map(|(name, value)| (name.into(), value)).collect() }
    }
}

/// A tensor with the name that a reader of the file looks for.
#[derive(Clone, Debug)]
pub struct NamedTensor {
    /// Name, for example `generator.up0.weight`.
    pub name: String,
    /// Values, float32.
    pub tensor: Tensor,
}

/// The weights of a network in our own layout, under the network's name and those of its nodes.
pub(crate) fn exported(network: &str, graph: &Graph, weights: &Weights) -> Result<Vec<NamedTensor>> {
    let all = own::exported(network, graph, weights)?;
    Ok(all.into_iter().map(|(name, tensor)| NamedTensor { name, tensor }).collect())
}

/// What a model folder says of the model that a training made.
#[derive(Clone, Debug)]
pub struct Description {
    /// The family as it is written in files.
    pub family: &'static str,
    /// What the weights can't say.
    pub assumptions: Decisions,
    /// Which architecture of our own it is, where its tensors are those of such networks.
    pub architecture: Option<Stated>,
    /// The names of its classes; empty where it has none, or they have no names.
    pub classes: Vec<String>,
    /// Rows of the card.
    pub rows: Vec<(&'static str, String)>,
}

/// A training that goes on step by step: no thread, no clock, and no file except where it is asked to save.
pub trait Trainer {
    /// The key of its recipe.
    fn recipe(&self) -> &'static str;

    /// The recipe's configuration, as files have it.
    ///
    /// # Errors
    /// None for a configuration that could be trained with.
    fn config(&self) -> Result<serde_json::Value>;

    /// Everything that the next step depends on, beside the configuration.
    fn parts(&mut self) -> Parts<'_>;

    /// One step. `progress` is the share of the run that is over, 0 to 1, for whatever is scheduled.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the pictures have another size, [`Error::NonFinite`] when a loss or a gradient is
    /// no number any more; the weights stay as they were.
    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report>;

    /// Pixels a side of the pictures that it learns from.
    fn size(&self) -> usize;

    /// Steps done.
    fn steps(&self) -> u64;

    /// Pictures in a step.
    fn batch(&self) -> usize;

    /// The tensors of the model as it stands.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    fn export(&self) -> Result<Vec<NamedTensor>>;

    /// What it measures of pictures that it never learns from, by name; nothing where it measures nothing.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    fn measure(&self, _held_out: &PictureSet, _progress: f32) -> Result<Vec<(&'static str, f32)>> {
        Ok(Vec::new())
    }

    /// Whether it [measures](Self::measure) anything, so that pictures are held out for it.
    fn measures(&self) -> bool {
        false
    }

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
    let Description { assumptions, architecture, .. } = training.description();
    match architecture {
        Some(stated) => from_networks("training", &stated, table, &assumptions, &Device::Cpu),
        None => from_tensors("training", table, &assumptions, &Device::Cpu),
    }
}

/// Writes the tensors of a training as a safetensors file, all at once or not at all: float16, and float32 where a tensor
/// has a number that float16 has no room for, such as the variance of a layer with large outputs.
///
/// # Errors
/// [`Error::Io`] when it can't be written, [`Error::NonFinite`] when a weight is no number any more.
pub fn save_weights(trainer: &dyn Trainer, path: &Path) -> Result<()> {
    let mut entries = Vec::new();
    for NamedTensor { name, tensor } in trainer.export()? {
        let values = tensor.flatten_all()?.to_vec1::<f32>()?;
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NonFinite { what: "a weight" });
        }
        let halves: Vec<f16> = values.iter().map(|value| f16::from_f32(*value)).collect();
        let (dtype, bytes) = if halves.iter().all(|half| half.is_finite()) {
            (Dtype::F16, halves.iter().flat_map(|half| half.to_le_bytes()).collect())
        } else {
            (Dtype::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect())
        };
        entries.push(Entry { name, dtype, shape: tensor.dims().to_vec(), bytes });
    }
    // So that the file says what it is when it stands alone, too.
    let stated = trainer.description().architecture.map(|stated| stated.text()).transpose()?;
    write_safetensors(
        path,
        &entries,
        stated.into_iter().map(|text| (ARCHITECTURE_KEY.into(), text)).collect(),
    )
}

/// Answers to what weights can't say, by their keys.
pub(crate) fn decided<const N: usize>(answers: [(&str, &str); N]) -> Decisions {
    answers.map(|(key, answer)| (key.into(), answer.into())).into()
}

/// A configuration as files have it.
pub(crate) fn config_text(config: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(config).map_err(|e| Error::Invalid(format!("the settings can't be written: {e}")))
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
