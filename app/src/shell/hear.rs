//! What the engine and the files say, and what that changes.

use latent_engine::model::ModelSource;
use latent_engine::service::Frame;

use crate::link::engine_link::{News, Purpose};
use crate::platform::files::FileNews;
use crate::platform::library::Wish;
use crate::rooms::paint::document::Document;
use crate::rooms::paint::tools::Pointer;
use crate::shell::command::Command;
use crate::shell::session::Session;
use crate::shell::view::LatentsView;

impl Session {
    /// Takes everything that is new; never waits.
    pub fn hear(&mut self) {
        for news in self.link.news() {
            self.hear_engine(news);
        }
        if let Some(frame) = self.link.take_frame() {
            self.hear_frame(frame);
        }
        match self.link.take_rendered() {
            Some((Purpose::Edit, pictures)) => {
                if let (Some(picture), Some(edit)) =
                    (pictures.into_iter().next(), &mut self.paint.document.edit)
                {
                    edit.shown = picture;
                }
            }
            Some((Purpose::Samples, pictures)) => self.paint.samples.take(pictures),
            None => {}
        }
        if let Some(morph) = self.link.take_morph() {
            self.paint.morph.take(morph);
        }
        for news in self.files.news() {
            self.hear_files(news);
        }
        if let Some(remark) = self.library.hear() {
            self.warn(&remark);
        }
        self.hear_training();
        if self.view.notice.as_ref().and_then(|n| n.until).is_some_and(|until| self.now >= until) {
            self.view.notice = None;
        }
    }

    fn hear_engine(&mut self, news: News) {
        match news {
            News::Opened(model, source) => {
                self.apply(Command::Pointer(Pointer::Cancel));
                if self.paint.document.model.as_deref() != Some(&*model) {
                    let changes = |document: &mut Document| document.move_to(model.clone());
                    changes(&mut self.paint.document);
                    self.paint.history.carry_over(&self.paint.document, changes);
                    self.paint.latents_view = LatentsView::default();
                    self.paint.samples.clear();
                }
                if self.view.notice.as_ref().is_some_and(|notice| notice.is_error) {
                    self.view.notice = None;
                }
                if let Some(ModelSource::Path(path)) = &source {
                    self.library.wish(Wish::Opened(path.clone()));
                }
                self.source = source;
                self.search_anew(self.paint.document.settings);
            }
            News::NotOpened(message) => {
                self.want_the_old_model();
                self.warn(&message);
            }
            News::Failed(message) | News::Remark(message) => self.warn(&message),
            News::NotRendered(purpose, message) => {
                match (purpose, &mut self.paint.document.edit) {
                    // The last good picture stays, with its own latent.
                    (Purpose::Edit, Some(edit)) => edit.latent = edit.shown.latent.clone(),
                    (Purpose::Edit, None) => {}
                    (Purpose::Samples, _) => self.paint.samples.take(Vec::new()),
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
        self.paint.document.searched = !self.paint.document.strokes.is_empty();
        self.paint.document.follow(frame.candidates);
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
