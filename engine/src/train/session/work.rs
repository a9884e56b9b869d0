//! What the training's thread does: read the pictures, then step until the end, looking for orders between steps.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::orders::{Orders, Reply};
use super::protocol::{Job, Reading, Standing, TrainingEvent};
use crate::data::Pictures;
use crate::train::run::available::available_memory;
use crate::train::run::claim::{Claim, ModelFolder};
use crate::train::run::curves::Curves;
use crate::train::run::fits::check_memory;
use crate::train::run::folder::{Provenance, write_model_folder};
use crate::train::run::log;
use crate::train::run::progress::Progress;
use crate::train::run::runner::{Begun, Run, RunOptions};
use crate::{Error, Result};

/// How often the window hears where the training stands.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Time between checkpoints, each with the model folder.
const KEEP_EVERY: Duration = Duration::from_secs(120);
/// Time between two live sheets: so many times as long as making one took, that they cost a tenth of the training at
/// most, and within these bounds.
const SHEET_SHARE: u32 = 10;
const SHEET_LEAST: Duration = Duration::from_secs(2);
const SHEET_MOST: Duration = Duration::from_secs(20);

/// Changes a training between its beginning and its first step: tests put one in its place that fails.
pub(super) type Stand = dyn Fn(Begun) -> Begun + Send + Sync;

/// Trains from beginning to end; the last event.
pub(super) fn train(job: &Job, mut orders: Orders, reply: &Reply, stand: &Stand) -> Result<TrainingEvent> {
    let claim = if job.resume { Claim::Resume } else { Claim::New };
    job.clock.check()?;
    job.source.check_out(&job.folder)?;
    let folder = ModelFolder::claim(&job.folder, claim)?;
    // Whatever can be refused is, before pictures are read, which may take minutes.
    let saved = if job.resume { Some(Begun::resume(&folder, &job.plan.settings)?) } else { None };
    let size = match &saved {
        Some(Begun { trainer, note }) => {
            note.check_source(&job.source)?;
            trainer.size()
        }
        None => {
            job.plan.check()?;
            check_memory(&job.plan, job.source.count()? as u64, available_memory())?;
            job.plan.size()?
        }
    };
    let Some(pictures) = read(job, size, &mut orders, reply)? else {
        return Ok(TrainingEvent::Cancelled);
    };
    let Pictures { set, skipped, name } = pictures;
    let begun = match saved {
        Some(saved) => saved,
        None => Begun::begin(&job.plan, &set)?,
    };
    let begun = stand(begun);
    reply.event(TrainingEvent::Started { pictures: set.len(), skipped });
    let mut options = RunOptions::new(set, job.clock);
    options.source = Some(job.source.clone());
    // Checkpoints are written here, together with the model folder.
    options.checkpoint_every = Duration::MAX;
    let steps = begun.trainer.steps();
    let curves = log::curves(folder.run(), if job.resume { steps } else { 0 });
    let session = Session {
        job,
        reply,
        data: name,
        run: Run::new(options, begun, folder)?,
        curves,
        newest: None,
        told: None,
        sheet_due: Instant::now(),
        kept: (steps, Instant::now()),
    };
    session.train(orders)
}

struct Session<'a> {
    job: &'a Job,
    reply: &'a Reply,
    /// What the pictures are called.
    data: String,
    run: Run,
    curves: Curves,
    /// After the last step, unless the window knows it.
    newest: Option<Progress>,
    /// When the window heard of a step.
    told: Option<Instant>,
    sheet_due: Instant,
    /// Steps in the last checkpoint, and when that was.
    kept: (u64, Instant),
}

impl Session<'_> {
    fn train(mut self, mut orders: Orders) -> Result<TrainingEvent> {
        loop {
            orders.look();
            if orders.paused && !orders.stop {
                self.rest(&mut orders)?;
            }
            if orders.stop {
                return self.end(false);
            }
            if orders.take_save() {
                self.keep()?;
                self.reply.event(TrainingEvent::Saved);
            }
            let Some(now) = self.run.step()? else { return self.end(true) };
            for (name, value) in &now.report.values {
                self.curves.add(name, now.report.step, *value);
            }
            self.newest = Some(now);
            if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
                self.tell();
            }
            if Instant::now() >= self.sheet_due {
                self.show()?;
            }
            if self.kept.1.elapsed() >= KEEP_EVERY {
                self.keep()?;
            }
        }
    }

    /// Waits until it shall go on or stop. A computer that is switched off meanwhile loses nothing.
    fn rest(&mut self, orders: &mut Orders) -> Result<()> {
        self.run.pause();
        self.tell();
        if self.run.steps() != self.kept.0 {
            self.keep()?;
            self.show()?;
        }
        self.reply.event(TrainingEvent::Paused);
        while orders.paused && !orders.stop {
            orders.wait();
            if orders.take_save() {
                self.keep()?;
                self.reply.event(TrainingEvent::Saved);
            }
        }
        self.run.go_on();
        if !orders.stop {
            self.reply.event(TrainingEvent::WentOn);
        }
        Ok(())
    }

    fn end(mut self, complete: bool) -> Result<TrainingEvent> {
        self.run.pause();
        let steps = self.run.steps();
        if steps == 0 {
            return Ok(TrainingEvent::Cancelled);
        }
        self.tell();
        if steps != self.kept.0 {
            self.keep()?;
        }
        self.show()?;
        Ok(TrainingEvent::Finished { complete, steps, seconds: self.run.seconds() })
    }

    /// Tells the window where the training stands.
    fn tell(&mut self) {
        if let Some(progress) = self.newest.take() {
            self.told = Some(Instant::now());
            self.reply.standing(Standing { progress, curves: self.curves.snapshot().into() });
        }
    }

    /// Shows the window a sheet.
    fn show(&mut self) -> Result<()> {
        let begun = Instant::now();
        self.reply.sheet(self.run.sheet()?);
        self.sheet_due = Instant::now() + (begun.elapsed() * SHEET_SHARE).clamp(SHEET_LEAST, SHEET_MOST);
        Ok(())
    }

    /// Writes a checkpoint and the model folder.
    fn keep(&mut self) -> Result<()> {
        let finished = self.run.finish(false)?;
        let folder = &self.job.folder;
        let title = folder.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned());
        let provenance = Provenance { title, data: self.data.clone(), command: self.job.command.clone() };
        write_model_folder(folder, &finished, &provenance)?;
        self.kept = (self.run.steps(), Instant::now());
        Ok(())
    }
}

/// All pictures; `None` when a stop was asked for.
fn read(job: &Job, size: usize, orders: &mut Orders, reply: &Reply) -> Result<Option<Pictures>> {
    let mut told = None;
    let read = job.source.load(size, &mut |done, all| {
        orders.look();
        if orders.stop {
            return ControlFlow::Break(());
        }
        if told.is_none_or(|told: Instant| told.elapsed() >= TELL_EVERY) {
            told = Some(Instant::now());
            reply.reading(Reading { done, all });
        }
        ControlFlow::Continue(())
    });
    match read {
        Ok(pictures) => Ok(Some(pictures)),
        Err(Error::Cancelled) => Ok(None),
        Err(error) => Err(error),
    }
}
