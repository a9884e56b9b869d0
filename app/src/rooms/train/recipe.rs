//! The recipes of the engine's registry, as a painter sees them.

use latent_engine::model::ModelSource;
use latent_engine::train::{About, Need, Plan, RECIPES, Recipe, Setting, Settings, recipe};

use crate::link::models::OpenModel;

/// A way to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecipeKind(&'static dyn Recipe);

impl RecipeKind {
    /// The usual one.
    pub fn usual() -> Self {
        Self(RECIPES[0])
    }

    /// Every recipe, the usual one first.
    pub fn all() -> impl Iterator<Item = Self> {
        RECIPES.iter().map(|recipe| Self(*recipe))
    }

    /// The recipes that learn in different ways: of a group that learns in one way, the first.
    pub fn ways() -> impl Iterator<Item = Self> {
        Self::all().filter(|kind| kind.way() == *kind)
    }

    /// The one of [`ways`](Self::ways) that it belongs to.
    pub fn way(self) -> Self {
        self.group().next().unwrap_or(self)
    }

    /// Those that learn in the same way, itself among them.
    pub fn group(self) -> impl Iterator<Item = Self> {
        let group = self.about().group.map(|(group, _)| group);
        Self::all().filter(move |kind| match group {
            Some(group) => kind.about().group.is_some_and(|(other, _)| other == group),
            None => *kind == self,
        })
    }

    /// What it is called and needs.
    pub fn about(self) -> &'static About {
        self.0.about()
    }

    /// The recipe of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        recipe(key).ok().map(Self)
    }

    /// The settings that the form has a place for.
    pub fn form(self) -> impl Iterator<Item = &'static Setting> {
        self.0.settings().into_iter().filter(|setting| setting.in_form)
    }

    /// What the recipe's makers chose of them.
    pub fn defaults(self) -> Settings {
        let usual = self.0.complete(&Settings::default()).unwrap_or_default();
        let own = self.form().filter_map(|setting| Some((setting.key, usual.get(setting.key)?.clone())));
        own.fold(Settings::default(), |all, (key, value)| all.with(key, value))
    }

    /// Whether the size of the pictures can be chosen; else it is the open model's.
    pub fn makes_a_new_model(self) -> bool {
        self.about().needs_model != Need::Must
    }

    /// Whether its pictures have classes.
    pub fn is_labelled(self) -> bool {
        self.about().needs_classes
    }

    /// Why it can't be used with this model in use; `None` when it can.
    pub fn blocked(self, model: Option<&OpenModel>) -> Option<&'static str> {
        if self.makes_a_new_model() {
            return None;
        }
        model.is_none().then_some("No model is open")
    }

    /// What is to be trained, with all settings; `model` is what the recipe is for, where it needs one.
    pub fn plan(self, size: usize, settings: &Settings, model: ModelSource) -> Plan {
        let plan = Plan { recipe: self.0, settings: settings.clone(), model: None };
        if self.makes_a_new_model() { plan.with_count("size", size) } else { plan.for_model(model) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_found_by_its_name_and_its_defaults_can_be_trained() {
        for kind in RecipeKind::all() {
            assert_eq!(RecipeKind::from_key(kind.about().key), Some(kind));
            let model = ModelSource::Bundled("landscape".into());
            kind.plan(64, &kind.defaults(), model).check().unwrap();
            assert!(
                kind.group().any(|other| other == kind) && RecipeKind::ways().any(|way| way == kind.way())
            );
        }
        assert_eq!(RecipeKind::from_key("diffusion"), None);
        assert_eq!(RecipeKind::ways().count(), 6);
    }
}
