//! What can be done in the painter's room by a button or a key.

pub mod base;
pub mod strokes;

use egui::Key;

use super::Paint;
use super::document::Standing;
use super::shown::Showing;
use super::tools::ToolKind;
use crate::desk::Desk;
use crate::desk::action::{self, Owner, ctrl, ctrl_shift, plain, unless};
use crate::kit::icons;
use crate::kit::look::Look;

/// An action of the painter's room.
pub type Action = action::Action<Paint>;

/// A larger or smaller picture by one step.
const ZOOM_STEP: f32 = 1.25;

impl Owner for Paint {
    const ACTIONS: &'static [&'static Action] = &[
        &COLOUR_BRUSH,
        &SKETCH_BRUSH,
        &ERASER,
        &EYEDROPPER,
        &SELECT,
        &UNDO,
        &REDO,
        &FIX,
        &RESTART,
        &RANDOM,
        &SHOW_EDITS,
        &AVERAGE,
        &SHARP,
        &PLAY,
        &LATEST,
        &SAVE,
        &CANCEL,
        &GO_ON,
        &WIDER,
        &NARROWER,
        &ZOOM_IN,
        &ZOOM_OUT,
        &FIT,
        &KEEP,
        &WARP,
        &base::FRAME,
        &base::OPEN_PHOTO,
        &base::SPLIT,
        &base::PLAIN,
        &base::NEW_ORIGINAL,
        &base::RELEASE,
        &base::MIRROR,
        &base::BEST_PLACE,
        &base::INVERT,
        &strokes::HIDE,
        &strokes::FORWARD,
        &strokes::BACK,
        &strokes::DELETE,
        &strokes::MOVE_LEFT,
        &strokes::MOVE_RIGHT,
        &strokes::MOVE_UP,
        &strokes::MOVE_DOWN,
    ];

    fn is_drawing(&self) -> bool {
        Self::is_drawing(self)
    }
}

pub static COLOUR_BRUSH: Action = Action::new(
    "Colour brush",
    "Paint where the picture shall have a colour",
    icons::colour_brush,
    |paint, _| paint.tools.active = ToolKind::Colour,
)
.keys(const { &[plain(Key::C), plain(Key::Num1)] })
.switch(|paint, _| paint.tools.active == ToolKind::Colour);

pub static SKETCH_BRUSH: Action = Action::new(
    "Sketch brush",
    "Draw where the picture shall have an edge",
    icons::sketch_brush,
    |paint, _| paint.tools.active = ToolKind::Sketch,
)
.keys(const { &[plain(Key::K), plain(Key::Num2)] })
.switch(|paint, _| paint.tools.active == ToolKind::Sketch);

pub static ERASER: Action = Action::new("Eraser", "Take strokes away", icons::eraser, |paint, _| {
    paint.tools.active = ToolKind::Eraser;
})
.keys(const { &[plain(Key::X), plain(Key::Num3)] })
.switch(|paint, _| paint.tools.active == ToolKind::Eraser);

pub static EYEDROPPER: Action =
    Action::new("Eyedropper", "Pick a colour from the picture", icons::eyedropper, |paint, _| {
        paint.tools.active = ToolKind::Eyedropper;
    })
    .keys(const { &[plain(Key::I), plain(Key::Num4)] })
    .switch(|paint, _| paint.tools.active == ToolKind::Eyedropper);

pub static SELECT: Action = Action::new("Select", "Select a stroke and move it", icons::arrow, |paint, _| {
    paint.tools.active = ToolKind::Select;
})
.keys(const { &[plain(Key::V), plain(Key::Num5)] })
.switch(|paint, _| paint.tools.active == ToolKind::Select);

pub static KEEP: Action = Action::new(
    "Keep brush",
    "Paint what must stay as it is; counts over a picture that is held",
    icons::shield,
    |paint, _| paint.tools.active = ToolKind::Keep,
)
.keys(const { &[plain(Key::M), plain(Key::Num6)] })
.switch(|paint, _| paint.tools.active == ToolKind::Keep);

