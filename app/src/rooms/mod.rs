//! What the window is used for, a folder each.

pub mod paint;
pub(crate) mod train;
