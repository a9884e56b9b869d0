//! Painting: a document of strokes and pictures, its steps, its tools and its panels.

pub mod document;
pub mod history;
pub mod latents;
pub mod tools;

pub(crate) mod morph;
pub(crate) mod panels;
pub(crate) mod samples;
pub(crate) mod stroke_maps;
