//! The engine's thread and the way to talk to it.

mod handle;
mod latest;
mod protocol;
mod run;
mod session;

pub use handle::{Engine, Wake};
pub use latest::Latest;
pub use protocol::{
    Candidate, Command, DrawRequest, Event, Frame, JobId, ModelInfo, ModelSource, MorphFrames, TermCost,
};

#[cfg(test)]
mod tests;
