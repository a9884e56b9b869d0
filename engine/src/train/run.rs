//! The loop of a training: time limit, log, sample sheets, checkpoints. The only part of the trainer with a
//! clock and a folder.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::log::Log;
use super::pictures::PictureSet;
use super::trainer::{Description, Recipe, Report, Trainer, save_weights};
use crate::{Error, Result};

/// Steps between lines of the log.
const LOG_EVERY: u64 = 50;

/// A training from beginning to end.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What to learn from.
    pub pictures: PictureSet,
    /// How to train.
    pub recipe: Recipe,
    /// Folder for state, log and sample sheets.
    pub out: PathBuf,
    /// How long, together with the time before a resumed run; the learning rate reaches zero at the end.
    pub minutes: f32,
    /// Most steps to take; the learning rate is zero at the earlier of both ends.
    pub max_steps: Option<u64>,
    /// Go on from the state in `out`, if there is one.
    pub resume: bool,
    /// Time between checkpoints.
    pub checkpoint_every: Duration,
    /// Time between sample sheets.
    pub sheet_every: Duration,
}

impl RunOptions {
    /// A new run with a checkpoint and a sample sheet every three minutes.
    #[must_use]
    pub fn new(pictures: PictureSet, recipe: Recipe, out: PathBuf, minutes: f32) -> Self {
        let every = Duration::from_secs(180);
        Self {
            pictures,
            recipe,
            out,
            minutes,
            max_steps: None,
            resume: false,
            checkpoint_every: every,
            sheet_every: every,
        }
    }

    /// Where the state is that a run can be resumed from.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.out.join("state.safetensors")
    }
}

/// Where a run stands.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    /// What the last step measured.
    #[serde(flatten)]
    pub report: Report,
    /// Seconds of training so far, earlier runs included.
    pub seconds: f64,
    /// How much of the planned run is over, 0 to 1.
    pub progress: f32,
    /// Real pictures a second, in this run.
    pub pictures_per_second: f64,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The averaged generator, float16.
    pub weights: PathBuf,
    /// Its sample sheet.
    pub samples: PathBuf,
    /// Steps taken, earlier runs included.
    pub steps: u64,
    /// Pictures in a step.
    pub batch: usize,
    /// Seconds of training, earlier runs included.
    pub seconds: f64,
    /// What the run was made with: of a resumed one, what it was begun with.
    pub description: Description,
    /// False when the caller asked for a stop.
    pub complete: bool,
}

/// Trains until the time or the steps are over or `on_report` (called after every step) breaks. Whichever way it
/// ends, `out` then holds `state.safetensors` to go on from, `weights.safetensors`, `samples.png`, `log.jsonl`
/// and a sheet for every few minutes.
///
/// # Errors
/// [`Error::Invalid`] for pictures that nothing can be learned from (see [`PictureSet::check_enough`]),
/// [`Error::Io`] when the folder can't be written; what [`Trainer::step`] returns, with the last checkpoint intact.
pub fn run(
    options: &RunOptions,
    on_report: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Finished> {
    options.pictures.check_enough()?;
    std::fs::create_dir_all(&options.out).map_err(|e| Error::io(&options.out, e))?;
    let (mut trainer, before) = start(options)?;
    let mut log = Log::after(&options.out.join("log.jsonl"), trainer.steps())?;
    let (clock, first_step) = (Instant::now(), trainer.steps());
    let planned = f64::from(options.minutes.max(0.0)) * 60.0;
    let (mut last_save, mut last_sheet) = (Instant::now(), Instant::now());
    let complete = loop {
        let seconds = before + clock.elapsed().as_secs_f64();
        let progress = progress(seconds, planned, trainer.steps(), options.max_steps);
        if progress >= 1.0 {
            break true;
        }
        let report = trainer.step(&options.pictures, progress)?;
        let pictures = (trainer.steps() - first_step) * trainer.batch() as u64;
        let now = Progress {
            report,
            seconds: before + clock.elapsed().as_secs_f64(),
            progress,
            pictures_per_second: pictures as f64 / clock.elapsed().as_secs_f64(),
        };
        if now.report.step.is_multiple_of(LOG_EVERY) {
            log.line(&now)?;
        }
        if last_sheet.elapsed() >= options.sheet_every {
            last_sheet = Instant::now();
            let minute = (now.seconds / 60.0).round();
            save_sheet(
                &*trainer,
                &options.pictures,
                &options.out.join(format!("samples-{minute:04}min.png")),
            )?;
        }
        if last_save.elapsed() >= options.checkpoint_every {
            last_save = Instant::now();
            save(&*trainer, options, now.seconds)?;
        }
        if on_report(&now).is_break() {
            break false;
        }
    };
    let seconds = before + clock.elapsed().as_secs_f64();
    save(&*trainer, options, seconds)?;
    let samples = options.out.join("samples.png");
    save_sheet(&*trainer, &options.pictures, &samples)?;
    let weights = options.out.join("weights.safetensors");
    let description = trainer.description();
    Ok(Finished {
        weights,
        samples,
        steps: trainer.steps(),
        batch: trainer.batch(),
        seconds,
        description,
        complete,
    })
}

/// The training and the seconds it took already.
fn start(options: &RunOptions) -> Result<(Box<dyn Trainer>, f64)> {
    let state = options.state();
    if options.resume && state.exists() {
        let (trainer, note) = options.recipe.resume(&state)?;
        let seconds = note.parse().map_err(|_| Error::checkpoint(&state, "the time spent is not noted"))?;
        return Ok((trainer, seconds));
    }
    Ok((options.recipe.for_pictures(&options.pictures)?.start()?, 0.0))
}

fn progress(seconds: f64, planned: f64, steps: u64, max_steps: Option<u64>) -> f32 {
    let time = if planned > 0.0 { seconds / planned } else { 1.0 };
    let steps = max_steps.map_or(0.0, |most| steps as f64 / (most as f64).max(1.0));
    time.max(steps) as f32
}

fn save(trainer: &dyn Trainer, options: &RunOptions, seconds: f64) -> Result<()> {
    trainer.save(&options.state(), &seconds.to_string())?;
    save_weights(trainer, &options.out.join("weights.safetensors"))
}

fn save_sheet(trainer: &dyn Trainer, pictures: &PictureSet, path: &Path) -> Result<()> {
    trainer.sheet(pictures)?.save(path)
}
