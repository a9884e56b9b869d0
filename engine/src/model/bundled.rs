//! The models inside the program, and the one way to open a model from anywhere.

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;

use super::family::{Network, Support};
use super::{Model, best_device, identify, refusal};
use crate::checkpoint::{self, Checkpoint, ModelFile, SharedBytes};
use crate::worker::ModelSource;
use crate::{Error, Result};

struct Bundled {
    name: &'static str,
    weights: &'static [u8],
    description: &'static str,
}

const BUNDLED: &[Bundled] = &[Bundled {
    name: "landscape",
    weights: include_bytes!("../../../models/landscape/weights.safetensors"),
    description: include_str!("../../../models/landscape/model.toml"),
}];

/// The names of the models inside the program, the one to start with first.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|b| b.name)
}

impl ModelSource {
    /// What a user means by a name on the command line: a bundled model, or else a path.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if BUNDLED.iter().any(|b| b.name == name) {
            Self::Bundled(name.into())
        } else {
            Self::Path(name.into())
        }
    }
}

/// Refuses a source that means no model, without opening it.
///
/// # Errors
/// [`Error::UnknownModel`].
pub fn check_source(source: &ModelSource) -> Result<()> {
    match source {
        ModelSource::Bundled(name) if BUNDLED.iter().all(|b| b.name != name) => Err(unknown(name)),
        ModelSource::Path(path) if !path.exists() => Err(unknown(&path.display().to_string())),
        _ => Ok(()),
    }
}

/// Opens a model on the best device there is.
///
/// # Errors
/// As [`open`].
pub fn open_best(source: &ModelSource) -> Result<Model> {
    open(source, &best_device()?)
}

/// Opens a model.
///
/// # Errors
/// [`Error::UnknownModel`] for a name that is neither bundled nor a path, [`Error::Checkpoint`] for a file
/// that can't be used, with the reason.
pub fn open(source: &ModelSource, device: &Device) -> Result<Model> {
    check_source(source)?;
    match source {
        ModelSource::Bundled(name) => match BUNDLED.iter().find(|b| b.name == name) {
            Some(bundled) => open_bundled(bundled, device),
            None => Err(unknown(name)),
        },
        ModelSource::Path(path) => open_path(path, device),
    }
}

fn unknown(name: &str) -> Error {
    Error::UnknownModel { name: name.into(), known: bundled_names().collect::<Vec<_>>().join(", ") }
}

fn open_bundled(bundled: &Bundled, device: &Device) -> Result<Model> {
    let path = Path::new(bundled.name);
    let file = ModelFile::parse(bundled.description, path)?;
    let weights: SharedBytes = Arc::new(bundled.weights);
    build(bundled.name, &Checkpoint::from_safetensors(&weights, path)?, &file, path, device)
}

fn open_path(path: &Path, device: &Device) -> Result<Model> {
    let (weights, file) = if path.is_dir() { checkpoint::open_folder(path)? } else { (path.into(), None) };
    let checkpoint = Checkpoint::open(&weights)?;
    let name = path.file_stem().map_or_else(|| "model".into(), |s| s.to_string_lossy());
    build(&name, &checkpoint, &file.unwrap_or_default(), &weights, device)
}

fn build(
    name: &str,
    checkpoint: &Checkpoint,
    file: &ModelFile,
    path: &Path,
    device: &Device,
) -> Result<Model> {
    let found = identify(checkpoint);
    let Some(mut found) = found else { return Err(Error::checkpoint(path, refusal(checkpoint))) };
    let build = match found.family.support {
        Support::Opens(build) => build,
        Support::RecognizedOnly(what) => {
            return Err(Error::checkpoint(path, format!("is {what}: recognized, but not yet usable here")));
        }
    };
    let named = |e: Error| match e {
        Error::Invalid(why) => Error::checkpoint(path, why),
        other => other,
    };
    found.finding.assumptions.decide(&file.assumptions).map_err(named)?;
    let tensors = checkpoint.tensors.under(&found.prefix);
    let network = Network { tensors: &tensors, values: &checkpoint.values };
    let parts = build(&network, &found.finding, device).map_err(named)?;
    Ok(Model::from_parts(name, parts, device.clone()))
}
