//! Model folders: `weights.safetensors` beside a `model.toml` that says what the weights can't.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::Decisions;
use crate::{Error, Result};

/// The name of a model folder's weights.
pub const WEIGHTS_FILE: &str = "weights.safetensors";
/// The name of a model folder's description.
pub const DESCRIPTION_FILE: &str = "model.toml";

/// What `model.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFile {
    /// One line for people.
    pub title: String,
    /// "dcgan".
    pub family: String,
    /// How it was made, for people.
    pub made_by: String,
    /// What the weights can't say: "prior", "range", ...
    pub assumptions: Decisions,
}

impl ModelFile {
    /// Reads the text of a `model.toml`; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] with the line that is wrong.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        toml::from_str(text)
            .map_err(|e| Error::checkpoint(path.join(DESCRIPTION_FILE), format!("can't be understood: {e}")))
    }
}

/// The weights file of a model folder and its description, if it has one.
///
/// # Errors
/// [`Error::Checkpoint`] when there are no weights in it or the description is damaged.
pub fn open_folder(folder: &Path) -> Result<(PathBuf, Option<ModelFile>)> {
    let weights = folder.join(WEIGHTS_FILE);
    if !weights.is_file() {
        return Err(Error::checkpoint(folder, format!("is no model folder: it has no {WEIGHTS_FILE}")));
    }
    let description = folder.join(DESCRIPTION_FILE);
    if !description.is_file() {
        return Ok((weights, None));
    }
    let text = std::fs::read_to_string(&description).map_err(|e| Error::io(&description, e))?;
    Ok((weights, Some(ModelFile::parse(&text, folder)?)))
}
