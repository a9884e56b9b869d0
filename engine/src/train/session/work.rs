//! What the training's thread does: read the pictures, then step until the end, looking for orders between steps.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use super::handle::Starter;
use super::orders::{Orders, Reply};
use super::protocol::{Job, Reading, Standing, TrainingEvent};
use crate::data::Pictures;
use crate::train::run::curves::Curves;
use crate::train::run::folder::{Provenance, write_model_folder};
use crate::train::run::log;
use crate::train::run::runner::{Progress, Run, RunOptions, state_in};
use crate::train::run::saved::{FolderState, look_into, run_folder};
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

/// Trains from beginning to end; the last event.
pub(super) fn train(
    job: &Job,
    mut orders: Orders,
    reply: &Reply,
    starter: &Starter,
) -> Result<TrainingEvent> {
    prepare_folder(job)?;
    let folder = run_folder(&job.folder);
    // Whatever can be refused is, before pictures are read, which may take minutes.
    let saved = if job.resume { Some(starter(&job.recipe, &folder, true)?) } else { None };
    let size = match &saved {
        Some((trainer, note)) => {
            note.check(job.source.framing())?;
            trainer.model()?.info.square()?
        }
        None => {
            job.recipe.check()?;
            job.recipe.size()?
        }
    };
    let Some(pictures) = read(job, size, &mut orders, reply)? else {
        clean_up(job);
        return Ok(TrainingEvent::Cancelled);
    };
    let Pictures { set, skipped, name } = pictures;
    let begun = match saved {
        Some(saved) => saved,
        None => starter(&job.recipe.for_pictures(&set)?, &folder, false)?,
    };
    reply.event(TrainingEvent::Started { pictures: set.len(), skipped });
    let mut options = RunOptions::new(set, job.recipe.clone(), folder, job.minutes);
    options.resume = job.resume;
    // Checkpoints are written here, together with the model folder.
    options.checkpoint_every = Duration::MAX;
    let steps = begun.0.steps();
    let curves = log::curves(&options.out, if job.resume { steps } else { 0 });
    let session = Session {
        job,
        reply,
        data: name,
        run: Run::of(options, begun)?,
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
            clean_up(self.job);
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

/// Makes sure that the model can be written where it shall go, before anything is computed.
fn prepare_folder(job: &Job) -> Result<()> {
    let folder = job.folder.display();
    let held = match (look_into(&job.folder)?, job.resume) {
        (FolderState::Free, _) | (FolderState::Training(_), true) => None,
        (FolderState::Training(_), false) => Some("a training: go on with it"),
        (FolderState::Model, false) => Some("a model: give this one another name"),
        (FolderState::Other, false) => Some("other files: choose another folder"),
        (FolderState::Model | FolderState::Other, true) => Some("no training to go on with: start a new one"),
    };
    if let Some(held) = held {
        return Err(Error::Invalid(format!("{folder} holds {held}")));
    }
    let run = run_folder(&job.folder);
    let probe = run.join("writable");
    std::fs::create_dir_all(&run)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| {
            Error::Invalid(format!(
                "{folder} can't be written: {source}; choose another folder for the model"
            ))
        })
}

/// Takes the folders away that a training left which came to nothing; true when there is one to go on with.
pub(super) fn clean_up(job: &Job) -> bool {
    let run = run_folder(&job.folder);
    if state_in(&run).is_file() {
        return true;
    }
    // A log of steps that are lost is of no use, and would make the folder look taken.
    log::remove(&run);
    remove_empty(&run);
    remove_empty(&job.folder);
    false
}

fn remove_empty(folder: &Path) {
    // What is not empty holds something that somebody wants.
    std::fs::remove_dir(folder).ok();
}
