//! The window closes without losing anything that a person would miss.

use std::sync::Arc;

use crate::rooms::train::Phase;
use crate::shell::session::Session;

/// Whether the window is about to close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// It stays.
    #[default]
    No,
    /// It was asked to, and asks in turn what shall become of what is at stake.
    Asks,
    /// It closes as soon as the picture is saved.
    Saves,
    /// It closes as soon as the training is written.
    Writes,
    /// It closes.
    Now,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuitAnswer {
    /// Save the picture, then close.
    Save,
    /// Close all the same.
    Discard,
    /// Stay.
    Cancel,
}

/// What closing would end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtStake {
    /// A picture that was worked on and not saved.
    pub picture: bool,
    /// A training, and whether it has something to write.
    pub training: Option<bool>,
}

impl Session {
    /// What closing would end.
    #[must_use]
    pub fn at_stake(&self) -> AtStake {
        let document = &self.paint.document;
        let saved = match (&self.saved, document.candidate()) {
            (Some(saved), Some(candidate)) => Arc::ptr_eq(saved, &candidate.picture),
            _ => false,
        };
        let live = self.workshop.live.as_ref().filter(|live| !live.is_over());
        AtStake {
            picture: document.has_work() && !document.candidates.is_empty() && !saved,
            training: live.map(|live| live.phase != Phase::Reading && live.standing.is_some()),
        }
    }

    /// The window shall close; it asks first where something is at stake.
    pub(crate) fn ask_to_quit(&mut self) {
        self.closing = match self.closing {
            // Whoever asks twice does not want to see it: the checkpoint is written all the same.
            Closing::Writes | Closing::Now => Closing::Now,
            Closing::Saves => Closing::Saves,
            Closing::No | Closing::Asks if self.at_stake() != AtStake::default() => Closing::Asks,
            Closing::No | Closing::Asks => Closing::Now,
        };
    }

    pub(crate) fn answer_quit(&mut self, answer: QuitAnswer) {
        match answer {
            QuitAnswer::Cancel => self.closing = Closing::No,
            QuitAnswer::Discard => self.end_training_and_close(),
            QuitAnswer::Save => {
                self.closing = Closing::Saves;
                self.save();
            }
        }
    }

    /// The picture is saved: where that is what the closing waited for, it goes on.
    pub(super) fn saved_before_closing(&mut self) {
        if self.closing == Closing::Saves {
            self.end_training_and_close();
        }
    }

    /// What the closing waited for does not come.
    pub(super) fn stay_open(&mut self) {
        if self.closing == Closing::Saves {
            self.closing = Closing::No;
        }
    }

    fn end_training_and_close(&mut self) {
        self.closing = if self.end_training() { Closing::Writes } else { Closing::Now };
    }
}
