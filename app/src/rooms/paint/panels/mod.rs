//! The painter's panels: one per file. A panel shows the room and says what a person did with it.

pub mod base;
pub mod candidates;
pub mod colours;
pub mod cost;
mod enlarger;
pub mod latents;
pub mod model;
pub mod morph;
pub mod search;
pub mod side;
pub mod status;
pub mod strokes;
pub mod tools;
pub mod top;

/// The parts of the panel at the right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Pictures to choose from, what they cost, how they are searched.
    #[default]
    Candidates,
    /// The strokes, newest first.
    Strokes,
    /// A slider for each number of the shown picture's latent.
    Latents,
    /// What the model is, what is assumed of it, what it makes.
    Model,
}
