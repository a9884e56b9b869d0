//! What a file or a folder says of its architecture: a key and a configuration, which only the architecture understands.

use serde::{Deserialize, Serialize};

use super::{Value, Values};
use crate::{Error, Result};

/// Where a file says which architecture it is, among its plain values.
pub const ARCHITECTURE_KEY: &str = "latent-studio.architecture";

/// Which architecture a model is, and with which configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// The architecture, as in the registry of architectures.
    pub key: String,
    /// Its configuration.
    #[serde(flatten)]
    pub configuration: toml::Table,
}

impl Stated {
    /// As a text that stands beside weights.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it can't be written down.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|e| Error::Invalid(format!("the architecture can't be written down: {e}")))
    }

    /// What plain values of a file say.
    #[must_use]
    pub fn of(values: &Values) -> Option<Self> {
        match values.get(ARCHITECTURE_KEY)? {
            Value::Text(text) => serde_json::from_str(text).ok(),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => None,
        }
    }
}
