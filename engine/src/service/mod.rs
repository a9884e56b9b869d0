//! The engine's thread and the way to talk to it.

mod handle;
mod opening;
mod protocol;
mod run;
mod session;

pub use handle::Engine;
pub use protocol::{Command, Event, Frame, JobId, MorphFrames, Rendered};

#[cfg(test)]
mod tests;
