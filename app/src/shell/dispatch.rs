//! The one match that says which part of the window a command is for.

use latent_engine::model::ModelSource;

use crate::platform::library::Wish;
use crate::shell::command::Command;
use crate::shell::session::Session;
use crate::shell::view::{PathField, PathPurpose};

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
            Command::TypePath(path) => {
                if let Some(field) = &mut self.view.path_field {
                    field.path = path;
                }
            }
            Command::ConfirmPath(path) => {
                if let Some(field) = self.view.path_field.take() {
                    self.use_path(field.purpose, path);
                }
            }
            Command::ClosePath => self.close_path_field(),
            Command::DismissNotice => self.notices.dismiss(),
            Command::AnswerQuit(answer) => self.answer_quit(answer),
        }
    }

    /// True when [`Self::stop`] would do something.
    pub(crate) fn can_stop(&self) -> bool {
        self.paint.is_drawing()
            || self.view.path_field.is_some()
            || self.paint.wanted.is_some()
            || self.link.is_searching()
    }

    /// Takes the stroke in the making back, or closes the path field, or stops the opening or the search.
    pub(crate) fn stop(&mut self) {
        if self.paint.is_drawing() {
            self.paint.undo();
        } else if self.view.path_field.is_some() {
            self.close_path_field();
        } else if self.paint.wanted.take().is_some() {
            if let Some(source) = self.paint.source() {
                self.view.wanted_model = source.clone();
            }
        } else {
            self.paint.stop_search();
        }
    }

    fn close_path_field(&mut self) {
        self.view.path_field = None;
        self.stay_open();
    }

    pub(crate) fn save(&mut self, enlarge: usize) {
        self.to_save = self.paint.shown_picture();
        self.ask_path(PathPurpose::Save { enlarge });
    }

    pub(crate) fn ask_path(&mut self, purpose: PathPurpose) {
        if !self.files.ask(purpose, &self.file_name()) {
            self.type_path(purpose, "");
        }
    }

    pub(crate) fn type_path(&mut self, purpose: PathPurpose, remark: &str) {
        let path = match purpose {
            PathPurpose::Save { .. } => self.files.suggestion(&self.file_name()),
            PathPurpose::Open | PathPurpose::AddFolder => String::new(),
            PathPurpose::LearnFrom => self.workshop.setup.folder.clone(),
            PathPurpose::TrainInto => self.workshop.setup.out.clone(),
        };
        self.view.path_field = Some(PathField { purpose, path, remark: remark.into() });
    }

    pub(crate) fn use_path(&mut self, purpose: PathPurpose, path: std::path::PathBuf) {
        match purpose {
            PathPurpose::Open => self.open(ModelSource::Path(path), None),
            PathPurpose::AddFolder => self.library.wish(Wish::AddFolder(path)),
            PathPurpose::LearnFrom => self.learn_from(&path),
            PathPurpose::TrainInto => self.train_into(&path),
            PathPurpose::Save { enlarge } => {
                if let Some(picture) = self.to_save.take().or_else(|| self.paint.shown_picture()) {
                    self.saved = Some(picture.clone());
                    self.files.save(picture, path, enlarge, !self.view.pixels);
                }
            }
        }
    }
}
