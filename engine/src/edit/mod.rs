//! Photos through a model: the part that it sees, the latent that is nearest, and changes made in the photo itself.

mod composite;
mod crop;
mod learned;
mod mask;
mod measure;
mod middle;
mod place;
mod project;
mod reach;

mod transfer;

pub use composite::composite;
pub use crop::{Crop, Placement};
pub use learned::{LIKE_NOISE, explained};
pub use mask::Mask;
pub use measure::Effect;
pub use middle::middle;
pub use place::Placing;
pub use project::{Method, Projecting, Projection, ProjectionSettings, Standing, project};
pub use transfer::{Enlarge, Transfer};
