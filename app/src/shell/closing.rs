//! The window closes without losing anything that a person would miss.

use crate::desk::Desk;
use crate::desk::room::{AtStake, Room};
use crate::shell::house::House;

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

impl House {
    /// What closing would end, what can be saved first.
    #[must_use]
    pub fn at_stake(&self, desk: &Desk) -> Vec<AtStake> {
        let mut at_stake: Vec<AtStake> = self.rooms().filter_map(|room| room.at_stake(desk)).collect();
        at_stake.sort_by_key(|at_stake| !at_stake.savable);
        at_stake
    }

    /// The window shall close; it asks first where something is at stake.
    pub(super) fn ask_to_quit(&mut self, desk: &Desk) {
        self.closing = match self.closing {
            // Whoever asks twice does not want to see it: the checkpoint is written all the same.
            Closing::Writes | Closing::Now => Closing::Now,
            Closing::Saves => Closing::Saves,
            Closing::No | Closing::Asks if !self.at_stake(desk).is_empty() => Closing::Asks,
            Closing::No | Closing::Asks => Closing::Now,
        };
    }

    pub(super) fn answer_quit(&mut self, answer: QuitAnswer, desk: &mut Desk) {
        match answer {
            QuitAnswer::Cancel => self.closing = Closing::No,
            QuitAnswer::Discard => self.end_and_close(),
            QuitAnswer::Save => {
                self.closing = Closing::Saves;
                self.save(desk);
            }
        }
    }

    /// The picture is saved: where that is what the closing waited for, it goes on.
    pub(super) fn saved_before_closing(&mut self) {
        if self.closing == Closing::Saves {
            self.end_and_close();
        }
    }

    /// What the closing waited for does not come.
    pub(super) fn stay_open(&mut self) {
        if self.closing == Closing::Saves {
            self.closing = Closing::No;
        }
    }

    fn save(&mut self, desk: &mut Desk) {
        let savable =
            |room: &&mut Box<dyn Room>| room.at_stake(desk).is_some_and(|at_stake| at_stake.savable);
        if let Some(room) = self.rooms_mut().find(savable) {
            room.save(desk);
        }
        if desk.files.form().is_none() {
            self.stay_open();
        }
    }

    /// Nothing is asked any more: what runs is told to end, and the window closes once it has.
    fn end_and_close(&mut self) {
        for room in self.rooms_mut() {
            room.end();
        }
        self.closing = Closing::Writes;
        self.close_when_written();
    }

    /// Closes once nothing runs any more that has to be waited for.
    pub(super) fn close_when_written(&mut self) {
        if self.closing == Closing::Writes && !self.rooms().any(Room::is_running) {
            self.closing = Closing::Now;
        }
    }
}
