//! What a window says to a training and what it hears back.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::PictureSource;
use crate::data::Skipped;
use crate::shared;
use crate::train::recipes::Plan;
use crate::train::run::clock::Clock;
use crate::train::run::curves::Curve;
use crate::train::run::progress::Progress;

/// What to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What to learn from; read at the size that the recipe wants. Where a training is gone on with, what it learned from.
    pub source: PictureSource,
    /// How to train. Where a training is gone on with, its own recipe, model and settings count; those that are named here
    /// must be the same, or [may change](crate::train::Setting::may_change).
    pub plan: Plan,
    /// The model folder to write; its training is in `run` below it.
    pub folder: PathBuf,
    /// How long, time before a resumed training included and pauses not.
    pub clock: Clock,
    /// Go on with the training in the folder. Without this the folder must be empty or not there yet.
    pub resume: bool,
    /// Threads that the training computes on, at least 1.
    pub threads: usize,
    /// How it was made, for the model's card.
    pub command: String,
}

/// What a window asks of a training. It looks for orders between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Write a checkpoint and rest until [`Order::GoOn`].
    Pause,
    /// End a pause.
    GoOn,
    /// Write a checkpoint and the model folder, so that the model can be used.
    Save,
    /// Do that and end.
    Stop,
}

/// What a training tells beside its progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainingEvent {
    /// All pictures are read; the first step comes next.
    Started {
        /// Pictures to learn from.
        pictures: usize,
        /// Files that could not be used.
        skipped: Vec<Skipped>,
    },
    /// It rests; a checkpoint is written.
    Paused,
    /// It goes on.
    WentOn,
    /// The model folder holds the model as it stands.
    Saved,
    /// It came to its end, or was stopped; the model folder holds the model.
    Finished {
        /// False when it was stopped.
        complete: bool,
        /// Steps taken, earlier runs included.
        steps: u64,
        /// Seconds of training, earlier runs included.
        seconds: f64,
    },
    /// It was stopped before its first step; nothing is left of it.
    Cancelled,
    /// It failed and is over.
    Failed {
        /// One sentence that says why.
        message: String,
        /// True when the folder holds a checkpoint to go on from.
        kept: bool,
    },
}

/// How many pictures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Pictures read or drawn.
    pub done: usize,
    /// Of so many; 0 while they are being counted.
    pub all: usize,
}

/// Where a training stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// After the last step.
    pub progress: Progress,
    /// Everything that was measured, earlier runs included.
    #[serde(with = "shared::list")]
    pub curves: Arc<[Curve]>,
}
