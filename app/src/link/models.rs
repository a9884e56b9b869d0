//! Models as the window knows them.

use std::ops::Deref;
use std::sync::Arc;

use latent_engine::model::{Decisions, ModelInfo, ModelSource};

/// Which opening of a model it is. Weights that were opened twice are two models: between the two a training
/// may have gone on.
pub use latent_engine::service::ModelHandle as ModelKey;

/// A model that was opened.
#[derive(Clone, Debug)]
pub struct OpenModel {
    /// Which one.
    pub key: ModelKey,
    /// What it is.
    pub info: Arc<ModelInfo>,
    /// Where it came from.
    pub source: ModelSource,
    /// What was decided about it when it was opened.
    pub decisions: Option<Decisions>,
}

impl Deref for OpenModel {
    type Target = ModelInfo;

    fn deref(&self) -> &ModelInfo {
        &self.info
    }
}

impl PartialEq for OpenModel {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
