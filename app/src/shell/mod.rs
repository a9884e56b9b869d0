//! What every room stands in: the application, its rooms, what can be done in all of them, bars, the question before the
//! window closes.

pub mod closing;
pub mod house;

mod actions;
mod command;
mod keys;
mod panels;
mod studio;

#[cfg(test)]
mod tests;

pub use studio::{Studio, StudioOptions, WindowError, run_window};
