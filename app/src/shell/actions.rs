//! What can be done in every room by a button or a key.

use egui::Key;

use super::house::House;
use crate::desk::action::{self, Owner, ctrl, ctrl_shift, plain, unless};
use crate::kit::icons;
use crate::platform::files::PathPurpose;
use crate::platform::preferences::Preferences;

/// An action of the whole window.
pub type Action = action::Action<House>;

impl Owner for House {
    const ACTIONS: &'static [&'static Action] = &[
        &OPEN_CHECKPOINT,
        &ADD_FOLDER,
        &NEXT_ROOM,
        &STOP,
        &PIXELS,
        &THEME,
        &LARGER_TEXT,
        &SMALLER_TEXT,
        &USUAL_TEXT,
        &QUIT,
    ];

    fn is_drawing(&self) -> bool {
        self.shown().is_drawing()
    }
}

pub static OPEN_CHECKPOINT: Action = Action::new(
    "Open checkpoint…",
    "Open a model from a file or a folder. Your strokes stay",
    icons::folder,
    |_, desk| desk.files.ask(PathPurpose::Open, ""),
)
.keys(const { &[ctrl(Key::O)] });

pub static ADD_FOLDER: Action = Action::new(
    "Add folder of models…",
    "List the models of a folder in this menu",
    icons::folder,
    |_, desk| desk.files.ask(PathPurpose::AddFolder, ""),
);

pub static NEXT_ROOM: Action =
    Action::new("Next room", "Change between painting and training a model", icons::curve, |house, desk| {
        house.show_next(desk);
    })
    .keys(const { &[ctrl(Key::T)] });

pub static STOP: Action =
    Action::new("Stop", "Stop the opening of a model or the search", icons::stop, |house, desk| {
        house.stop(desk);
    })
    .keys(const { &[plain(Key::Escape)] })
    .blocked_by(|house, desk| unless(house.can_stop(desk), "Nothing is running"))
    .in_strokes();

pub static PIXELS: Action =
    Action::new("Pixels", "Show pixels as squares instead of smoothly", icons::grid, |_, desk| {
        desk.view.pixels = !desk.view.pixels;
    })
    .keys(const { &[plain(Key::G)] })
    .switch(|_, desk| desk.view.pixels)
    .in_strokes();

pub static THEME: Action =
    Action::new("Dark or light", "Change between dark and light", icons::half_moon, |_, desk| {
        desk.view.dark = !desk.view.dark;
    })
    .keys(const { &[plain(Key::T)] })
    .in_strokes();

pub static LARGER_TEXT: Action =
    Action::new("Larger text", "Make text and buttons larger", icons::plus, |_, desk| {
        desk.view.scale = Preferences::larger(desk.view.scale).unwrap_or(desk.view.scale);
    })
    .keys(const { &[ctrl_shift(Key::ArrowUp)] })
    .blocked_by(|_, desk| {
        unless(Preferences::larger(desk.view.scale).is_some(), "They are as large as they can be")
    })
    .in_strokes()
    .repeats();

pub static SMALLER_TEXT: Action =
    Action::new("Smaller text", "Make text and buttons smaller", icons::minus, |_, desk| {
        desk.view.scale = Preferences::smaller(desk.view.scale).unwrap_or(desk.view.scale);
    })
    .keys(const { &[ctrl_shift(Key::ArrowDown)] })
    .blocked_by(|_, desk| {
        unless(Preferences::smaller(desk.view.scale).is_some(), "They are as small as they can be")
    })
    .in_strokes()
    .repeats();

pub static USUAL_TEXT: Action = Action::new(
    "Usual size of text",
    "Make text and buttons as large as the system has them",
    icons::half_moon,
    |_, desk| desk.view.scale = Preferences::default().scale,
)
.keys(const { &[ctrl_shift(Key::Home)] })
.blocked_by(|_, desk| unless(desk.view.scale != Preferences::default().scale, "They have their usual size"))
.in_strokes();

pub static QUIT: Action =
    Action::new("Quit", "Close the window", icons::cross, |house, desk| house.ask_to_quit(desk))
        .keys(const { &[plain(Key::Q), ctrl(Key::Q)] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_every_action_are_looked_for() {
        let made = include_str!("actions.rs").matches("\npub static ").count();
        assert_eq!(House::ACTIONS.len(), made);
    }
}
