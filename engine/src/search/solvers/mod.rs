//! The ways to search: a file each.

pub(super) mod fast;
pub(super) mod igan;
mod lbfgs;
mod rank;

pub use rank::{average_weights, rank};
