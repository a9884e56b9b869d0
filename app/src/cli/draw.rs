//! `latent-studio draw`: a search for pictures that agree with strokes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use latent_engine::Picture;
use latent_engine::checkpoint::npy;
use latent_engine::search::constraint::Constraints;
use latent_engine::search::{self, Bank, DrawRequest, Report, SolveSettings, SolverKind};
use serde::Serialize;

use super::console::{answer, note, report, to_json};
use super::enlarge::Enlarged;
use super::input::strokes;
use super::memory::check_memory;
use super::model::ModelArguments;
use super::output::{Out, Pieces, Target, bar, check_writable, fill_bank, gap, square};
use super::{CliError, SolverName, whole};

/// The arguments of `draw`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Picture with the wanted colours
    #[arg(long, requires = "color_mask")]
    color: Option<PathBuf>,
    /// Picture that is white where the colours count
    #[arg(long, requires = "color")]
    color_mask: Option<PathBuf>,
    /// Picture with white edges on black
    #[arg(long)]
    edge: Option<PathBuf>,
    /// How many latents are searched at once
    #[arg(long, default_value_t = SolveSettings::default().candidates, allow_negative_numbers = true, value_parser = whole)]
    candidates: usize,
    /// How many pictures are kept at most
    #[arg(long, default_value_t = SolveSettings::default().top_k, allow_negative_numbers = true, value_parser = whole)]
    top_k: usize,
    /// Iterations until the search comes to rest
    #[arg(long, default_value_t = SolveSettings::default().iterations, allow_negative_numbers = true, value_parser = whole)]
    iters: usize,
    /// How to search
    #[arg(long, value_enum, default_value = "fast")]
    solver: SolverName,
    /// Seed of every random draw
    #[arg(long, default_value_t = SolveSettings::default().seed, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    enlarged: Enlarged,
    /// Write one JSON object per iteration
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Write the latents of the pictures (.npy)
    #[arg(long)]
    latents: Option<PathBuf>,
    /// Say what was found as a JSON object
    #[arg(long)]
    json: bool,
}

/// Most iterations of a search; all of them come to rest much sooner.
const MOST_ITERATIONS: usize = 1_000_000;

/// The picture of a candidate before and after a step, a byte for each number.
const BYTES_OF_A_CANDIDATE: f64 = 6.0;
/// More bytes than this are surely not meant.
const MOST_OF_CANDIDATES: f64 = 2e9;

/// What `--json` says.
#[derive(Serialize)]
struct Found<'a> {
    out: &'a str,
    pictures: usize,
    best: f32,
    milliseconds: f64,
}

/// A line of the trace; costs are iGAN's published cost, whatever the solver minimizes.
#[derive(Serialize)]
struct TraceLine {
    iteration: usize,
    seconds: f64,
    best: f32,
    top_k: f32,
    evaluations: usize,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = check(arguments)?;
    let model = arguments.model.open()?;
    let developer = arguments.enlarged.open(&model)?;
    let size = model.info.sides;
    let colour = match (&arguments.color, &arguments.color_mask) {
        (Some(colour), Some(mask)) => Some((strokes(colour, size)?, strokes(mask, size)?)),
        _ => None,
    };
    let edge = arguments.edge.as_ref().map(|path| strokes(path, size)).transpose()?;
    let constraints = Constraints::from_pictures(colour.as_ref().map(|(c, m)| (c, m)), edge.as_ref(), size)?;
    let settings = SolveSettings {
        solver: arguments.solver.into(),
        candidates: arguments.candidates,
        top_k: arguments.top_k,
        iterations: arguments.iters,
        seed: arguments.seed,
        ..SolveSettings::default()
    };
    let request = DrawRequest {
        constraints: Arc::new(constraints),
        settings,
        start: Vec::new(),
        anchor: None,
        base: None,
    };
    let kept = match settings.solver {
        SolverKind::Igan => settings.top_k.min(settings.candidates),
        SolverKind::Fast => settings.top_k,
    };
    target.check_sheet(kept, square(kept), size, "--top-k")?;
    if settings.solver == SolverKind::Igan {
        let [height, width] = size;
        let bytes = |candidates: usize| BYTES_OF_A_CANDIDATE * (height * width * candidates) as f64;
        check_memory("--candidates", settings.candidates, MOST_OF_CANDIDATES, bytes)?;
    }
    let mut trace = arguments.trace.as_deref().map(Pieces::begin).transpose()?;

