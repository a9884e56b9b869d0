//! Photos through a model: the part that it sees, the latent that is nearest, and changes made in the photo itself.

mod crop;
mod mask;
mod middle;
mod project;
mod transfer;

pub use crop::{Crop, Placement};
pub use mask::Mask;
pub use middle::middle;
pub use project::{Method, Projection, ProjectionSettings, project};
pub use transfer::{Enlarge, Transfer};
