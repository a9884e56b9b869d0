//! The line to the engine: what is wanted, what runs, what came back.

pub mod answer;
pub mod jobs;
pub mod models;
pub mod port;
pub mod request;

mod local;

#[cfg(test)]
pub(crate) mod scripted;
