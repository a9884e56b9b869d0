//! What every room has at hand: the line to the engine, files, the library of models, messages; and what the shell asks
//! of a room.

pub mod action;
pub mod notices;
pub mod room;
pub mod view;

use std::path::PathBuf;
use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::{Decisions, ModelSource};
use latent_engine::search::SolveSettings;

use self::notices::Notices;
use self::view::View;
use crate::link::jobs::Jobs;
use crate::link::models::OpenModel;
use crate::platform::files::Files;
use crate::platform::library::Library;

/// What a room wants of the shell.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// Open a model.
    Open {
        /// Where it comes from.
        source: ModelSource,
        /// What was decided about what its file does not say; `None`: as it was kept the last time.
        decisions: Option<Decisions>,
        /// Show the room that works with it.
        show: bool,
    },
}

/// What every room has at hand.
pub struct Desk {
    /// How the window looks.
    pub view: View,
    /// What runs.
    pub link: Jobs,
    /// Messages.
    pub notices: Notices,
    /// The model in use.
    pub model: Option<Arc<OpenModel>>,
    /// What the shell is to do.
    pub errands: Vec<Errand>,
    pub(crate) files: Files,
    pub(crate) library: Library,
    /// The picture that was saved last.
    pub(crate) saved: Option<Arc<Picture>>,
    /// The window's clock, in seconds.
    pub(crate) now: f64,
    /// How to search, unless that is changed.
    pub(crate) settings: SolveSettings,
    /// The folder that new models go to; without one, `models` below the folder that the program was started in.
    pub(crate) models: Option<PathBuf>,
    /// Whatever runs calls it when there is news.
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
}

impl Desk {
    /// Opens a model, as soon as the shell gets to it.
    pub fn open(&mut self, source: ModelSource, decisions: Option<Decisions>) {
        self.errands.push(Errand::Open { source, decisions, show: false });
    }

    /// Where the model in use came from.
    #[must_use]
    pub fn source(&self) -> Option<&ModelSource> {
        self.model.as_ref().map(|model| &model.source)
    }

    pub(crate) fn notify(&mut self, text: impl Into<String>) {
        self.notices.tell(text, self.now);
    }

    pub(crate) fn warn(&mut self, text: &str) {
        self.notices.warn(text, None);
    }
}
