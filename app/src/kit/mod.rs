//! Widgets that the rooms share, and how they look.

pub mod canvas;
pub mod controls;
pub mod icons;
pub mod picker;
pub mod slider;
pub mod theme;
