//! `latent-studio train`: a new model from pictures.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use latent_engine::data::Framing;
use latent_engine::train::{FolderState, Progress, Provenance, RunOptions, look_into, write_model_folder};

use super::CliError;
use super::data::{Classes, Data, Drawn, Framed};
use super::output::check_folder;
use super::recipe::RecipeArguments;
use super::render::Varied;

/// Seed of the world that models learn from; other seeds show scenes that no bundled model has seen.
const WORLD_SEED: u64 = 1;
/// More pictures of a world than this fill the memory.
const MOST_PICTURES: usize = 1_000_000;

/// The arguments of `train`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder of pictures (PNG, JPEG, WebP), or one of the studio's own worlds: "landscape", "creature", "portrait".
    /// A folder of such a name is ./landscape
    #[arg(long)]
    data: PathBuf,
    /// Model folder to write
    #[arg(long)]
    out: PathBuf,
    /// How long, resumed runs included
    #[arg(long, default_value_t = 60.0)]
    minutes: f32,
    /// Go on where the last run into the same folder stopped
    #[arg(long)]
    resume: bool,
    /// Seconds from one checkpoint to the next, 0 for one after every step: what a run that is cut off loses at most
    #[arg(long, default_value_t = 180.0, value_name = "SECONDS")]
    checkpoint_every: f32,
    #[command(flatten)]
    recipe: RecipeArguments,
    /// How many pictures of a world to learn from
    #[arg(long, default_value_t = 20_000)]
    pictures: usize,
    /// The factor of a world that makes classes of its pictures (recipes cgan and acgan), for example biome of
    /// landscape; the classes of a folder are its folders
    #[arg(long, value_name = "FACTOR")]
    classes: Option<String>,
    #[command(flatten)]
    varied: Varied,
    #[command(flatten)]
    framed: Framed,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(arguments.minutes > 0.0 && arguments.minutes.is_finite()) {
        return Err(CliError::Arguments("--minutes must be more than 0".into()));
    }
    if !(1..=MOST_PICTURES).contains(&arguments.pictures) {
        return Err(CliError::Arguments(format!("--pictures must be 1 to {MOST_PICTURES}")));
    }
    let checkpoint_every = Duration::try_from_secs_f32(arguments.checkpoint_every)
        .map_err(|_| CliError::Arguments("--checkpoint-every must be 0 or more seconds".into()))?;
    if arguments.classes.is_some() && !arguments.recipe.recipe.is_labelled() {
        return Err(CliError::Arguments("--classes is for the recipes cgan and acgan".into()));
    }
    let recipe = arguments.recipe.recipe()?;
    recipe.check()?;
    check_folder(&arguments.out)?;
    let run_folder = arguments.out.join("run");
    let state = run_folder.join("state.safetensors");
    let mut usual = Framing::default();
    if state.exists() {
        if !arguments.resume {
            return Err(CliError::Arguments(format!(
                "{} holds a training already: add --resume to go on with it, or name another folder",
                arguments.out.display()
            )));
        }
        // Before pictures are read or drawn, which may take minutes.
        recipe.resume(&state)?;
        if let FolderState::Training(saved) = look_into(&arguments.out)? {
            saved.check_framing(arguments.framed.asked())?;
            usual = saved.framing.unwrap_or(usual);
        }
    }
    let size = recipe.size()?;
    let Arguments { varied, framed, .. } = arguments;
    let drawn = Drawn { varied, framed, usual, seed: WORLD_SEED, count: arguments.pictures };
    let Data { pictures, name: data, .. } = if arguments.recipe.recipe.is_labelled() {
        let classes = Classes { factor: arguments.classes.as_deref() };
        Data::load_classes(&arguments.data, size, &drawn, &classes)?
    } else {
        Data::load(&arguments.data, size, &drawn)?
    };

    let mut options = RunOptions::new(pictures, recipe, run_folder, arguments.minutes);
    options.resume = arguments.resume;
    options.checkpoint_every = checkpoint_every;
    let progress = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:32} {percent}% {msg}") {
        progress.set_style(style);
    }
    progress.set_prefix("train");
    let minutes = f64::from(arguments.minutes);
    let finished = latent_engine::train::run(&options, &mut |now| {
        progress.set_position((1000.0 * now.progress) as u64);
        progress.set_message(message(now, minutes));
        ControlFlow::Continue(())
    })?;
    progress.finish_and_clear();
    let title =
        arguments.out.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned());
    let command = std::env::args().skip(1).fold("latent-studio".to_owned(), |all, a| all + " " + &a);
    write_model_folder(&arguments.out, &finished, &Provenance { title, data, command })?;
    println!("{}: {} steps, {:.0} minutes", arguments.out.display(), finished.steps, finished.seconds / 60.0);
    Ok(())
}

fn message(now: &Progress, minutes: f64) -> String {
    format!(
        "step {}, {:.0} pictures/s, {:.0} min left{}",
        now.report.step,
        now.pictures_per_second,
        (minutes - now.seconds / 60.0).max(0.0),
        now.report
            .values
            .iter()
            .fold(String::new(), |all, (name, value)| all + &format!(", {name} {value:.2}"))
    )
}
