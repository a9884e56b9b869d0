//! Data sets.

pub mod landscape;
