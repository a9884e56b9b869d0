//! The parts of the window that stay whatever room is shown.

pub mod closing;
pub mod drop_hint;
mod model_menu;
pub mod notice;
pub mod path_field;
pub mod status;
pub mod top;
