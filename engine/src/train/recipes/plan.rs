//! What is to be trained: a recipe, its settings, and the model that it is for or begins with, where there is one.

use serde::{Deserialize, Serialize};

use super::recipe::{Need, Recipe};
use crate::data::PictureSet;
use crate::model::ModelSource;
use crate::train::core::memory::Memory;
use crate::train::core::setting::{Settings, Value};
use crate::train::core::trainer::Trainer;
use crate::{Error, Result};

/// A recipe by its key.
mod by_key {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use crate::train::recipes::{Recipe, recipe};

    pub(super) fn serialize<S: Serializer>(
        recipe: &&'static dyn Recipe,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(recipe.about().key)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static dyn Recipe, D::Error> {
        recipe(&String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

/// What is to be trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How; in messages by its key.
    #[serde(with = "by_key")]
    pub recipe: &'static dyn Recipe,
    /// What is not the recipe's usual.
    pub settings: Settings,
    /// The model that something is trained for, or that a training begins with.
    pub model: Option<ModelSource>,
}

impl Plan {
    /// A recipe with its usual settings.
    #[must_use]
    pub fn usual(recipe: &'static dyn Recipe) -> Self {
        Self { recipe, settings: Settings::default(), model: None }
    }

    /// With another setting.
    #[must_use]
    pub fn with(self, key: &str, value: Value) -> Self {
        Self { settings: self.settings.with(key, value), ..self }
    }

    /// With a number as another setting.
    #[must_use]
    pub fn with_count(self, key: &str, count: usize) -> Self {
        self.with(key, Value::Count(count as u64))
    }

    /// For a model.
    #[must_use]
    pub fn for_model(self, model: ModelSource) -> Self {
        Self { model: Some(model), ..self }
    }

    /// Refuses what can't be trained, before anything is read.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what is wrong.
    pub fn check(&self) -> Result<()> {
        let about = self.recipe.about();
        match (&self.model, about.needs_model) {
            (None, Need::Must) => Err(Error::Invalid(format!(
                "the recipe {} needs a model that it is for: name one by --model",
                about.key
            ))),
            (Some(_), Need::Never) => Err(Error::Invalid(format!(
                "the recipe {} makes a model of its own: leave --model out",
                about.key
            ))),
            _ => self.recipe.check(&self.settings),
        }
    }

    /// Side of the pictures that it learns from.
    ///
    /// # Errors
    /// As [`Recipe::size`].
    pub fn size(&self) -> Result<usize> {
        self.recipe.size(&self.settings, self.model.as_ref())
    }

    /// The memory that a training takes beside its pictures.
    ///
    /// # Errors
    /// As [`Recipe::memory`].
    pub fn memory(&self) -> Result<Memory> {
        self.recipe.memory(&self.settings, self.model.as_ref())
    }

    /// A training from the beginning.
    ///
    /// # Errors
    /// As [`Recipe::begin`].
    pub fn begin(&self, pictures: &PictureSet) -> Result<Box<dyn Trainer>> {
        self.check()?;
        self.recipe.begin(&self.settings, self.model.as_ref(), pictures)
    }
}
