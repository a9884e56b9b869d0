//! Data sets.

mod curves;
pub mod landscape;
