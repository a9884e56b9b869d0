//! The one way to open a model from anywhere.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::Device;

use super::bundled;
use super::{Identified, identify, refusal};
use crate::arch::{Described, Network, Parts, Support, own};
use crate::checkpoint::{self, Checkpoint, LoadMonitor, ModelFile, TensorTable, Value, WeightCheck};
use crate::model::{Decisions, Identity, Model, ModelSource, Summary};
use crate::{Error, Result};

/// The device that models run on: a GPU where the program was built for one and finds it, else the CPU.
///
/// # Errors
/// When a GPU is there and refuses.
pub fn best_device() -> Result<Device> {
    if cfg!(feature = "cuda") {
        return Ok(Device::cuda_if_available(0)?);
    }
    if cfg!(feature = "metal") {
        return Ok(Device::metal_if_available(0)?);
    }
    Ok(Device::Cpu)
}

/// Refuses a source that means no model, without opening it.
///
/// # Errors
/// [`Error::UnknownModel`].
pub fn check_source(source: &ModelSource) -> Result<()> {
    match source {
        ModelSource::Bundled(name) if bundled::find(name).is_none() => Err(unknown(name)),
        ModelSource::Path(path) if !path.exists() => Err(unknown(&path.display().to_string())),
        _ => Ok(()),
    }
}

/// Opens a model on the best device there is.
///
/// # Errors
/// As [`open`].
pub fn open_best(source: &ModelSource, decisions: Option<&Decisions>) -> Result<Model> {
    open(source, decisions, &best_device()?)
}

/// [`open_best`] for somebody who waits: the monitor tells how far the reading is, and can end it.
///
/// # Errors
/// As [`open`]; [`Error::Cancelled`] when the monitor says so.
pub fn open_watched(
    source: &ModelSource,
    decisions: Option<&Decisions>,
    monitor: &Arc<LoadMonitor>,
) -> Result<Model> {
    open_contents(contents(source, monitor)?, decisions, &best_device()?)
}

/// Opens a model. What a user decided about what the file does not say is taken from `decisions`, or, where
/// they are left out, from the file beside the checkpoint or the model folder's description.
///
/// # Errors
/// [`Error::UnknownModel`] for a name that is neither bundled nor a path, [`Error::Checkpoint`] for a file
/// that can't be used, with the reason.
pub fn open(source: &ModelSource, decisions: Option<&Decisions>, device: &Device) -> Result<Model> {
    open_contents(contents(source, &Arc::default())?, decisions, device)
}

fn open_contents(contents: Contents, decisions: Option<&Decisions>, device: &Device) -> Result<Model> {
    let Contents { name, path, checkpoint, file } = contents;
    build(&name, &path, &checkpoint, decisions.unwrap_or(&file.assumptions), &file, device)
}

/// A model of tensors that are in memory.
///
/// # Errors
/// [`Error::Checkpoint`] when no family knows them.
pub fn from_tensors(
    name: &str,
    tensors: TensorTable,
    decisions: &Decisions,
    device: &Device,
) -> Result<Model> {
    let checkpoint = Checkpoint::of_tensors(tensors);
    build(name, Path::new(name), &checkpoint, decisions, &ModelFile::default(), device)
}

/// A model of our own of tensors that are in memory: those of the networks that its architecture states.
///
/// # Errors
/// [`Error::Checkpoint`] when the tensors are not those that it states.
pub fn from_networks(
    name: &str,
    stated: &own::Stated,
    tensors: TensorTable,
    decisions: &Decisions,
    device: &Device,
) -> Result<Model> {
    let mut checkpoint = Checkpoint::of_tensors(tensors);
    checkpoint.values.insert(own::ARCHITECTURE_KEY.into(), Value::Text(stated.text()?));
    build(name, Path::new(name), &checkpoint, decisions, &ModelFile::default(), device)
}

fn build(
    name: &str,
    path: &Path,
    checkpoint: &Checkpoint,
    decisions: &Decisions,
    file: &ModelFile,
    device: &Device,
) -> Result<Model> {
    let named = |error| of_file(error, path);
    let found = usable(path, checkpoint, decisions)?;
    let check = Arc::new(WeightCheck::default());
    let all = checkpoint.tensors.clone().checked_by(check.clone());
    let tensors = all.under(&found.prefix);
    tensors.monitor().expect(tensors.stored_bytes());
    let network = Network { tensors: &tensors, all: &all, values: &checkpoint.values };
    let mut parts = found.architecture.build(&network, &found.detection, device).map_err(named)?;
    let latents = parts.latents.named(&file.latents);
    parts.latents = latents.and_then(|spec| spec.with_classes_named(&file.classes)).map_err(named)?;
    let summary = Summary::new(path, checkpoint, Some(&found)).described(file);
    let identity = identity(check.fingerprint(), &found);
    let Parts { abilities, latents, range } = parts;
    let model = Model::new(name, found.architecture.name, abilities, latents, range, device.clone());
    Ok(model.of_file(identity, summary, enlarger(path, file)))
}

/// The enlarger that a model folder names, by the place of its weights.
fn enlarger(path: &Path, file: &ModelFile) -> Option<ModelSource> {
    let name = file.enlarger.as_deref()?;
    Some(match (ModelSource::named(name), path.parent()) {
        (ModelSource::Path(place), Some(folder)) => ModelSource::Path(folder.join(place)),
        (named, _) => named,
    })
}

/// Tells a model from others by its weights and by all that is assumed of it.
fn identity(weights: u64, found: &Identified) -> Identity {
    let mut hasher = std::hash::DefaultHasher::new();
    (weights, found.architecture.key).hash(&mut hasher);
    for assumption in found.detection.assumptions.iter() {
        (&assumption.key, assumption.answer.text()).hash(&mut hasher);
    }
    Identity(hasher.finish())
}

