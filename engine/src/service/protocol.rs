//! What a window says to the engine and what it hears back: closed enums of plain data, which travel as bytes as
//! well as from thread to thread.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Picture;
use crate::edit::{Crop, Mask, Projection, ProjectionSettings};
use crate::enlarge::Way;
use crate::model::{Decisions, Latent, ModelInfo, ModelSource};
use crate::search::ways::Interpolation;
use crate::search::{Candidate, DrawRequest};
use crate::shared;

/// The number of a job. The window counts them up; every result carries the number of the job it belongs
/// to, and a result of an older job is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u64);

/// An open model. The engine gives the numbers, one for every opening and none of them twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModelHandle(pub u64);

/// What a job is for, in numbers that the window chooses. Of the jobs of one topic the newest counts: it ends the one
/// before, and its pictures replace those that were not taken yet. Jobs of different topics leave each other alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Topic(pub u16);

/// What the window asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Open a model beside those that are open already; meanwhile everything else goes on.
    Open {
        /// Number of the job.
        job: JobId,
        /// Where it comes from.
        source: ModelSource,
        /// What a user decided about what the file does not say; once the model works, this is kept beside
        /// it for the next time. `None`: as it was kept the last time.
        decisions: Option<Decisions>,
    },
    /// Close a model: its jobs end, its memory is free.
    Close {
        /// The model.
        model: ModelHandle,
    },
    /// Search for pictures that agree with strokes.
    Draw {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model to search.
        model: ModelHandle,
        /// What to search.
        request: DrawRequest,
    },
    /// Draw random latents from the prior and show their pictures.
    Sample {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// How many.
        count: usize,
        /// Seed of the draw.
        seed: u64,
    },
    /// Show the pictures of given latents.
    Render {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// The latents.
        latents: Vec<Latent>,
    },
    /// Pictures on the way from one latent to another.
    Morph {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// Where it starts.
        from: Latent,
        /// Where it ends.
        to: Latent,
        /// How many pictures, both ends included.
        frames: usize,
        /// The way between them.
        interpolation: Interpolation,
    },
    /// The latent that the model's encoder says belongs to a picture, of which the middle is looked at.
    Encode {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// The picture, of any size.
        #[serde(with = "shared")]
        picture: Arc<Picture>,
    },
    /// The picture that the model makes of another one.
    Translate {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// The picture, or a map of labels in their colours, of any sides.
        #[serde(with = "shared")]
        picture: Arc<Picture>,
        /// A number for each of the model's factors of style; `None` for the usual ones.
        style: Option<Vec<f32>>,
    },
    /// A picture made larger by the model's enlarger.
    Enlarge {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The enlarger.
        model: ModelHandle,
        /// The picture, of any size.
        #[serde(with = "shared")]
        picture: Arc<Picture>,
        /// How.
        way: Way,
    },
    /// The latent whose picture comes nearest to a part of a photo: at once what the model's encoder says, then what a
    /// search makes of it.
    Project {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// The model.
        model: ModelHandle,
        /// The photo, of any size.
        #[serde(with = "shared")]
        photo: Arc<Picture>,
        /// The part that the model sees. `None`: the one that its encoder explains best.
        crop: Option<Crop>,
        /// How to search.
        settings: ProjectionSettings,
    },
    /// A photo with the change between two pictures of a model made in it.
    Retouch {
        /// Number of the job.
        job: JobId,
        /// What it is for.
        topic: Topic,
        /// What to make of what.
        retouching: Retouching,
    },
    /// End a job, whatever it is; its last pictures stay. One that has ended already is no error.
    Stop {
        /// The job.
        job: JobId,
    },
    /// End all jobs but those that open models; their last pictures stay.
    Cancel,
}

impl Command {
    /// The job that it begins.
    #[must_use]
    pub fn job(&self) -> Option<JobId> {
        match self {
            Self::Open { job, .. }
            | Self::Draw { job, .. }
            | Self::Sample { job, .. }
            | Self::Render { job, .. }
            | Self::Morph { job, .. }
            | Self::Encode { job, .. }
            | Self::Translate { job, .. }
            | Self::Enlarge { job, .. }
            | Self::Project { job, .. }
            | Self::Retouch { job, .. } => Some(*job),
            Self::Close { .. } | Self::Stop { .. } | Self::Cancel => None,
        }
    }
}

/// A change that is to be made in a photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retouching {
    /// The photo, of any size.
    #[serde(with = "shared")]
    pub photo: Arc<Picture>,
    /// The part that the model saw of it.
    pub crop: Crop,
    /// The model's picture of that part before the edit.
    #[serde(with = "shared")]
    pub before: Arc<Picture>,
    /// And after it.
    #[serde(with = "shared")]
    pub after: Arc<Picture>,
    /// How much of the change is shown where; it lies over the crop.
    #[serde(with = "shared")]
    pub mask: Arc<Mask>,
    /// How much of the change is shown at all: 1 is all of it.
    pub strength: f32,
    /// The model that makes the two pictures larger, and how; `None`: a cubic filter.
    pub enlarger: Option<(ModelHandle, Way)>,
}

/// What became of a photo: the part that the model saw, and the latent that is nearest to it so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projected {
    /// The part that the model saw.
    pub crop: Crop,
    /// The latent and its picture.
    pub projection: Projection,
}

/// What a job has made so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Of a search the best pictures, best first; of latents their pictures, in the order that was asked for. Never empty.
    Candidates(Vec<Candidate>),
    /// The latent of a picture.
    Latent(Latent),
    /// The picture that was made of another one.
    Picture(#[serde(with = "shared")] Arc<Picture>),
    /// The latent of a photo, the best so far.
    Projection(Box<Projected>),
}

/// The newest results of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The job that they belong to.
    pub job: JobId,
    /// What the job is for.
    pub topic: Topic,
    /// What there is.
    pub content: Content,
    /// Iterations done, or tiles of a picture.
    pub iteration: usize,
    /// Iterations until the search comes to rest, or all tiles of a picture; 0 when nothing is searched or cut.
    pub iterations: usize,
    /// Iterations per second so far.
    pub per_second: f32,
    /// True for the last pictures of the job.
    pub settled: bool,
}

impl Frame {
    /// The pictures with their latents; none where the job makes something else.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        match &self.content {
            Content::Candidates(candidates) => candidates,
            Content::Latent(_) | Content::Picture(_) | Content::Projection(_) => &[],
        }
    }
}

/// What the engine tells beside pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A model is open.
    Opened {
        /// The job that opened it.
        job: JobId,
        /// What to call it in commands.
        model: ModelHandle,
        /// What it is.
        #[serde(with = "shared")]
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
    /// A job came to its end; its last pictures can be taken already.
    Finished {
        /// The job.
        job: JobId,
    },
    /// A job was ended by a newer one, by a word to stop, or because its model was closed.
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
