//! What every room stands in: the application, its commands and actions, keys, bars, messages.

pub mod action;
pub mod closing;
pub mod command;
pub mod notices;
pub mod session;
pub mod view;

mod dispatch;
mod hear;
mod keys;
pub(crate) mod panels;
mod studio;

#[cfg(test)]
mod tests;

pub use studio::{Studio, StudioOptions, WindowError, run_window};
