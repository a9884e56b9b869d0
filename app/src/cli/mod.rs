//! The command line: the window's work without a window, on the same steppers with the same seeds.

mod bench;
mod console;
mod convert;
mod data;
mod draw;
mod edit;
mod enlarge;
mod evaluate;
mod frame;
mod generate;
mod input;
mod inspect;
mod interrupt;
mod manual;
mod maps;
mod memory;
mod model;
mod morph;
mod output;
mod pairs;
mod plane;
mod project;
mod recipe;
mod render;
mod train;
mod transfer;
mod translate;
mod worlds;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use latent_engine::search::SolverKind;

use crate::shell::{StudioOptions, run_window};

/// Paint with a generative model: strokes in, pictures out.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    job: Option<Job>,
    #[command(flatten)]
    window: WindowArguments,
    /// Say nothing but answers and errors
    #[arg(long, short, global = true, display_order = 900)]
    quiet: bool,
}

/// What the window starts with.
#[derive(Debug, clap::Args)]
struct WindowArguments {
    /// A bundled model, a model folder or a checkpoint file [usually landscape]
    #[arg(long)]
    model: Option<String>,
    /// Seed of every random draw [usually 0]
    #[arg(long, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// A photo to open
    #[arg(long)]
    photo: Option<PathBuf>,
}

/// The window's model where none was named.
const USUAL_MODEL: &str = "landscape";

impl WindowArguments {
    /// Refuses what was meant for a subcommand, which would not hear of it.
    fn check_unused(&self) -> Result<(), CliError> {
        let given = [
            ("--model", self.model.is_some()),
            ("--seed", self.seed.is_some()),
            ("--photo", self.photo.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(CliError::Arguments(format!(
                "{option} before a subcommand is the window's: write it after the subcommand"
            ))),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Search for pictures that agree with strokes
    Draw(draw::Arguments),
    /// Make random pictures, or those of given latents
    Generate(generate::Arguments),
    /// Find the latent whose picture comes nearest to a photo
    Project(project::Arguments),
    /// Change a photo where strokes say so, at its own resolution
    Edit(edit::Arguments),
    /// Pictures on the way from one latent to another, as an animation or a row
    Morph(morph::Arguments),
    /// Make a picture larger, and sharp
    Enlarge(enlarge::Arguments),
    /// Make a change between two small pictures in the large photo that they are of
    Transfer(transfer::Arguments),
    /// Make a picture of another one, or of a map of labels
    Translate(translate::Arguments),
    /// Pictures between four latents
    Plane(plane::Arguments),
    /// Say what a file holds, or why it can't be used
    Inspect(inspect::Arguments),
    /// Make a model folder of any checkpoint that opens
    Convert(convert::Arguments),
    /// Train a model on a folder of pictures or on a world that the studio draws itself
    Train(train::Arguments),
    /// Draw the pictures of a procedural world
    Render(render::Arguments),
    /// Measure how good a model is, against real pictures that it did not learn from
    Evaluate(evaluate::Arguments),
    /// Measure this program on this machine, as JSON lines
    Bench(bench::Arguments),
    /// The worlds that the studio draws itself, and what varies in their pictures
    Worlds(worlds::Arguments),
    /// Completions for a shell, to be saved where it looks for them
    Completions(manual::CompletionArguments),
    /// The manual pages
    Man(manual::ManArguments),
}

/// The solver's name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SolverName {
    /// A bank of known pictures, then L-BFGS on the best
    Fast,
    /// The published recipe: 64 random latents, Adam
    Igan,
}

/// Understands whole numbers; how large they may be is for each subcommand to say.
fn whole(text: &str) -> Result<usize, String> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().map_err(|_| {
        if digits { "it is too large" } else { "it must be a whole number, 0 or more" }.to_owned()
    })
}

impl From<SolverName> for SolverKind {
    fn from(name: SolverName) -> Self {
        match name {
            SolverName::Fast => Self::Fast,
            SolverName::Igan => Self::Igan,
        }
    }
}

/// What ended a subcommand early: a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] latent_engine::Error),
    /// The window could not be opened.
    #[error(transparent)]
    Window(#[from] crate::shell::WindowError),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The arguments make no sense together.
    #[error("{0}")]
    Arguments(String),
    /// Standard output could not be written.
    #[error("standard output: {0}")]
    Output(std::io::Error),
    /// The reader of standard output has gone away.
    #[error("nobody reads standard output any more")]
    ClosedPipe,
    /// A signal ended the job, in order.
    #[error("stopped by {0}")]
    Interrupted(interrupt::Signal),
}

impl CliError {
    /// What the program's caller is told: 1 for an error, more than 128 as shells count signals.
    fn exit_code(&self) -> ExitCode {
        match self {
            // As a program that the signal of a closed pipe has ended.
            Self::ClosedPipe => ExitCode::from(128 + 13),
            Self::Interrupted(signal) => ExitCode::from(signal.exit_code()),
            _ => ExitCode::FAILURE,
        }
    }

