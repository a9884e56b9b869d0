//! Keys become commands, unless something is being typed.

use egui::{Context, Event, Popup};

use crate::shell::command::{Action, Command};
use crate::shell::session::Session;
use crate::shell::view::Room;

/// The commands that this frame's keys ask for.
pub fn commands(ctx: &Context, session: &Session, out: &mut Vec<Command>) {
    if ctx.text_edit_focused() || session.view.path_field.is_some() {
        return;
    }
    let popup = Popup::is_any_open(ctx);
    ctx.input(|input| {
        for event in &input.events {
            let &Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { continue };
            let asked = |action: &Action| {
                action.shortcuts().iter().any(|shortcut| {
                    // A plus may need Shift to be typed.
                    let shift = shortcut.shift == modifiers.shift || key == egui::Key::Plus;
                    shortcut.key == key && shortcut.ctrl == modifiers.command && shift && !modifiers.alt
                })
            };
            let Some(action) = Action::ALL.into_iter().find(asked) else { continue };
            if session.view.room == Room::Train && !action.is_everywhere() {
                continue;
            }
            let closes_popup = popup && action == Action::Stop;
            if !closes_popup && (!repeat || action.repeats()) {
                out.push(Command::Act(action));
            }
        }
    });
}
