//! The one way from a file to a model: what it holds, which architecture knows it, what stands beside it.

mod bundled;
mod convert;
mod identify;
mod opening;
mod summarize;

use crate::model::ModelSource;
pub use bundled::{bundled_enlargers, bundled_names, bundled_translators};
pub use convert::convert;
pub use identify::{Identified, identify, refusal};
pub use opening::{
    best_device, check_source, describe, from_networks, from_tensors, inspect, open, open_best, open_watched,
    remember,
};

impl ModelSource {
    /// What a user means by a name on the command line: a bundled model, or else a path.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if bundled::find(name).is_some() { Self::Bundled(name.into()) } else { Self::Path(name.into()) }
    }
}

#[cfg(test)]
mod tests;
