//! The one match that says which part of the window a command is for.

use latent_engine::model::ModelSource;

use crate::platform::files::{FormWish, PathPurpose};
use crate::platform::library::Wish;
use crate::shell::command::Command;
use crate::shell::session::Session;

impl Session {
    /// Carries a command out.
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::Act(action) => action.act(self),
            Command::Pointer(event) => self.paint.pointer(event),
            Command::SetColour(colour) => self.paint.set_colour(colour),
            Command::SetWidth(width) => self.paint.tools.set_width(width),
            Command::StepWidth(notches) => self.paint.tools.step_width(notches),
            Command::Select(i) => self.paint.select(i),
            Command::Scrub(position) => self.paint.scrub(position),
            Command::SetWay(way) => self.paint.morph.way = way,
            Command::SetSettings(settings) => self.paint.set_settings(settings),
            Command::EndSlide => self.paint.history.close(),
            Command::ChangeLatent(_) if self.link.is_dead() => {}
            Command::ChangeLatent(change) => self.paint.change_latent(change),
            Command::ShowRoom(room) => self.show_room(room),
            Command::Train(wish) => self.train(wish),
            Command::LearnFrom(folder) => self.learn_from(&folder),
            Command::ShowSide(side) => {
                self.paint.history.close();
                self.paint.side = side;
            }
            Command::SetLatentsView(latents) => self.paint.latents_view = latents,
            Command::OpenModel(source) => self.open(source, None),
            Command::Decide(decisions) => {
                if let Some(source) = self.paint.source().cloned() {
                    self.open(source, Some(decisions));
                }
            }
            Command::NewSamples => self.paint.samples.renew(),
            Command::UseSample(i) => self.paint.use_sample(i),
            Command::LookAtShelf => self.library.wish(Wish::Look),
            Command::ForgetModel(path) => self.library.wish(Wish::Forget(path)),
            Command::ForgetFolder(path) => self.library.wish(Wish::ForgetFolder(path)),
            Command::SetLook(look) => self.paint.look = look,
            Command::Form(wish) => self.use_form(wish),
            Command::DismissNotice => self.notices.dismiss(),
            Command::AnswerQuit(answer) => self.answer_quit(answer),
        }
    }

    /// True when [`Self::stop`] would do something.
    pub(crate) fn can_stop(&self) -> bool {
        self.paint.is_drawing()
            || self.files.form().is_some()
            || self.paint.wanted.is_some()
            || self.link.is_searching()
    }

    /// Takes the stroke in the making back, or closes the form that asks for a path, or stops the opening or the search.
    pub(crate) fn stop(&mut self) {
        if self.paint.is_drawing() {
            self.paint.undo();
        } else if self.files.form().is_some() {
            self.use_form(FormWish::Close);
        } else if self.paint.wanted.take().is_some() {
            if let Some(source) = self.paint.source() {
                self.view.wanted_model = source.clone();
            }
        } else {
            self.paint.stop_search();
        }
    }

    fn use_form(&mut self, wish: FormWish) {
        if wish == FormWish::Close {
            self.stay_open();
        }
        self.files.fulfil(wish);
    }

    pub(crate) fn save(&mut self) {
        if let Some(picture) = self.paint.shown_picture() {
            self.files.ask_to_save(picture, &self.file_name(), !self.view.pixels);
        }
        if self.files.form().is_none() {
            self.stay_open();
        }
    }

    pub(crate) fn ask_path(&mut self, purpose: PathPurpose) {
        let path = match purpose {
            PathPurpose::LearnFrom => self.workshop.setup.folder.clone(),
            PathPurpose::TrainInto => self.workshop.setup.out.clone(),
            PathPurpose::Save | PathPurpose::Open | PathPurpose::AddFolder => String::new(),
        };
        self.files.ask(purpose, &path);
    }

    pub(crate) fn use_path(&mut self, purpose: PathPurpose, path: std::path::PathBuf) {
        match purpose {
            PathPurpose::Open => self.open(ModelSource::Path(path), None),
            PathPurpose::AddFolder => self.library.wish(Wish::AddFolder(path)),
            PathPurpose::LearnFrom => self.learn_from(&path),
            PathPurpose::TrainInto => self.train_into(&path),
            // The form writes pictures by itself.
            PathPurpose::Save => {}
        }
    }
}
