//! Where the settings of a recipe lie in its configuration: one table says how each is read and how it is set.

use super::setting::{Setting, Settings, Value};
use crate::{Error, Result};

/// Where a setting lies in a configuration.
pub(crate) enum Access<C: 'static> {
    Count(fn(&mut C) -> &mut usize),
    Seed(fn(&mut C) -> &mut u64),
    Number(fn(&mut C) -> &mut f32),
    Switch(fn(&mut C) -> &mut bool),
    /// What is not a field of its own: what it is set to, where it has a meaning, and how it is set.
    Derived(fn(&C) -> Option<Value>, fn(&mut C, &Value) -> Result<()>),
}

/// A setting of a recipe with its place in the recipe's configuration.
pub(crate) struct Field<C: 'static> {
    pub setting: Setting,
    pub access: Access<C>,
}

impl<C: Clone> Field<C> {
    /// What it is set to, where it has a meaning.
    fn value(&self, config: &C) -> Option<Value> {
        let mut config = config.clone();
        match self.access {
            Access::Count(at) => Some(Value::Count(*at(&mut config) as u64)),
            Access::Seed(at) => Some(Value::Count(*at(&mut config))),
            Access::Number(at) => Some(Value::Number(*at(&mut config))),
            Access::Switch(at) => Some(Value::Switch(*at(&mut config))),
            Access::Derived(get, _) => get(&config),
        }
    }

    fn set(&self, config: &mut C, value: &Value) -> Result<()> {
        self.setting.check(value)?;
        let refuse = || self.setting.refuse(&value.to_string());
        match (&self.access, value) {
            (Access::Count(at), Value::Count(count)) => {
                *at(config) = usize::try_from(*count).map_err(|_| refuse())?;
            }
            (Access::Seed(at), Value::Count(seed)) => *at(config) = *seed,
            (Access::Number(at), value) => *at(config) = value.number().ok_or_else(refuse)?,
            (Access::Switch(at), Value::Switch(on)) => *at(config) = *on,
            // Set to what it is, it takes nothing back that was set beside it.
            (Access::Derived(..), value) if self.value(config).as_ref() == Some(value) => {}
            (Access::Derived(_, set), value) => set(config, value)?,
            _ => return Err(refuse()),
        }
        Ok(())
    }
}

/// Sets the fields that are among the settings; a setting that is no field is refused by name.
pub(crate) fn apply<C: Clone>(
    fields: &[Field<C>],
    config: &mut C,
    settings: &Settings,
    recipe: &str,
) -> Result<()> {
    for (key, _) in settings.iter() {
        if !fields.iter().any(|field| field.setting.key == key) {
            return Err(Error::Invalid(format!("the recipe {recipe} has no --{key}")));
        }
    }
    // In the order of the table: what others depend on stands before them.
    for field in fields {
        if let Some(value) = settings.get(field.setting.key) {
            field.set(config, value)?;
        }
    }
    Ok(())
}

/// What the fields of a configuration are set to.
pub(crate) fn told<C: Clone>(fields: &[Field<C>], config: &C) -> Settings {
    let value = |field: &Field<C>| Some((field.setting.key.to_owned(), field.value(config)?));
    fields.iter().filter_map(value).collect()
}
