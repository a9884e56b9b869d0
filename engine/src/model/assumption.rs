//! What a file can't say about its model: sensible defaults that a user can see and change.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Prior;
use crate::checkpoint::Decisions;
use crate::{Error, Result, ValueRange};

/// One of the answers to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As it is written in a file.
    pub key: Cow<'static, str>,
    /// As people read it.
    pub label: Cow<'static, str>,
}

impl Choice {
    /// An answer as it is written in a file and as people read it.
    #[must_use]
    pub const fn new(key: &'static str, label: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), label: Cow::Borrowed(label) }
    }
}

/// The answer that is assumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// A number within bounds.
    Number {
        /// The number.
        value: f64,
        /// The least that makes sense.
        least: f64,
        /// The most that makes sense.
        most: f64,
    },
    /// One of several.
    Choice {
        /// Index into the choices.
        chosen: usize,
        /// What there is to choose from.
        choices: Cow<'static, [Choice]>,
    },
}

impl Answer {
    /// The answer as it is written in a file.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Number { value, .. } => value.to_string(),
            Self::Choice { chosen, choices } => {
                choices.get(*chosen).map_or_else(String::new, |c| c.key.to_string())
            }
        }
    }

    /// The answer as people read it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Number { value, .. } => value.to_string(),
            Self::Choice { chosen, choices } => {
                choices.get(*chosen).map_or_else(String::new, |c| c.label.to_string())
            }
        }
    }
}

/// Something that a file does not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// As it is written in a file: "prior", "range", "batch_norm_epsilon", ...
    pub key: Cow<'static, str>,
    /// As people read it.
    pub label: Cow<'static, str>,
    /// Why it has to be assumed and what it changes, one sentence.
    pub why: Cow<'static, str>,
    /// The answer that is assumed.
    pub answer: Answer,
    /// True when a user decided it.
    pub decided: bool,
}

const PRIORS: &[Choice] = &[Choice::new("normal", "normal"), Choice::new("uniform", "uniform, -1 to 1")];
const RANGES: &[Choice] = &[
    Choice::new("signed_unit", "-1 to 1"),
    Choice::new("unit", "0 to 1"),
    Choice::new("unit_inverted", "1 to 0"),
];

/// Everything that is assumed of a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assumptions(Vec<Assumption>);

impl Assumptions {
    /// Nothing assumed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the distribution of the latents.
    #[must_use]
    pub fn prior(self, prior: Prior) -> Self {
        let chosen = usize::from(prior == Prior::Uniform);
        let why = "files don't record the distribution that latents were drawn from in training";
        self.choice("prior", "Prior", why, PRIORS, chosen)
    }

    /// With the numbers for black and white.
    #[must_use]
    pub fn range(self, range: ValueRange) -> Self {
        let chosen = match range {
            ValueRange::SignedUnit => 0,
            ValueRange::Unit => 1,
            ValueRange::UnitInverted => 2,
        };
        let why = "files don't record which numbers stand for black and white";
        self.choice("range", "Value range", why, RANGES, chosen)
    }

    /// With the constant that keeps batch norm from dividing by zero.
    #[must_use]
    pub fn batch_norm_epsilon(self, epsilon: f64) -> Self {
        let why = "files don't record the constant under the root of batch norm; a wrong one shifts contrast";
        self.number("batch_norm_epsilon", "Batch norm epsilon", why, epsilon, 0.0..=1.0)
    }

    /// With a choice.
    #[must_use]
    pub fn choice(
        mut self,
        key: &'static str,
        label: &'static str,
        why: &'static str,
        choices: &'static [Choice],
        chosen: usize,
    ) -> Self {
        let answer =
            Answer::Choice { chosen: chosen.min(choices.len().saturating_sub(1)), choices: choices.into() };
        self.push(key, label, why, answer);
        self
    }

