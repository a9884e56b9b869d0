//! The model that a subcommand works on.

use latent_engine::model::{Decisions, Model, ModelSource, check_source, open_best};

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
        Ok(open_best(&named(&self.model)?, self.assumed.decisions()?.as_ref())?)
    }
}

impl Assumed {
    /// What the user decided; `None` when nothing was said.
    pub(super) fn decisions(&self) -> Result<Option<Decisions>, CliError> {
        let mut decisions = Decisions::new();
        for text in &self.assume {
            let Some((key, value)) = text.split_once('=') else {
                return Err(CliError::Arguments(format!("--assume takes KEY=VALUE, not \"{text}\"")));
            };
            decisions.insert(key.trim().into(), value.trim().into());
        }
        Ok((!decisions.is_empty()).then_some(decisions))
    }
}

/// The model that a name means; a name that means none is refused before anything else is done.
pub(super) fn named(name: &str) -> Result<ModelSource, CliError> {
    let source = ModelSource::named(name);
    check_source(&source)?;
    Ok(source)
}
