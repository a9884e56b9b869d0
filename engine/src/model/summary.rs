//! What is worth knowing of a file before and after it is opened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ability, Assumptions};
use crate::checkpoint::Container;

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
    /// Why it can't do what one may miss, as far as the file tells, as the rest of sentences.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lacks: BTreeMap<Ability, String>,
    /// What the file does not say.
    pub assumptions: Assumptions,
    /// How it was made, where somebody wrote that down.
    pub made_by: String,
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
