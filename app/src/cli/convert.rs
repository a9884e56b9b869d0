//! `latent-studio convert`: a model folder of any checkpoint that opens.

use std::path::{Path, PathBuf};

use latent_engine::checkpoint::WEIGHTS_FILE;
use latent_engine::file::NewFolder;
use latent_engine::open::convert;
use latent_engine::train::{Claim, ModelFolder};

use super::CliError;
use super::console::report;
use super::model::{Assumed, named};
use super::output::check_folder;

/// The arguments of `convert`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(value_name = "MODEL")]
    first: Option<PathBuf>,
    /// Model folder to write
    #[arg(value_name = "FOLDER")]
    second: Option<PathBuf>,
    /// The model, as other subcommands name it
    #[arg(long)]
    model: Option<String>,
    /// The folder, as other subcommands name it
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    assumed: Assumed,
    /// Store the weights as float16: half the size, and pictures that differ by less than a shade
    #[arg(long)]
    half: bool,
    /// Replace the model that is in the folder already
    #[arg(long)]
    force: bool,
}

impl Arguments {
    /// The model and the folder: what no option names stands by itself, in this order.
    fn places(&self) -> Result<(&str, &Path), CliError> {
        let refuse =
            |why: &str| CliError::Arguments(format!("{why}: convert MODEL FOLDER, or --model and --out"));
        let mut places = [&self.first, &self.second].into_iter().flatten();
        let model = match &self.model {
            Some(model) => model,
            None => {
                let first = places.next().ok_or_else(|| refuse("name the model and the folder to write"))?;
                first.to_str().ok_or_else(|| refuse("the model's name is no text"))?
            }
        };
        let out = match &self.out {
            Some(out) => out,
            None => places.next().ok_or_else(|| refuse("name the folder to write"))?,
        };
        match places.next() {
            None => Ok((model, out)),
            Some(more) => Err(refuse(&format!("{} is one name too many", more.display()))),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let (model, folder) = arguments.places()?;
    let source = named(model)?;
    let decisions = arguments.assumed.decisions(&source)?;
    let out = folder.display();
    let taken = [WEIGHTS_FILE, "run"].iter().any(|name| folder.join(name).exists());
    if taken && !arguments.force {
        return Err(CliError::Arguments(format!(
            "{out} holds a model already: name another folder, or replace it with --force"
        )));
    }
    check_folder(folder)?;
    let _made = NewFolder::make(folder)?;
    // Whoever trains there would write its own model over this one.
    let training = folder.join("run").exists();
    let _held = training.then(|| ModelFolder::claim(folder, Claim::Replace)).transpose()?;
    let summary = convert(&source, folder, decisions.as_ref(), arguments.half)?;
    // What was told of the model that is gone.
    for other in ["CARD.md", "samples.png"].iter().filter(|_| taken) {
        let path = folder.join(other);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::Io { path, source });
            }
            _ => {}
        }
    }
    report(format_args!("{out}: {}, {} parameters", summary.family, summary.parameters))
}
