//! The search of a latent space, as steppers.

mod settings;

pub use settings::{SolveSettings, SolverKind, Weights};
