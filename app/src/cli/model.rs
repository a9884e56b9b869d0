//! The model that a subcommand works on.

use latent_engine::model::{Ability, Decisions, Model, ModelSource, Verdict};
use latent_engine::open::{check_source, inspect, open_best};

use super::CliError;

/// Which model, and what its file does not say.
#[derive(Debug, clap::Args)]
pub(super) struct ModelArguments {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(long, default_value = "landscape")]
    model: String,
    #[command(flatten)]
    assumed: Assumed,
}

/// Which model, named first or by `--model` as everywhere else.
#[derive(Debug, clap::Args)]
pub(super) struct ModelName {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(value_name = "MODEL", required_unless_present = "model")]
    first: Option<String>,
    /// The same, as other subcommands name it
    #[arg(long, conflicts_with = "first")]
    model: Option<String>,
}

impl ModelName {
    /// The name.
    pub(super) fn get(&self) -> &str {
        self.first.as_deref().or(self.model.as_deref()).unwrap_or_default()
    }
}

/// What a file does not say.
#[derive(Debug, clap::Args)]
pub(super) struct Assumed {
    /// What the file does not say, for example prior=uniform; `inspect` lists what there is to assume.
    /// Without this, the answers kept beside the file count
    #[arg(long, value_name = "KEY=VALUE")]
    assume: Vec<String>,
}

impl ModelArguments {
    /// Opens the model.
    pub(super) fn open(&self) -> Result<Model, CliError> {
        let model = self.assumed.open(&self.model)?;
        match model.info.why_not(Ability::Decode) {
            Some(why) if model.info.can(Ability::Enlarge) => {
                Err(CliError::Arguments(format!("{why}: use it with enlarge")))
            }
            _ => Ok(model),
        }
    }
}

impl Assumed {
    /// Opens the model of a name.
    pub(super) fn open(&self, name: &str) -> Result<Model, CliError> {
        let source = named(name)?;
        Ok(open_best(&source, self.decisions(&source)?.as_ref())?)
    }

    /// What the user decides, on top of the answers that are kept; `None` when nothing was said.
    pub(super) fn decisions(&self, source: &ModelSource) -> Result<Option<Decisions>, CliError> {
        let asked = self.asked()?;
        if asked.is_empty() {
            return Ok(None);
        }
        // Kept answers that make no sense can only be told by those that replace them.
        let mut decisions = match inspect(source, None) {
            Ok(kept) => kept
                .assumptions
                .iter()
                .filter(|a| a.decided)
                .map(|a| (a.key.to_string(), a.answer.text()))
                .collect(),
            Err(_) => Decisions::new(),
        };
        let summary = inspect(source, Some(&asked))?;
        let known: Vec<&str> = summary.assumptions.iter().map(|a| a.key.as_ref()).collect();
        if let Some(typo) = asked.keys().find(|key| !known.contains(&key.as_str()))
            && matches!(summary.verdict, Verdict::Opens)
        {
            let there = if known.is_empty() { "nothing".into() } else { known.join(", ") };
            return Err(CliError::Arguments(format!(
                "--assume {typo}: of this model {there} can be assumed"
            )));
        }
        decisions.extend(asked);
        Ok(Some(decisions))
    }

    fn asked(&self) -> Result<Decisions, CliError> {
        let mut decisions = Decisions::new();
        for text in &self.assume {
            let Some((key, value)) = text.split_once('=') else {
                return Err(CliError::Arguments(format!("--assume takes KEY=VALUE, not \"{text}\"")));
            };
            decisions.insert(key.trim().into(), value.trim().into());
        }
        Ok(decisions)
    }
}

/// The model that a name means; a name that means none is refused before anything else is done.
pub(super) fn named(name: &str) -> Result<ModelSource, CliError> {
    let source = ModelSource::named(name);
    check_source(&source)?;
    Ok(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_makes_no_pictures_of_latents_says_what_it_is_for() {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/tests/data/checkpoints");
        let open = |file: &str| {
            let assumed = Assumed { assume: Vec::new() };
            ModelArguments { model: format!("{samples}/{file}"), assumed }.open()
        };
        let why = open("sr/leftthomas_srgan_x4.pth").err().unwrap().to_string();
        let said = "has no generator: it is an enlarger (SRGAN), which makes pictures 4 times larger: use it with enlarge";
        assert!(why.ends_with(said), "{why}");
        assert!(open("zip.pth").is_ok());
    }
}
