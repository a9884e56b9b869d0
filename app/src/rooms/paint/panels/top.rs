//! The painter's part of the bar at the top: undo, Fix, Restart, Random, what is shown, saving.

use egui::Ui;

use crate::desk::Desk;
use crate::kit::controls::text_width;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::base::OPEN_PHOTO;
use crate::rooms::paint::actions::{
    AVERAGE, Action, FIX, RANDOM, REDO, RESTART, SAVE, SHARP, SHOW_EDITS, UNDO,
};
use crate::rooms::paint::command::Command;

const SIDE: f32 = 32.0;
const GAP: f32 = 4.0;
/// Between the groups of the bar, beside the gaps of their neighbours.
const BETWEEN: f32 = 8.0;

/// The groups at the left, and those at the right end.
const LEFT: [&[&Action]; 2] = [&[&UNDO, &REDO], &[&OPEN_PHOTO, &FIX, &RESTART, &RANDOM]];
const RIGHT: [&[&Action]; 2] = [&[&SHOW_EDITS, &AVERAGE, &SHARP], &[&SAVE]];

/// The actions whose names are written; where the bar is too narrow the first ones lose theirs first.
const NAMED: [&Action; 8] = [&AVERAGE, &SHARP, &SHOW_EDITS, &RANDOM, &OPEN_PHOTO, &RESTART, &SAVE, &FIX];

/// Lays the part out from left to right, for the keyboard follows, up to so many points before the right end.
pub fn show(ui: &mut Ui, end: f32, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let named = named(ui, ui.available_width() - end);
    let fits = left_width(ui, &[]) + right_width(ui, &[]) <= ui.available_width() - end;
    for group in LEFT {
        ui.add_space(BETWEEN);
        // In the narrowest window a photo is opened by its key, or dropped.
        let group = match group.split_first() {
            Some((first, rest)) if !fits && std::ptr::eq(*first, &OPEN_PHOTO) => rest,
            _ => group,
        };
        buttons(ui, paint, desk, group, named, out);
    }
    ui.add_space((ui.available_width() - end - right_width(ui, named)).max(0.0));
    for group in RIGHT {
        buttons(ui, paint, desk, group, named, out);
        ui.add_space(BETWEEN);
    }
}

fn buttons(
    ui: &mut Ui,
    paint: &Paint,
    desk: &Desk,
    group: &[&'static Action],
    named: &[&Action],
    out: &mut Vec<Command>,
) {
    for action in group {
        if has(named, action) {
            action.named_button(ui, paint, desk, out);
        } else {
            action.button(ui, paint, desk, SIDE, out);
        }
    }
}

/// The actions whose names fit into a bar with so much room.
fn named(ui: &Ui, room: f32) -> &'static [&'static Action] {
    let fits = |named: &&[&Action]| left_width(ui, named) + right_width(ui, named) <= room;
    (0..NAMED.len()).map(|first| &NAMED[first..]).find(fits).unwrap_or_default()
}

fn left_width(ui: &Ui, named: &[&Action]) -> f32 {
    LEFT.iter().map(|group| BETWEEN + group_width(ui, group, named)).sum()
}

fn right_width(ui: &Ui, named: &[&Action]) -> f32 {
    RIGHT.iter().map(|group| group_width(ui, group, named) + BETWEEN).sum()
}

fn group_width(ui: &Ui, group: &[&Action], named: &[&Action]) -> f32 {
    let width = |action: &Action| if has(named, action) { text_width(ui, action.label) } else { SIDE };
    group.iter().map(|action| width(action) + GAP).sum()
}

fn has(named: &[&Action], action: &Action) -> bool {
    named.iter().any(|other| std::ptr::eq(*other, action))
}
