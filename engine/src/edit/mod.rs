//! Photos through a model.

mod project;

pub use project::{Method, Projection, ProjectionSettings, project};
