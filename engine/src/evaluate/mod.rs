//! How good a model is, measured: how far its pictures are from real ones, how well it finds pictures again,
//! what strokes do to them, and what single latents know of a world's factors; how near enlarged pictures and transferred
//! changes come to the truth.
//!
//! Distances of sets of pictures depend on how many there are. So every distance comes with its floor, the
//! distance between two held-out sets of the same number: a perfect model reaches 1 floor, not 0.

mod editing;
mod encoder;
mod enlarging;
mod factors;
mod features;
mod frechet;
mod learn;
mod neighbours;
mod reconstruction;
mod report;
mod transfer;
mod wasserstein;

pub use editing::{Editing, Held, editing};
pub use encoder::{encode, varying};
pub use enlarging::{Enlargement, enlargements};
pub use factors::{Column, Disentanglement, FactorShare, disentanglement};
pub use features::{FEATURES, FeatureNetwork, Features};
pub use frechet::frechet_distance;
pub use learn::FeatureLearner;
pub use neighbours::{PrecisionRecall, precision_recall};
pub use reconstruction::{Reconstruction, reconstruction};
pub use report::{Distances, FEW_IN_A_SET, LEAST_IN_A_SET, Report, Sets, WithFloor, distances};
pub use transfer::{CHANGES, Change, Kind, Transferred, changes, transferred};
pub use wasserstein::sliced_wasserstein;
