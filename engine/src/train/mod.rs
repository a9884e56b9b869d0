//! Training a model from pictures. The trainers are steppers: no thread, no clock, and no file except where
//! a caller saves or loads. A [`Run`] gives one a clock and a folder, a [`Training`] gives a run a thread.
//!
//! Each folder knows only those before it: `core` is what every recipe is made of, `loss` what they
//! minimize, `recipes` the ways to train, `run` a training with a clock and a folder, `session` one with a thread.

mod core;
mod loss;
mod recipes;
mod run;
mod session;

pub use self::core::adam::{Adam, AdamConfig};
pub use self::core::augment::{Augmentation, augment};
pub use self::core::memory::Memory;
pub use self::core::parts::{Part, Parts};
pub use self::core::schedule::learning_rate_factor;
pub use self::core::setting::{Kind, Setting, Settings, Value};
pub use self::core::state::{SavedState, save};
pub use self::core::trainer::{Description, NamedTensor, Report, Trainer, save_weights};
pub use self::loss::adversarial::Loss;
pub use self::loss::regularizer::Regularizer;
pub use self::recipes::encoder::{EncoderConfig, EncoderTraining};
pub use self::recipes::enlarge::{EnlargeConfig, EnlargeTraining};
pub use self::recipes::gan::{Condition, Gan, GanConfig, Networks};
pub use self::recipes::ian::{Ian, IanConfig};
pub use self::recipes::pix2pix::{Pix2PixConfig, Pix2PixTraining};
pub use self::recipes::vae::{Vae, VaeConfig};
pub use self::recipes::{About, Need, Plan, RECIPES, Recipe, recipe};
pub use self::run::available::available_memory;
pub use self::run::claim::{Claim, ModelFolder};
pub use self::run::clock::Clock;
pub use self::run::curves::{Curve, Curves};
pub use self::run::fits::check_memory;
pub use self::run::folder::{Provenance, write_model_folder};
pub use self::run::note::Note;
pub use self::run::progress::Progress;
pub use self::run::runner::{Begun, Finished, Run, RunOptions, run};
pub use self::run::saved::{FolderState, SavedTraining, look_into};
pub use self::session::{Job, Order, Reading, Standing, Training, TrainingEvent};

#[cfg(test)]
mod order;
