//! What a window says to the engine and what it hears back: two closed enums of plain data.

use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{Decisions, Latent, LatentSpec, Summary};
use crate::picture::Picture;
use crate::search::SolveSettings;
use crate::search::constraint::Constraints;
use crate::search::ways::Interpolation;

/// The number of a job. The window counts them up; every result carries the number of the job it belongs
/// to, and a result of an older job is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// One of the models inside the program, by name.
    Bundled(String),
    /// A model folder or a checkpoint file.
    Path(PathBuf),
}

/// A search for pictures that agree with strokes.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawRequest {
    /// What the pictures shall agree with, at the model's resolution.
    pub constraints: Arc<Constraints>,
    /// How to search.
    pub settings: SolveSettings,
    /// Latents to start from beside those that the solver finds by itself: the last solution while a stroke
    /// grows.
    pub start: Vec<Latent>,
    /// The latent that the picture was fixed at: the search stays near it.
    pub anchor: Option<Latent>,
}

/// What the window asks of the engine.
#[derive(Clone, Debug)]
pub enum Command {
    /// Open a model. The old one stays in use until the new one works.
    Open {
        /// Number of the job.
        job: JobId,
        /// Where it comes from.
        source: ModelSource,
        /// What a user decided about what the file does not say; once the model works, this is kept beside
        /// it for the next time. `None`: as it was kept the last time.
        decisions: Option<Decisions>,
    },
    /// Search for pictures that agree with strokes. Only the newest request counts: an older one that still
    /// runs ends within a step.
    Draw {
        /// Number of the job.
        job: JobId,
        /// What to search.
        request: DrawRequest,
    },
    /// Draw random latents from the prior and show their pictures.
    Sample {
        /// Number of the job.
        job: JobId,
        /// How many.
        count: usize,
        /// Seed of the draw.
        seed: u64,
    },
    /// Show the pictures of given latents, beside whatever is searched. Only the newest request counts: an
    /// older one that still waits is never made.
    Render {
        /// Number of the job.
        job: JobId,
        /// The latents.
        latents: Vec<Latent>,
    },
    /// Pictures on the way from one latent to another.
    Morph {
        /// Number of the job.
        job: JobId,
        /// Where it starts.
        from: Latent,
        /// Where it ends.
        to: Latent,
        /// How many pictures, both ends included.
        frames: usize,
        /// The way between them.
        interpolation: Interpolation,
    },
    /// End what is running, keep its last pictures. A model that is being opened is no part of that.
    Cancel,
    /// Stop waiting for a model that is being opened; the one in use stays.
    StopOpening {
        /// The job that opens it.
        job: JobId,
    },
}

/// What a window may want to know of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// What to call it.
    pub name: String,
    /// Its family, for people: "DCGAN, 64x64".
    pub family: String,
    /// Pixels a side.
    pub size: usize,
    /// What its latents are made of.
    pub latents: LatentSpec,
    /// How many numbers it learned.
    pub parameters: usize,
    /// True when it has an encoder: a picture can become a latent without a search.
    pub encodes: bool,
    /// True when it has a critic, which tells how real a picture looks.
    pub judges: bool,
    /// What its file holds; `None` for a model that never was in one.
    pub summary: Option<Summary>,
}

/// A term of the objective and what it costs, weight included: the terms of a candidate sum to its cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TermCost {
    /// The term's name, for people.
    pub name: &'static str,
    /// Its share of the cost.
    pub cost: f32,
}

/// A picture that the search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where it lies in the latent space.
    pub latent: Latent,
    /// What it looks like.
    pub picture: Arc<Picture>,
    /// How badly it agrees with the strokes; 0 for pictures that nothing was asked of.
    pub cost: f32,
    /// The parts of the cost.
    pub terms: Vec<TermCost>,
    /// [`Latent::rms`] over that of the prior: near 1 is plausible, far above 1 is far outside.
    pub spread: f32,
}

/// The newest pictures of a job, best first.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The job that they belong to.
    pub job: JobId,
    /// The candidates, best first; never empty.
    pub candidates: Vec<Candidate>,
    /// Iterations done.
    pub iteration: usize,
    /// Iterations until the search comes to rest; 0 when nothing is searched.
    pub iterations: usize,
    /// Iterations per second so far.
    pub per_second: f32,
    /// True for the last pictures of the job.
    pub settled: bool,
}

/// The pictures of a morph.
#[derive(Clone, Debug)]
pub struct MorphFrames {
    /// The job that they belong to.
    pub job: JobId,
    /// The latents on the way, both ends included.
    pub latents: Vec<Latent>,
    /// Their pictures.
    pub pictures: Vec<Arc<Picture>>,
}

/// The pictures of latents that a window asked for.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The job that they belong to.
    pub job: JobId,
    /// The latents with their pictures, in the order that was asked for.
    pub candidates: Vec<Candidate>,
}

/// What the engine tells beside pictures.
#[derive(Clone, Debug)]
pub enum Event {
    /// A model is open and in use.
    Opened {
        /// The job that opened it.
        job: JobId,
        /// What it is.
        info: Arc<ModelInfo>,
    },
    /// What the engine is doing now, in a few words for the status line.
    Working {
        /// The job that it belongs to.
        job: JobId,
        /// "Searching", "Opening landscape", ...
        activity: String,
    },
    /// How far the reading of a model's file is; told now and then, where the file tells how much it holds.
    Opening {
        /// The job that opens it.
        job: JobId,
        /// 0 to 1. After 1 the model still has to make its first picture.
        share: f32,
    },
    /// A job came to its end; its last pictures are in the slot already.
    Finished {
        /// The job.
        job: JobId,
    },
    /// A job was ended by a newer one or by [`Command::Cancel`].
    Cancelled {
        /// The job.
        job: JobId,
    },
    /// Something did not work that the job could do without.
    Remark {
        /// The job.
        job: JobId,
        /// One sentence for the user.
        message: String,
    },
    /// A job failed; the last good pictures stay.
    Failed {
        /// The job.
        job: JobId,
        /// One sentence that says why.
        message: String,
    },
}
