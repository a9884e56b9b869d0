//! Keys that are not meant for something else.

use egui::{Context, Event, Popup};

use crate::desk::Desk;
use crate::desk::action::Press;
use crate::shell::closing::Closing;

/// The keys that were pressed in this frame. `typing`: what is typed goes into a field, or did so when the frame began.
pub fn presses(ctx: &Context, desk: &Desk, closing: Closing, typing: bool) -> Vec<Press> {
    let asked = desk.files.form().is_some() || closing != Closing::No;
    if typing || ctx.text_edit_focused() || asked || Popup::is_any_open(ctx) {
        return Vec::new();
    }
    let press = |(at, event): (usize, &Event)| match *event {
        Event::Key { key, pressed: true, repeat, modifiers, .. } => {
            Some(Press { at, key, modifiers, repeat })
        }
        _ => None,
    };
    ctx.input(|input| input.events.iter().enumerate().filter_map(press).collect())
}
