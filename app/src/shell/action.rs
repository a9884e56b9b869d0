//! Every action that needs nothing else: label, tooltip, shortcut, when it can be done.

use egui::Key;

use crate::rooms::paint::tools::ToolKind;
use crate::shell::session::Session;

/// An action with a button or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Take a tool.
    Tool(ToolKind),
    /// Take the last step back.
    Undo,
    /// Do the undone step again.
    Redo,
    /// Keep the shown picture and go on from it.
    Fix,
    /// Start over.
    Restart,
    /// Other random pictures.
    Random,
    /// Show strokes over the picture, or not.
    ShowEdits,
    /// Show the candidates' mean, or not.
    Average,
    /// Play the morph.
    Play,
    /// Show the newest picture.
    Latest,
    /// Save the shown picture.
    Save,
    /// Save the shown picture eight times larger.
    SaveLarge,
    /// Open a model from a file.
    OpenCheckpoint,
    /// List the models of a folder.
    AddFolder,
    /// Choose a folder of pictures to learn from.
    LearnFrom,
    /// Choose the folder that a new model goes to.
    TrainInto,
    /// Show the training's room, or the painter's.
    Train,
    /// Cancel the stroke, or stop the search.
    Stop,
    /// A wider brush.
    Wider,
    /// A narrower brush.
    Narrower,
    /// A larger picture.
    ZoomIn,
    /// A smaller picture.
    ZoomOut,
    /// The whole picture.
    Fit,
    /// Pixels as squares, or smooth.
    Pixels,
    /// Dark or light.
    Theme,
    /// Close the window.
    Quit,
}

/// A key, perhaps with Ctrl and Shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Ctrl (Command on a Mac).
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// The key.
    pub key: Key,
}

impl Shortcut {
    /// How to write it: "Ctrl+Shift+Z".
    #[must_use]
    pub fn text(self) -> String {
        let ctrl = if cfg!(target_os = "macos") { "Cmd+" } else { "Ctrl+" };
        let key = match self.key {
            Key::OpenBracket => "[",
            Key::CloseBracket => "]",
            Key::Plus => "+",
            Key::Minus => "-",
            Key::Escape => "Esc",
            key => key.name(),
        };
        format!("{}{}{key}", if self.ctrl { ctrl } else { "" }, if self.shift { "Shift+" } else { "" })
    }
}

impl Action {
    /// Every action, in the order in which keys are looked for.
    pub const ALL: [Self; 29] = [
        Self::Tool(ToolKind::Colour),
        Self::Tool(ToolKind::Sketch),
        Self::Tool(ToolKind::Eraser),
        Self::Tool(ToolKind::Eyedropper),
        Self::Undo,
        Self::Redo,
        Self::Fix,
        Self::Restart,
        Self::Random,
        Self::ShowEdits,
        Self::Average,
        Self::Play,
        Self::Latest,
        Self::Save,
        Self::SaveLarge,
        Self::OpenCheckpoint,
        Self::AddFolder,
        Self::LearnFrom,
        Self::TrainInto,
        Self::Train,
        Self::Stop,
        Self::Wider,
        Self::Narrower,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Fit,
        Self::Pixels,
        Self::Theme,
        Self::Quit,
    ];

