//! Everything that the window knows: its rooms, what runs, what was said.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::{Decisions, ModelSource};

use crate::link::jobs::Jobs;
use crate::platform::files::Files;
use crate::platform::library::Library;
use crate::rooms::paint::Paint;
use crate::rooms::paint::models::Wanted;
use crate::rooms::train::Workshop;
use crate::shell::closing::Closing;
use crate::shell::notices::Notices;
use crate::shell::view::View;

/// The state of the window. Knows how things are; `dispatch` and `hear` change them.
pub struct Session {
    /// The painter's room.
    pub paint: Paint,
    /// The window's own state.
    pub view: View,
    /// What runs.
    pub link: Jobs,
    /// Messages.
    pub notices: Notices,
    /// Whether the window is about to close.
    pub closing: Closing,
    pub(crate) files: Files,
    pub(crate) library: Library,
    pub(crate) workshop: Workshop,
    /// The picture that was saved last.
    pub(crate) saved: Option<Arc<Picture>>,
    /// The window's clock, in seconds.
    pub(crate) now: f64,
}

impl Session {
    pub(crate) fn new(
        paint: Paint,
        view: View,
        link: Jobs,
        files: Files,
        library: Library,
        workshop: Workshop,
    ) -> Self {
        Self {
            paint,
            view,
            link,
            notices: Notices::default(),
            closing: Closing::default(),
            files,
            library,
            workshop,
            saved: None,
            now: 0.0,
        }
    }

    /// A name for the shown picture's file.
    #[must_use]
    pub(crate) fn file_name(&self) -> String {
        let document = &self.paint.document;
        let model = document.model.as_ref().map_or("picture", |model| model.name.as_str());
        let plain: String = model.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        format!("{plain}-{}.png", document.settings.seed)
    }

    /// Where the model in use came from.
    #[must_use]
    pub fn source(&self) -> Option<&ModelSource> {
        self.paint.source()
    }

    pub(crate) fn open(&mut self, source: ModelSource, decisions: Option<Decisions>) {
        self.view.wanted_model = source.clone();
        self.paint.wanted = Some(Wanted { source, decisions });
    }

    pub(crate) fn notify(&mut self, text: impl Into<String>) {
        self.notices.tell(text, self.now);
    }

    pub(crate) fn warn(&mut self, text: &str) {
        self.notices.warn(text, None);
    }

    /// Asks for what should be answered; called when something may have changed.
    pub(crate) fn ask(&mut self) {
        for model in self.paint.superfluous() {
            self.link.close(model);
        }
        self.link.ask(self.paint.wants());
    }
}
