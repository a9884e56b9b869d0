//! The steps of a document beside strokes and latents: undo, Fix, Restart, Random, a choice, other settings.

use latent_engine::search::SolveSettings;

use super::Paint;
use super::base::Photo;
use super::shown::Showing;
use super::tools::Pointer;

impl Paint {
    /// Takes the stroke in the making back, or the last step.
    pub(crate) fn undo(&mut self) {
        if self.is_drawing() {
            self.pointer(Pointer::Cancel);
        } else if self.history.undo(&mut self.document).is_some() {
            self.showing = Showing::Newest;
        }
    }

    /// Does the undone step again.
    pub(crate) fn redo(&mut self) {
        if self.history.redo(&mut self.document).is_some() {
            self.showing = Showing::Newest;
        }
    }

    /// Shows a candidate.
    pub(crate) fn select(&mut self, i: usize) {
        if i >= self.document.candidates.len() {
            return;
        }
        if self.document.edit.is_some() {
            self.history.record("choice", self.document.clone());
            self.document.edit = None;
            if self.document.strokes.is_empty() && self.document.anchor.is_none() {
                self.document.before = None;
            }
        }
        (self.document.selected, self.document.picked) = (i, true);
        self.showing = Showing::Newest;
    }

    /// Clears the strokes.
    pub(crate) fn restart(&mut self) {
        self.history.record("restart", self.document.clone());
        self.document.strokes.clear();
        self.document.anchor = None;
        // A picture that was fixed is let go; a photo stays what is painted over.
        self.document.base.take_if(|base| base.photo().is_none());
        self.search_anew(SolveSettings { seed: self.next_seed(), ..self.document.settings });
        if let Some(photo) = self.photo().and_then(Photo::candidate) {
            self.document.candidates = vec![photo.clone()].into();
            self.document.before = Some(photo);
        }
    }

    /// Other pictures for the same strokes.
    pub(crate) fn random(&mut self) {
        self.history.record("random pictures", self.document.clone());
        if self.document.strokes.is_empty() {
            self.document.anchor = None;
            self.document.base.take_if(|base| base.photo().is_none());
        }
        self.search_anew(SolveSettings { seed: self.next_seed(), ..self.document.settings });
    }

    fn next_seed(&self) -> u64 {
        self.document.settings.seed.wrapping_add(1)
    }

    /// Searches with other settings.
    pub(crate) fn set_settings(&mut self, settings: SolveSettings) {
        if settings == self.document.settings {
            return;
        }
        self.history.record_sliding("search settings", self.document.clone());
        if !self.document.strokes.is_empty()
            && let Some(edit) = self.document.edit.take()
        {
            self.document.fix(edit.shown);
        }
        self.search_anew(settings);
    }

    /// Searches as if the strokes had just been drawn, so that the result depends on nothing else.
    fn search_anew(&mut self, settings: SolveSettings) {
        let document = &mut self.document;
        document.settings = settings;
        (document.edit, document.begun) = (None, None);
        (document.selected, document.picked) = (0, false);
        document.ask_anew();
        if document.strokes.is_empty() && document.anchor.is_none() {
            document.before = None;
        }
        self.showing = Showing::Newest;
    }
}
