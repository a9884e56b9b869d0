//! What the engine and the files say, and what that changes.

use latent_engine::worker::Frame;

use crate::command::Command;
use crate::engine_link::News;
use crate::files::FileNews;
use crate::session::Session;
use crate::tools::Pointer;
use crate::view::LatentsView;

impl Session {
    /// Takes everything that is new; never waits.
    pub fn hear(&mut self) {
        for news in self.link.news() {
            self.hear_engine(news);
        }
        if let Some(frame) = self.link.take_frame() {
            self.hear_frame(frame);
        }
        if let (Some(picture), Some(edit)) = (self.link.take_rendered(), &mut self.document.edit) {
            edit.shown = picture;
        }
        if let Some(morph) = self.link.take_morph() {
            self.morph.take(morph);
        }
        for news in self.files.news() {
            self.hear_files(news);
        }
        if self.view.notice.as_ref().and_then(|n| n.until).is_some_and(|until| self.now >= until) {
            self.view.notice = None;
        }
    }

    fn hear_engine(&mut self, news: News) {
        match news {
            News::Opened(model) => {
                self.apply(Command::Pointer(Pointer::Cancel));
                if self.document.model.as_deref() != Some(&*model) {
                    // Latents of one model mean nothing to another.
                    self.history.clear();
                    self.document.anchor = None;
                    self.document.before = None;
                    self.document.candidates = [].into();
                    self.view.latents = LatentsView::default();
                }
                if self.view.notice.as_ref().is_some_and(|notice| notice.is_error) {
                    self.view.notice = None;
                }
                self.document.model = Some(model);
                self.search_anew(self.document.settings);
            }
            News::NotOpened(message) | News::Failed(message) => self.warn(&message),
            News::NotRendered(message) => {
                // The last good picture stays, with its own latent.
                if let Some(edit) = &mut self.document.edit {
                    edit.latent = edit.shown.latent.clone();
                }
                self.warn(&message);
            }
            News::Died => self.warn(
                "The engine has stopped. Your strokes and pictures are still here and can be saved; \
                 start the program again to go on.",
            ),
        }
    }

    fn hear_frame(&mut self, frame: Frame) {
        if frame.candidates.is_empty() {
            return;
        }
        self.document.searched = !self.document.strokes.is_empty();
        self.document.follow(frame.candidates);
    }

    fn hear_files(&mut self, news: FileNews) {
        match news {
            FileNews::Chosen(purpose, path) => self.use_path(purpose, path),
            FileNews::Closed => self.to_save = None,
            FileNews::NoDialog(purpose) => {
                self.type_path(purpose, "There is no file dialog on this system: type a path instead.");
            }
            FileNews::Saved(path) => self.notify(format!("Saved {}", path.display())),
            FileNews::NotSaved(message) => self.warn(&message),
        }
    }
}
