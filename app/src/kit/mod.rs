//! Widgets that the rooms share, and how they look.

pub mod announce;
pub mod area;
pub mod canvas;
pub mod controls;
pub mod ends;
pub mod focus;
pub mod icons;
pub mod picker;
pub mod scale;
pub mod slider;
pub mod text;
pub mod theme;