    /// With a number.
    #[must_use]
    pub fn number(
        mut self,
        key: &'static str,
        label: &'static str,
        why: &'static str,
        value: f64,
        bounds: std::ops::RangeInclusive<f64>,
    ) -> Self {
        let answer = Answer::Number { value, least: *bounds.start(), most: *bounds.end() };
        self.push(key, label, why, answer);
        self
    }

    fn push(&mut self, key: &'static str, label: &'static str, why: &'static str, answer: Answer) {
        self.0.push(Assumption {
            key: key.into(),
            label: label.into(),
            why: why.into(),
            answer,
            decided: false,
        });
    }

    /// All of them, in the order in which people should see them.
    pub fn iter(&self) -> impl Iterator<Item = &Assumption> {
        self.0.iter()
    }

    /// The number that is assumed; `None` where there is no such number.
    #[must_use]
    pub fn number_of(&self, key: &str) -> Option<f64> {
        self.0.iter().find(|a| a.key == key).and_then(|a| match a.answer {
            Answer::Number { value, .. } => Some(value),
            Answer::Choice { .. } => None,
        })
    }

    /// The key of the choice that is assumed; `None` where there is no such choice.
    #[must_use]
    pub fn choice_of(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|a| a.key == key).and_then(|a| match &a.answer {
            Answer::Choice { chosen, choices } => choices.get(*chosen).map(|c| c.key.as_ref()),
            Answer::Number { .. } => None,
        })
    }

    /// The assumed prior; normal where none is assumed.
    #[must_use]
    pub fn prior_of(&self) -> Prior {
        if self.choice_of("prior") == Some("uniform") { Prior::Uniform } else { Prior::Normal }
    }

    /// The assumed value range; -1 to 1 where none is assumed.
    #[must_use]
    pub fn range_of(&self) -> ValueRange {
        match self.choice_of("range") {
            Some("unit") => ValueRange::Unit,
            Some("unit_inverted") => ValueRange::UnitInverted,
            _ => ValueRange::SignedUnit,
        }
    }

    /// Takes a user's decisions; those about other things are left alone, so that a file written by a newer
    /// version still opens.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an answer that makes no sense, with those that do.
    pub fn decide(&mut self, decisions: &Decisions) -> Result<()> {
        for assumption in &mut self.0 {
            let Some(text) = decisions.get(assumption.key.as_ref()) else { continue };
            let key = &assumption.key;
            match &mut assumption.answer {
                Answer::Number { value, least, most } => {
                    let number = text.parse().ok().filter(|n| (*least..=*most).contains(n));
                    *value = number.ok_or_else(|| {
                        Error::Invalid(format!("{key} is a number from {least} to {most}, not \"{text}\""))
                    })?;
                }
                Answer::Choice { chosen, choices } => {
                    *chosen = choices.iter().position(|c| c.key == *text).ok_or_else(|| {
                        let known = choices.iter().map(|c| c.key.as_ref()).collect::<Vec<_>>().join(", ");
                        Error::Invalid(format!("{key} is one of {known}, not \"{text}\""))
                    })?;
                }
            }
            assumption.decided = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_replace_what_is_assumed() {
        let mut assumed = Assumptions::new().prior(Prior::Normal).batch_norm_epsilon(1e-5);
        let decisions = [("prior", "uniform"), ("batch_norm_epsilon", "0.8"), ("from_the_future", "1")];
        assumed.decide(&decisions.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).unwrap();
        assert_eq!(assumed.prior_of(), Prior::Uniform);
        assert_eq!(assumed.number_of("batch_norm_epsilon"), Some(0.8));
        assert!(assumed.iter().all(|a| a.decided));
    }

    #[test]
    fn nonsense_is_refused_with_what_makes_sense() {
        for (key, text, words) in
            [("prior", "gamma", "normal, uniform"), ("batch_norm_epsilon", "NaN", "from 0 to 1")]
        {
            let mut assumed = Assumptions::new().prior(Prior::Normal).batch_norm_epsilon(1e-5);
            let error = assumed.decide(&[(key.to_owned(), text.to_owned())].into()).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
