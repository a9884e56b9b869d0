//! The actions that need nothing else to be said. What is to be known of each is a row of the one table.

mod table;

use egui::{Key, KeyboardShortcut, Modifiers};

use self::table::TABLE;
use crate::rooms::paint::tools::ToolKind;
use crate::shell::session::Session;

/// An action with a button or a key; its row in the table says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Action {
    ColourBrush,
    SketchBrush,
    Eraser,
    Eyedropper,
    Undo,
    Redo,
    Fix,
    Restart,
    Random,
    ShowEdits,
    Average,
    Play,
    Latest,
    Save,
    OpenCheckpoint,
    AddFolder,
    LearnFrom,
    TrainInto,
    Train,
    Stop,
    GoOn,
    Wider,
    Narrower,
    ZoomIn,
    ZoomOut,
    Fit,
    Pixels,
    Theme,
    LargerText,
    SmallerText,
    UsualText,
    Quit,
}

/// What is to be known of an action.
struct Row {
    action: Action,
    /// Its name on a button and for a screen reader.
    label: &'static str,
    /// What it does, in a sentence.
    explanation: &'static str,
    /// The keys for it, the one to show first.
    keys: &'static [KeyboardShortcut],
    act: fn(&mut Session),
    /// Why it can't be done now.
    blocked: fn(&Session) -> Option<&'static str>,
    /// Whether it is switched on; `None` for what is no switch.
    on: Option<fn(&Session) -> bool>,
    /// Its keys do it in every room, not only in the painter's.
    everywhere: bool,
    /// It may be done in the middle of a stroke.
    in_strokes: bool,
    /// Holding the key down does it again and again.
    repeats: bool,
}

/// How to write a shortcut: "Ctrl+Shift+Z".
fn text(shortcut: KeyboardShortcut) -> String {
    let ctrl = if cfg!(target_os = "macos") { "Cmd+" } else { "Ctrl+" };
    let key = match shortcut.logical_key {
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Plus => "+",
        Key::Minus => "-",
        Key::Escape => "Esc",
        key => key.name(),
    };
    let Modifiers { command, shift, .. } = shortcut.modifiers;
    format!("{}{}{key}", if command { ctrl } else { "" }, if shift { "Shift+" } else { "" })
}

impl Action {
    /// The action that takes a tool.
    #[must_use]
    pub const fn of_tool(kind: ToolKind) -> Self {
        match kind {
            ToolKind::Colour => Self::ColourBrush,
            ToolKind::Sketch => Self::SketchBrush,
            ToolKind::Eraser => Self::Eraser,
            ToolKind::Eyedropper => Self::Eyedropper,
        }
    }

    /// The action that a key asks for.
    #[must_use]
    pub fn of_key(key: Key, modifiers: Modifiers) -> Option<Self> {
        let asked = |shortcut: &KeyboardShortcut| {
            // A plus may need Shift to be typed.
            let shift = shortcut.modifiers.shift == modifiers.shift || key == Key::Plus;
            let command = shortcut.modifiers.command == modifiers.command;
            shortcut.logical_key == key && command && shift && !modifiers.alt
        };
        TABLE.iter().find(|row| row.keys.iter().any(asked)).map(|row| row.action)
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Its name on a button and for a screen reader.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        self.row().explanation
    }

    /// The keys for it, as they are written; empty where there are none.
    #[must_use]
    pub fn keys(self) -> String {
        self.row().keys.first().copied().map(text).unwrap_or_default()
    }

    /// The explanation with the key, or why it can't be done now.
    #[must_use]
    pub fn tooltip(self, session: &Session) -> String {
        let keys = match self.keys() {
            keys if keys.is_empty() => keys,
            keys => format!(" ({keys})"),
        };
        let what = match self {
            Self::Undo => session.paint.history.undo_name().map(|name| format!("Undo: {name}")),
            Self::Redo => session.paint.history.redo_name().map(|name| format!("Redo: {name}")),
            _ => None,
        };
        let what = what.unwrap_or_else(|| self.explanation().into());
        match self.blocked(session) {
            Some(reason) => format!("{what}{keys}\n{reason}"),
            None => format!("{what}{keys}"),
        }
    }

    /// Why it can't be done now; `None` when it can.
    #[must_use]
    pub fn blocked(self, session: &Session) -> Option<&'static str> {
        (self.row().blocked)(session)
    }

    /// Does it, where it can be done.
    pub(super) fn act(self, session: &mut Session) {
        let in_the_way = session.paint.is_drawing() && !self.row().in_strokes;
        if !in_the_way && self.blocked(session).is_none() {
            (self.row().act)(session);
        }
    }

    /// Whether its keys do it in other rooms than the painter's too, where no picture is seen that they could
    /// change.
    #[must_use]
    pub fn is_everywhere(self) -> bool {
        self.row().everywhere
    }

    /// Whether it is a switch.
    #[must_use]
    pub fn is_switch(self) -> bool {
        self.row().on.is_some()
    }

    /// Whether it is switched on, for those that are switches.
    #[must_use]
    pub fn is_on(self, session: &Session) -> bool {
        self.row().on.is_some_and(|on| on(session))
    }

    /// Whether holding the key down does it again and again.
    #[must_use]
    pub fn repeats(self) -> bool {
        self.row().repeats
    }
}
