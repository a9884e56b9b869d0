//! `latent-studio convert`: a model folder of any checkpoint that opens.

use std::path::PathBuf;

use latent_engine::checkpoint::WEIGHTS_FILE;
use latent_engine::open::convert;

use super::CliError;
use super::console::report;
use super::model::{Assumed, named};
use super::output::check_folder;

/// The arguments of `convert`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A checkpoint file, a model folder or a bundled model
    file: String,
    /// Model folder to write
    out: PathBuf,
    #[command(flatten)]
    assumed: Assumed,
    /// Store the weights as float16: half the size, and pictures that differ by less than a shade
    #[arg(long)]
    half: bool,
    /// Replace the model that is in the folder already
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let source = named(&arguments.file)?;
    let decisions = arguments.assumed.decisions(&source)?;
    let out = arguments.out.display();
    let taken = [WEIGHTS_FILE, "run"].iter().any(|name| arguments.out.join(name).exists());
    if taken && !arguments.force {
        return Err(CliError::Arguments(format!(
            "{out} holds a model already: name another folder, or replace it with --force"
        )));
    }
    check_folder(&arguments.out)?;
    let summary = convert(&source, &arguments.out, decisions.as_ref(), arguments.half)?;
    // What was told of the model that is gone.
    for other in ["CARD.md", "samples.png"].iter().filter(|_| taken) {
        let path = arguments.out.join(other);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::Io { path, source });
            }
            _ => {}
        }
    }
    report(format_args!("{out}: {}, {} parameters", summary.family, summary.parameters))
}
