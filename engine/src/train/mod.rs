//! Training a model from pictures. The trainers are steppers: no thread, no clock, and no file except where
//! a caller saves or loads.

mod adam;
mod augment;
mod export;
mod folder;
mod gan;
mod networks;
mod pictures;
mod run;
mod schedule;
mod spectral;
mod state;

pub use adam::{Adam, AdamConfig};
pub use augment::{Augmentation, augment};
pub use export::NamedTensor;
pub use folder::{Provenance, write_model_folder};
pub use gan::{Gan, GanConfig, Report};
pub use pictures::{PictureSet, Skipped};
pub use run::{Finished, Progress, RunOptions, run_gan};
pub use schedule::learning_rate_factor;

#[cfg(test)]
mod tests;
