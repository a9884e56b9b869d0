//! A training on a thread of its own, and the way to talk to it.

mod handle;
mod orders;
mod protocol;
mod work;

pub use handle::Training;
pub use protocol::{Job, Order, Reading, Standing, TrainingEvent};

#[cfg(test)]
mod messages;
#[cfg(test)]
mod tests;
