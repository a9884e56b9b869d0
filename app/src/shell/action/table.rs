//! The one table of actions: what each is called, its keys, when it can be done, what it does.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Action, Row};
use crate::platform::files::PathPurpose;
use crate::platform::preferences::Preferences;
use crate::rooms::paint::document::Standing;
use crate::rooms::paint::shown::Showing;
use crate::rooms::paint::tools::ToolKind;
use crate::shell::session::Session;
use crate::shell::view::Look;

/// A larger or smaller picture by one step.
const ZOOM_STEP: f32 = 1.25;
const fn row(
    action: Action,
    keys: &'static [KeyboardShortcut],
    label: &'static str,
    explanation: &'static str,
    act: fn(&mut Session),
) -> Row {
    let blocked = |_: &Session| None;
    let (everywhere, in_strokes, repeats) = (false, false, false);
    Row { action, label, explanation, keys, act, blocked, on: None, everywhere, in_strokes, repeats }
}

impl Row {
    const fn unless(self, blocked: fn(&Session) -> Option<&'static str>) -> Self {
        Self { blocked, ..self }
    }

    const fn switch(self, on: fn(&Session) -> bool) -> Self {
        Self { on: Some(on), ..self }
    }

    const fn everywhere(self) -> Self {
        Self { everywhere: true, ..self }
    }

    const fn in_strokes(self) -> Self {
        Self { in_strokes: true, ..self }
    }

