//! The rooms, and what goes on between them. Knows each only as a [`Room`].

use std::any::Any;

use latent_engine::model::{Decisions, ModelSource};

use crate::desk::room::Room;
use crate::desk::{Desk, Errand};
use crate::link::jobs::News;
use crate::platform::files::{FileNews, FormWish, PathPurpose};
use crate::platform::library::Wish;
use crate::rooms::ROOMS;
use crate::shell::closing::Closing;
use crate::shell::command::Command;

/// The rooms, of which one is shown.
pub struct House {
    rooms: Vec<Box<dyn Room>>,
    /// The place of the room that is shown.
    shown: usize,
    /// Whether the window is about to close.
    pub closing: Closing,
}

impl House {
    /// Every room as it begins.
    pub(super) fn new(desk: &Desk) -> Self {
        let rooms = ROOMS.iter().map(|make| make(desk)).collect();
        Self { rooms, shown: 0, closing: Closing::default() }
    }

    /// The room of a kind.
    #[must_use]
    pub fn room<R: Room>(&self) -> Option<&R> {
        self.rooms.iter().find_map(|room| (&**room as &dyn Any).downcast_ref())
    }

    /// Its rooms, in the order of the bar.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &dyn Room> {
        self.rooms.iter().map(|room| &**room)
    }

    pub(super) fn rooms_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn Room>> {
        self.rooms.iter_mut()
    }

    /// The place of the room that is shown.
    pub(super) fn place(&self) -> usize {
        self.shown
    }

    pub(super) fn shown(&self) -> &dyn Room {
        &*self.rooms[self.shown]
    }

    pub(super) fn shown_mut(&mut self) -> &mut dyn Room {
        &mut *self.rooms[self.shown]
    }

    /// Shows a room.
    pub(super) fn show_room(&mut self, place: usize, desk: &Desk) {
        self.shown_mut().leave();
        self.shown = place.min(self.rooms.len() - 1);
        self.shown_mut().enter(desk);
    }

    /// Shows the next room, round and round.
    pub(super) fn show_next(&mut self, desk: &Desk) {
        self.show_room((self.shown + 1) % self.rooms.len(), desk);
    }

    /// Carries a command out.
    pub(crate) fn apply(&mut self, command: Command, desk: &mut Desk) {
        match command {
            Command::Act(action) => action.act(self, desk),
            Command::ShowRoom(place) => self.show_room(place, desk),
            Command::OpenModel(source) => desk.open(source, None),
            Command::ShowModel => {
                if let Some(place) = self.first(|room| room.model().is_some()) {
                    self.rooms[place].show_model();
                    self.show_room(place, desk);
                }
            }
            Command::LookAtShelf => desk.library.wish(Wish::Look),
            Command::ForgetModel(path) => desk.library.wish(Wish::Forget(path)),
            Command::ForgetFolder(path) => desk.library.wish(Wish::ForgetFolder(path)),
            Command::Form(wish) => {
                if wish == FormWish::Close {
                    self.stay_open();
                }
                desk.files.fulfil(wish);
            }
            Command::DismissNotice => desk.notices.dismiss(),
            Command::AnswerQuit(answer) => self.answer_quit(answer, desk),
        }
    }

    /// The place of the first room that does something, beginning with the one that is shown.
    fn first(&mut self, mut does: impl FnMut(&mut dyn Room) -> bool) -> Option<usize> {
        let order = std::iter::once(self.shown).chain(0..self.rooms.len());
        order.into_iter().find(|place| does(&mut *self.rooms[*place]))
    }

    /// Does what the rooms want done.
    pub(super) fn run_errands(&mut self, desk: &mut Desk) {
        for errand in std::mem::take(&mut desk.errands) {
            match errand {
                Errand::Open { source, decisions, show } => {
                    let place = self.open(source, decisions.as_ref(), desk);
                    if let (Some(place), true) = (place, show) {
                        self.show_room(place, desk);
                    }
                }
            }
        }
    }

    /// Opens a model in the first room that works with one; the place of that room.
    fn open(&mut self, source: ModelSource, decisions: Option<&Decisions>, desk: &mut Desk) -> Option<usize> {
        let place = self.first(|room| room.open(&source, decisions));
        desk.view.wanted_model = source;
        place
    }

    /// True when [`Self::stop`] would do something.
    pub(super) fn can_stop(&self, desk: &Desk) -> bool {
        self.rooms().any(|room| room.can_stop(desk))
    }

    /// Stops what is under way in the first room where something is.
    pub(super) fn stop(&mut self, desk: &mut Desk) {
        self.first(|room| {
            let can = room.can_stop(desk);
            if can {
                room.stop(desk);
            }
            can
        });
    }

    /// Asks for what should be answered; called when something may have changed.
    pub(super) fn ask(&mut self, desk: &mut Desk) {
        for model in self.rooms.iter_mut().flat_map(|room| room.superfluous()) {
            desk.link.close(model);
        }
        let in_use = std::iter::once(self.shown()).chain(self.rooms()).find_map(Room::model);
        desk.model = in_use.cloned();
        desk.link.ask(self.rooms().flat_map(Room::wants).collect());
    }

    /// Takes everything that is new; never waits.
    pub(super) fn hear(&mut self, desk: &mut Desk) {
        for news in desk.link.hear() {
            self.hear_engine(news, desk);
        }
        for news in desk.files.news() {
            self.hear_files(news, desk);
        }
        if let Some(remark) = desk.library.hear() {
            desk.warn(&remark);
        }
        for (place, room) in self.rooms.iter_mut().enumerate() {
            room.hear(place == self.shown, desk);
        }
        self.run_errands(desk);
    }

    fn hear_engine(&mut self, news: News, desk: &mut Desk) {
        let topic = match &news {
            News::Answered(topic, ..) | News::Opened(topic, ..) => *topic,
            News::Failed(topic, _, message) => {
                desk.notices.warn(message, Some(*topic));
                *topic
            }
            News::Remark(message) => return desk.warn(message),
            News::Died => {
                return desk.warn(
                    "The engine has stopped. Your strokes and pictures are still here and can be saved; \
                     start the program again to go on.",
                );
            }
        };
        if !matches!(news, News::Failed(..)) {
            desk.notices.is_well(topic);
        }
        if let Some(room) = self.rooms.iter_mut().find(|room| room.topics().contains(&topic)) {
            room.take(news, desk);
        }
    }

    fn hear_files(&mut self, news: FileNews, desk: &mut Desk) {
        match news {
            FileNews::Chosen(PathPurpose::Open, path) => desk.open(ModelSource::Path(path), None),
            FileNews::Chosen(PathPurpose::Photo, path) => desk.files.read_photo(path),
            FileNews::Chosen(PathPurpose::AddFolder, path) => desk.library.wish(Wish::AddFolder(path)),
            FileNews::Chosen(purpose, path) => {
                self.first(|room| room.chosen(purpose, &path, desk));
            }
            FileNews::Saved(path, picture) => {
                desk.saved = Some(picture);
                desk.notify(format!("Saved {}", path.display()));
                self.saved_before_closing();
            }
            FileNews::Photo(path, picture) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                if let Some(place) = self.first(|room| room.photo(&name, &picture)) {
                    self.show_room(place, desk);
                }
            }
            FileNews::NoPhoto(message) => desk.warn(&crate::kit::words::capital(&message)),
            FileNews::NotSaved(message) => {
                desk.warn(&message);
                self.stay_open();
            }
        }
    }
}
