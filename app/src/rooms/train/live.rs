//! A training that runs, or has ended: what is known of it.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::data::Skipped;
use latent_engine::train::{Job, Order, Reading, Standing, Training, TrainingEvent};

use super::outlook::Outlook;
use super::recipe::RecipeKind;

/// What a training does.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// It reads pictures.
    Reading,
    /// It learns.
    Running,
    /// It will rest after this step.
    Pausing,
    /// It rests.
    Paused,
    /// It will end after this step.
    Stopping,
    /// It came to its end, or was stopped.
    Finished {
        /// False when it was stopped.
        complete: bool,
    },
    /// It was stopped before it began.
    Cancelled,
    /// It failed.
    Failed {
        /// Why, in a sentence.
        message: String,
        /// There is a checkpoint to go on from.
        kept: bool,
    },
}

/// A training.
pub struct Live {
    training: Training,
    /// What was asked for.
    pub job: Job,
    /// The recipe, for people.
    pub kind: RecipeKind,
    /// What it does.
    pub phase: Phase,
    /// How many pictures are read.
    pub reading: Option<Reading>,
    /// Where it stands.
    pub standing: Option<Standing>,
    /// The newest sample sheet.
    pub sheet: Option<Arc<Picture>>,
    /// Pictures that it learns from; 0 until they are read.
    pub pictures: usize,
    /// Files that could not be used.
    pub skipped: Vec<Skipped>,
    /// Seconds that it has taken, as it said at its end.
    pub seconds: Option<f64>,
    /// The model is to be opened as soon as it is written.
    pub wanted: bool,
}

/// What happened that concerns more than the training's own panel.
pub enum LiveNews {
    /// The model can be opened, and somebody waits for it.
    Open,
    /// It has ended.
    Ended,
}

impl Live {
    pub fn new(training: Training, job: Job, kind: RecipeKind) -> Self {
        Self {
            training,
            job,
            kind,
            phase: Phase::Reading,
            reading: None,
            standing: None,
            sheet: None,
            pictures: 0,
            skipped: Vec::new(),
            seconds: None,
            wanted: false,
        }
    }

    /// How long is useful here; nothing before the first step.
    pub fn outlook(&self) -> Option<Outlook> {
        let steps = self.standing.as_ref().map_or(0, |standing| standing.progress.report.step);
        Outlook::new(self.kind, steps, self.seconds())
    }

    /// True once nothing more will come.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Finished { .. } | Phase::Cancelled | Phase::Failed { .. })
    }

    /// True when the folder holds a model, or will as soon as it is asked for.
    pub fn has_model(&self) -> bool {
        match self.phase {
            Phase::Finished { .. } => true,
            Phase::Running | Phase::Pausing | Phase::Paused => self.standing.is_some(),
            Phase::Failed { kept, .. } => kept,
            Phase::Reading | Phase::Stopping | Phase::Cancelled => false,
        }
    }

    /// True when it can be gone on with after its end.
    pub fn can_go_on(&self) -> bool {
        matches!(self.phase, Phase::Finished { .. } | Phase::Failed { kept: true, .. })
    }

    /// Gives an order.
    pub fn order(&mut self, order: Order) {
        self.phase = match (order, &self.phase) {
            (Order::Pause, Phase::Running) => Phase::Pausing,
            (Order::Stop, phase) if !self.is_over() && *phase != Phase::Stopping => Phase::Stopping,
            (Order::GoOn, Phase::Paused) => Phase::Running,
            (Order::Save, Phase::Running | Phase::Pausing | Phase::Paused) => self.phase.clone(),
            _ => return,
        };
        self.training.order(order);
    }

    /// Seconds of training so far.
    pub fn seconds(&self) -> f64 {
        self.seconds.or_else(|| self.standing.as_ref().map(|s| s.progress.seconds)).unwrap_or(0.0)
    }

    /// Takes what is new; never waits.
    pub fn hear(&mut self) -> Vec<LiveNews> {
        self.reading = self.training.take_reading().or(self.reading);
        if let Some(standing) = self.training.take_standing() {
            self.standing = Some(standing);
        }
        if let Some(sheet) = self.training.take_sheet() {
            self.sheet = Some(sheet);
        }
        // Asked before the events are taken: those of a thread that has ended have all been sent.
        let gone = !self.training.is_alive();
        let events: Vec<TrainingEvent> = self.training.events().collect();
        let mut news: Vec<LiveNews> = events.into_iter().filter_map(|event| self.hear_event(event)).collect();
        if gone && !self.is_over() {
            let message = "The training's thread has ended without a word; its last checkpoint is intact";
            self.phase = Phase::Failed { message: message.into(), kept: self.standing.is_some() };
            news.push(LiveNews::Ended);
        }
        news
    }

    fn hear_event(&mut self, event: TrainingEvent) -> Option<LiveNews> {
        match event {
            TrainingEvent::Started { pictures, skipped } => {
                (self.pictures, self.skipped) = (pictures, skipped);
                if self.phase == Phase::Reading {
                    self.phase = Phase::Running;
                }
                None
            }
            TrainingEvent::Paused => {
                if self.phase == Phase::Pausing {
                    self.phase = Phase::Paused;
                }
                None
            }
            TrainingEvent::WentOn => None,
            TrainingEvent::Saved => std::mem::take(&mut self.wanted).then_some(LiveNews::Open),
            TrainingEvent::Finished { complete, seconds, .. } => {
                self.phase = Phase::Finished { complete };
                self.seconds = Some(seconds);
                Some(if std::mem::take(&mut self.wanted) { LiveNews::Open } else { LiveNews::Ended })
            }
            TrainingEvent::Cancelled => {
                self.phase = Phase::Cancelled;
                Some(LiveNews::Ended)
            }
            TrainingEvent::Failed { message, kept } => {
                self.phase = Phase::Failed { message, kept };
                Some(LiveNews::Ended)
            }
        }
    }
}
