//! What every recipe is made of: optimizer, schedule, augmentation, the trait of trainers, their state as a file.

pub(crate) mod adam;
pub(crate) mod augment;
pub(crate) mod fields;
pub(crate) mod latents;
mod measured;
pub(crate) mod memory;
pub(crate) mod network;
pub(crate) mod parts;
pub(crate) mod schedule;
pub(crate) mod setting;
pub(crate) mod settings;
pub(crate) mod sheet;
pub(crate) mod spectral;
pub(crate) mod state;
pub(crate) mod trainer;
pub(crate) mod undo;
