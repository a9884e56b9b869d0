//! `latent-studio draw`: a search for pictures that agree with strokes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use latent_engine::checkpoint::npy;
use latent_engine::search::constraint::Constraints;
use latent_engine::search::{self, Bank, DrawRequest, Report, SolveSettings, SolverKind};
use serde::Serialize;

use super::model::ModelArguments;
use super::output::{bar, check_picture, check_writable, fill_bank, open_picture, write_grid};
use super::{CliError, SolverName};

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
    #[arg(long, default_value_t = SolveSettings::default().candidates)]
    candidates: usize,
    /// How many pictures are kept at most
    #[arg(long, default_value_t = SolveSettings::default().top_k)]
    top_k: usize,
    /// Iterations until the search comes to rest
    #[arg(long, default_value_t = SolveSettings::default().iterations)]
    iters: usize,
    /// How to search
    #[arg(long, value_enum, default_value = "fast")]
    solver: SolverName,
    /// Seed of every random draw
    #[arg(long, default_value_t = SolveSettings::default().seed)]
    seed: u64,
    /// Where the pictures go, best first
    #[arg(long)]
    out: PathBuf,
    /// Write one JSON object per iteration
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Write the latents of the pictures (.npy)
    #[arg(long)]
    latents: Option<PathBuf>,
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
    check(arguments)?;
    let model = arguments.model.open()?;
    let size = model.info.sides[0];
    let colour = match (&arguments.color, &arguments.color_mask) {
        (Some(colour), Some(mask)) => Some((open_picture(colour, size)?, open_picture(mask, size)?)),
        _ => None,
    };
    let edge = arguments.edge.as_ref().map(|path| open_picture(path, size)).transpose()?;
    let constraints = Constraints::from_pictures(colour.as_ref().map(|(c, m)| (c, m)), edge.as_ref(), size)?;
    let settings = SolveSettings {
        solver: arguments.solver.into(),
        candidates: arguments.candidates,
        top_k: arguments.top_k,
        iterations: arguments.iters,
        seed: arguments.seed,
        ..SolveSettings::default()
    };
    let request =
        DrawRequest { constraints: Arc::new(constraints), settings, start: Vec::new(), anchor: None };
    let mut trace = arguments
        .trace
        .as_ref()
        .map(|path| File::create(path).map_err(|source| CliError::Io { path: path.clone(), source }))
        .transpose()?
        .map(BufWriter::new);

    let mut bank = Bank::of(model.clone());
    if settings.solver == SolverKind::Fast {
        fill_bank(&mut bank)?;
    }
    let start = Instant::now();
    let mut search = search::start(&model, &bank, &request)?;
    let progress = bar(settings.iterations, "search");
    let mut step = 0;
    let failure = loop {
        let report = match search.step() {
            Ok(report) => report,
            Err(error) => break Some(error),
        };
        progress.set_position(report.iteration as u64);
        progress.set_message(format!("cost {:.4}", report.best));
        if let (Some(trace), Some(path)) = (&mut trace, &arguments.trace) {
            trace_line(trace, step, start.elapsed().as_secs_f64(), &report)
                .map_err(|source| CliError::Io { path: path.clone(), source })?;
        }
        step += 1;
        if report.done {
            break None;
        }
    };
    progress.finish_and_clear();
    if let (Some(trace), Some(path)) = (&mut trace, &arguments.trace) {
        trace.flush().map_err(|source| CliError::Io { path: path.clone(), source })?;
    }
    let candidates = search.candidates()?;
    let pictures: Vec<_> = candidates.iter().map(|c| c.picture.clone()).collect();
    if let (Some(_), true) = (&failure, pictures.is_empty()) {
        return failure.map_or(Ok(()), |error| Err(error.into()));
    }
    write_grid(&arguments.out, &pictures)?;
    if let Some(path) = &arguments.latents {
        let latents: Vec<_> = candidates.iter().map(|c| c.latent.clone()).collect();
        npy::write_latents(path, &latents)?;
    }
    println!(
        "{}: {} pictures, the best costs {:.4}, {:.0} ms",
        arguments.out.display(),
        pictures.len(),
        candidates.first().map_or(0.0, |c| c.cost),
        start.elapsed().as_secs_f64() * 1e3
    );
    // The last good pictures are written, and still it is a failure.
    failure.map_or(Ok(()), |error| Err(error.into()))
}

fn trace_line(to: &mut impl Write, iteration: usize, seconds: f64, report: &Report) -> std::io::Result<()> {
    let line = TraceLine {
        iteration,
        seconds,
        best: report.best,
        top_k: report.top_k,
        evaluations: report.evaluations,
    };
    serde_json::to_writer(&mut *to, &line)?;
    writeln!(to)
}

fn check(arguments: &Arguments) -> Result<(), CliError> {
    check_picture(&arguments.out)?;
    for (value, name) in
        [(arguments.candidates, "--candidates"), (arguments.top_k, "--top-k"), (arguments.iters, "--iters")]
    {
        if value == 0 {
            return Err(CliError::Arguments(format!("{name} must be at least 1")));
        }
    }
    if arguments.color.is_none() && arguments.edge.is_none() {
        return Err(CliError::Arguments("give strokes: --color with --color-mask, --edge, or both".into()));
    }
    for path in
        [Some(&arguments.out), arguments.trace.as_ref(), arguments.latents.as_ref()].into_iter().flatten()
    {
        check_writable(path)?;
    }
    Ok(())
}
