//! The line to the engine.

pub mod engine_link;
pub mod port;

#[cfg(test)]
pub(crate) mod scripted;
