//! Training in the window: what shall be trained, and the training that runs.

pub mod factors;

mod actions;
mod live;
mod looks;
mod outlook;
mod panels;
mod recipe;
mod room;
mod setup;
mod steer;

use std::path::PathBuf;
use std::sync::Arc;

use latent_engine::data::Preview;
use latent_engine::model::ModelSource;
use latent_engine::train::{FolderState, Order, SavedTraining};

use self::actions::Action;
pub use self::live::{Live, Phase};
pub use self::looks::Place;
use self::looks::{Look, Looks};
pub use self::recipe::RecipeKind;
pub use self::room::TrainRoom;
pub use self::setup::{DataKind, MadeOf, Setup};

/// What the user wants of the training's room.
#[derive(Clone, Debug)]
pub enum Wish {
    /// One of the actions that need nothing else.
    Act(&'static Action),
    /// These settings.
    Set(Box<Setup>),
    /// What was typed is complete: look what is there.
    Look,
    /// Give the model the name that is free.
    UseFreeName,
    /// Begin.
    Start,
    /// Go on with the training that the folder holds.
    Resume,
    /// An order for the training that runs.
    Order(Order),
    /// Open the model that was made, or the one that is being made as it stands.
    UseModel,
    /// Go on with the training that has ended.
    GoOn,
    /// Leave the training that has ended, for another one.
    Leave,
}

impl From<&'static Action> for Wish {
    fn from(action: &'static Action) -> Self {
        Self::Act(action)
    }
}

/// A folder that is not free.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Where it is.
    pub folder: PathBuf,
    /// What is in it.
    pub state: FolderState,
}

impl Taken {
    /// What to call it.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Everything that the window knows of trainings.
pub struct Workshop {
    /// What was chosen.
    pub setup: Setup,
    /// What is known of the chosen data; `None` while it is looked at, or while none was chosen.
    pub preview: Option<Result<Preview, String>>,
    /// What is known of the folder that the model shall go to.
    pub place: Option<Result<Place, String>>,
    /// The folder that would have been the model's, had it been free.
    pub taken: Option<Taken>,
    /// The training that runs or has ended.
    pub live: Option<Live>,
    looks: Looks,
    /// The folder that was made up for the model, before anybody looked whether it is free.
    suggested: String,
    /// Where new models go, unless another place is typed.
    models: PathBuf,
}

impl Workshop {
    /// Nothing is trained yet. New models go to `models`, or beside where the program was started.
    pub fn new(wake: &Arc<dyn Fn() + Send + Sync>, models: Option<PathBuf>) -> Self {
        let models = models.unwrap_or_else(|| std::env::current_dir().unwrap_or_default().join("models"));
        let setup = Setup::new(&models);
        let looks = Looks::new(wake);
        let suggested = setup.out.clone();
        Self { setup, preview: None, place: None, taken: None, live: None, looks, suggested, models }
    }

    /// True while a training runs or rests.
    pub fn is_running(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.is_over())
    }

    /// True while the data is being looked at.
    pub fn is_looking(&self) -> bool {
        self.looks.is_looking_at_data()
    }

    /// Looks at the data and the folder as they are chosen now.
    fn look(&mut self) {
        self.look_at_data();
        self.look_at_place();
    }

    fn look_at_data(&mut self) {
        self.preview = None;
        match self.setup.source() {
            Some(source) => self.looks.look(Look::Data(source)),
            None => self.looks.forget_data(),
        }
    }

    fn look_at_place(&mut self) {
        (self.place, self.taken) = (None, None);
        if !self.setup.own_out {
            // What was in its way may be gone.
            self.setup.out.clone_from(&self.suggested);
        }
        self.looks.look(Look::Place(self.setup.out_path()));
    }

    /// Takes what the looks found.
    fn hear_looks(&mut self) {
        for seen in self.looks.news() {
            match seen {
                looks::Seen::Data(preview) => self.preview = Some(preview),
                looks::Seen::Place(place) => self.take_place(place),
            }
        }
    }

    /// A folder that nobody typed makes way for what is there: the model gets the free name beside it.
    fn take_place(&mut self, place: Result<Place, String>) {
        self.place = Some(match place {
            Ok(Place { state, free: Some(free) }) if !self.setup.own_out => {
                self.taken = Some(Taken { folder: self.setup.out_path(), state });
                self.setup.out = free.display().to_string();
                Ok(Place { state: FolderState::Free, free: None })
            }
            place => place,
        });
    }

    /// Makes up where the model goes, unless that was typed; `model` is the open one. True when it is another place.
    fn suggest_out(&mut self, model: Option<&ModelSource>) -> bool {
        let suggested = self.setup.suggestion(&self.models, model);
        if self.setup.own_out || suggested == self.suggested {
            return false;
        }
        self.suggested = suggested;
        true
    }

    /// The training that can be gone on with: its folder, and what is known of it.
    pub fn resumable(&self) -> Option<(PathBuf, &SavedTraining)> {
        if let Some(Taken { folder, state: FolderState::Training(saved) }) = &self.taken {
            return Some((folder.clone(), saved));
        }
        match &self.place {
            Some(Ok(Place { state: FolderState::Training(saved), .. })) => {
                Some((self.setup.out_path(), saved))
            }
            _ => None,
        }
    }
}