    /// Says what went wrong and gives the exit code for it. A reader that has seen enough (`head`) needs no words.
    #[must_use]
    pub fn tell(&self) -> ExitCode {
        if !matches!(self, Self::ClosedPipe) {
            console::complain(format_args!("latent-studio: {self}"));
        }
        self.exit_code()
    }
}

impl Cli {
    /// Opens the window or does the job.
    ///
    /// # Errors
    /// One sentence that says what is wrong and what to do.
    pub fn run(self) -> Result<(), CliError> {
        if self.quiet {
            console::be_quiet();
        }
        if self.job.is_some() {
            self.window.check_unused()?;
        }
        // A training has its own way to end; the window's is the desktop's.
        if !matches!(self.job, None | Some(Job::Train(_))) {
            interrupt::end_between_files()?;
        }
        match self.job {
            Some(Job::Draw(arguments)) => draw::run(&arguments),
            Some(Job::Generate(arguments)) => generate::run(&arguments),
            Some(Job::Train(arguments)) => train::run(&arguments),
            Some(Job::Render(arguments)) => render::run(&arguments),
            Some(Job::Project(arguments)) => project::run(&arguments),
            Some(Job::Edit(arguments)) => edit::run(&arguments),
            Some(Job::Morph(arguments)) => morph::run(&arguments),
            Some(Job::Enlarge(arguments)) => enlarge::run(&arguments),
            Some(Job::Transfer(arguments)) => transfer::run(&arguments),
            Some(Job::Translate(arguments)) => translate::run(&arguments),
            Some(Job::Plane(arguments)) => plane::run(&arguments),
            Some(Job::Inspect(arguments)) => inspect::run(&arguments),
            Some(Job::Convert(arguments)) => convert::run(&arguments),
            Some(Job::Evaluate(arguments)) => evaluate::run(&arguments),
            Some(Job::Bench(arguments)) => bench::run(&arguments),
            Some(Job::Worlds(arguments)) => worlds::run(&arguments),
            Some(Job::Completions(arguments)) => manual::completions(&arguments),
            Some(Job::Man(arguments)) => manual::man(&arguments),
            None => {
                let options = StudioOptions {
                    model: model::named(self.window.model.as_deref().unwrap_or(USUAL_MODEL))?,
                    seed: self.window.seed.unwrap_or(0),
                    photo: self.window.photo,
                    ..StudioOptions::default()
                };
                Ok(run_window(options)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use clap::error::ErrorKind;
    use clap::{Command, CommandFactory as _};

    use super::*;

    /// The numbers of a command and those below it, each with the words before it.
    fn numbers(command: &Command, before: &[String]) -> Vec<Vec<String>> {
        let kinds = [
            TypeId::of::<usize>(),
            TypeId::of::<u32>(),
            TypeId::of::<u64>(),
            TypeId::of::<f32>(),
            TypeId::of::<f64>(),
        ];
        let own = command
            .get_arguments()
            .filter(|a| kinds.iter().any(|kind| a.get_value_parser().type_id() == *kind));
        let own = own.filter_map(|a| Some([before, &[format!("--{}", a.get_long()?)]].concat()));
        let below = command
            .get_subcommands()
            .flat_map(|below| numbers(below, &[before, &[below.get_name().to_owned()]].concat()));
        own.chain(below).collect()
    }

    #[test]
    fn a_negative_number_is_a_number_and_no_unknown_option() {
        let mut command = Cli::command();
        command.build();
        let numbers = numbers(&command, &["latent-studio".to_owned()]);
        assert!(numbers.len() > 25, "{numbers:?}");
        for words in numbers {
            let given = words.iter().cloned().chain(["-1".to_owned()]);
            let error = Cli::try_parse_from(given).map_err(|error| error.kind());
            assert_ne!(error.err(), Some(ErrorKind::UnknownArgument), "{words:?}");
        }
    }
}
