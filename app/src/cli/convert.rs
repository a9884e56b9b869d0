//! `latent-studio convert`: a model folder of any checkpoint that opens.

use std::path::PathBuf;

use latent_engine::model::convert;

use super::CliError;
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
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let source = named(&arguments.file)?;
    let decisions = arguments.assumed.decisions()?;
    check_folder(&arguments.out)?;
    let summary = convert(&source, &arguments.out, decisions.as_ref(), arguments.half)?;
    println!("{}: {}, {} parameters", arguments.out.display(), summary.family, summary.parameters);
    Ok(())
}