    let mut bank = Bank::of(model.clone());
    if settings.solver == SolverKind::Fast {
        fill_bank(&mut bank)?;
    }
    let start = Instant::now();
    let mut search = search::start(&model, &bank, &request)?;
    let progress = bar(settings.iterations, "search");
    let mut step = 0;
    let failure = loop {
        let now = match search.step() {
            Ok(now) => now,
            Err(error) => break Some(error),
        };
        progress.set_message(format!("cost {:.4}", now.best));
        progress.set_position(now.iteration as u64);
        if let Some(trace) = &mut trace {
            trace.write(&trace_line(step, start.elapsed().as_secs_f64(), &now)?)?;
        }
        step += 1;
        if now.done {
            break None;
        }
    };
    progress.finish_and_clear();
    trace.map_or(Ok(()), Pieces::finish)?;
    let candidates = search.candidates()?;
    let pictures: Vec<_> = candidates.iter().map(|c| c.picture.clone()).collect();
    if let (Some(_), true) = (&failure, pictures.is_empty()) {
        return failure.map_or(Ok(()), |error| Err(error.into()));
    }
    let developed = pictures.iter().map(|picture| developer.develop((**picture).clone()));
    let pictures = developed.collect::<Result<Vec<_>, _>>()?;
    target.write_picture(&Picture::grid(&pictures, square(pictures.len()), gap(pictures.len()))?)?;
    if let Some(path) = &arguments.latents {
        let latents: Vec<_> = candidates.iter().map(|c| c.latent.clone()).collect();
        npy::write_latents(path, &latents)?;
    }
    let (name, best) = (target.name(), candidates.first().map_or(0.0, |c| c.cost));
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    if arguments.json {
        let found = Found { out: &name, pictures: pictures.len(), best, milliseconds };
        answer(to_json(&found)?)?;
    } else {
        report(format_args!(
            "{name}: {} pictures, the best costs {best:.4}, {milliseconds:.0} ms",
            pictures.len()
        ))?;
    }
    // The last good pictures are written, and still it is a failure.
    if failure.is_some() {
        note(format_args!("{name} has the last good pictures"));
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

fn trace_line(iteration: usize, seconds: f64, report: &Report) -> Result<Vec<u8>, CliError> {
    let line = TraceLine {
        iteration,
        seconds,
        best: report.best,
        top_k: report.top_k,
        evaluations: report.evaluations,
    };
    Ok((to_json(&line)? + "\n").into_bytes())
}

/// Everything that can be refused before the model is opened.
fn check(arguments: &Arguments) -> Result<Target, CliError> {
    for (value, name) in
        [(arguments.candidates, "--candidates"), (arguments.top_k, "--top-k"), (arguments.iters, "--iters")]
    {
        if value == 0 {
            return Err(CliError::Arguments(format!("{name} must be at least 1")));
        }
    }
    if arguments.iters > MOST_ITERATIONS {
        return Err(CliError::Arguments(format!("--iters must be 1 to {MOST_ITERATIONS}")));
    }
    if arguments.color.is_none() && arguments.edge.is_none() {
        return Err(CliError::Arguments("give strokes: --color with --color-mask, --edge, or both".into()));
    }
    for path in [arguments.trace.as_ref(), arguments.latents.as_ref()].into_iter().flatten() {
        check_writable(path)?;
    }
    arguments.out.picture()
}
