//! What can be done to the selected stroke.

use egui::Key;

use super::Action;
use crate::desk::Desk;
use crate::desk::action::{plain, unless};
use crate::kit::icons;
use crate::rooms::paint::Paint;
use crate::rooms::paint::arrange::Arrange;

pub static HIDE: Action = Action::new(
    "Hide stroke",
    "As if the stroke were not there, until it is shown again",
    icons::eye,
    |paint, _| {
        if let Some((place, drawn)) = paint.selected_stroke() {
            paint.arrange(Arrange::Show(place, drawn.hidden));
        }
    },
)
.blocked_by(none_selected)
.switch(|paint, _| paint.selected_stroke().is_none_or(|(_, drawn)| !drawn.hidden));

pub static FORWARD: Action =
    Action::new("Stroke forward", "Put the stroke over the one above it", icons::forward, |paint, _| {
        if let Some((place, _)) = paint.selected_stroke() {
            paint.arrange(Arrange::Forward(place));
        }
    })
    .blocked_by(|paint, desk| {
        let above = paint.selected_stroke().is_some_and(|(i, _)| i + 1 < paint.document.strokes.len());
        none_selected(paint, desk).or(unless(above, "No stroke lies over it"))
    });

pub static BACK: Action =
    Action::new("Stroke back", "Put the stroke under the one below it", icons::back, |paint, _| {
        if let Some((place, _)) = paint.selected_stroke() {
            paint.arrange(Arrange::Back(place));
        }
    })
    .blocked_by(|paint, desk| {
        let below = paint.selected_stroke().is_some_and(|(i, _)| i > 0);
        none_selected(paint, desk).or(unless(below, "No stroke lies under it"))
    });

pub static DELETE: Action = Action::new("Delete stroke", "Take the stroke away", icons::bin, |paint, _| {
    if let Some((place, _)) = paint.selected_stroke() {
        paint.arrange(Arrange::Delete(place));
    }
})
.keys(const { &[plain(Key::Delete), plain(Key::Backspace)] })
.blocked_by(none_selected);

pub static MOVE_LEFT: Action = nudge("Move left", icons::back, |paint, _| paint.nudge([-1.0, 0.0]))
    .keys(const { &[plain(Key::ArrowLeft)] });

pub static MOVE_RIGHT: Action = nudge("Move right", icons::forward, |paint, _| paint.nudge([1.0, 0.0]))
    .keys(const { &[plain(Key::ArrowRight)] });

pub static MOVE_UP: Action = nudge("Move up", icons::forward, |paint, _| paint.nudge([0.0, -1.0]))
    .keys(const { &[plain(Key::ArrowUp)] });

pub static MOVE_DOWN: Action = nudge("Move down", icons::back, |paint, _| paint.nudge([0.0, 1.0]))
    .keys(const { &[plain(Key::ArrowDown)] });

const fn nudge(label: &'static str, icon: icons::Icon, act: fn(&mut Paint, &mut Desk)) -> Action {
    Action::new(label, "Move the selected stroke a little", icon, act).blocked_by(none_selected).repeats()
}

fn none_selected(paint: &Paint, _: &Desk) -> Option<&'static str> {
    unless(paint.selected_stroke().is_some(), "No stroke is selected")
}
