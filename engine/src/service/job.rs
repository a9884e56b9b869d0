//! Something that the engine does step by step.

use super::change::Change;
use super::open_model::OpenModel;
use super::pictures::Pictures;
use super::project::Project;
use super::protocol::{Content, Frame, JobId, ModelHandle, Topic};
use super::retouch::{Explained, Retouch};
use super::search::Search;
use crate::{Error, Result};

/// What is done.
pub(super) enum Work {
    /// A search for pictures that agree with strokes.
    Search(Box<Search>),
    /// Pictures of given latents.
    Pictures(Pictures),
    /// What becomes of a picture.
    Change(Change),
    /// The latent of a photo.
    Project(Box<Project>),
    /// What becomes of a photo.
    Retouch(Box<Retouch>),
}

/// A job that runs.
pub(super) struct Job {
    pub id: JobId,
    pub topic: Topic,
    /// The model that it needs; a photo is retouched without one, too.
    pub model: Option<ModelHandle>,
    pub work: Work,
}

/// What a step did.
pub(super) struct Step {
    /// What there is to show, if that is news.
    pub frame: Option<Frame>,
    /// True when nothing is left to do.
    pub done: bool,
}

/// How far a job is.
#[derive(Default)]
pub(super) struct Pace {
    pub iteration: usize,
    pub iterations: usize,
    pub per_second: f32,
}

/// What a piece of work has to show.
pub(super) struct Shown {
    /// `None` where there is nothing yet.
    pub content: Option<Content>,
    pub pace: Pace,
    pub done: bool,
}

impl Job {
    /// Goes on by a step.
    ///
    /// # Errors
    /// As the work has them.
    pub fn step(&mut self, open: Option<&mut OpenModel>, explained: &mut Explained) -> Result<Step> {
        let shown = match (&mut self.work, open) {
            (Work::Retouch(retouch), open) => retouch.step(open.map(|open| &open.model), explained)?,
            (_, None) => return Err(closed()),
            (Work::Search(search), Some(open)) => search.step(open)?,
            (Work::Pictures(pictures), Some(open)) => pictures.step(&open.model)?,
            (Work::Change(change), Some(open)) => change.step(&open.model)?,
            (Work::Project(project), Some(open)) => project.step(open)?,
        };
        let Shown { content, pace, done } = shown;
        let frame = content.map(|content| Frame {
            job: self.id,
            topic: self.topic,
            content,
            iteration: pace.iteration,
            iterations: pace.iterations,
            per_second: pace.per_second,
            settled: done,
        });
        Ok(Step { frame, done })
    }
}

pub(super) fn closed() -> Error {
    Error::Invalid("the model that this was asked of is closed: open it again".into())
}
