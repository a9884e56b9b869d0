//! Training a model from pictures. The trainers are steppers: no thread, no clock, and no file except where
//! a caller saves or loads.

mod adam;
mod augment;
mod bernoulli;
mod condition;
mod encoder;
mod encoder_state;
mod export;
mod folder;
mod gan;
mod gan_config;
mod gan_state;
mod ian;
mod ian_state;
mod log;
mod loss;
mod minibatch;
mod networks;
mod picture_files;
mod pictures;
mod regularizer;
mod run;
mod schedule;
mod settings;
mod sheet;
mod spectral;
mod state;
mod trainer;
mod vae;
mod vae_networks;
mod vae_state;

pub use adam::{Adam, AdamConfig};
pub use augment::{Augmentation, augment};
pub use condition::Condition;
pub use encoder::{EncoderConfig, EncoderTraining};
pub use folder::{Provenance, write_model_folder};
pub use gan::Gan;
pub use gan_config::GanConfig;
pub use ian::{Ian, IanConfig};
pub use loss::Loss;
pub use picture_files::Skipped;
pub use pictures::PictureSet;
pub use regularizer::Regularizer;
pub use run::{Finished, Progress, RunOptions, run};
pub use schedule::learning_rate_factor;
pub use trainer::{Description, NamedTensor, Recipe, Report, Trainer, save_weights};
pub use vae::{Vae, VaeConfig};

#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod gan_tests;
#[cfg(test)]
mod tests;
