//! Enlargers (Ledig et al. 2017): first for squared error alone (SRResNet), then against a critic as well (SRGAN).

mod config;
mod degrade;
mod pairs;
pub(crate) mod recipe;
mod trainer;

pub use config::EnlargeConfig;
pub use trainer::EnlargeTraining;
