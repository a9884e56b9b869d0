//! What comes back: answers of every kind travel this one way.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::Latent;
use latent_engine::search::Candidate;
use latent_engine::service::{Content, Frame, JobId, Projected};

/// Pictures of a model.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// Of a search the best, best first; else in the order that was asked for.
    pub candidates: Vec<Candidate>,
    /// Iterations done.
    pub iteration: usize,
    /// Iterations until the search comes to rest; 0 when nothing is searched.
    pub iterations: usize,
    /// Iterations per second so far.
    pub per_second: f32,
    /// True for the last pictures of a request.
    pub settled: bool,
}

/// The latent of a photo as it is being found.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The best so far, and the part of the photo that the model saw.
    pub found: Box<Projected>,
    /// Evaluations done.
    pub iteration: usize,
    /// Evaluations until the search comes to rest.
    pub iterations: usize,
    /// True for the last word.
    pub settled: bool,
}

/// An answer. Another kind is another variant here and an arm where the room takes it.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Pictures of a model.
    Pictures(Pictures),
    /// The mean of pictures.
    Mean(Arc<Picture>),
    /// The latent of a picture.
    Latent(Latent),
    /// What was made of a picture.
    Picture(Arc<Picture>),
    /// The latent of a photo.
    Projection(Projection),
}

impl Answer {
    /// True when no more comes for the same request.
    #[must_use]
    pub fn is_last(&self) -> bool {
        match self {
            Self::Pictures(pictures) => pictures.settled,
            Self::Projection(projection) => projection.settled,
            Self::Mean(_) | Self::Latent(_) | Self::Picture(_) => true,
        }
    }
}

/// An answer and the job that it belongs to.
pub type Answered = (JobId, Answer);

pub(super) fn of_frame(frame: Frame) -> Answered {
    let Frame { job, content, iteration, iterations, per_second, settled, .. } = frame;
    let answer = match content {
        Content::Candidates(candidates) => {
            Answer::Pictures(Pictures { candidates, iteration, iterations, per_second, settled })
        }
        Content::Latent(latent) => Answer::Latent(latent),
        Content::Picture(picture) => Answer::Picture(picture),
        Content::Projection(found) => {
            Answer::Projection(Projection { found, iteration, iterations, settled })
        }
    };
    (job, answer)
}
