//! What the window remembers about itself and no document does.

use latent_engine::model::ModelSource;

use crate::kit::words::source_name;

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
}

impl View {
    /// What to call the model that was asked for last.
    #[must_use]
    pub fn wanted_model_name(&self) -> String {
        source_name(&self.wanted_model)
    }
}
