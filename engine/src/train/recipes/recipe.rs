//! What a recipe is: to its author a [`Method`], to everybody else a [`Recipe`] of the registry.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::PictureSet;
use crate::model::ModelSource;
use crate::train::core::fields::{self, Field};
use crate::train::core::memory::Memory;
use crate::train::core::setting::{Setting, Settings, Value};
use crate::train::core::state::SavedState;
use crate::train::core::trainer::Trainer;
use crate::{Error, Result};

/// Whether a recipe is given a model that is there already, which stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It makes a model of its own and takes none.
    Never,
    /// It makes a model of its own, and can begin with what another one knows.
    May,
    /// It makes something for a model.
    Must,
}

/// What a recipe is called and what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name on the command line and in files.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The name under which it stands together with others that learn in the same way, and its own name among them.
    pub group: Option<(&'static str, &'static str)>,
    /// What it is good for, in a sentence.
    pub purpose: &'static str,
    /// What its sample sheets show, in a sentence.
    pub sheet: &'static str,
    /// The family of the models that it makes, as it is written in files.
    pub family: &'static str,
    /// Its pictures have classes.
    pub needs_classes: bool,
    /// It learns from pictures with what each is to be made of.
    pub needs_pairs: bool,
    /// Whether it is given a model.
    pub needs_model: Need,
}

/// A way to train, as its author writes it: a configuration, a table of the settings in it, and a trainer.
pub(crate) trait Method: Sync {
    /// Everything that decides what a training does. It is saved with the training.
    type Config: Clone + Serialize + DeserializeOwned + 'static;
    /// The training.
    type Trainer: Trainer + 'static;

    /// What it is called and needs.
    fn about(&self) -> &About;

    /// The settings that people can choose; those on which others depend stand before them.
    fn fields(&self) -> &'static [Field<Self::Config>];

    /// The usual configuration, where these settings are given: some usual values follow from others.
    fn usual(&self, given: &Settings) -> Self::Config;

    /// Refuses configurations that make no sense.
    fn check(&self, config: &Self::Config) -> Result<()>;

    /// Side of the pictures that it learns from.
    fn size(&self, config: &Self::Config, model: Option<&ModelSource>) -> Result<usize>;

    /// The memory that a training takes beside its pictures, without taking any.
    fn memory(&self, config: &Self::Config, model: Option<&ModelSource>) -> Result<Memory>;

    /// The configuration with what it takes from the pictures.
    fn of_pictures(&self, config: Self::Config, _pictures: &PictureSet) -> Result<Self::Config> {
        Ok(config)
    }

    /// A training from the beginning.
    fn begin(&self, config: Self::Config, model: Option<&ModelSource>) -> Result<Self::Trainer>;

    /// A training with the configuration of a state, into which the state's numbers are then filled.
    fn again(&self, config: Self::Config, _saved: &mut SavedState) -> Result<Self::Trainer> {
        self.begin(config, None)
    }
}

/// A recipe of the registry.
pub trait Recipe: Sync {
    /// What it is called and needs.
    fn about(&self) -> &About;

    /// The settings that people can choose.
    fn settings(&self) -> Vec<&'static Setting>;

    /// All settings, with those that are given.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting that the recipe does not have, or may not have that value.
    fn complete(&self, given: &Settings) -> Result<Settings>;

    /// Refuses settings that make no sense together.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first of them.
    fn check(&self, given: &Settings) -> Result<()>;

    /// Side of the pictures that it learns from and makes: the model's where it needs one.
    ///
    /// # Errors
    /// What opening that model says.
    fn size(&self, given: &Settings, model: Option<&ModelSource>) -> Result<usize>;

    /// The memory that a training takes beside its pictures, without taking any.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings that make no sense, and what opening the model says that the recipe needs.
    fn memory(&self, given: &Settings, model: Option<&ModelSource>) -> Result<Memory>;

    /// A training from the beginning. The pictures tell what their classes are.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings that make no sense, or pictures that are not what the recipe needs.
    fn begin(
        &self,
        given: &Settings,
        model: Option<&ModelSource>,
        pictures: &PictureSet,
    ) -> Result<Box<dyn Trainer>>;