    /// Its name on a button and for a screen reader.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tool(ToolKind::Colour) => "Colour brush",
            Self::Tool(ToolKind::Sketch) => "Sketch brush",
            Self::Tool(ToolKind::Eraser) => "Eraser",
            Self::Tool(ToolKind::Eyedropper) => "Eyedropper",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Fix => "Fix",
            Self::Restart => "Restart",
            Self::Random => "Random",
            Self::ShowEdits => "Show edits",
            Self::Average => "Average",
            Self::Play => "Play",
            Self::Latest => "Latest",
            Self::Save => "Save…",
            Self::SaveLarge => "Save 8 times larger…",
            Self::OpenCheckpoint => "Open checkpoint…",
            Self::AddFolder => "Add folder of models…",
            Self::LearnFrom => "Choose pictures…",
            Self::TrainInto => "Choose place…",
            Self::Train => "Paint or train",
            Self::Stop => "Stop",
            Self::Wider => "Wider brush",
            Self::Narrower => "Narrower brush",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::Fit => "Fit",
            Self::Pixels => "Pixels",
            Self::Theme => "Dark or light",
            Self::Quit => "Quit",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Tool(ToolKind::Colour) => "Paint where the picture shall have a colour",
            Self::Tool(ToolKind::Sketch) => "Draw where the picture shall have an edge",
            Self::Tool(ToolKind::Eraser) => "Take strokes away",
            Self::Tool(ToolKind::Eyedropper) => "Pick a colour from the picture",
            Self::Undo => "Take the last step back",
            Self::Redo => "Do the undone step again",
            Self::Fix => "Keep the shown picture and go on from it",
            Self::Restart => "Clear all strokes and start over",
            Self::Random => "Other pictures: the same strokes from another seed",
            Self::ShowEdits => "Show the strokes over the picture",
            Self::Average => "Show the mean of all candidates",
            Self::Play => "Play the way from the old picture to the new one",
            Self::Latest => "Show the newest picture",
            Self::Save => "Save the shown picture",
            Self::SaveLarge => "Save the shown picture, enlarged",
            Self::OpenCheckpoint => "Open a model from a file or a folder. Your strokes stay",
            Self::AddFolder => "List the models of a folder in this menu",
            Self::LearnFrom => "Choose the folder of pictures that the model learns from",
            Self::TrainInto => "Choose the folder that the new model goes to",
            Self::Train => "Change between painting and training a model",
            Self::Stop => "Cancel the stroke, the opening of a model or the search",
            Self::Wider => "Make the brush wider",
            Self::Narrower => "Make the brush narrower",
            Self::ZoomIn => "Make the picture larger",
            Self::ZoomOut => "Make the picture smaller",
            Self::Fit => "Show the whole picture",
            Self::Pixels => "Show pixels as squares instead of smoothly",
            Self::Theme => "Change between dark and light",
            Self::Quit => "Close the window",
        }
    }

    /// The keys for it, the one to show first.
    #[must_use]
    pub fn shortcuts(self) -> &'static [Shortcut] {
        const fn plain(key: Key) -> Shortcut {
            Shortcut { ctrl: false, shift: false, key }
        }
        const fn ctrl(key: Key) -> Shortcut {
            Shortcut { ctrl: true, shift: false, key }
        }
        const fn ctrl_shift(key: Key) -> Shortcut {
            Shortcut { ctrl: true, shift: true, key }
        }
        match self {
            Self::Tool(ToolKind::Colour) => const { &[plain(Key::C), plain(Key::Num1)] },
            Self::Tool(ToolKind::Sketch) => const { &[plain(Key::K), plain(Key::Num2)] },
            Self::Tool(ToolKind::Eraser) => const { &[plain(Key::X), plain(Key::Num3)] },
            Self::Tool(ToolKind::Eyedropper) => const { &[plain(Key::I), plain(Key::Num4)] },
            Self::Undo => const { &[ctrl(Key::Z)] },
            Self::Redo => const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] },
            Self::Fix => const { &[plain(Key::F)] },
            Self::Restart => const { &[plain(Key::R)] },
            Self::Random => const { &[plain(Key::N)] },
            Self::ShowEdits => const { &[plain(Key::E)] },
            Self::Average => const { &[plain(Key::A)] },
            Self::Play => const { &[plain(Key::P)] },
            Self::Latest => const { &[plain(Key::L)] },
            Self::Save => const { &[plain(Key::S), ctrl(Key::S)] },
            Self::SaveLarge => const { &[ctrl_shift(Key::S)] },
            Self::OpenCheckpoint => const { &[ctrl(Key::O)] },
            Self::AddFolder | Self::LearnFrom | Self::TrainInto => &[],
            Self::Train => const { &[ctrl(Key::T)] },
            Self::Stop => const { &[plain(Key::Escape)] },
            Self::Wider => const { &[plain(Key::CloseBracket)] },
            Self::Narrower => const { &[plain(Key::OpenBracket)] },
            Self::ZoomIn => const { &[ctrl(Key::Plus), ctrl(Key::Equals)] },
            Self::ZoomOut => const { &[ctrl(Key::Minus)] },
            Self::Fit => const { &[ctrl(Key::Num0), plain(Key::Home)] },
            Self::Pixels => const { &[plain(Key::G)] },
            Self::Theme => const { &[plain(Key::T)] },
            Self::Quit => const { &[plain(Key::Q), ctrl(Key::Q)] },
        }
    }

    /// The explanation with the key, or why it can't be done now.
    #[must_use]
    pub fn tooltip(self, session: &Session) -> String {
        let keys = self.shortcuts().first().map(|s| format!(" ({})", s.text())).unwrap_or_default();
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
        let document = &session.paint.document;
        let unless = |possible: bool, reason: &'static str| (!possible).then_some(reason);
        let has_picture = !document.candidates.is_empty();
        match self {
            Self::Undo => {
                let possible = session.paint.is_drawing() || session.paint.history.undo_name().is_some();
                unless(possible, "There is nothing to undo")
            }
            Self::Redo => unless(session.paint.history.redo_name().is_some(), "There is nothing to redo"),
            Self::Fix => unless(has_picture, "There is no picture yet"),
            Self::Restart | Self::Random => unless(document.model.is_some(), "No model is open")
                .or(unless(!session.link.is_dead(), "The engine has stopped")),
            Self::Average | Self::Save | Self::SaveLarge => unless(has_picture, "There is no picture yet"),
            Self::Play => {
                let possible =
                    session.paint.morph.ends(document).is_some() || session.paint.morph.is_playing();
                unless(possible, "There is no old picture to start from: paint a stroke first")
            }
            Self::Latest => unless(session.paint.morph.position().is_some(), "The newest picture is shown"),
            Self::Stop => {
                let possible = session.paint.is_drawing()
                    || session.link.is_searching()
                    || session.link.opening().is_some()
                    || session.view.path_field.is_some();
                unless(possible, "Nothing is running")
            }
            Self::Wider | Self::Narrower => {
                unless(session.paint.tools.brush().is_some(), "This tool has no width")
            }
            Self::Tool(_)
            | Self::OpenCheckpoint
            | Self::AddFolder
            | Self::LearnFrom
            | Self::TrainInto
            | Self::Train
            | Self::ShowEdits
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::Fit
            | Self::Pixels
            | Self::Theme
            | Self::Quit => None,
        }
    }

    /// Whether it may be done in the middle of a stroke.
    #[must_use]
    pub fn leaves_strokes_alone(self) -> bool {
        match self {
            Self::Tool(_)
            | Self::Redo
            | Self::Fix
            | Self::Restart
            | Self::Random
            | Self::Play
            | Self::Average
            | Self::OpenCheckpoint
            | Self::AddFolder
            | Self::LearnFrom
            | Self::TrainInto
            | Self::Train
            | Self::Save
            | Self::SaveLarge
            | Self::Quit => false,
            // These two roll the stroke back.
            Self::Undo | Self::Stop => true,
            Self::ShowEdits
            | Self::Latest
            | Self::Wider
            | Self::Narrower
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::Fit
            | Self::Pixels
            | Self::Theme => true,
        }
    }

    /// Whether its keys do it in the training's room too, where no picture is seen that they could change.
    #[must_use]
    pub fn is_everywhere(self) -> bool {
        matches!(
            self,
            Self::OpenCheckpoint | Self::AddFolder | Self::Train | Self::Pixels | Self::Theme | Self::Quit
        )
    }

    /// Whether it is switched on, for those that are switches.
    #[must_use]
    pub fn is_on(self, session: &Session) -> bool {
        match self {
            Self::Tool(kind) => session.paint.tools.active == kind,
            Self::ShowEdits => session.paint.edits,
            Self::Average => session.paint.average,
            Self::Pixels => session.view.pixels,
            Self::Play => session.paint.morph.is_playing(),
            _ => false,
        }
    }

    /// Whether holding the key down does it again and again.
    #[must_use]
    pub fn repeats(self) -> bool {
        matches!(self, Self::Undo | Self::Redo | Self::Wider | Self::Narrower | Self::ZoomIn | Self::ZoomOut)
    }
}
