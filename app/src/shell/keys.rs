//! Keys become commands, unless they are meant for something else.

use egui::{Context, Event, Popup};

use crate::shell::closing::Closing;
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;
use crate::shell::view::Room;

/// The commands that this frame's keys ask for, each with the place of its event among all of the frame: a key
/// that was pressed after the pen was lifted comes after the stroke. `typing`: what is typed goes into a field, or
/// did so when the frame began.
pub fn commands(ctx: &Context, session: &Session, typing: bool) -> Vec<(usize, Command)> {
    let asked = session.files.form().is_some() || session.closing != Closing::No;
    if typing || ctx.text_edit_focused() || asked || Popup::is_any_open(ctx) {
        return Vec::new();
    }
    let command = |(i, event): (usize, &Event)| {
        let &Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return None };
        let action = Action::of_key(key, modifiers)?;
        let here = session.view.room == Room::Paint || action.is_everywhere();
        (here && (!repeat || action.repeats())).then_some((i, Command::Act(action)))
    };
    ctx.input(|input| input.events.iter().enumerate().filter_map(command).collect())
}
