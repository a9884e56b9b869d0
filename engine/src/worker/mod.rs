//! The engine's thread and the way to talk to it.

mod handle;
mod latest;
mod opening;
mod protocol;
mod run;
mod session;

pub(crate) use handle::STACK_BYTES;
pub use handle::{Engine, Wake};
pub use latest::Latest;
pub use protocol::{
    Candidate, Command, DrawRequest, Event, Frame, JobId, ModelInfo, ModelSource, MorphFrames, Rendered,
    TermCost,
};

#[cfg(test)]
mod tests;
