//! A training with a clock and a folder: log, curves, sample sheets, checkpoints, the model folder.

pub(crate) mod available;
pub(crate) mod claim;
pub(crate) mod clock;
pub(crate) mod curves;
pub(crate) mod fits;
pub(crate) mod folder;
pub(crate) mod log;
pub(crate) mod note;
pub(crate) mod progress;
pub(crate) mod runner;
pub(crate) mod saved;
mod stopwatch;
#[cfg(test)]
mod tests;