/// The network of a file that can be used, with what was decided about it.
fn usable(path: &Path, checkpoint: &Checkpoint, decisions: &Decisions) -> Result<Identified> {
    let Some(mut found) = identify(checkpoint) else {
        return Err(Error::checkpoint(path, refusal(checkpoint)));
    };
    if let Support::RecognizedOnly(what) = found.architecture.support {
        return Err(Error::checkpoint(path, format!("is {what}: recognized, but not yet usable here")));
    }
    found.detection.assumptions.decide(decisions).map_err(|error| of_file(error, path))?;
    Ok(found)
}

fn of_file(error: Error, path: &Path) -> Error {
    match error {
        Error::Invalid(why) => Error::checkpoint(path, why),
        other => other,
    }
}

/// A model as its networks, graphs with their weights, and everything that was assumed or decided about it. No networks
/// where its architecture is code of its own.
///
/// # Errors
/// As [`open`].
pub fn describe(
    source: &ModelSource,
    decisions: Option<&Decisions>,
) -> Result<(Option<Described>, Decisions)> {
    let Contents { path, checkpoint, file, .. } = contents(source, &Arc::default())?;
    let found = usable(&path, &checkpoint, decisions.unwrap_or(&file.assumptions))?;
    let tensors = checkpoint.tensors.under(&found.prefix);
    let network = Network { tensors: &tensors, all: &checkpoint.tensors, values: &checkpoint.values };
    let assumed = &found.detection.assumptions;
    let answers = assumed.iter().map(|a| (a.key.clone().into_owned(), a.answer.text())).collect();
    let Support::Describes(describe) = found.architecture.support else { return Ok((None, answers)) };
    let mut described = describe(&network, &found.detection).map_err(|error| of_file(error, &path))?;
    let latents = described.latents.named(&file.latents);
    described.latents = latents
        .and_then(|spec| spec.with_classes_named(&file.classes))
        .map_err(|error| of_file(error, &path))?;
    Ok((Some(described), answers))
}

/// What a file is, as far as that can be told without reading a weight; decisions as in [`open`].
///
/// # Errors
/// [`Error::UnknownModel`] where there is none, [`Error::Checkpoint`] when it can't be read.
pub fn inspect(source: &ModelSource, decisions: Option<&Decisions>) -> Result<Summary> {
    let Contents { path, checkpoint, file, .. } = contents(source, &Arc::default())?;
    let mut summary = Summary::of(&path, &checkpoint).described(&file);
    match summary.assumptions.decide(decisions.unwrap_or(&file.assumptions)) {
        Err(Error::Invalid(why)) => Err(Error::checkpoint(&path, why)),
        other => other.map(|()| summary),
    }
}

/// What lies at a source.
pub(super) struct Contents {
    /// What to call the model.
    pub name: String,
    /// The weights file.
    pub path: PathBuf,
    pub checkpoint: Checkpoint,
    /// What stands beside the weights.
    pub file: ModelFile,
}

impl Contents {
    /// With the architecture that the description states, which counts before what the weights file says.
    fn stated(mut self) -> Result<Self> {
        if let Some(stated) = &self.file.architecture {
            self.checkpoint.values.insert(own::ARCHITECTURE_KEY.into(), Value::Text(stated.text()?));
        }
        Ok(self)
    }
}

pub(super) fn contents(source: &ModelSource, monitor: &Arc<LoadMonitor>) -> Result<Contents> {
    check_source(source)?;
    match source {
        ModelSource::Bundled(name) => {
            let bundled = bundled::find(name).ok_or_else(|| unknown(name))?;
            let path = PathBuf::from(name);
            let file = ModelFile::parse(bundled.description, &path)?;
            let weights: checkpoint::SharedBytes = Arc::new(bundled.weights);
            let checkpoint = Checkpoint::from_safetensors(&weights, &path)?;
            Contents { name: name.clone(), path, checkpoint, file }.stated()
        }
        ModelSource::Path(place) => {
            let (path, file) = if place.is_dir() {
                checkpoint::open_folder(place)?
            } else {
                let decided = checkpoint::read_decisions(place)?;
                (place.clone(), ModelFile { assumptions: decided, ..ModelFile::default() })
            };
            let checkpoint = Checkpoint::open_with(&path, monitor.clone())?;
            Contents { name: stem(place), path, checkpoint, file }.stated()
        }
    }
}

/// Keeps what a user decided about a model: in the description of a model folder, or in a small file beside a
/// checkpoint. No decisions, no file.
///
/// # Errors
/// [`Error::Io`] when it can't be written, [`Error::Invalid`] for a bundled model: nothing is open about those.
pub fn remember(source: &ModelSource, decisions: &Decisions) -> Result<()> {
    match source {
        ModelSource::Bundled(name) => {
            Err(Error::Invalid(format!("the bundled model \"{name}\" leaves nothing to decide")))
        }
        ModelSource::Path(place) if place.is_dir() => {
            let (_, mut file) = checkpoint::open_folder(place)?;
            file.assumptions.clone_from(decisions);
            checkpoint::write_description(place, &file)
        }
        ModelSource::Path(place) => checkpoint::write_decisions(place, decisions),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".into(), |s| s.to_string_lossy().into_owned())
}

fn unknown(name: &str) -> Error {
    let known = bundled::bundled_names()
        .chain(bundled::bundled_enlargers())
        .chain(bundled::bundled_translators())
        .collect::<Vec<_>>()
        .join(", ");
    Error::UnknownModel { name: name.into(), known }
}