pub static WARP: Action = Action::new(
    "Warp",
    "Take a patch of the picture and drag it where it shall be",
    icons::hand,
    |paint, _| {
        paint.tools.active = ToolKind::Warp;
    },
)
.keys(const { &[plain(Key::W), plain(Key::Num7)] })
.switch(|paint, _| paint.tools.active == ToolKind::Warp);

pub static UNDO: Action =
    Action::new("Undo", "Take the last step back", icons::undo, |paint, _| paint.undo())
        .keys(const { &[ctrl(Key::Z)] })
        .blocked_by(|paint, _| {
            let possible = paint.is_drawing() || paint.history.undo_name().is_some();
            unless(possible, "There is nothing to undo")
        })
        .exactly(|paint| paint.history.undo_name().map(|name| format!("Undo: {name}")))
        .in_strokes()
        .repeats();

pub static REDO: Action =
    Action::new("Redo", "Do the undone step again", icons::redo, |paint, _| paint.redo())
        .keys(const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] })
        .blocked_by(|paint, _| unless(paint.history.redo_name().is_some(), "There is nothing to redo"))
        .exactly(|paint| paint.history.redo_name().map(|name| format!("Redo: {name}")))
        .repeats();

pub static FIX: Action =
    Action::new("Fix", "Hold the shown picture: what you don't paint stays", icons::pin, |paint, _| {
        paint.fix();
    })
    .keys(const { &[plain(Key::F)] })
    .blocked_by(|paint, desk| {
        let free = paint.photo().is_none();
        no_picture(paint, desk).or(unless(free, "The photo is held already: New original goes on from it"))
    });

pub static RESTART: Action =
    Action::new("Restart", "Clear all strokes and start over", icons::restart, |paint, _| paint.restart())
        .keys(const { &[plain(Key::R)] })
        .blocked_by(no_engine);

pub static RANDOM: Action =
    Action::new("Random", "Other pictures: the same strokes from another seed", icons::dice, |paint, _| {
        paint.random();
    })
    .keys(const { &[plain(Key::N)] })
    .blocked_by(no_engine);

pub static SHOW_EDITS: Action =
    Action::new("Show edits", "Show the strokes over the picture", icons::eye, |paint, _| {
        paint.edits = !paint.edits;
    })
    .keys(const { &[plain(Key::E)] })
    .switch(|paint, _| paint.edits)
    .in_strokes();

pub static AVERAGE: Action =
    Action::new("Average", "Show the mean of all candidates", icons::sheets, |paint, _| {
        let mean = paint.showing == Showing::Mean;
        paint.showing = if mean { Showing::Newest } else { Showing::Mean };
    })
    .keys(const { &[plain(Key::A)] })
    .blocked_by(no_picture)
    .switch(|paint, _| paint.showing == Showing::Mean);

pub static SHARP: Action = Action::new(
    "Sharp",
    "Show and save the picture enlarged, with what belongs there put in",
    icons::sharp,
    |paint, _| paint.development.on = !paint.development.on,
)
.keys(const { &[plain(Key::H)] })
.switch(|paint, _| paint.development.on)
.in_strokes();

pub static PLAY: Action = Action::new(
    "Play",
    "Play the way from the old picture to the new one, or pause it",
    icons::play,
    |paint, desk| paint.toggle_play(desk.now),
)
.keys(const { &[plain(Key::P)] })
.blocked_by(|paint, _| {
    let possible = paint.morph.ends(&paint.document).is_some() || paint.is_playing();
    unless(possible, "There is no old picture to start from: paint a stroke first")
})
.switch(|paint, _| paint.is_playing());

pub static LATEST: Action =
    Action::new("Latest", "Show the newest picture", icons::to_the_end, |paint, _| paint.scrub(None))
        .keys(const { &[plain(Key::L)] })
        .blocked_by(|paint, _| unless(paint.position().is_some(), "The newest picture is shown"))
        .in_strokes();

