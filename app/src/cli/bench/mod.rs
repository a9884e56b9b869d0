//! `latent-studio bench`: measurements of this program on this machine, one JSON object a line.

mod limits;
mod response;
mod slide;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Subcommand;
use latent_engine::bench::{latent_step, model_step, train_step};
use latent_engine::model::Model;
use latent_engine::open::open_best;
use latent_engine::search::constraint::Constraints;
use latent_engine::search::{self, Bank, DrawRequest, SolveSettings, SolverKind};
use serde::Serialize;

use self::limits::{
    WEIGHTS_KEPT, activations, check_numbers, check_seconds, check_training, pixels_with_channels, weights,
};
use super::console::{answer, to_json};
use super::input;
use super::model::{ModelArguments, named};
use super::{CliError, SolverName, whole};

/// The arguments of `bench`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    step: StepArguments,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Time of one latent step of an iGAN-shaped generator (the default)
    Step(StepArguments),
    /// Time of one step of a GAN's training
    Train(TrainArguments),
    /// Time until the strokes of a folder are met
    Match(MatchArguments),
    /// Time from a pointer's move to the first changed candidates, while a stroke grows
    Response(response::Arguments),
    /// Time from a latent slider's move to its picture, right after opening and once the model is at rest
    Slide(slide::Arguments),
}

#[derive(Debug, clap::Args)]
struct StepArguments {
    /// Channels before the last layer
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = whole)]
    width: usize,
    /// The generator of this model instead: a bundled model, a model folder or a checkpoint file
    #[arg(long, conflicts_with = "width")]
    model: Option<String>,
    /// Latents at once
    #[arg(long, num_args = 1.., allow_negative_numbers = true, value_parser = whole, default_values_t = [1, 8, 32])]
    batch: Vec<usize>,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3.0, allow_negative_numbers = true)]
    seconds: f64,
}

#[derive(Debug, clap::Args)]
struct TrainArguments {
    /// Channels of both networks next to the picture
    #[arg(long, default_value_t = 32, allow_negative_numbers = true, value_parser = whole)]
    width: usize,
    /// Real pictures in a step
    #[arg(long, default_value_t = 32, allow_negative_numbers = true, value_parser = whole)]
    batch: usize,
    /// Seconds of the measurement
    #[arg(long, default_value_t = 10.0, allow_negative_numbers = true)]
    seconds: f64,
}

#[derive(Debug, clap::Args)]
struct MatchArguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Folder with a folder for every set of strokes: color.png, `color_mask.png`, and edge.png if there are edges
    #[arg(long)]
    strokes: PathBuf,
    /// How to search
    #[arg(long, value_enum, default_value = "fast")]
    solver: SolverName,
    /// JSON object with the cost to reach for every set, by its name; a set that it leaves out is searched to its end
    #[arg(long)]
    until: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    match &arguments.what {
        None => step(&arguments.step),
        Some(What::Step(arguments)) => step(arguments),
        Some(What::Train(arguments)) => {
            check_seconds(arguments.seconds)?;
            check_training(arguments.width, arguments.batch)?;
            print(&train_step(arguments.width, arguments.batch, arguments.seconds)?)
        }
        Some(What::Match(arguments)) => matches(arguments),
        Some(What::Response(arguments)) => response::run(arguments),
        Some(What::Slide(arguments)) => slide::run(arguments),
    }
}

fn print(row: &impl Serialize) -> Result<(), CliError> {
    answer(to_json(row)?)
}

fn step(arguments: &StepArguments) -> Result<(), CliError> {
    if arguments.width == 0 || arguments.batch.contains(&0) {
        return Err(CliError::Arguments("--width and --batch must be at least 1".into()));
    }
    check_seconds(arguments.seconds)?;
    let model = arguments.model.as_deref().map(|name| Ok::<_, CliError>(open_best(&named(name)?, None)?));
    let model = model.transpose()?;
    let most = arguments.batch.iter().copied().max().unwrap_or(1);
    match &model {
        Some(model) => {
            check_numbers("--batch", most, |batch| batch as f64 * pixels_with_channels(model.info.sides))?;
        }
        None => {
            check_numbers("--width", arguments.width, |width| WEIGHTS_KEPT * weights(width))?;
            check_numbers("--batch", most, |batch| batch as f64 * activations(arguments.width))?;
        }
    }
    for &batch in &arguments.batch {
        match &model {
            Some(model) => print(&model_step(model, batch, arguments.seconds)?)?,
            None => print(&latent_step(arguments.width, batch, arguments.seconds)?)?,
        }
    }
    Ok(())
}

