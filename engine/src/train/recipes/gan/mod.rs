//! The GANs: a plain one, and by its condition a CGAN, an ACGAN or an InfoGAN.

pub(crate) mod condition;
mod config;
mod grow;
pub(crate) mod recipe;
mod samples;
mod state;
mod trainer;

pub use condition::Condition;
pub use config::{GanConfig, Networks};
pub use trainer::Gan;

#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod loss_tests;
#[cfg(test)]
mod skip_tests;
#[cfg(test)]
pub(crate) mod tests;
