//! What can be done in the training's room by a button.

use super::Workshop;
use crate::desk::action::{self, Owner};
use crate::kit::icons;
use crate::platform::files::PathPurpose;

/// An action of the training's room.
pub type Action = action::Action<Workshop>;

impl Owner for Workshop {
    const ACTIONS: &'static [&'static Action] = &[];
}

pub static LEARN_FROM: Action = Action::new(
    "Choose pictures…",
    "Choose the folder of pictures that the model learns from",
    icons::folder,
    |workshop, desk| workshop.ask_path(PathPurpose::LearnFrom, desk),
);

pub static MAKE_OF: Action = Action::new(
    "Choose inputs…",
    "Choose the folder of what the pictures are to be made of",
    icons::folder,
    |workshop, desk| workshop.ask_path(PathPurpose::MakeOf, desk),
);

pub static TRAIN_INTO: Action = Action::new(
    "Choose place…",
    "Choose the folder that the new model goes to",
    icons::folder,
    |workshop, desk| workshop.ask_path(PathPurpose::TrainInto, desk),
);
