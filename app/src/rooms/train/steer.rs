//! What the wishes and the news of the training's room change.

use std::path::Path;

use latent_engine::model::ModelSource;
use latent_engine::train::{Clock, Job, Order, Training};

use super::live::{Live, LiveNews, Phase};
use super::recipe::RecipeKind;
use super::setup::{DataKind, MadeOf, Setup};
use super::{Wish, Workshop};
use crate::desk::{Desk, Errand};
use crate::platform::files::PathPurpose;
use crate::platform::library::Wish as Shelve;
use crate::platform::threads;

/// How the names of pictures end.
const PICTURES: [&str; 4] = ["png", "jpg", "jpeg", "webp"];

impl Workshop {
    /// Fulfils a wish of the training's room.
    pub(super) fn fulfil(&mut self, wish: Wish, desk: &mut Desk) {
        match wish {
            Wish::Act(action) => action.act(self, desk),
            Wish::Set(setup) => self.set_training(*setup, desk),
            Wish::Look => self.look(),
            Wish::UseFreeName => {
                if let Some(Ok(place)) = &self.place
                    && let Some(free) = place.free.clone()
                {
                    self.setup.out = free.display().to_string();
                    self.setup.own_out = true;
                    self.look_at_place();
                }
            }
            Wish::Start => {
                if let Some(job) = self.setup.job(model_for_encoder(desk)) {
                    self.start_training(job, self.setup.recipe, desk);
                }
            }
            Wish::Resume => self.resume_training(desk),
            Wish::Order(order) => {
                if let Some(live) = &mut self.live {
                    live.order(order);
                }
            }
            Wish::UseModel => self.use_trained(desk),
            Wish::GoOn => self.go_on_training(desk),
            Wish::Leave => {
                if self.live.take_if(|live| live.is_over()).is_some() {
                    self.look();
                }
            }
        }
    }

    /// The open model may be another one by now, and so may what lies on the disk.
    pub(super) fn look_again(&mut self, desk: &Desk) {
        if !self.is_running() {
            self.suggest_out(desk.source());
            self.look();
        }
    }

    /// Makes the pictures of those of a folder.
    pub(super) fn make_of(&mut self, path: &Path, desk: &mut Desk) {
        if self.is_running() {
            desk.warn("a training runs: stop it before you choose other pictures");
            return;
        }
        let inputs = path.display().to_string();
        self.set_training(Setup { made_of: MadeOf::Folder, inputs, ..self.setup.clone() }, desk);
        self.look();
    }

    /// A folder of pictures that was chosen or dropped.
    pub(super) fn learn_from(&mut self, path: &Path, desk: &mut Desk) {
        // A picture stands for the folder that it lies in.
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let is_picture = PICTURES.iter().any(|known| known.eq_ignore_ascii_case(ending));
        let folder = path.parent().filter(|_| is_picture).unwrap_or(path);
        if self.is_running() {
            desk.warn("a training runs: stop it before you choose other pictures");
            return;
        }
        self.live = None;
        let setup =
            Setup { data: DataKind::Folder, folder: folder.display().to_string(), ..self.setup.clone() };
        self.set_training(setup, desk);
        self.look();
    }

    /// The folder that the model shall go to.
    pub(super) fn train_into(&mut self, folder: &Path, desk: &Desk) {
        let out = folder.display().to_string();
        self.set_training(Setup { out, own_out: true, ..self.setup.clone() }, desk);
        self.look_at_place();
    }

    fn set_training(&mut self, mut setup: Setup, desk: &Desk) {
        let before = self.setup.clone();
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
        self.setup = setup;
        if self.suggest_out(desk.source()) {
            self.look_at_place();
        }
        if look {
            self.look_at_data();
        }
    }

    fn resume_training(&mut self, desk: &mut Desk) {
        let Some((folder, saved)) = self.resumable() else { return };
        let saved = saved.clone();
        let Some(kind) = RecipeKind::from_key(&saved.recipe) else {
            desk.warn(&format!(
                "this training was made by the recipe {}, which is not known here",
                saved.recipe
            ));
            return;
        };
        let setup = Setup { out: folder.display().to_string(), ..self.setup.clone() };
        if let Some(job) = setup.resuming(kind, &saved) {
            self.start_training(job, kind, desk);
        }
    }

    /// Goes on after the end: to the time that was planned, or as long again as was planned after that.
    fn go_on_training(&mut self, desk: &mut Desk) {
        let Some(live) = self.live.take_if(|live| live.can_go_on()) else { return };
        let (mut job, kind) = (live.job.clone(), live.kind);
        if live.phase == (Phase::Finished { complete: true }) {
            let Clock::Minutes(minutes) = job.clock else { return };
            job.clock = Clock::Minutes(minutes + self.setup.minutes);
        }
        job.resume = true;
        self.start_training(job, kind, desk);
    }

    fn start_training(&mut self, job: Job, kind: RecipeKind, desk: &mut Desk) {
        if self.is_running() {
            return;
        }
        let wake = desk.wake.clone();
        let spawned = job.clone();
        match threads::in_the_background(|| Training::spawn(spawned, wake)) {
            Ok(training) => self.live = Some(Live::new(training, job, kind)),
            Err(error) => desk.warn(&error.to_string()),
        }
    }

    fn use_trained(&mut self, desk: &mut Desk) {
        let Some(live) = self.live.as_mut().filter(|live| live.has_model()) else { return };
        if live.is_over() {
            self.open_trained(desk);
        } else {
            live.wanted = true;
            live.order(Order::Save);
        }
    }

    /// Opens the model that was trained and lists its folder's neighbours in the menu of models.
    fn open_trained(&self, desk: &mut Desk) {
        let Some(folder) = self.live.as_ref().map(|live| live.job.folder.clone()) else { return };
        if folder.parent() == Some(&self.models) {
            desk.library.wish(Shelve::AddFolder(self.models.clone()));
        }
        let source = ModelSource::Path(folder);
        desk.errands.push(Errand::Open { source, decisions: None, show: true });
    }

    /// Takes what trainings and looks said.
    pub(super) fn hear(&mut self, shown: bool, desk: &mut Desk) {
        self.hear_looks();
        let news = self.live.as_mut().map(Live::hear).unwrap_or_default();
        for news in news {
            match news {
                LiveNews::Open => self.open_trained(desk),
                LiveNews::Ended if !shown => self.tell_of_the_end(desk),
                LiveNews::Ended => {}
            }
        }
    }

    /// Who does something else hears how it ended.
    fn tell_of_the_end(&self, desk: &mut Desk) {
        let Some(live) = &self.live else { return };
        match live.phase.clone() {
            Phase::Finished { .. } => desk.notify("The training has finished: see Train"),
            Phase::Failed { message, .. } => desk.warn(&format!("the training ended: {message}")),
            _ => {}
        }
    }

    /// Tells the training to end.
    pub(super) fn end(&mut self) {
        if let Some(live) = self.live.as_mut().filter(|live| !live.is_over()) {
            live.order(Order::Stop);
        }
    }

    /// Asks for a path, beginning with the one that is chosen.
    pub(super) fn ask_path(&self, purpose: PathPurpose, desk: &mut Desk) {
        let path = match purpose {
            PathPurpose::TrainInto => &self.setup.out,
            PathPurpose::MakeOf => &self.setup.inputs,
            _ => &self.setup.folder,
        };
        desk.files.ask(purpose, path);
    }
}

fn model_for_encoder(desk: &Desk) -> ModelSource {
    desk.source().unwrap_or(&desk.view.wanted_model).clone()
}
