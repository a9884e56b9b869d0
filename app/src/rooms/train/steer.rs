//! What the wishes and the news of the training's room change.

use std::path::Path;

use latent_engine::model::ModelSource;
use latent_engine::train::{Clock, Job, Order, Training};

use super::Wish;
use super::live::{Live, LiveNews, Phase};
use super::recipe::RecipeKind;
use super::setup::{DataKind, Setup};
use crate::platform::library::Wish as Shelve;
use crate::platform::threads;
use crate::shell::session::Session;
use crate::shell::view::Room;

/// How the names of pictures end.
const PICTURES: [&str; 4] = ["png", "jpg", "jpeg", "webp"];

impl Session {
    /// Fulfils a wish of the training's room.
    pub(crate) fn train(&mut self, wish: Wish) {
        match wish {
            Wish::Set(setup) => self.set_training(*setup),
            Wish::Look => self.workshop.look(),
            Wish::UseFreeName => {
                if let Some(Ok(place)) = &self.workshop.place
                    && let Some(free) = place.free.clone()
                {
                    self.workshop.setup.out = free.display().to_string();
                    self.workshop.setup.own_out = true;
                    self.workshop.look_at_place();
                }
            }
            Wish::Start => {
                if let Some(job) = self.workshop.setup.job(self.model_for_encoder()) {
                    self.start_training(job, self.workshop.setup.recipe);
                }
            }
            Wish::Resume => self.resume_training(),
            Wish::Order(order) => {
                if let Some(live) = &mut self.workshop.live {
                    live.order(order);
                }
            }
            Wish::UseModel => self.use_trained(),
            Wish::GoOn => self.go_on_training(),
            Wish::Leave => {
                if self.workshop.live.take_if(|live| live.is_over()).is_some() {
                    self.workshop.look();
                }
            }
        }
    }

    /// Enters or leaves the training's room.
    pub(crate) fn show_room(&mut self, room: Room) {
        self.paint.history.close();
        self.view.room = room;
        if room == Room::Train && !self.workshop.is_running() {
            // The open model may be another one by now, and so may what lies on the disk.
            self.suggest_out();
            self.workshop.look();
        }
    }

    /// A folder of pictures that was chosen or dropped.
    pub(crate) fn learn_from(&mut self, path: &Path) {
        // A picture stands for the folder that it lies in.
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let is_picture = PICTURES.iter().any(|known| known.eq_ignore_ascii_case(ending));
        let folder = path.parent().filter(|_| is_picture).unwrap_or(path);
        if self.workshop.is_running() {
            self.warn("a training runs: stop it before you choose other pictures");
            return;
        }
        self.workshop.live = None;
        let setup = Setup {
            data: DataKind::Folder,
            folder: folder.display().to_string(),
            ..self.workshop.setup.clone()
        };
        self.set_training(setup);
        self.workshop.look();
    }

    /// The folder that the model shall go to.
    pub(crate) fn train_into(&mut self, folder: &Path) {
        let out = folder.display().to_string();
        self.set_training(Setup { out, own_out: true, ..self.workshop.setup.clone() });
        self.workshop.look_at_place();
    }

    fn set_training(&mut self, mut setup: Setup) {
        let before = self.workshop.setup.clone();
        if setup.recipe != before.recipe {
            setup.settings = setup.recipe.defaults();
        }
        if setup.data != before.data {
            // Another world has other factors.
            setup.held.clear();
            setup.factor = None;
        }
        // A path is looked at once it is complete.
        let look = setup.folder == before.folder && setup.source() != before.source();
        let look = look || setup.data != before.data;
        self.workshop.setup = setup;
        if self.suggest_out() {
            self.workshop.look_at_place();
        }
        if look {
            self.workshop.look_at_data();
        }
    }

    fn suggest_out(&mut self) -> bool {
        self.workshop.suggest_out(self.paint.source())
    }

    fn model_for_encoder(&self) -> ModelSource {
        self.paint.source().cloned().unwrap_or_else(|| self.view.wanted_model.clone())
    }

    fn resume_training(&mut self) {
        let Some((folder, saved)) = self.workshop.resumable() else { return };
        let saved = saved.clone();
        let Some(kind) = RecipeKind::from_key(&saved.recipe) else {
            self.warn(&format!(
                "this training was made by the recipe {}, which is not known here",
                saved.recipe
            ));
            return;
        };
        let setup = Setup { out: folder.display().to_string(), ..self.workshop.setup.clone() };
        if let Some(job) = setup.resuming(kind, &saved) {
            self.start_training(job, kind);
        }
    }

    /// Goes on after the end: to the time that was planned, or as long again as was planned after that.
    fn go_on_training(&mut self) {
        let Some(live) = self.workshop.live.take_if(|live| live.can_go_on()) else { return };
        let (mut job, kind) = (live.job.clone(), live.kind);
        if live.phase == (Phase::Finished { complete: true }) {
            let Clock::Minutes(minutes) = job.clock else { return };
            job.clock = Clock::Minutes(minutes + self.workshop.setup.minutes);
        }
        job.resume = true;
        self.start_training(job, kind);
    }

    fn start_training(&mut self, job: Job, kind: RecipeKind) {
        if self.workshop.is_running() {
            return;
        }
        let wake = self.workshop.wake.clone();
        let spawned = job.clone();
        match threads::in_the_background(|| Training::spawn(spawned, wake)) {
            Ok(training) => self.workshop.live = Some(Live::new(training, job, kind)),
            Err(error) => self.warn(&error.to_string()),
        }
    }

    fn use_trained(&mut self) {
        let Some(live) = self.workshop.live.as_mut().filter(|live| live.has_model()) else { return };
        if live.is_over() {
            self.open_trained();
        } else {
            live.wanted = true;
            live.order(Order::Save);
        }
    }

    /// Opens the model that was trained and lists its folder's neighbours in the menu of models.
    fn open_trained(&mut self) {
        let Some(folder) = self.workshop.live.as_ref().map(|live| live.job.folder.clone()) else { return };
        if folder.parent() == Some(&self.workshop.models) {
            self.library.wish(Shelve::AddFolder(self.workshop.models.clone()));
        }
        self.open(ModelSource::Path(folder), None);
        self.show_room(Room::Paint);
    }

    /// Takes what trainings and looks said.
    pub(crate) fn hear_training(&mut self) {
        self.workshop.hear_looks();
        let news = self.workshop.live.as_mut().map(Live::hear).unwrap_or_default();
        for news in news {
            match news {
                LiveNews::Open => self.open_trained(),
                LiveNews::Ended if self.view.room == Room::Paint => self.tell_of_the_end(),
                LiveNews::Ended => {}
            }
        }
    }

    /// A painter hears how it ended.
    fn tell_of_the_end(&mut self) {
        let Some(live) = &self.workshop.live else { return };
        match live.phase.clone() {
            Phase::Finished { .. } => self.notify("The training has finished: see Train"),
            Phase::Failed { message, .. } => self.warn(&format!("the training ended: {message}")),
            _ => {}
        }
    }

    /// Tells the training to end; false when there is none that has to be waited for.
    pub(crate) fn end_training(&mut self) -> bool {
        let Some(live) = self.workshop.live.as_mut().filter(|live| !live.is_over()) else { return false };
        live.order(Order::Stop);
        true
    }
}
