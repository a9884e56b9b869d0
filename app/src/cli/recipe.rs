//! How to train: the arguments of `train` that make a plan. They are those of the engine's recipes, each of which lists
//! its own.

use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser, ValueParser};
use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};
use latent_engine::train::{Kind, Need, Plan, RECIPES, Recipe, Setting, Settings, recipe};

use super::CliError;
use super::model::named;

/// The arguments that make a plan.
#[derive(Debug)]
pub(super) struct RecipeArguments {
    /// The recipe, where one was asked for.
    recipe: Option<String>,
    /// The model that something is trained for.
    model: Option<String>,
    /// Settings, as they were written.
    given: Vec<(&'static str, String)>,
}

impl RecipeArguments {
    /// The key of the recipe that was asked for.
    pub(super) fn asked(&self) -> Option<&str> {
        self.recipe.as_deref()
    }

    /// The model that was asked for.
    pub(super) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The settings that were asked for, of this recipe.
    pub(super) fn settings(&self, recipe: &dyn Recipe) -> Result<Settings, CliError> {
        let mut settings = Settings::default();
        for (key, text) in &self.given {
            let Some(setting) = recipe.settings().into_iter().find(|setting| setting.key == *key) else {
                let others: Vec<&str> = holders(key).map(|recipe| recipe.about().key).collect();
                return Err(CliError::Arguments(format!(
                    "the recipe {} has no --{key}: it is for {}",
                    recipe.about().key,
                    others.join(", ")
                )));
            };
            settings.set(key, setting.parse(text)?);
        }
        Ok(settings)
    }

    /// What was asked for; what was left out is the recipe's own.
    pub(super) fn plan(&self) -> Result<Plan, CliError> {
        let recipe = match &self.recipe {
            Some(key) => recipe(key)?,
            None => RECIPES[0],
        };
        let plan = Plan { recipe, settings: self.settings(recipe)?, model: None };
        match &self.model {
            None => Ok(plan),
            // Before the model is looked for: what can't be used needs not be there.
            Some(_) if recipe.about().needs_model == Need::Never => Err(CliError::Arguments(format!(
                "the recipe {} makes a model of its own: leave --model out",
                recipe.about().key
            ))),
            Some(model) => Ok(plan.for_model(named(model)?)),
        }
    }
}

/// The recipes that have a setting.
fn holders(key: &str) -> impl Iterator<Item = &'static dyn Recipe> {
    RECIPES.iter().copied().filter(move |recipe| recipe.settings().iter().any(|setting| setting.key == key))
}

/// The settings of all recipes, those of the first ones first.
fn settings() -> Vec<&'static Setting> {
    let mut all: Vec<&'static Setting> = Vec::new();
    for setting in RECIPES.iter().flat_map(|recipe| recipe.settings()) {
        if all.iter().all(|known| known.key != setting.key) {
            all.push(setting);
        }
    }
    all
}

/// What a setting does, and what it usually is.
fn help(setting: &Setting) -> String {
    let mut usual: Vec<(Option<String>, Vec<&str>)> = Vec::new();
    for recipe in holders(setting.key) {
        let value = recipe.complete(&Settings::default()).ok();
        let value = value.and_then(|all| all.get(setting.key).map(ToString::to_string));
        match usual.iter_mut().find(|(known, _)| *known == value) {
            Some((_, recipes)) => recipes.push(recipe.about().key),
            None => usual.push((value, vec![recipe.about().key])),
        }
    }
    let mut help = setting.help.to_owned();
    let holders = holders(setting.key).count();
    if holders < RECIPES.len() {
        let recipes: Vec<&str> = usual.iter().flat_map(|(_, recipes)| recipes.iter().copied()).collect();
        // Writing to a string can't fail.
        write!(help, " (recipes {})", recipes.join(", ")).ok();
    }
    let values: Vec<String> = usual
        .iter()
        .filter_map(|(value, recipes)| {
            let value = value.as_ref()?;
            Some(if usual.len() == 1 { value.clone() } else { format!("{value} for {}", recipes.join(", ")) })
        })
        .collect();
    if !values.is_empty() {
        write!(help, " [usually {}]", values.join("; ")).ok();
    }
    help
}

fn argument(setting: &'static Setting) -> Arg {
    let names = |values: &[(&'static str, &'static str)]| {
        let value = |(name, about): &(&'static str, &'static str)| PossibleValue::new(*name).help(*about);
        ValueParser::from(PossibleValuesParser::new(values.iter().map(value)))
    };
    let argument = Arg::new(setting.key).long(setting.key).help(help(setting)).allow_negative_numbers(true);
    match setting.kind {
        Kind::Side { .. } | Kind::Count { .. } => argument.value_name("COUNT"),
        Kind::Number { .. } => argument.value_name("NUMBER"),
        Kind::Choice(values) => argument.value_parser(names(values)),
        Kind::Switch => argument.value_parser(names(&[("on", "yes"), ("off", "no")])),
    }
}

impl clap::Args for RecipeArguments {
    fn augment_args(command: Command) -> Command {
        let recipes = RECIPES.iter().map(|recipe| {
            let about = recipe.about();
            PossibleValue::new(about.key).help(about.purpose.trim_end_matches('.'))
        });
        let command = command
            .arg(
                Arg::new("recipe")
                    .long("recipe")
                    .value_parser(PossibleValuesParser::new(recipes))
                    .help(format!("How to train [usually {}]", RECIPES[0].about().key)),
            )
            .arg(Arg::new("model").long("model").value_name("MODEL").help(
                "The model that gets an encoder (recipe encoder), or whose networks the training begins with: of the same \
                 size or smaller (recipes of GANs). A bundled model, a model folder or a checkpoint file",
            ));
        settings().into_iter().fold(command, |command, setting| command.arg(argument(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RecipeArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let given = settings().into_iter().filter_map(|setting| Some((setting.key, text(setting.key)?)));
        Ok(Self { recipe: text("recipe"), model: text("model"), given: given.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
