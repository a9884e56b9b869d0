//! The panels around the canvas. They read the session and emit commands, nothing else.

pub mod candidates;
pub mod colours;
mod controls;
pub mod cost;
pub mod drop_hint;
pub mod latents;
pub mod model;
mod model_menu;
pub mod morph;
pub mod notice;
pub mod path_field;
pub mod picker;
pub mod search;
pub mod side;
mod slider;
pub mod status;
pub mod tools;
pub mod top;
pub mod training;
