//! Something that the engine does step by step.

use super::open_model::OpenModel;
use super::pictures::Pictures;
use super::protocol::{Frame, JobId, ModelHandle, Topic};
use super::search::Search;
use crate::Result;
use crate::search::Candidate;

/// What is done.
pub(super) enum Work {
    /// A search for pictures that agree with strokes.
    Search(Box<Search>),
    /// Pictures of given latents.
    Pictures(Pictures),
}

/// A job that runs.
pub(super) struct Job {
    pub id: JobId,
    pub topic: Topic,
    pub model: ModelHandle,
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
    pub candidates: Vec<Candidate>,
    pub pace: Pace,
    pub done: bool,
}

impl Job {
    /// Goes on by a step.
    ///
    /// # Errors
    /// As the work has them.
    pub fn step(&mut self, open: &mut OpenModel) -> Result<Step> {
        let shown = match &mut self.work {
            Work::Search(search) => search.step(open)?,
            Work::Pictures(pictures) => pictures.step(&open.model)?,
        };
        let Shown { candidates, pace, done } = shown;
        let frame = (!candidates.is_empty()).then_some(Frame {
            job: self.id,
            topic: self.topic,
            candidates,
            iteration: pace.iteration,
            iterations: pace.iterations,
            per_second: pace.per_second,
            settled: done,
        });
        Ok(Step { frame, done })
    }
}
