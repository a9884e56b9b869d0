//! Widgets that the rooms share, and how they look.

pub mod announce;
pub mod area;
pub mod controls;
pub mod ends;
pub mod focus;
pub mod icons;
pub mod look;
pub mod picker;
pub mod scale;
pub mod slider;
pub mod text;
pub mod texture;
pub mod theme;
pub mod words;
