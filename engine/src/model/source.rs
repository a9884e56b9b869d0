//! Where a model comes from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::bundled;

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// One of the models inside the program, by name.
    Bundled(String),
    /// A model folder or a checkpoint file.
    Path(PathBuf),
}

impl ModelSource {
    /// What a user means by a name on the command line: a bundled model, or else a path.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if bundled::find(name).is_some() { Self::Bundled(name.into()) } else { Self::Path(name.into()) }
    }
}
