//! `latent-studio completions` and `latent-studio man`: what other programs know of this one.

use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;
use latent_engine::file::{self, NewFolder};

use super::console::{deliver, report};
use super::output::check_folder;
use super::{Cli, CliError};

/// The program's name.
const NAME: &str = "latent-studio";

/// The arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionArguments {
    /// Which shell
    shell: Shell,
}

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArguments {
    /// Folder for the pages of all subcommands; the main page goes to standard output when left out
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn completions(arguments: &CompletionArguments) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), NAME, &mut script);
    deliver(&script)
}

pub(super) fn man(arguments: &ManArguments) -> Result<(), CliError> {
    let mut command = Cli::command().name(NAME);
    command.build();
    let Some(folder) = &arguments.out else { return deliver(&page(&command)?) };
    check_folder(folder)?;
    let _folder = NewFolder::make(folder)?;
    let mut pages = vec![(NAME.to_owned(), page(&command)?)];
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    for below in below {
        pages.push((format!("{NAME}-{}", below.get_name()), page(below)?));
    }
    for (name, page) in &pages {
        file::write(&folder.join(format!("{name}.1")), page)?;
    }
    report(format_args!("{}: {} pages", folder.display(), pages.len()))
}

fn page(command: &clap::Command) -> Result<Vec<u8>, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(CliError::Output)?;
    Ok(page)
}