    const fn repeats(self) -> Self {
        Self { repeats: true, ..self }
    }
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

/// The table, in the order of the variants.
pub(super) static TABLE: [Row; Action::Quit as usize + 1] = [
    tool(
        ToolKind::Colour,
        const { &[plain(Key::C), plain(Key::Num1)] },
        "Colour brush",
        "Paint where the picture shall have a colour",
    ),
    tool(
        ToolKind::Sketch,
        const { &[plain(Key::K), plain(Key::Num2)] },
        "Sketch brush",
        "Draw where the picture shall have an edge",
    ),
    tool(ToolKind::Eraser, const { &[plain(Key::X), plain(Key::Num3)] }, "Eraser", "Take strokes away"),
    tool(
        ToolKind::Eyedropper,
        const { &[plain(Key::I), plain(Key::Num4)] },
        "Eyedropper",
        "Pick a colour from the picture",
    ),
    row(Action::Undo, const { &[ctrl(Key::Z)] }, "Undo", "Take the last step back", |s| s.paint.undo())
        .unless(|s| {
            let possible = s.paint.is_drawing() || s.paint.history.undo_name().is_some();
            unless(possible, "There is nothing to undo")
        })
        .in_strokes()
        .repeats(),
    row(
        Action::Redo,
        const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] },
        "Redo",
        "Do the undone step again",
        |s| {
            s.paint.redo();
        },
    )
    .unless(|s| unless(s.paint.history.redo_name().is_some(), "There is nothing to redo"))
    .repeats(),
    row(Action::Fix, const { &[plain(Key::F)] }, "Fix", "Keep the shown picture and go on from it", |s| {
        s.paint.fix();
    })
    .unless(no_picture),
    row(Action::Restart, const { &[plain(Key::R)] }, "Restart", "Clear all strokes and start over", |s| {
        s.paint.restart();
    })
    .unless(no_engine),
    row(
        Action::Random,
        const { &[plain(Key::N)] },
        "Random",
        "Other pictures: the same strokes from another seed",
        |s| s.paint.random(),
    )
    .unless(no_engine),
    row(
        Action::ShowEdits,
        const { &[plain(Key::E)] },
        "Show edits",
        "Show the strokes over the picture",
        |s| {
            s.paint.edits = !s.paint.edits;
        },
    )
    .switch(|s| s.paint.edits)
    .in_strokes(),
    row(Action::Average, const { &[plain(Key::A)] }, "Average", "Show the mean of all candidates", |s| {
        let mean = s.paint.showing == Showing::Mean;
        s.paint.showing = if mean { Showing::Newest } else { Showing::Mean };
    })
    .unless(no_picture)
    .switch(|s| s.paint.showing == Showing::Mean),
    row(
        Action::Play,
        const { &[plain(Key::P)] },
        "Play",
        "Play the way from the old picture to the new one, or pause it",
        |s| s.paint.toggle_play(s.now),
    )
    .unless(|s| {
        let possible = s.paint.morph.ends(&s.paint.document).is_some() || s.paint.is_playing();
        unless(possible, "There is no old picture to start from: paint a stroke first")
    })
    .switch(|s| s.paint.is_playing()),
    row(Action::Latest, const { &[plain(Key::L)] }, "Latest", "Show the newest picture", |s| {
        s.paint.scrub(None);
    })
    .unless(|s| unless(s.paint.position().is_some(), "The newest picture is shown"))
    .in_strokes(),
    row(
        Action::Save,
        const { &[plain(Key::S), ctrl(Key::S), ctrl_shift(Key::S)] },
        "Save…",
        "Save the shown picture",
        Session::save,
    )
    .unless(no_picture),
    row(
        Action::OpenCheckpoint,
        const { &[ctrl(Key::O)] },
        "Open checkpoint…",
        "Open a model from a file or a folder. Your strokes stay",
        |s| s.ask_path(PathPurpose::Open),
    )
    .everywhere(),
    row(Action::AddFolder, &[], "Add folder of models…", "List the models of a folder in this menu", |s| {
        s.ask_path(PathPurpose::AddFolder);
    })
    .everywhere(),
    row(
        Action::LearnFrom,
        &[],
        "Choose pictures…",
        "Choose the folder of pictures that the model learns from",
        |s| s.ask_path(PathPurpose::LearnFrom),
    ),
    row(Action::TrainInto, &[], "Choose place…", "Choose the folder that the new model goes to", |s| {
        s.ask_path(PathPurpose::TrainInto);
    }),
    row(
        Action::Train,
        const { &[ctrl(Key::T)] },
        "Paint or train",
        "Change between painting and training a model",
        |s| s.show_room(s.view.room.next()),
    )
    .everywhere(),
    row(
        Action::Stop,
        const { &[plain(Key::Escape)] },
        "Stop",
        "Cancel the stroke, the opening of a model or the search",
        Session::stop,
    )
    .unless(|s| unless(s.can_stop(), "Nothing is running"))
    .in_strokes(),
    row(Action::GoOn, &[], "Go on", "Go on with the search that was stopped", |s| s.paint.go_on()).unless(
        |s| {
            let stopped = matches!(s.paint.standing(), Standing::Stopped | Standing::Failed);
            unless(stopped, "No search was stopped")
        },
    ),
    row(Action::Wider, const { &[plain(Key::CloseBracket)] }, "Wider brush", "Make the brush wider", |s| {
        s.paint.tools.step_width(1.0);
    })
    .unless(no_width)
    .in_strokes()
    .repeats(),
    row(
        Action::Narrower,
        const { &[plain(Key::OpenBracket)] },
        "Narrower brush",
        "Make the brush narrower",
        |s| s.paint.tools.step_width(-1.0),
    )
    .unless(no_width)
    .in_strokes()
    .repeats(),
    row(
        Action::ZoomIn,
        const { &[ctrl(Key::Plus), ctrl(Key::Equals)] },
        "Zoom in",
        "Make the picture larger",
        |s| s.paint.look = s.paint.look.zoomed(ZOOM_STEP),
    )
    .in_strokes()
    .repeats(),
    row(Action::ZoomOut, const { &[ctrl(Key::Minus)] }, "Zoom out", "Make the picture smaller", |s| {
        s.paint.look = s.paint.look.zoomed(1.0 / ZOOM_STEP);
    })
    .in_strokes()
    .repeats(),
    row(Action::Fit, const { &[ctrl(Key::Num0), plain(Key::Home)] }, "Fit", "Show the whole picture", |s| {
        s.paint.look = Look::default();
    })
    .in_strokes(),
    row(
        Action::Pixels,
        const { &[plain(Key::G)] },
        "Pixels",
        "Show pixels as squares instead of smoothly",
        |s| s.view.pixels = !s.view.pixels,
    )
    .switch(|s| s.view.pixels)
    .everywhere()
    .in_strokes(),
    row(Action::Theme, const { &[plain(Key::T)] }, "Dark or light", "Change between dark and light", |s| {
        s.view.dark = !s.view.dark;
    })
    .everywhere()
    .in_strokes(),
    row(
        Action::LargerText,
        const { &[ctrl_shift(Key::ArrowUp)] },
        "Larger text",
        "Make text and buttons larger",
        |s| s.view.scale = Preferences::larger(s.view.scale).unwrap_or(s.view.scale),
    )
    .unless(|s| unless(Preferences::larger(s.view.scale).is_some(), "They are as large as they can be"))
    .everywhere()
    .in_strokes()
    .repeats(),
    row(
        Action::SmallerText,
        const { &[ctrl_shift(Key::ArrowDown)] },
        "Smaller text",
        "Make text and buttons smaller",
        |s| s.view.scale = Preferences::smaller(s.view.scale).unwrap_or(s.view.scale),
    )
    .unless(|s| unless(Preferences::smaller(s.view.scale).is_some(), "They are as small as they can be"))
    .everywhere()
    .in_strokes()
    .repeats(),
    row(
        Action::UsualText,
        const { &[ctrl_shift(Key::Home)] },
        "Usual size of text",
        "Make text and buttons as large as the system has them",
        |s| s.view.scale = Preferences::default().scale,
    )
    .unless(|s| unless(s.view.scale != Preferences::default().scale, "They have their usual size"))
    .everywhere()
    .in_strokes(),
    row(
        Action::Quit,
        const { &[plain(Key::Q), ctrl(Key::Q)] },
        "Quit",
        "Close the window",
        Session::ask_to_quit,
    )
    .everywhere(),
];

