//! The settings of recipes as data: what they are called and what they may be. The command line, the window's form and
//! resumed trainings all read them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Largest side of pictures that networks are trained at.
const LARGEST_SIDE: usize = 256;

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Switch(bool),
    /// A number of things, or a seed.
    Count(u64),
    /// A quantity.
    Number(f32),
    /// One of the choices, by its name.
    Choice(String),
}

impl Value {
    /// The quantity that it is.
    #[must_use]
    pub fn number(&self) -> Option<f32> {
        match self {
            Self::Number(number) => Some(*number),
            // In files a whole number and a quantity look alike.
            Self::Count(count) => Some(*count as f32),
            Self::Switch(_) | Self::Choice(_) => None,
        }
    }
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Pixels a side: a power of two from the least to 256.
    Side {
        /// The least.
        least: usize,
    },
    /// A number of things.
    Count {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A finite quantity.
    Number {
        /// The least.
        least: f32,
        /// The most.
        most: f32,
    },
    /// Names, each with what it stands for.
    Choice(&'static [(&'static str, &'static str)]),
    /// On or off.
    Switch,
}

/// A setting as people meet it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Its name on the command line, after two dashes, and in files.
    pub key: &'static str,
    /// Its name in a form.
    pub title: &'static str,
    /// What it does, in a sentence without its end.
    pub help: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether a training that is gone on with may have another value from there on.
    pub may_change: bool,
    /// Whether a form has a place for it, or the command line alone.
    pub in_form: bool,
}

impl Setting {
    /// Pixels a side of the pictures.
    pub(crate) const SIZE: Self = Self {
        key: "size",
        title: "Size",
        help: "Pixels a side: a power of two",
        kind: Kind::Side { least: 8 },
        may_change: false,
        in_form: false,
    };
    /// How wide the network is that makes pictures.
    pub(crate) const WIDTH: Self = Self {
        key: "width",
        title: "Width",
        help: "Channels next to the picture: wider networks draw finer and learn slower",
        kind: Kind::Count { least: 1, most: 1024 },
        may_change: false,
        in_form: true,
    };
    /// How wide the network is that judges.
    pub(crate) const CRITIC_WIDTH: Self = Self {
        key: "critic-width",
        title: "Width of the discriminator",
        help: "The same for the network that judges pictures; as wide as the other when left out",
        kind: Kind::Count { least: 1, most: 1024 },
        may_change: false,
        in_form: false,
    };
    /// Length of the latent.
    pub(crate) const LATENT: Self = Self {
        key: "latent",
        title: "Latents",
        help: "Numbers that a picture is made of, a slider each",
        kind: Kind::Count { least: 1, most: 4096 },
        may_change: false,
        in_form: true,
    };
    /// Pictures in a step.
    pub(crate) const BATCH: Self = Self {
        key: "batch",
        title: "Pictures in a step",
        help: "Pictures that are looked at in one step",
        kind: Kind::Count { least: 1, most: 4096 },
        may_change: false,
        in_form: true,
    };
    /// The optimizer's step size.
    pub(crate) const LEARNING_RATE: Self = Self {
        key: "learning-rate",
        title: "Learning rate",
        help: "Step size of the optimizer; of a GAN's generator, whose discriminator keeps its ratio to it",
        kind: Kind::Number { least: 1e-8, most: 1.0 },
        may_change: true,
        in_form: false,
    };
    /// Mirroring.
    pub(crate) const FLIP: Self = Self {
        key: "flip",
        title: "Mirror",
        help: "Mirrors half of the pictures, each time at random: as good as more pictures, unless they show writing, or \
               left is not right",
        kind: Kind::Switch,
        may_change: false,
        in_form: true,
    };
    /// The seed.
    pub(crate) const SEED: Self = Self {
        key: "seed",
        title: "Seed",
        help: "Seed of every random draw: another seed makes another model of the same pictures",
        // Larger ones could not be typed in a form without loss.
        kind: Kind::Count { least: 0, most: 1 << 53 },
        may_change: false,
        in_form: true,
    };

    /// The value that a text stands for.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what it may be.
    pub fn parse(&self, text: &str) -> Result<Value> {
        let value = match self.kind {
            Kind::Side { .. } | Kind::Count { .. } => text.parse().ok().map(Value::Count),
            Kind::Number { .. } => text.parse().ok().map(Value::Number),
            Kind::Choice(_) => Some(Value::Choice(text.to_owned())),
            Kind::Switch => match text {
                "on" => Some(Value::Switch(true)),
                "off" => Some(Value::Switch(false)),
                _ => None,
            },
        };
        let value = value.ok_or_else(|| self.refuse(text))?;
        self.check(&value)?;
        Ok(value)
    }