    /// The settings of a saved training.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they are damaged.
    fn saved_settings(&self, config: &serde_json::Value) -> Result<Settings>;

    /// A saved training, with these settings in the place of its own.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] when the state is not complete, [`Error::Invalid`] for other settings than those that
    /// [may change](Setting::may_change).
    fn load(&self, saved: SavedState, changes: &Settings) -> Result<Box<dyn Trainer>>;
}

impl fmt::Debug for dyn Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().key)
    }
}

impl PartialEq for dyn Recipe {
    fn eq(&self, other: &Self) -> bool {
        self.about().key == other.about().key
    }
}

fn config_of<M: Method>(method: &M, given: &Settings) -> Result<M::Config> {
    let mut config = method.usual(given);
    fields::apply(method.fields(), &mut config, given, Method::about(method).key)?;
    Ok(config)
}

fn checked<M: Method>(method: &M, given: &Settings) -> Result<M::Config> {
    let config = config_of(method, given)?;
    method.check(&config)?;
    Ok(config)
}

impl<M: Method> Recipe for M {
    fn about(&self) -> &About {
        Method::about(self)
    }

    fn settings(&self) -> Vec<&'static Setting> {
        self.fields().iter().map(|field| &field.setting).collect()
    }

    fn complete(&self, given: &Settings) -> Result<Settings> {
        Ok(fields::told(self.fields(), &config_of(self, given)?))
    }

    fn check(&self, given: &Settings) -> Result<()> {
        checked(self, given).map(|_| ())
    }

    fn size(&self, given: &Settings, model: Option<&ModelSource>) -> Result<usize> {
        Method::size(self, &config_of(self, given)?, model)
    }

    fn memory(&self, given: &Settings, model: Option<&ModelSource>) -> Result<Memory> {
        Method::memory(self, &checked(self, given)?, model)
    }

    fn begin(
        &self,
        given: &Settings,
        model: Option<&ModelSource>,
        pictures: &PictureSet,
    ) -> Result<Box<dyn Trainer>> {
        let config = self.of_pictures(checked(self, given)?, pictures)?;
        Ok(Box::new(Method::begin(self, config, model)?))
    }

    fn saved_settings(&self, config: &serde_json::Value) -> Result<Settings> {
        let config: M::Config = serde_json::from_value(config.clone())
            .map_err(|e| Error::Invalid(format!("the settings of the training are damaged: {e}")))?;
        Ok(fields::told(self.fields(), &config))
    }

    fn load(&self, saved: SavedState, changes: &Settings) -> Result<Box<dyn Trainer>> {
        Ok(Box::new(load(self, saved, changes)?))
    }
}

/// A saved training by a method.
pub(crate) fn load<M: Method>(method: &M, mut saved: SavedState, changes: &Settings) -> Result<M::Trainer> {
    saved.check_recipe(&[Method::about(method).key])?;
    let mut config: M::Config = saved.config()?;
    check_changes(&Recipe::settings(method), &fields::told(method.fields(), &config), changes)?;
    fields::apply(method.fields(), &mut config, changes, Method::about(method).key)?;
    method.check(&config)?;
    let mut trainer = method.again(config, &mut saved)?;
    saved.fill(trainer.parts())?;
    Ok(trainer)
}

/// Refuses to go on with a training with other settings than it was begun with, but for those that may change.
pub(crate) fn check_changes(table: &[&Setting], begun_with: &Settings, now: &Settings) -> Result<()> {
    for (key, value) in now.iter() {
        let setting = table.iter().find(|setting| setting.key == key);
        let (Some(setting), Some(before)) = (setting, begun_with.get(key)) else {
            return Err(Error::Invalid(format!(
                "this training has no --{key}, as it was begun: leave it out, or begin another one"
            )));
        };
        if !setting.may_change && !same(before, value) {
            return Err(Error::Invalid(format!(
                "this training was begun with --{key} {before}, not {value}: go on with {before}, or begin another one"
            )));
        }
    }
    Ok(())
}

/// Whole numbers and quantities look alike in files.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.number().is_some_and(|number| Some(number) == b.number())
}
