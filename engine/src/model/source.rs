//! Where a model comes from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// One of the models inside the program, by name.
    Bundled(String),
    /// A model folder or a checkpoint file.
    Path(PathBuf),
}
