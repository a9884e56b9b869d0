//! What the window remembers about itself and no document does: toggles, zoom, messages, a path field.

use std::collections::BTreeSet;
use std::path::Path;

use latent_engine::model::ModelSource;

/// Where on the canvas the picture lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// 1 fits the picture into the canvas.
    pub zoom: f32,
    /// The place of the picture that lies in the middle of the canvas, as shares of its side.
    pub centre: [f32; 2],
}

impl Default for Look {
    fn default() -> Self {
        Self { zoom: 1.0, centre: [0.5, 0.5] }
    }
}

/// What the window is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// Painting with a model.
    #[default]
    Paint,
    /// Training a model.
    Train,
}

impl Room {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Paint => Self::Train,
            Self::Train => Self::Paint,
        }
    }
}

/// The parts of the panel at the right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Pictures to choose from, what they cost, how they are searched.
    #[default]
    Candidates,
    /// A slider for each number of the shown picture's latent.
    Latents,
    /// What the model is, what is assumed of it, what it makes.
    Model,
}

/// Which latents are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatentsView {
    /// Only those with this in their names, or with numbers from one to another: "10-19".
    pub filter: String,
    /// Only those that were changed.
    pub changed: bool,
    /// Groups that were folded or unfolded by hand, by their place in the model's latents.
    pub flipped: BTreeSet<usize>,
}

/// The window's own state.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Pixels are shown as squares.
    pub pixels: bool,
    /// The dark theme.
    pub dark: bool,
    /// How large text and buttons are; 1 is as the system has it.
    pub scale: f32,
    /// The model that was asked for last.
    pub wanted_model: ModelSource,
    /// What the window is used for now.
    pub room: Room,
}

impl View {
    /// The window as it starts.
    #[must_use]
    pub fn new(wanted_model: ModelSource, dark: bool, scale: f32) -> Self {
        Self { pixels: false, dark, scale, wanted_model, room: Room::default() }
    }

    /// What to call the model that was asked for last.
    #[must_use]
    pub fn wanted_model_name(&self) -> String {
        source_name(&self.wanted_model)
    }
}

/// What to call a model by where it comes from.
#[must_use]
pub fn source_name(source: &ModelSource) -> String {
    match source {
        ModelSource::Bundled(name) => name.clone(),
        ModelSource::Path(path) => path_name(path),
    }
}

/// A sentence with a capital at its beginning.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// What to call what lies at a path.
#[must_use]
pub fn path_name(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into())
}
