//! The painter's panels: one per file. A panel shows the session and says what a person did with it.

pub mod candidates;
pub mod colours;
pub mod cost;
pub mod latents;
pub mod model;
pub mod morph;
pub mod search;
pub mod side;
pub mod tools;
