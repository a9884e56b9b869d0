//! Training a model from pictures. The trainers are steppers: no thread, no clock, and no file except where
//! a caller saves or loads. A [`Run`] gives one a clock and a folder, a [`Training`] gives a run a thread.

mod adam;
mod augment;
mod bernoulli;
mod class_folders;
mod condition;
mod curves;
mod encoder;
mod encoder_state;
mod export;
mod folder;
mod framing;
mod gan;
mod gan_config;
mod gan_state;
mod ian;
mod ian_state;
mod log;
mod loss;
mod minibatch;
mod networks;
mod note;
mod picture_files;
mod pictures;
mod regularizer;
mod run;
mod saved;
mod schedule;
mod session;
mod settings;
mod sheet;
mod source;
mod spectral;
mod state;
mod stopwatch;
mod trainer;
mod vae;
mod vae_networks;
mod vae_state;

pub use adam::{Adam, AdamConfig};
pub use augment::{Augmentation, augment};
pub use condition::Condition;
pub use curves::{Curve, Curves};
pub use encoder::{EncoderConfig, EncoderTraining};
pub use folder::{Provenance, write_model_folder};
pub use framing::Framing;
pub use gan::Gan;
pub use gan_config::GanConfig;
pub use ian::{Ian, IanConfig};
pub use loss::Loss;
pub use pictures::{PictureSet, Skipped};
pub use regularizer::Regularizer;
pub use run::{Finished, Progress, Run, RunOptions, run};
pub use saved::{FolderState, SavedTraining, look_into};
pub use schedule::learning_rate_factor;
pub use session::{Job, Order, Reading, Standing, Training, TrainingEvent};
pub use source::{FEW_PICTURES, LEAST_PICTURES, PictureSource, Pictures, Preview};
pub use trainer::{Description, Keep, NamedTensor, Recipe, Report, Trainer, save_weights};
pub use vae::{Vae, VaeConfig};

#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod gan_tests;
#[cfg(test)]
mod tests;
