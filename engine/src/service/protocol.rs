//! What a window says to the engine and what it hears back: two closed enums of plain data.

use std::sync::Arc;

use crate::model::{Decisions, Latent, ModelInfo, ModelSource};
use crate::picture::Picture;
use crate::search::ways::Interpolation;
use crate::search::{Candidate, DrawRequest};

/// The number of a job. The window counts them up; every result carries the number of the job it belongs
/// to, and a result of an older job is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

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
