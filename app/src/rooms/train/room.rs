//! The training's room as the shell knows it.

use std::path::Path;

use egui::{Rect, Ui};

use super::panels::{self, Textures, share};
use super::{Phase, Wish, Workshop};
use crate::desk::Desk;
use crate::desk::room::{AtStake, DropHint, Room};
use crate::platform::files::PathPurpose;

/// The training's room, with what it keeps from one frame to the next.
pub struct TrainRoom {
    /// Everything that is known of trainings.
    pub(crate) workshop: Workshop,
    textures: Textures,
    /// What was done in this frame.
    wishes: Vec<Wish>,
}

impl TrainRoom {
    /// Nothing is trained yet.
    pub(crate) fn new(desk: &Desk) -> Self {
        let workshop = Workshop::new(&desk.wake, desk.models.clone());
        Self { workshop, textures: Textures::default(), wishes: Vec::new() }
    }
}

impl Room for TrainRoom {
    fn name(&self) -> &'static str {
        "Train"
    }

    fn about(&self) -> &'static str {
        "Train a model on your own pictures"
    }

    fn show(&mut self, ui: &mut Ui, place: Rect, desk: &Desk) {
        panels::show(ui, place, &self.workshop, desk, &mut self.textures, &mut self.wishes);
    }

    fn carry_out(&mut self, desk: &mut Desk) -> bool {
        let wishes = std::mem::take(&mut self.wishes);
        let changed = !wishes.is_empty();
        for wish in wishes {
            self.workshop.fulfil(wish, desk);
        }
        changed
    }

    fn background(&self) -> Option<String> {
        let live = self.workshop.live.as_ref().filter(|live| !live.is_over())?;
        let share = 100.0 * share(live).clamp(0.0, 1.0);
        Some(match live.phase {
            Phase::Reading => "Training: reading pictures".to_owned(),
            Phase::Paused => format!("Training paused at {share:.0} %"),
            _ => format!("Training {share:.0} %"),
        })
    }

    fn enter(&mut self, desk: &Desk) {
        self.workshop.look_again(desk);
    }

    fn drop_hint(&self, _count: usize, name: &str, _desk: &Desk) -> DropHint {
        if self.workshop.is_running() {
            return DropHint {
                title: "A training runs".into(),
                about: "Stop it before you choose other pictures.",
            };
        }
        DropHint {
            title: format!("Drop to learn from the pictures in {name}"),
            about: "A folder of PNG, JPEG or WebP pictures, or one of the pictures in it.",
        }
    }

    fn dropped(&mut self, path: &Path, desk: &mut Desk) {
        self.workshop.learn_from(path, desk);
    }

    fn chosen(&mut self, purpose: PathPurpose, path: &Path, desk: &mut Desk) -> bool {
        match purpose {
            PathPurpose::LearnFrom => self.workshop.learn_from(path, desk),
            PathPurpose::MakeOf => self.workshop.make_of(path, desk),
            PathPurpose::TrainInto => self.workshop.train_into(path, desk),
            PathPurpose::Save | PathPurpose::Open | PathPurpose::Photo | PathPurpose::AddFolder => {
                return false;
            }
        }
        true
    }

    fn hear(&mut self, shown: bool, desk: &mut Desk) {
        self.workshop.hear(shown, desk);
    }

    fn at_stake(&self, _desk: &Desk) -> Option<AtStake> {
        let live = self.workshop.live.as_ref().filter(|live| !live.is_over())?;
        let remark = if live.phase != Phase::Reading && live.standing.is_some() {
            "The training stops. What it learned is saved, and it can be resumed later."
        } else {
            "The training has not begun to learn yet: nothing of it would be kept."
        };
        Some(AtStake { question: "Quit during the training?", remark, savable: false })
    }

    fn end(&mut self) {
        self.workshop.end();
    }

    fn is_running(&self) -> bool {
        self.workshop.is_running()
    }
}
