//! Sums up what a file holds.

use std::path::Path;

use super::{Identified, identify, refusal};
use crate::arch::Support;
use crate::checkpoint::{Checkpoint, ModelFile};
use crate::model::{Summary, Verdict};

impl Summary {
    /// The summary of a file.
    #[must_use]
    pub fn of(source: &Path, checkpoint: &Checkpoint) -> Self {
        Self::new(source, checkpoint, identify(checkpoint).as_ref())
    }

    /// The summary of a file in which a network was looked for already.
    #[must_use]
    pub(super) fn new(source: &Path, checkpoint: &Checkpoint, found: Option<&Identified>) -> Self {
        let prefix = found.map_or("", |f| f.prefix.as_str());
        let parameters = checkpoint.tensors.under(prefix).parameters();
        let verdict = match found.map(|f| f.architecture.support) {
            Some(Support::Describes(_)) => Verdict::Opens,
            Some(Support::RecognizedOnly(what)) => Verdict::RecognizedOnly(what.into()),
            None => Verdict::Unknown(refusal(checkpoint)),
        };
        let facts = found.iter().flat_map(|f| &f.detection.facts);
        Self {
            source: source.display().to_string(),
            container: checkpoint.container,
            file_bytes: checkpoint.file_bytes,
            tensors: checkpoint.tensors.len(),
            network: prefix.into(),
            family: found.map_or("", |f| f.architecture.name).into(),
            family_key: found.map_or("", |f| f.architecture.key).into(),
            verdict,
            facts: facts.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            latent_names: Vec::new(),
            parameters,
            memory_bytes: 4 * parameters as u64,
            lacks: found.map(|f| f.detection.lacks.clone()).unwrap_or_default(),
            assumptions: found.map(|f| f.detection.assumptions.clone()).unwrap_or_default(),
            made_by: String::new(),
        }
    }

    /// With what stands beside the weights.
    #[must_use]
    pub(super) fn described(mut self, file: &ModelFile) -> Self {
        if let Some((_, classes)) = self.facts.iter_mut().find(|(name, _)| name == "classes")
            && !file.classes.is_empty()
        {
            *classes = format!("{classes}: {}", file.classes.join(", "));
        }
        Self { latent_names: file.latents.clone(), made_by: file.made_by.clone(), ..self }
    }
}