// Every action has a row, at its own place.
const _: () = {
    let mut i = 0;
    while i < TABLE_ORDER.len() {
        assert!(TABLE_ORDER[i] == i);
        i += 1;
    }
};

/// The places that the rows of the table say they have.
const TABLE_ORDER: [usize; Action::Quit as usize + 1] = {
    let mut places = [0; Action::Quit as usize + 1];
    let mut i = 0;
    while i < places.len() {
        places[i] = TABLE[i].action as usize;
        i += 1;
    }
    places
};

const fn tool(
    kind: ToolKind,
    keys: &'static [KeyboardShortcut],
    label: &'static str,
    explanation: &'static str,
) -> Row {
    type Switch = (fn(&mut Session), fn(&Session) -> bool);
    let (act, on): Switch = match kind {
        ToolKind::Colour => {
            (|s| s.paint.tools.active = ToolKind::Colour, |s| s.paint.tools.active == ToolKind::Colour)
        }
        ToolKind::Sketch => {
            (|s| s.paint.tools.active = ToolKind::Sketch, |s| s.paint.tools.active == ToolKind::Sketch)
        }
        ToolKind::Eraser => {
            (|s| s.paint.tools.active = ToolKind::Eraser, |s| s.paint.tools.active == ToolKind::Eraser)
        }
        ToolKind::Eyedropper => (
            |s| s.paint.tools.active = ToolKind::Eyedropper,
            |s| s.paint.tools.active == ToolKind::Eyedropper,
        ),
    };
    row(Action::of_tool(kind), keys, label, explanation, act).switch(on)
}

fn unless(possible: bool, reason: &'static str) -> Option<&'static str> {
    (!possible).then_some(reason)
}

fn no_picture(session: &Session) -> Option<&'static str> {
    unless(!session.paint.document.candidates.is_empty(), "There is no picture yet")
}

fn no_engine(session: &Session) -> Option<&'static str> {
    unless(session.paint.document.model.is_some(), "No model is open")
        .or(unless(!session.link.is_dead(), "The engine has stopped"))
}

fn no_width(session: &Session) -> Option<&'static str> {
    unless(session.paint.tools.brush().is_some(), "This tool has no width")
}