/// A row of `bench match`.
#[derive(Serialize)]
struct MatchRow {
    strokes: String,
    solver: SolverKind,
    bank_ms: f64,
    /// The cost to reach.
    until: Option<f32>,
    /// Milliseconds from the strokes to that cost, the bank being there.
    reached_ms: Option<f64>,
    /// Evaluations of generator and gradient until then.
    reached_evaluations: Option<usize>,
    best: f32,
    top_k: f32,
    evaluations: usize,
    total_ms: f64,
    /// Root mean square of the best latent over the prior's.
    spread: f32,
}

fn matches(arguments: &MatchArguments) -> Result<(), CliError> {
    let model = arguments.model.open()?;
    let until: serde_json::Map<String, serde_json::Value> = match &arguments.until {
        Some(path) => {
            let bytes = input::small_file(path)?;
            serde_json::from_slice(&bytes)
                .map_err(|e| CliError::Arguments(format!("{} is no JSON object: {e}", path.display())))?
        }
        None => serde_json::Map::new(),
    };
    let start = Instant::now();
    let mut bank = Bank::of(model.clone());
    let solver: SolverKind = arguments.solver.into();
    while solver == SolverKind::Fast && !bank.is_complete() {
        bank.extend()?;
    }
    let bank_ms = start.elapsed().as_secs_f64() * 1e3;
    for folder in stroke_folders(&arguments.strokes)? {
        let name = folder.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let until = until.get(&name).and_then(serde_json::Value::as_f64).map(|v| v as f32);
        print(&match_one(
            &model,
            &bank,
            &folder,
            MatchRow {
                strokes: name,
                solver,
                bank_ms,
                until,
                reached_ms: None,
                reached_evaluations: None,
                best: f32::INFINITY,
                top_k: f32::INFINITY,
                evaluations: 0,
                total_ms: 0.0,
                spread: 0.0,
            },
        )?)?;
    }
    Ok(())
}

fn stroke_folders(parent: &Path) -> Result<Vec<PathBuf>, CliError> {
    let refuse = |source| CliError::Io { path: parent.to_owned(), source };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(parent)
        .map_err(refuse)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.join("color_mask.png").is_file())
        .collect();
    folders.sort();
    if folders.is_empty() {
        return Err(CliError::Arguments(format!(
            "{} holds no folder with a color_mask.png",
            parent.display()
        )));
    }
    Ok(folders)
}

fn match_one(model: &Model, bank: &Bank, folder: &Path, mut row: MatchRow) -> Result<MatchRow, CliError> {
    let open = |name: &str| input::photo(&folder.join(name), input::BLACK);
    let (colour, mask) = (open("color.png")?, open("color_mask.png")?);
    let edge = folder.join("edge.png");
    let edge = if edge.exists() { Some(open("edge.png")?) } else { None };
    let start = Instant::now();
    let constraints = Constraints::from_pictures(Some((&colour, &mask)), edge.as_ref(), model.info.sides)?;
    let settings = SolveSettings { solver: row.solver, ..SolveSettings::default() };
    let request = DrawRequest {
        constraints: Arc::new(constraints),
        settings,
        start: Vec::new(),
        anchor: None,
        base: None,
    };
    let mut search = search::start(model, bank, &request)?;
    loop {
        let report = search.step()?;
        let now = start.elapsed().as_secs_f64() * 1e3;
        if row.reached_ms.is_none() && row.until.is_some_and(|until| report.best <= until) {
            (row.reached_ms, row.reached_evaluations) = (Some(now), Some(report.evaluations));
        }
        (row.best, row.top_k, row.evaluations, row.total_ms) =
            (report.best, report.top_k, report.evaluations, now);
        if report.done {
            row.spread = search.candidates()?.first().map_or(0.0, |c| c.spread);
            return Ok(row);
        }
    }
}
