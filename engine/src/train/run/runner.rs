//! A training with a clock and a folder: time limit, log, sample sheets, checkpoints. Who calls it has the loop.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::log::Log;
use super::note::Note;
use super::stopwatch::Stopwatch;
use crate::data::PictureSet;
use crate::train::core::trainer::{Description, Report, Trainer, save_weights};
use crate::train::recipes::Recipe;
use crate::{Error, Picture, Result};

/// Steps between lines of the log.
pub(crate) const LOG_EVERY: u32 = 50;

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
        state_in(&self.out)
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
/// What [`Run::begin`] refuses, [`Error::Io`] when the folder can't be written; what [`Trainer::step`] returns, with the
/// last checkpoint intact.
pub fn run(
    options: &RunOptions,
    on_report: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Finished> {
    let mut run = Run::begin(options.clone())?;
    while let Some(now) = run.step()? {
        if on_report(&now).is_break() {
            return run.finish(false);
        }
    }
    run.finish(true)
}

/// A run that goes on step by step.
pub struct Run {
    options: RunOptions,
    trainer: Box<dyn Trainer>,
    log: Log,
    watch: Stopwatch,
    /// What earlier runs noted.
    before: Note,
    first_step: u64,
    /// Seconds of this run at the last checkpoint and at the last sheet.
    last_save: f64,
    last_sheet: f64,
}

impl Run {
    /// Makes the folder and the networks, or reads them where a run is resumed; the clock runs from here.
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures that nothing can be learned from (see [`PictureSet::check_enough`]) and, where a run
    /// is resumed, for such of another [framing](crate::data::Framing); [`Error::Io`] when the folder can't be written, what
    /// [`Recipe::start`] and [`Recipe::resume`] return.
    pub fn begin(options: RunOptions) -> Result<Self> {
        let recipe = options.recipe.for_pictures(&options.pictures)?;
        let begun = start(&recipe, &options.out, options.resume)?;
        Self::of(options, begun)
    }

    /// Goes on with a training that was begun already.
    pub(crate) fn of(options: RunOptions, (trainer, note): Begun) -> Result<Self> {
        options.pictures.check_enough()?;
        note.check(options.pictures.framing())?;
        std::fs::create_dir_all(&options.out).map_err(|e| Error::io(&options.out, e))?;
        let log = Log::after(&options.out, trainer.steps())?;
        let first_step = trainer.steps();
        let watch = Stopwatch::started();
        Ok(Self { options, trainer, log, watch, before: note, first_step, last_save: 0.0, last_sheet: 0.0 })
    }

    /// One step, with a checkpoint, a sheet and a line in the log when they are due; `None` when the time or the
    /// steps are over.
    ///
    /// # Errors
    /// [`Error::Io`] when a file can't be written; what [`Trainer::step`] returns, with the last checkpoint intact.
    pub fn step(&mut self) -> Result<Option<Progress>> {
        let planned = f64::from(self.options.minutes.max(0.0)) * 60.0;
        let progress = progress(self.seconds(), planned, self.trainer.steps(), self.options.max_steps);
        if progress >= 1.0 {
            return Ok(None);
        }
        let report = self.trainer.step(&self.options.pictures, progress)?;
        let pictures = (self.trainer.steps() - self.first_step) * self.trainer.batch() as u64;
        let now = Progress {
            report,
            seconds: self.seconds(),
            progress,
            pictures_per_second: pictures as f64 / self.watch.seconds(),
        };
        if now.report.step.is_multiple_of(LOG_EVERY.into()) {
            self.log.line(&now)?;
        }
        let due = |last: f64, every: Duration| self.watch.seconds() - last >= every.as_secs_f64();
        if due(self.last_sheet, self.options.sheet_every) {
            self.last_sheet = self.watch.seconds();
            let minute = (now.seconds / 60.0).round();
            self.sheet()?.save(self.options.out.join(format!("samples-{minute:04}min.png")))?;
        }
        if due(self.last_save, self.options.checkpoint_every) {
            self.save()?;
        }
        Ok(Some(now))
    }

    /// Seconds of training so far, earlier runs included and pauses not.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.before.seconds + self.watch.seconds()
    }

    /// Steps taken, earlier runs included.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.trainer.steps()
    }

    /// What comes until [`go_on`](Self::go_on) is no training time.
    pub fn pause(&mut self) {
        self.watch.stop();
    }

    /// Ends a pause.
    pub fn go_on(&mut self) {
        self.watch.start();
    }

    /// Pictures that tell a person how far it is.
    ///
    /// # Errors
    /// What [`Trainer::sheet`] returns.
    pub fn sheet(&self) -> Result<Picture> {
        self.trainer.sheet(&self.options.pictures)
    }

    /// Writes a checkpoint: `state.safetensors` and `weights.safetensors`.
    ///
    /// # Errors
    /// [`Error::Io`] when they can't be written; the ones from before stay.
    pub fn save(&mut self) -> Result<()> {
        self.last_save = self.watch.seconds();
        // Once there were pictures of a folder, their framing stays.
        let framing = self.before.framing.or(self.options.pictures.framing());
        let note = Note { seconds: self.seconds(), framing };
        self.trainer.save(&self.options.state(), &note.to_text())?;
        save_weights(&*self.trainer, &self.weights())
    }

    /// Writes a checkpoint and a sample sheet. The run can go on afterwards.
    ///
    /// # Errors
    /// [`Error::Io`] when a file can't be written.
    pub fn finish(&mut self, complete: bool) -> Result<Finished> {
        self.save()?;
        let samples = self.options.out.join("samples.png");
        self.sheet()?.save(&samples)?;
        Ok(Finished {
            weights: self.weights(),
            samples,
            steps: self.trainer.steps(),
            batch: self.trainer.batch(),
            seconds: self.seconds(),
            description: self.trainer.description(),
            complete,
        })
    }

    fn weights(&self) -> PathBuf {
        self.options.out.join("weights.safetensors")
    }
}

/// Where in the folder of a run its state is.
pub(crate) fn state_in(folder: &Path) -> PathBuf {
    folder.join("state.safetensors")
}

/// A training that was begun or read, and what was noted of it.
pub(crate) type Begun = (Box<dyn Trainer>, Note);

/// Begins a training or reads the one that the folder holds.
pub(crate) fn start(recipe: &Recipe, folder: &Path, resume: bool) -> Result<Begun> {
    let state = state_in(folder);
    if resume && state.exists() {
        let (trainer, note) = recipe.resume(&state)?;
        let note =
            Note::read(&note).ok_or_else(|| Error::checkpoint(&state, "the time spent is not noted"))?;
        return Ok((trainer, note));
    }
    Ok((recipe.start()?, Note::NEW))
}

fn progress(seconds: f64, planned: f64, steps: u64, max_steps: Option<u64>) -> f32 {
    let time = if planned > 0.0 { seconds / planned } else { 1.0 };
    let steps = max_steps.map_or(0.0, |most| steps as f64 / (most as f64).max(1.0));
    time.max(steps) as f32
}
