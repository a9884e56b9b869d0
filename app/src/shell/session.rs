//! Everything that the window knows: the document and its history, the tools, the line to the engine.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::{Decisions, ModelSource};
use latent_engine::search::DrawRequest;

use crate::link::engine_link::{EngineLink, Purpose};
use crate::platform::files::Files;
use crate::platform::library::Library;
use crate::rooms::paint::Paint;
use crate::rooms::paint::morph::FRAMES;
use crate::rooms::train::Workshop;
use crate::shell::view::{Notice, Side, View};

/// How long good news stay, in seconds.
const NOTICE_SECS: f64 = 6.0;

/// What the engine is still to be asked, at the end of a frame: strokes that came together are one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ask {
    #[default]
    Nothing,
    /// Pictures that agree with the strokes; random ones when there are none.
    Pictures {
        /// The request continues the one before: its stroke has grown.
        goes_on: bool,
    },
}

/// The state of the window. Knows how things are; `apply` and `hear` change them.
pub struct Session {
    /// The painter's room.
    pub paint: Paint,
    /// The window's own state.
    pub view: View,
    /// The line to the engine.
    pub link: EngineLink,
    pub(crate) files: Files,
    pub(crate) library: Library,
    pub(crate) workshop: Workshop,
    /// Where the model in use came from.
    pub(crate) source: Option<ModelSource>,
    pub(crate) ask: Ask,
    /// The picture that a save was asked for.
    pub(crate) to_save: Option<Arc<Picture>>,
    /// The window's clock, in seconds.
    pub(crate) now: f64,
}

impl Session {
    pub(crate) fn new(
        paint: Paint,
        view: View,
        link: EngineLink,
        files: Files,
        library: Library,
        workshop: Workshop,
    ) -> Self {
        Self {
            paint,
            view,
            link,
            files,
            library,
            workshop,
            source: None,
            ask: Ask::Nothing,
            to_save: None,
            now: 0.0,
        }
    }

    /// A name for the shown picture's file.
    #[must_use]
    pub(crate) fn file_name(&self) -> String {
        let model = self.paint.document.model.as_ref().map_or("picture", |model| model.name.as_str());
        let plain: String = model.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        format!("{plain}-{}.png", self.paint.document.settings.seed)
    }

    pub(crate) fn open(&mut self, source: ModelSource, decisions: Option<Decisions>) {
        self.view.wanted_model = source.clone();
        self.link.open(source, decisions);
    }

    pub(crate) fn stop_opening(&mut self) {
        self.link.stop_opening();
        self.want_the_old_model();
    }

    /// The model that was asked for does not come.
    pub(crate) fn want_the_old_model(&mut self) {
        if let Some(source) = &self.source {
            self.view.wanted_model = source.clone();
        }
    }

    pub(crate) fn notify(&mut self, text: impl Into<String>) {
        let until = Some(self.now + NOTICE_SECS);
        self.view.notice = Some(Notice { text: text.into(), is_error: false, until });
    }

    pub(crate) fn warn(&mut self, text: &str) {
        let mut letters = text.chars();
        let text = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
        self.view.notice = text.map(|text| Notice { text, is_error: true, until: None });
    }

    /// Asks the engine for what this frame's commands call for; called once a frame.
    pub(crate) fn ask_engine(&mut self) {
        match self.ask {
            Ask::Nothing => {}
            // The stroke grows on meanwhile; its last points are asked for at the latest when it ends.
            Ask::Pictures { goes_on: true } if self.paint.is_drawing() && self.link.is_unanswered() => {}
            Ask::Pictures { goes_on } => {
                self.ask = Ask::Nothing;
                self.ask_for_pictures(goes_on);
            }
        }
        self.ask_for_edit();
        self.ask_for_samples();
        // The way to a picture that is about to change would be made in vain.
        let changes = self.link.is_searching() || self.link.is_rendering() || self.paint.history.is_sliding();
        if !changes && !self.paint.is_drawing() {
            self.ask_for_morph();
        }
        self.refresh_average();
    }

    /// Asks for the picture of the latent that was set by hand. While one is on its way the newest waits:
    /// a slider moves faster than pictures are made.
    fn ask_for_edit(&mut self) {
        let stale = self.paint.document.edit.as_ref().filter(|edit| !edit.is_shown());
        if let Some(edit) = stale.filter(|_| !self.link.is_rendering() && !self.link.is_dead()) {
            self.link.render(Purpose::Edit, vec![edit.latent.clone()]);
        }
    }

    /// Asks for the random pictures of the model's panel while it is shown.
    fn ask_for_samples(&mut self) {
        let rests = !self.link.is_busy() && !self.link.is_rendering() && !self.link.is_dead();
        if self.paint.side == Side::Model
            && rests
            && let Some(model) = &self.paint.document.model
            && let Some(latents) =
                self.paint.samples.missing(&model.latents, self.paint.document.settings.seed)
        {
            self.link.render(Purpose::Samples, latents);
        }
    }

    /// Asks for the morph of the pictures as they are, unless that was done.
    pub(crate) fn ask_for_morph(&mut self) {
        if let Some(ends) = self.paint.morph.missing(&self.paint.document) {
            self.paint.morph.ask(ends.clone());
            self.link.morph(ends.from, ends.to, FRAMES, ends.way);
        }
    }

    fn ask_for_pictures(&mut self, goes_on: bool) {
        let Some(model) = &self.paint.document.model else { return };
        let settings = self.paint.document.settings;
        if self.paint.document.strokes.is_empty() && self.paint.document.anchor.is_none() {
            self.link.sample(settings.top_k.max(1), settings.seed);
            return;
        }
        let constraints = self.paint.maps.rasterize(&self.paint.document.strokes, model.sides);
        if constraints.is_empty() {
            // All strokes erased: nothing to search for, so the pictures stay as they are.
            self.link.cancel();
            return;
        }
        let request = DrawRequest {
            constraints: Arc::new(constraints),
            settings,
            start: self.paint.document.starts(),
            anchor: self.paint.document.anchor.clone(),
        };
        self.link.draw(request, goes_on);
    }

    fn refresh_average(&mut self) {
        if !self.paint.average {
            self.paint.mean = None;
        } else if !self
            .paint
            .mean
            .as_ref()
            .is_some_and(|(of, _)| Arc::ptr_eq(of, &self.paint.document.candidates))
        {
            let of = self.paint.document.candidates.clone();
            self.paint.mean = self.paint.document.average().map(|picture| (of, Arc::new(picture)));
        }
    }
}
