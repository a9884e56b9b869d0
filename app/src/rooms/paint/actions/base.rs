//! What can be done to the picture that is held, and with photos.

use egui::Key;

use super::Action;
use crate::desk::Desk;
use crate::desk::action::{ctrl_shift, plain, unless};
use crate::kit::icons;
use crate::platform::files::PathPurpose;
use crate::rooms::paint::Paint;
use crate::rooms::paint::held::Hold;
use crate::rooms::paint::photos::Finish;
use crate::rooms::paint::tools::ToolKind;

pub static OPEN_PHOTO: Action = Action::new(
    "Open photo…",
    "Paint on a photo of yours: what you don't paint stays. Or drop one on the window",
    icons::photo,
    |_, desk| desk.files.ask(PathPurpose::Photo, ""),
)
.keys(const { &[ctrl_shift(Key::O)] });

pub static FRAME: Action = Action::new(
    "Frame",
    "Choose the part of the photo that the model sees: drag it, its corners, or the handle to turn it",
    icons::frame,
    |paint, _| paint.frame_tool(),
)
.keys(const { &[plain(Key::B), plain(Key::Num8)] })
.blocked_by(no_photo)
.switch(|paint, _| paint.tools.active == ToolKind::Frame);

pub static SPLIT: Action = Action::new(
    "Before and after",
    "Show the picture left of a line as it was: drag the line",
    icons::split,
    |paint, _| paint.split = if paint.split.is_some() { None } else { Some(0.5) },
)
.keys(const { &[plain(Key::Y)] })
.blocked_by(nothing_held)
.switch(|paint, _| paint.split.is_some())
.in_strokes();

pub static PLAIN: Action = Action::new(
    "Model's picture",
    "Show what the model makes, without the picture that is held",
    icons::grid,
    |paint, _| paint.plain = !paint.plain,
)
.keys(const { &[plain(Key::O)] })
.blocked_by(nothing_held)
.switch(|paint, _| paint.plain)
.in_strokes();

pub static NEW_ORIGINAL: Action = Action::new(
    "New original",
    "Make the change in the photo at its own size, and go on from that",
    icons::to_the_end,
    |paint, desk| paint.finish(Finish::NewOriginal, desk),
)
.blocked_by(|paint, desk| {
    no_photo(paint, desk).or(unless(paint.has_changed_photo(), "Nothing is changed in the photo yet"))
});

pub static RELEASE: Action =
    Action::new("Release", "Let the held picture go; Undo brings it back", icons::cross, |paint, _| {
        paint.release();
    })
    .blocked_by(nothing_held);

pub static MIRROR: Action =
    Action::new("Mirror", "Change left and right in what the model sees", icons::mirror, |paint, _| {
        let Some(sides) = paint.document.model.as_ref().map(|model| model.sides) else { return };
        let Some(mut crop) = paint.photo().map(|photo| photo.frame(sides)) else { return };
        crop.mirrored = !crop.mirrored;
        paint.set_frame(Some(crop));
        paint.history.close();
    })
    .blocked_by(no_photo)
    .switch(|paint, _| paint.photo().is_some_and(|photo| photo.crop.is_some_and(|crop| crop.mirrored)));

pub static BEST_PLACE: Action = Action::new(
    "Best place",
    "Look for the part of the photo that the model knows best",
    icons::sharp,
    |paint, _| {
        paint.set_frame(None);
    },
)
.blocked_by(no_photo);

pub static INVERT: Action = Action::new(
    "Edit only there",
    "What the Keep brush painted is the only part that may change",
    icons::half_moon,
    |paint, _| {
        let inverted = paint.document.base.as_ref().is_some_and(|base| base.extent.inverted);
        paint.hold(Hold::Inverted(!inverted));
        paint.history.close();
    },
)
.blocked_by(nothing_held)
.switch(|paint, _| paint.document.base.as_ref().is_some_and(|base| base.extent.inverted));

fn nothing_held(paint: &Paint, _: &Desk) -> Option<&'static str> {
    unless(paint.document.base.is_some(), "No picture is held: press Fix or open a photo")
}

fn no_photo(paint: &Paint, _: &Desk) -> Option<&'static str> {
    unless(paint.photo().is_some(), "No photo is open")
}
