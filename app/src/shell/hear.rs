//! What the engine and the files say, and what that changes.

use latent_engine::model::{Ability, ModelSource, Offer};

use crate::link::jobs::News;
use crate::link::request::Topic;
use crate::platform::files::FileNews;
use crate::platform::library::Wish;
use crate::shell::session::Session;

impl Session {
    /// Takes everything that is new; never waits.
    pub fn hear(&mut self) {
        for news in self.link.hear() {
            self.hear_engine(news);
        }
        for news in self.files.news() {
            self.hear_files(news);
        }
        if let Some(remark) = self.library.hear() {
            self.warn(&remark);
        }
        self.hear_training();
    }

    fn hear_engine(&mut self, news: News) {
        match news {
            News::Answered(topic, request, answer) => {
                self.notices.is_well(topic);
                self.paint.take(topic, request, answer);
            }
            News::Opened(key, info, _)
                if matches!(info.offers.get(&Ability::Decode), Some(Offer::Lacks { .. })) =>
            {
                self.paint.opened_in_vain(key);
                self.keep_model(&info.why_not(Ability::Decode).unwrap_or_default());
            }
            News::Opened(key, info, request) => {
                self.notices.is_well(Topic::Model);
                self.paint.opened(key, info, request);
                if let Some(ModelSource::Path(path)) = self.paint.source() {
                    self.library.wish(Wish::Opened(path.clone()));
                }
            }
            News::Failed(topic, request, message) => {
                self.paint.take_failure(topic, request);
                match topic {
                    Topic::Model => self.keep_model(&message),
                    topic => self.notices.warn(&message, Some(topic)),
                }
            }
            News::Remark(message) => self.warn(&message),
            News::Died => self.warn(
                "The engine has stopped. Your strokes and pictures are still here and can be saved; \
                 start the program again to go on.",
            ),
        }
    }

    /// The model in use stays, and it is said why.
    fn keep_model(&mut self, why: &str) {
        if let Some(source) = self.paint.source() {
            self.view.wanted_model = source.clone();
        }
        self.notices.warn(why, Some(Topic::Model));
    }

    fn hear_files(&mut self, news: FileNews) {
        match news {
            FileNews::Chosen(purpose, path) => self.use_path(purpose, path),
            FileNews::Saved(path, picture) => {
                self.saved = Some(picture);
                self.notify(format!("Saved {}", path.display()));
                self.saved_before_closing();
            }
            FileNews::NotSaved(message) => {
                self.warn(&message);
                self.stay_open();
            }
        }
    }
}
