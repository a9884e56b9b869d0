//! `latent-studio bench response`: how soon a growing stroke is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
use latent_engine::search::{DrawRequest, SolveSettings};
use latent_engine::service::{Command, Engine, Event, JobId, ModelHandle, Topic};
use serde::Serialize;

use super::limits::check_moves;
use super::print;
use crate::cli::model::named;
use crate::cli::{CliError, whole};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A bundled model, a model folder or a checkpoint file
    #[arg(long, default_value = "landscape")]
    model: String,
    /// Moves of the pointer, 16 ms apart
    #[arg(long, default_value_t = 120, allow_negative_numbers = true, value_parser = whole)]
    moves: usize,
}

/// The row of `bench response`.
#[derive(Serialize)]
struct Row {
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
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
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
        weight: 1.0,
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
            base: None,
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
                start = frame.candidates().iter().take(4).map(|c| c.latent.clone()).collect();
            }
        }
    }
    if times.is_empty() {
        return Err(CliError::Arguments("the engine answered none of the moves".into()));
    }
    let seconds = play.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    print(&Row {
        moves: arguments.moves,
        first_pictures_ms,
        bank_ms,
        median_ms: times[times.len() / 2],
        p95_ms: times[times.len() * 95 / 100],
        frames_per_second: frames as f64 / seconds,
    })
}