pub static SAVE: Action = Action::new("Save…", "Save the shown picture", icons::save, Paint::save)
    .keys(const { &[plain(Key::S), ctrl(Key::S), ctrl_shift(Key::S)] })
    .blocked_by(no_picture);

pub static CANCEL: Action = Action::new(
    "Cancel",
    "Take the stroke in the making back, or stop the opening of a model or the search",
    icons::stop,
    Paint::stop,
)
.keys(const { &[plain(Key::Escape)] })
.blocked_by(|paint, desk| unless(paint.can_stop(desk), "Nothing is running"))
.in_strokes();

pub static GO_ON: Action =
    Action::new("Go on", "Go on with the search that was stopped", icons::play, |paint, _| paint.go_on())
        .blocked_by(|paint, _| {
            let stopped = matches!(paint.standing(), Standing::Stopped | Standing::Failed);
            unless(stopped, "No search was stopped")
        });

pub static WIDER: Action = Action::new("Wider brush", "Make the brush wider", icons::plus, |paint, _| {
    paint.tools.step_width(1.0);
})
.keys(const { &[plain(Key::CloseBracket)] })
.blocked_by(no_width)
.in_strokes()
.repeats();

pub static NARROWER: Action =
    Action::new("Narrower brush", "Make the brush narrower", icons::minus, |paint, _| {
        paint.tools.step_width(-1.0);
    })
    .keys(const { &[plain(Key::OpenBracket)] })
    .blocked_by(no_width)
    .in_strokes()
    .repeats();

pub static ZOOM_IN: Action = Action::new("Zoom in", "Make the picture larger", icons::plus, |paint, _| {
    paint.look = paint.look.zoomed(ZOOM_STEP);
})
.keys(const { &[ctrl(Key::Plus), ctrl(Key::Equals)] })
.in_strokes()
.repeats();

pub static ZOOM_OUT: Action =
    Action::new("Zoom out", "Make the picture smaller", icons::minus, |paint, _| {
        paint.look = paint.look.zoomed(1.0 / ZOOM_STEP);
    })
    .keys(const { &[ctrl(Key::Minus)] })
    .in_strokes()
    .repeats();

pub static FIT: Action = Action::new("Fit", "Show the whole picture", icons::corners, |paint, _| {
    paint.look = Look::default();
})
.keys(const { &[ctrl(Key::Num0), plain(Key::Home)] })
.in_strokes();

/// The action that takes a tool.
pub fn of_tool(kind: ToolKind) -> &'static Action {
    match kind {
        ToolKind::Colour => &COLOUR_BRUSH,
        ToolKind::Sketch => &SKETCH_BRUSH,
        ToolKind::Eraser => &ERASER,
        ToolKind::Eyedropper => &EYEDROPPER,
        ToolKind::Select => &SELECT,
        ToolKind::Keep => &KEEP,
        ToolKind::Warp => &WARP,
        ToolKind::Frame => &base::FRAME,
    }
}

fn no_picture(paint: &Paint, _: &Desk) -> Option<&'static str> {
    unless(!paint.document.candidates.is_empty(), "There is no picture yet")
}

fn no_engine(paint: &Paint, desk: &Desk) -> Option<&'static str> {
    unless(paint.document.model.is_some(), "No model is open")
        .or(unless(!desk.link.is_dead(), "The engine has stopped"))
}

fn no_width(paint: &Paint, _: &Desk) -> Option<&'static str> {
    unless(paint.tools.brush().is_some(), "This tool has no width")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_every_action_are_looked_for() {
        let files =
            [include_str!("actions.rs"), include_str!("actions/base.rs"), include_str!("actions/strokes.rs")];
        let made: usize = files.iter().map(|file| file.matches("\npub static ").count()).sum();
        assert_eq!(Paint::ACTIONS.len(), made);
    }
}
