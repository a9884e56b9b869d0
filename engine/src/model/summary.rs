//! What is worth knowing of a file before and after it is opened.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Assumptions, Identified, identify, refusal};
use crate::arch::Support;
use crate::checkpoint::{Checkpoint, Container, ModelFile};

/// Whether a file can be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", content = "reason", rename_all = "snake_case")]
pub enum Verdict {
    /// It opens.
    Opens,
    /// It is known, but can't be used yet; the text says what it is.
    RecognizedOnly(String),
    /// No family knows it; the text says what was found.
    Unknown(String),
}

/// What a file holds, as far as names, shapes and plain values tell: nothing of it needs a weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The file, or the name of a bundled model.
    pub source: String,
    /// The kind of file.
    pub container: Container,
    /// Its size in bytes.
    pub file_bytes: u64,
    /// How many tensors are in it.
    pub tensors: usize,
    /// Where in it the network is; empty for its root.
    pub network: String,
    /// The family, for people; empty where none knows it.
    pub family: String,
    /// The family as it is written in files; empty where none knows it.
    pub family_key: String,
    /// Whether it can be used.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Hyper-parameters by name.
    #[serde(with = "as_map")]
    pub facts: Vec<(String, String)>,
    /// The names of its latents, where somebody named them.
    pub latent_names: Vec<String>,
    /// How many numbers the network learned.
    pub parameters: usize,
    /// Bytes that its weights take in memory.
    pub memory_bytes: u64,
    /// What the file does not say.
    pub assumptions: Assumptions,
    /// How it was made, where somebody wrote that down.
    pub made_by: String,
}

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
            Some(Support::Describes(_) | Support::Opens(_)) => Verdict::Opens,
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

/// Facts as a map that keeps its order.
mod as_map {
    use std::fmt;

    use serde::de::{Deserializer, MapAccess, Visitor};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(
        facts: &[(String, String)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(facts.iter().map(|(name, value)| (name, value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, String)>, D::Error> {
        struct Facts;
        impl<'de> Visitor<'de> for Facts {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("facts by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut facts = Vec::new();
                while let Some(fact) = map.next_entry()? {
                    facts.push(fact);
                }
                Ok(facts)
            }
        }
        deserializer.deserialize_map(Facts)
    }
}
