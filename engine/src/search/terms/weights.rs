//! How much each term counts.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Definition, TERMS};

/// How much each of the [`TERMS`] counts; 0 leaves a term out. In files a map from names to numbers, where what is
/// missing has its usual weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights([f32; TERMS.len()]);

impl Weights {
    /// The weight of a term; 0 for one that there is not.
    #[must_use]
    pub fn of(&self, term: &str) -> f32 {
        place(term).map_or(0.0, |i| self.0[i])
    }

    /// The same with another weight for one term; a name that there is not changes nothing.
    #[must_use]
    pub fn with(mut self, term: &str, weight: f32) -> Self {
        if let Some(i) = place(term) {
            self.0[i] = weight;
        }
        self
    }

    /// All terms and their weights.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Definition, f32)> + '_ {
        TERMS.iter().zip(self.0)
    }

    /// All terms and their weights, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static Definition, &mut f32)> {
        TERMS.iter().zip(&mut self.0)
    }
}

fn place(term: &str) -> Option<usize> {
    TERMS.iter().position(|definition| definition.name == term)
}

impl Default for Weights {
    fn default() -> Self {
        Self(std::array::from_fn(|i| TERMS[i].weight))
    }
}

impl Serialize for Weights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(definition, weight)| (definition.name, weight)))
    }
}

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut weights = Self::default();
        for (name, weight) in BTreeMap::<String, f32>::deserialize(deserializer)? {
            let Some(i) = place(&name) else {
                return Err(D::Error::custom(format!("there is no term \"{name}\" to weigh")));
            };
            weights.0[i] = weight;
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::super::PRIOR;
    use super::*;

    #[test]
    fn weights_survive_a_file_and_misspelt_ones_are_refused() {
        let weights = Weights::default().with(PRIOR, 0.75);
        let text = serde_json::to_string(&weights).unwrap();
        assert_eq!(serde_json::from_str::<Weights>(&text).unwrap(), weights);
        let some: Weights = serde_json::from_str(r#"{"prior": 0.75}"#).unwrap();
        assert_eq!(some, weights);
        let error = serde_json::from_str::<Weights>(r#"{"priour": 1.0}"#).unwrap_err().to_string();
        assert!(error.contains("priour"), "{error}");
    }
}
