//! Training in the window: what shall be trained, and the training that runs.

pub mod factors;
mod live;
mod looks;
pub(crate) mod panels;
mod recipe;
mod setup;
mod steer;

use std::path::PathBuf;
use std::sync::Arc;

use latent_engine::data::Preview;
use latent_engine::train::Order;

pub use self::live::{Live, Phase};
pub use self::looks::Place;
use self::looks::{Look, Looks};
pub use self::recipe::RecipeKind;
pub use self::setup::{DataKind, Setup};

/// What the user wants of the training's room.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
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

/// Everything that the window knows of trainings.
pub struct Workshop {
    /// What was chosen.
    pub setup: Setup,
    /// What is known of the chosen data; `None` while it is looked at, or while none was chosen.
    pub preview: Option<Result<Preview, String>>,
    /// What is known of the folder that the model shall go to.
    pub place: Option<Result<Place, String>>,
    /// The training that runs or has ended.
    pub live: Option<Live>,
    looks: Looks,
    /// Where new models go, unless another place is typed.
    models: PathBuf,
    /// Whatever runs calls it when there is news.
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Workshop {
    /// Nothing is trained yet. New models go to `models`, or beside where the program was started.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>, models: Option<PathBuf>) -> Self {
        let models = models.unwrap_or_else(|| std::env::current_dir().unwrap_or_default().join("models"));
        let setup = Setup::new(&models);
        let looks = Looks::new(wake.clone());
        Self { setup, preview: None, place: None, live: None, looks, models, wake }
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
        self.place = None;
        self.looks.look(Look::Place(self.setup.out_path()));
    }

    /// Takes what the looks found.
    fn hear_looks(&mut self) {
        for seen in self.looks.news() {
            match seen {
                looks::Seen::Data(preview) => self.preview = Some(preview),
                looks::Seen::Place(place) => self.place = Some(place),
            }
        }
    }
}
