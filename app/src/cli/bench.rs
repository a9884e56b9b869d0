//! `latent-studio bench`: measurements of this program on this machine, one JSON object a line.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Subcommand;
use latent_engine::bench::{latent_step, model_step, train_step};
use latent_engine::model::Model;
use latent_engine::open::open_best;
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
use latent_engine::search::{self, Bank, DrawRequest, SolveSettings, SolverKind};
use latent_engine::service::{Command, Engine, Event, JobId, ModelHandle, Topic};
use serde::Serialize;

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
    Response(ResponseArguments),
    /// Time from a latent slider's move to its picture, right after opening and once the model is at rest
    Slide(super::slide::Arguments),
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
    #[arg(long, default_value_t = 3.0)]
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
    #[arg(long, default_value_t = 10.0)]
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

#[derive(Debug, clap::Args)]
struct ResponseArguments {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(long, default_value = "landscape")]
    model: String,
    /// Moves of the pointer, 16 ms apart
    #[arg(long, default_value_t = 120, allow_negative_numbers = true, value_parser = whole)]
    moves: usize,
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
        Some(What::Response(arguments)) => response(arguments),
        Some(What::Slide(arguments)) => super::slide::run(arguments),
    }
}

pub(super) fn print(row: &impl Serialize) -> Result<(), CliError> {
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
            check_memory("--batch", most, |batch| batch as f64 * pixels_with_channels(model.info.sides))?;
        }
        None => {
            check_memory("--width", arguments.width, |width| WEIGHTS_KEPT * weights(width))?;
            check_memory("--batch", most, |batch| batch as f64 * activations(arguments.width))?;
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

/// Most numbers (4 bytes each) of a measurement.
const MOST_NUMBERS: f64 = 1e9;
/// A generator's weights are kept as they are and as its kernels want them.
const WEIGHTS_KEPT: f64 = 3.0;
/// What is kept of a weight of the two networks in a training: the weight, its gradient, Adam's two means, and an
/// average.
const WEIGHTS_TRAINED: f64 = 10.0;
/// Windows of a convolution, gradients and copies beside every layer's result.
const COPIES: f64 = 8.0;

/// Weights of an iGAN-shaped generator.
fn weights(width: usize) -> f64 {
    let width = width as f64;
    25.0 * (32.0 + 8.0 + 2.0) * width * width + (75.0 + 100.0 * 128.0) * width
}

/// What its layers make of one latent, with what a gradient needs.
fn activations(width: usize) -> f64 {
    COPIES * (1920.0 * width as f64 + 3.0 * 4096.0)
}

/// The same for a model of which only the size is known: as many channels as usual.
fn pixels_with_channels([height, width]: [usize; 2]) -> f64 {
    COPIES * 64.0 * (height * width) as f64
}

fn check_training(width: usize, batch: usize) -> Result<(), CliError> {
    if width == 0 || batch == 0 {
        return Err(CliError::Arguments("--width and --batch must be at least 1".into()));
    }
    check_memory("--width", width, |width| WEIGHTS_TRAINED * weights(width))?;
    check_memory("--batch", batch, |batch| 4.0 * batch as f64 * activations(width))
}

/// Refuses what would not fit, and says what would.
fn check_memory(option: &str, asked: usize, numbers: impl Fn(usize) -> f64) -> Result<(), CliError> {
    if numbers(asked) <= MOST_NUMBERS {
        return Ok(());
    }
    let (mut fits, mut too_many) = (1, asked);
    while fits + 1 < too_many {
        let middle = fits + (too_many - fits) / 2;
        if numbers(middle) <= MOST_NUMBERS { fits = middle } else { too_many = middle }
    }
    let gigabytes = 4.0 * numbers(asked) / 1e9;
    Err(CliError::Arguments(format!(
        "{option} {asked} would take about {gigabytes:.0} GB of memory: {option} {fits} fits"
    )))
}

fn check_seconds(seconds: f64) -> Result<(), CliError> {
    if (0.0..=3600.0).contains(&seconds) {
        return Ok(());
    }
    Err(CliError::Arguments("--seconds must be 0 to 3600".into()))
}

/// Most moves of a pointer: half an hour of them.
const MOST_MOVES: usize = 100_000;

pub(super) fn check_moves(moves: usize) -> Result<(), CliError> {
    if (1..=MOST_MOVES).contains(&moves) {
        return Ok(());
    }
    Err(CliError::Arguments(format!("--moves must be 1 to {MOST_MOVES}")))
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
    let edge = if edge.is_file() { Some(open("edge.png")?) } else { None };
    let start = Instant::now();
    let constraints = Constraints::from_pictures(Some((&colour, &mask)), edge.as_ref(), model.info.sides)?;
    let settings = SolveSettings { solver: row.solver, ..SolveSettings::default() };
    let request =
        DrawRequest { constraints: Arc::new(constraints), settings, start: Vec::new(), anchor: None };
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

/// The row of `bench response`.
#[derive(Serialize)]
struct ResponseRow {
    moves: usize,
    /// Milliseconds from opening to the first pictures.
    first_pictures_ms: f64,
    /// Milliseconds until the bank is there.
    bank_ms: f64,
    /// Milliseconds from a move to the first changed candidates.
    median_ms: f64,
    p95_ms: f64,
    frames_per_second: f64,
}

/// Plays a stroke to the engine's thread as the window does: a request for the newest move whenever the one
/// before has been answered, the newest frame's first latents as starts.
fn response(arguments: &ResponseArguments) -> Result<(), CliError> {
    check_moves(arguments.moves)?;
    let (wake, woken) = crossbeam_channel::unbounded();
    let begin = Instant::now();
    let engine = Engine::spawn(Arc::new(move || {
        wake.send(()).ok();
    }))?;
    engine.send(Command::Open { job: JobId(1), source: named(&arguments.model)?, decisions: None });
    let (mut size, mut model) = ([0; 2], ModelHandle::default());
    let wait =
        |what: &mut dyn FnMut() -> Result<bool, CliError>, limit: Duration| -> Result<bool, CliError> {
            let end = Instant::now() + limit;
            while !what()? {
                if woken.recv_deadline(end).is_err() {
                    return Ok(false);
                }
            }
            Ok(true)
        };
    let long = Duration::from_secs(60);
    let mut events = || -> Result<(), CliError> {
        for event in engine.events() {
            match event {
                Event::Opened { info, model: opened, .. } => {
                    (size, model) = (info.sides, opened);
                    let (job, topic) = (JobId(2), Topic(0));
                    engine.send(Command::Sample { job, topic, model, count: 16, seed: 0 });
                }
                Event::Failed { message, .. } => return Err(CliError::Arguments(message)),
                _ => {}
            }
        }
        Ok(())
    };
    wait(
        &mut || {
            events()?;
            Ok(!engine.frames().is_empty())
        },
        long,
    )?;
    events()?;
    let first_pictures_ms = begin.elapsed().as_secs_f64() * 1e3;
    let stroke = |moves: usize| Stroke {
        kind: StrokeKind::Colour([0, 160, 0]),
        width: 0.06,
        points: (0..=moves).map(|i| [0.1 + 0.8 * i as f32 / arguments.moves.max(1) as f32, 0.7]).collect(),
    };
    let draw = |job: u64, moves: usize, start: Vec<latent_engine::model::Latent>| Command::Draw {
        job: JobId(job),
        topic: Topic(0),
        model,
        request: DrawRequest {
            constraints: Arc::new(Constraints::rasterize(&[stroke(moves)], size)),
            settings: SolveSettings::default(),
            start,
            anchor: None,
        },
    };
    // The first search waits for the bank.
    engine.send(draw(3, 0, Vec::new()));
    wait(&mut || Ok(engine.frames().iter().any(|f| f.iteration > 0)), long)?;
    let bank_ms = begin.elapsed().as_secs_f64() * 1e3;

    // As the window does: a move comes every 16 ms, and a request waits for the answer to the one before.
    let (mut times, mut frames, mut start) = (Vec::new(), 0usize, Vec::new());
    let mut waiting: Vec<(u64, Instant)> = Vec::new();
    let (mut asked, mut answered) = (0, 0);
    let play = Instant::now();
    for i in 1..=arguments.moves as u64 {
        let moved = Instant::now();
        waiting.push((i, moved));
        let next = moved + Duration::from_millis(16);
        loop {
            if asked == answered && asked < i {
                asked = i;
                engine.send(draw(3 + i, i as usize, start.clone()));
            }
            if woken.recv_deadline(next).is_err() {
                break;
            }
            if let Some(frame) = engine.frames().pop() {
                frames += 1;
                answered = frame.job.0 - 3;
                waiting.retain(|&(at, since)| {
                    let seen = at <= answered;
                    if seen {
                        times.push(since.elapsed().as_secs_f64() * 1e3);
                    }
                    !seen
                });
                start = frame.candidates.iter().take(4).map(|c| c.latent.clone()).collect();
            }
        }
    }
    if times.is_empty() {
        return Err(CliError::Arguments("the engine answered none of the moves".into()));
    }
    let seconds = play.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    print(&ResponseRow {
        moves: arguments.moves,
        first_pictures_ms,
        bank_ms,
        median_ms: times[times.len() / 2],
        p95_ms: times[times.len() * 95 / 100],
        frames_per_second: frames as f64 / seconds,
    })
}