    /// Refuses what the setting may not be.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what it may be.
    pub fn check(&self, value: &Value) -> Result<()> {
        let fits = match (self.kind, value) {
            (Kind::Side { least }, Value::Count(side)) => {
                side.is_power_of_two() && (least as u64..=LARGEST_SIDE as u64).contains(side)
            }
            (Kind::Count { least, most }, Value::Count(count)) => (least..=most).contains(count),
            (Kind::Number { least, most }, value) => {
                value.number().is_some_and(|number| (least..=most).contains(&number))
            }
            (Kind::Choice(names), Value::Choice(name)) => names.iter().any(|(known, _)| known == name),
            (Kind::Switch, Value::Switch(_)) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.refuse(&value.to_string())) }
    }

    /// The value of one of the choices.
    pub(crate) fn choice(&self, which: usize) -> Value {
        Value::Choice(self.choices().get(which).map_or("", |(name, _)| *name).to_owned())
    }

    /// Which of the choices a value is.
    pub(crate) fn which(&self, value: &Value) -> Result<usize> {
        let which = self.choices().iter().position(|(name, _)| *value == Value::Choice((*name).to_owned()));
        which.ok_or_else(|| self.refuse(&value.to_string()))
    }

    /// The choices, each with what it stands for.
    #[must_use]
    pub fn choices(&self) -> &'static [(&'static str, &'static str)] {
        match self.kind {
            Kind::Choice(choices) => choices,
            _ => &[],
        }
    }

    /// What it may be, in words.
    #[must_use]
    pub fn range(&self) -> String {
        match self.kind {
            Kind::Side { least } => format!("a power of two from {least} to {LARGEST_SIDE}"),
            Kind::Count { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Number { least, most } if most < f32::MAX => format!("a number from {least} to {most}"),
            Kind::Number { least, .. } => format!("a number from {least} on"),
            Kind::Choice(names) => {
                let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
                names.join(" or ")
            }
            Kind::Switch => "on or off".into(),
        }
    }

    pub(crate) fn refuse(&self, got: &str) -> Error {
        Error::Invalid(format!("--{} is {}, not {got}", self.key, self.range()))
    }
}

impl FromIterator<(String, Value)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(settings: I) -> Self {
        Self(settings.into_iter().collect())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Count(count) => count.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Choice(name) => f.write_str(name),
        }
    }
}

/// Settings by their keys; what is not among them is the recipe's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings(BTreeMap<String, Value>);

impl Settings {
    /// What a setting is set to.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The number that a setting is set to.
    #[must_use]
    pub fn count(&self, key: &str) -> Option<usize> {
        match self.get(key) {
            Some(Value::Count(count)) => usize::try_from(*count).ok(),
            _ => None,
        }
    }

    /// Sets a setting.
    pub fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// With another setting.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.set(key, value);
        self
    }

    /// With a number.
    #[must_use]
    pub fn with_count(self, key: &str, count: usize) -> Self {
        self.with(key, Value::Count(count as u64))
    }

    /// All of them, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_setting_may_not_be_is_refused_with_what_it_may_be() {
        assert_eq!(Setting::SIZE.parse("64").unwrap(), Value::Count(64));
        assert_eq!(Setting::FLIP.parse("off").unwrap(), Value::Switch(false));
        for (setting, text, words) in [
            (Setting::SIZE, "48", "power of two from 8 to 256, not 48"),
            (Setting::SIZE, "512", "power of two"),
            (Setting::WIDTH, "0", "--width is a whole number from 1 to 1024, not 0"),
            (Setting::WIDTH, "-1", "not -1"),
            (Setting::LEARNING_RATE, "inf", "not inf"),
            (Setting::LEARNING_RATE, "NaN", "not NaN"),
            (Setting::FLIP, "yes", "on or off"),
        ] {
            let refusal = setting.parse(text).unwrap_err().to_string();
            assert!(refusal.contains(words), "{refusal}");
        }
    }

    #[test]
    fn settings_survive_a_file() {
        let settings = Settings::default()
            .with("a", Value::Switch(true))
            .with("b", Value::Count(7))
            .with("c", Value::Number(0.25))
            .with("d", Value::Choice("hinge".into()));
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
    }
}
