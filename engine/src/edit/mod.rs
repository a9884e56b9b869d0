//! Photos through a model.

mod middle;
mod project;

pub use middle::middle;
pub use project::{Method, Projection, ProjectionSettings, project};
