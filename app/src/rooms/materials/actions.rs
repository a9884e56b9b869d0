//! What can be done in the room of materials by a button or a key.

use egui::Key;

use super::{Materials, Tool};
use crate::desk::action::{self, Owner, ctrl, ctrl_shift, plain, unless};
use crate::kit::icons;

/// An action of the room of materials.
pub type Action = action::Action<Materials>;

/// Wider or narrower by one step.
const STEP: f32 = 1.25;

impl Owner for Materials {
    const ACTIONS: &'static [&'static Action] =
        &[&BRUSH, &FILL, &PICK, &UNDO, &REDO, &NEW_MAP, &SAVE, &WIDER, &NARROWER];

    fn is_drawing(&self) -> bool {
        Self::is_drawing(self)
    }
}

pub static BRUSH: Action =
    Action::new("Brush", "Paint with the chosen material", icons::colour_brush, |room, _| {
        room.tool = Tool::Brush;
    })
    .keys(const { &[plain(Key::C), plain(Key::Num1)] })
    .switch(|room, _| room.tool == Tool::Brush);

pub static FILL: Action =
    Action::new("Fill", "Fill an area with the chosen material", icons::bucket, |room, _| {
        room.tool = Tool::Fill;
    })
    .keys(const { &[plain(Key::G), plain(Key::Num2)] })
    .switch(|room, _| room.tool == Tool::Fill);

pub static PICK: Action =
    Action::new("Eyedropper", "Choose the material under the pointer", icons::eyedropper, |room, _| {
        room.tool = Tool::Pick;
    })
    .keys(const { &[plain(Key::I), plain(Key::Num3)] })
    .switch(|room, _| room.tool == Tool::Pick);

pub static UNDO: Action = Action::new("Undo", "Take the last step back", icons::undo, |room, _| room.undo())
    .keys(const { &[ctrl(Key::Z)] })
    .blocked_by(|room, _| unless(room.is_drawing() || room.undo_name().is_some(), "There is nothing to undo"))
    .exactly(|room| room.undo_name().map(|name| format!("Undo: {name}")))
    .in_strokes()
    .repeats();

pub static REDO: Action = Action::new("Redo", "Do the undone step again", icons::redo, |room, _| room.redo())
    .keys(const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] })
    .blocked_by(|room, _| unless(room.redo_name().is_some(), "There is nothing to redo"))
    .exactly(|room| room.redo_name().map(|name| format!("Redo: {name}")))
    .repeats();

pub static NEW_MAP: Action =
    Action::new("New map", "Begin with a fresh map", icons::restart, |room, _| room.start_over())
        .keys(const { &[plain(Key::R)] })
        .blocked_by(|room, _| unless(room.model.is_some(), "No model is open"));

pub static SAVE: Action = Action::new("Save", "Save the picture", icons::save, |room, desk| room.save(desk))
    .keys(const { &[ctrl(Key::S)] })
    .blocked_by(|room, _| unless(room.picture().is_some(), "There is no picture yet"));

pub static WIDER: Action = Action::new("Wider brush", "Make the brush wider", icons::plus, |room, _| {
    room.set_width(room.width * STEP);
})
.keys(const { &[plain(Key::CloseBracket)] })
.repeats();

pub static NARROWER: Action =
    Action::new("Narrower brush", "Make the brush narrower", icons::minus, |room, _| {
        room.set_width(room.width / STEP);
    })
    .keys(const { &[plain(Key::OpenBracket)] })
    .repeats();
