//! A training with a clock and a folder: its end, log, sample sheets, checkpoints. Who calls it has the loop.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use super::claim::ModelFolder;
use super::clock::Clock;
use super::log::Log;
use super::note::Note;
use super::progress::{LOG_EVERY, Progress};
use super::stopwatch::Stopwatch;
use crate::data::{PictureSet, PictureSource};
use crate::train::core::setting::Settings;
use crate::train::core::state::{self, SavedState};
use crate::train::core::trainer::{Description, Trainer, save_weights};
use crate::train::recipes::{self, Plan};
use crate::{Error, Picture, Result};

/// When the first sample sheet is due, in seconds; the second at twice that, and so on until the usual time.
const FIRST_SHEET: f64 = 15.0;
/// Of so many pictures one is held out, where the recipe measures such, and there are enough of them.
const HELD_OUT: usize = 20;
const ENOUGH: usize = 200;

/// A training from beginning to end.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What to learn from.
    pub pictures: PictureSet,
    /// Where they are from, for those that go on with the training later.
    pub source: Option<PictureSource>,
    /// How long, together with the time or steps before a resumed run; the learning rate reaches zero at the end.
    pub clock: Clock,
    /// Time between checkpoints.
    pub checkpoint_every: Duration,
    /// Time between sample sheets; the first come sooner.
    pub sheet_every: Duration,
}

impl RunOptions {
    /// A run with a checkpoint and a sample sheet every three minutes.
    #[must_use]
    pub fn new(pictures: PictureSet, clock: Clock) -> Self {
        let every = Duration::from_secs(180);
        Self { pictures, source: None, clock, checkpoint_every: every, sheet_every: every }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The averaged generator.
    pub weights: PathBuf,
    /// Its sample sheet.
    pub samples: PathBuf,
    /// Steps taken, earlier runs included.
    pub steps: u64,
    /// Pictures in a step.
    pub batch: usize,
    /// Seconds of training, earlier runs included.
    pub seconds: f64,
    /// What the learning rate followed.
    pub clock: Clock,
    /// What the run was made with: of a resumed one, what it was begun with.
    pub description: Description,
    /// False when the caller asked for a stop.
    pub complete: bool,
}

/// A training that was begun or read, and what was noted of it.
pub struct Begun {
    /// The training.
    pub trainer: Box<dyn Trainer>,
    /// What its runs noted so far.
    pub note: Note,
}

impl Begun {
    /// A training from the beginning.
    ///
    /// # Errors
    /// What [`Plan::begin`] returns.
    pub fn begin(plan: &Plan, pictures: &PictureSet) -> Result<Self> {
        let note = Note { model: plan.model.clone(), ..Note::default() };
        Ok(Self { trainer: plan.begin(pictures)?, note })
    }

