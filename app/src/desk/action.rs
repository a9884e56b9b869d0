//! Actions: what a person can do that needs nothing else to be said, with a button or a key for it. Each is one
//! `static` of whoever carries it out, a room or the shell.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use crate::desk::Desk;
use crate::kit::controls::{self, Face};
use crate::kit::icons::Icon;

/// Who carries actions out.
pub trait Owner: Sized + 'static {
    /// Every action of its own that has a key.
    const ACTIONS: &'static [&'static Action<Self>];

    /// True in the middle of a stroke, where most actions have to wait.
    fn is_drawing(&self) -> bool {
        false
    }
}

/// A key that was pressed.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    /// The place of its event among all of the frame: a key that was pressed after the pen was lifted comes after the
    /// stroke.
    pub at: usize,
    /// The key.
    pub key: Key,
    /// What was held down with it.
    pub modifiers: Modifiers,
    /// It is held down.
    pub repeat: bool,
}

/// All that is to be known of an action of an owner.
pub struct Action<O: 'static> {
    /// Its name on a button and for a screen reader.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub explanation: &'static str,
    icon: Icon,
    /// The keys for it, the one to show first.
    keys: &'static [KeyboardShortcut],
    act: fn(&mut O, &mut Desk),
    /// Why it can't be done now.
    blocked: fn(&O, &Desk) -> Option<&'static str>,
    /// Whether it is switched on; `None` for what is no switch.
    on: Option<fn(&O, &Desk) -> bool>,
    /// What it would do now, where that can be said more exactly.
    exactly: fn(&O) -> Option<String>,
    /// It may be done in the middle of a stroke.
    in_strokes: bool,
    /// Holding the key down does it again and again.
    repeats: bool,
}

impl<O: Owner> Action<O> {
    /// An action that can always be done and has no key.
    pub const fn new(
        label: &'static str,
        explanation: &'static str,
        icon: Icon,
        act: fn(&mut O, &mut Desk),
    ) -> Self {
        Self {
            label,
            explanation,
            icon,
            keys: &[],
            act,
            blocked: |_, _| None,
            on: None,
            exactly: |_| None,
            in_strokes: false,
            repeats: false,
        }
    }

    /// With keys, the one to show first.
    pub const fn keys(self, keys: &'static [KeyboardShortcut]) -> Self {
        Self { keys, ..self }
    }

    /// With what says why it can't be done now; nothing when it can.
    pub const fn blocked_by(self, blocked: fn(&O, &Desk) -> Option<&'static str>) -> Self {
        Self { blocked, ..self }
    }

    /// A switch, with what says whether it is on.
    pub const fn switch(self, on: fn(&O, &Desk) -> bool) -> Self {
        Self { on: Some(on), ..self }
    }

    /// With what says more exactly what it would do now.
    pub const fn exactly(self, exactly: fn(&O) -> Option<String>) -> Self {
        Self { exactly, ..self }
    }

    /// May be done in the middle of a stroke.
    pub const fn in_strokes(self) -> Self {
        Self { in_strokes: true, ..self }
    }

    /// Done again and again while the key is held down.
    pub const fn repeats(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// The action that a key asks for.
    #[must_use]
    pub fn of(press: &Press) -> Option<&'static Self> {
        let asked = |shortcut: &KeyboardShortcut| {
            // A plus may need Shift to be typed.
            let shift = shortcut.modifiers.shift == press.modifiers.shift || press.key == Key::Plus;
            let command = shortcut.modifiers.command == press.modifiers.command;
            shortcut.logical_key == press.key && command && shift && !press.modifiers.alt
        };
        let action = O::ACTIONS.iter().copied().find(|action| action.keys.iter().any(asked))?;
        (!press.repeat || action.repeats).then_some(action)
    }

    /// The keys for it, as they are written; empty where there are none.
    #[must_use]
    pub fn shortcut(&self) -> String {
        self.keys.first().copied().map(text).unwrap_or_default()
    }

    /// The explanation with the key, or why it can't be done now.
    #[must_use]
    pub fn tooltip(&self, owner: &O, desk: &Desk) -> String {
        let keys = match self.shortcut() {
            keys if keys.is_empty() => keys,
            keys => format!(" ({keys})"),
        };
        let what = (self.exactly)(owner).unwrap_or_else(|| self.explanation.into());
        match self.blocked(owner, desk) {
            Some(reason) => format!("{what}{keys}\n{reason}"),
            None => format!("{what}{keys}"),
        }
    }

    /// Why it can't be done now; `None` when it can.
    #[must_use]
    pub fn blocked(&self, owner: &O, desk: &Desk) -> Option<&'static str> {
        (self.blocked)(owner, desk)
    }

    /// Does it, where it can be done.
    pub fn act(&self, owner: &mut O, desk: &mut Desk) {
        let in_the_way = owner.is_drawing() && !self.in_strokes;
        if !in_the_way && self.blocked(owner, desk).is_none() {
            (self.act)(owner, desk);
        }
    }

    fn face(&self, owner: &O, desk: &Desk) -> Face {
        Face {
            name: self.label,
            tooltip: self.tooltip(owner, desk),
            icon: self.icon,
            enabled: self.blocked(owner, desk).is_none(),
            on: self.on.map(|on| on(owner, desk)),
        }
    }

    /// A square button for it, with its icon.
    pub fn button<C: From<&'static Self>>(
        &'static self,
        ui: &mut Ui,
        owner: &O,
        desk: &Desk,
        side: f32,
        out: &mut Vec<C>,
    ) {
        if controls::icon_button(ui, &self.face(owner, desk), side) {
            out.push(self.into());
        }
    }

    /// A button for it, with its icon and its name.
    pub fn named_button<C: From<&'static Self>>(
        &'static self,
        ui: &mut Ui,
        owner: &O,
        desk: &Desk,
        out: &mut Vec<C>,
    ) {
        if controls::text_button(ui, &self.face(owner, desk)) {
            out.push(self.into());
        }
    }
}

impl<O> std::fmt::Debug for Action<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label)
    }
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
    let (command, shift) = (shortcut.modifiers.command, shortcut.modifiers.shift);
    format!("{}{}{key}", if command { ctrl } else { "" }, if shift { "Shift+" } else { "" })
}

/// A key alone.
pub const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// A key with Ctrl.
pub const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// A key with Ctrl and Shift.
pub const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

/// The reason, where something is not possible.
pub fn unless(possible: bool, reason: &'static str) -> Option<&'static str> {
    (!possible).then_some(reason)
}
