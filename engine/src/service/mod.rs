//! The engine's thread and the way to talk to it.

mod change;
mod handle;
mod job;
mod open_model;
mod opening;
mod pictures;
mod project;
mod protocol;
mod retouch;
mod run;
mod search;
mod session;

pub use handle::Engine;
pub use protocol::{Command, Content, Event, Frame, JobId, ModelHandle, Projected, Retouching, Topic};

#[cfg(test)]
mod tests;
