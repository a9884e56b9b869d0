//! The engine's thread and the way to talk to it.

mod change;
mod handle;
mod job;
mod open_model;
mod opening;
mod pictures;
mod protocol;
mod run;
mod search;
mod session;

pub use handle::Engine;
pub use protocol::{Command, Content, Event, Frame, JobId, ModelHandle, Topic};

#[cfg(test)]
mod tests;