    /// The training in a folder, with these settings in the place of its own.
    ///
    /// # Errors
    /// What [`Recipe::load`](crate::train::Recipe::load) returns.
    pub fn resume(folder: &ModelFolder, changes: &Settings) -> Result<Self> {
        let saved = SavedState::read(&folder.state())?;
        let note = Note::read(saved.note());
        let note = note.ok_or_else(|| Error::checkpoint(folder.state(), "the time spent is not noted"))?;
        let recipe = recipes::recipe(&saved.header.recipe)?;
        Ok(Self { trainer: recipe.load(saved, changes)?, note })
    }
}

/// Trains until the clock has run out or `on_report` (called after every step) breaks. Whichever way it ends, the folder
/// then holds `run/state.safetensors` to go on from, `weights.safetensors`, `samples.png`, `log.jsonl` and a sheet for
/// every few minutes.
///
/// # Errors
/// What [`Run::new`] refuses, [`Error::Io`] when the folder can't be written; what [`Trainer::step`] returns, with the
/// last checkpoint intact.
pub fn run(
    options: RunOptions,
    begun: Begun,
    folder: ModelFolder,
    on_report: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Finished> {
    let mut run = Run::new(options, begun, folder)?;
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
    folder: ModelFolder,
    trainer: Box<dyn Trainer>,
    /// What the trainer is measured with.
    held_out: Option<PictureSet>,
    log: Log,
    watch: Stopwatch,
    /// What earlier runs noted.
    before: Note,
    first_step: u64,
    /// Seconds of this run at the last checkpoint, and when the next sheet is due.
    last_save: f64,
    next_sheet: f64,
}

impl Run {
    /// The clock runs from here.
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures that nothing can be learned from (see [`PictureSet::check_enough`]), or other ones
    /// than before; [`Error::Io`] when the folder can't be written.
    pub fn new(mut options: RunOptions, begun: Begun, folder: ModelFolder) -> Result<Self> {
        options.clock.check()?;
        options.pictures.check_enough()?;
        let Begun { trainer, note } = begun;
        if let Some(source) = &options.source {
            note.check_source(source)?;
        }
        let mut held_out = None;
        if trainer.measures() && options.pictures.len() >= ENOUGH {
            // The same pictures whenever it is gone on with: they are told by their places.
            if let Some((learned, out)) = options.pictures.held_out(HELD_OUT) {
                options.pictures = learned;
                held_out = Some(out);
            }
        }
        let log = Log::after(folder.run(), trainer.steps())?;
        let first_step = trainer.steps();
        let next_sheet = FIRST_SHEET.min(options.sheet_every.as_secs_f64());
        Ok(Self {
            options,
            folder,
            trainer,
            held_out,
            log,
            watch: Stopwatch::started(),
            before: note,
            first_step,
            last_save: 0.0,
            next_sheet,
        })
    }

    /// One step, with a checkpoint, a sheet and a line in the log when they are due; `None` when the clock has run out.
    ///
    /// # Errors
    /// [`Error::Io`] when a file can't be written; what [`Trainer::step`] returns, with the last checkpoint intact.
    pub fn step(&mut self) -> Result<Option<Progress>> {
        let progress = self.options.clock.progress(self.seconds(), self.trainer.steps());
        if progress >= 1.0 {
            return Ok(None);
        }
        let mut report = self.trainer.step(&self.options.pictures, progress)?;
        let logged = report.step.is_multiple_of(LOG_EVERY.into());
        if let Some(held_out) = self.held_out.as_ref().filter(|_| logged || report.step == 1) {
            let measured = self.trainer.measure(held_out, progress)?;
            report.values.extend(measured.into_iter().map(|(name, value)| (name.into(), value)));
        }
        let pictures = (self.trainer.steps() - self.first_step) * self.trainer.batch() as u64;
        let now = Progress {
            report,
            seconds: self.seconds(),
            progress,
            pictures_per_second: pictures as f64 / self.watch.seconds(),
        };
        if logged {
            self.log.line(&now)?;
        }
        let spent = self.watch.seconds();
        if spent >= self.next_sheet {
            self.next_sheet = spent + spent.min(self.options.sheet_every.as_secs_f64());
            let minute = (now.seconds / 60.0).round();
            self.sheet()?.save(self.folder.run().join(format!("samples-{minute:04}min.png")))?;
        }
        if self.watch.seconds() - self.last_save >= self.options.checkpoint_every.as_secs_f64() {
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
        let learned = self.options.pictures.len() + self.held_out.as_ref().map_or(0, PictureSet::len);
        let note = Note {
            seconds: self.seconds(),
            clock: Some(self.options.clock),
            // Once there was a place that pictures came from, it stays.
            source: self.options.source.clone().or_else(|| self.before.source.clone()),
            pictures: learned,
            model: self.before.model.clone(),
        };
        state::save(&mut *self.trainer, &self.folder.state(), &note.to_text())?;
        save_weights(&*self.trainer, &self.weights())
    }

    /// Writes a checkpoint and a sample sheet. The run can go on afterwards.
    ///
    /// # Errors
    /// [`Error::Io`] when a file can't be written.
    pub fn finish(&mut self, complete: bool) -> Result<Finished> {
        self.save()?;
        let samples = self.folder.run().join("samples.png");
        self.sheet()?.save(&samples)?;
        Ok(Finished {
            weights: self.weights(),
            samples,
            steps: self.trainer.steps(),
            batch: self.trainer.batch(),
            seconds: self.seconds(),
            clock: self.options.clock,
            description: self.trainer.description(),
            complete,
        })
    }

    fn weights(&self) -> PathBuf {
        self.folder.run().join("weights.safetensors")
    }
}
