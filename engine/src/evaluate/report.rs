//! All measures of a model in one report.

use serde::Serialize;

use super::editing::Editing;
use super::factors::Disentanglement;
use super::features::FeatureNetwork;
use super::frechet::frechet_distance;
use super::neighbours::{PrecisionRecall, precision_recall};
use super::reconstruction::Reconstruction;
use super::wasserstein::sliced_wasserstein;
use crate::Result;
use crate::data::PictureSet;
use crate::model::Model;
use crate::rng::Rng;

/// Three sets of as many pictures.
#[derive(Clone, Debug)]
pub struct Sets {
    /// Random pictures of the model.
    pub made: PictureSet,
    /// Real pictures that it did not learn from.
    pub held_out: PictureSet,
    /// More of these, for the floor.
    pub other_half: PictureSet,
}

/// A distance and what it is of two held-out halves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithFloor<T> {
    /// Between the model's pictures and real ones.
    pub model: T,
    /// Between real ones and real ones.
    pub floor: T,
}

/// How far the model's pictures are from real ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distances {
    /// In the features of the factor-predicting network.
    pub frechet: WithFloor<f64>,
    /// How many floors that is; 1 is perfect.
    pub frechet_floors: f64,
    /// For each scale from the model's own down to 16 pixels, times 1000.
    pub sliced_wasserstein: WithFloor<Vec<f32>>,
    /// Precision and recall.
    pub precision_recall: WithFloor<PrecisionRecall>,
    /// Pictures in each set.
    pub pictures: usize,
}

/// What `latent-studio evaluate` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The model's name.
    pub model: String,
    /// What it was compared with.
    pub data: String,
    /// How far its pictures are from real ones.
    pub distances: Distances,
    /// What single latents know of the world's factors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disentanglement: Option<Disentanglement>,
    /// How well it finds pictures again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconstruction: Option<Reconstruction>,
    /// What strokes do to its pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editing: Option<Editing>,
}

impl Sets {
    /// Random pictures of the model from a seed, against real ones: the first half of `real` and the second. All
    /// sets have as many pictures as a half, and at most `most`.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for fewer than 8 real pictures, [`crate::Error::NonFinite`] when the model
    /// breaks down.
    pub fn new(model: &Model, real: &PictureSet, most: usize, seed: u64) -> Result<Self> {
        let count = most.min(real.len() / 2);
        if count < 4 {
            return Err(crate::Error::Invalid("a distance needs 8 real pictures or more".into()));
        }
        let half = |from: usize| {
            PictureSet::from_rgb(real.size(), (from..from + count).map(|i| real.picture(i).to_vec()))
        };
        let mut rng = Rng::new(seed);
        let mut made = Vec::with_capacity(count);
        while made.len() < count {
            let now = model.at_once(64).clamp(1, count - made.len());
            let latents: Vec<_> = (0..now).map(|_| model.info.latents.draw(&mut rng)).collect();
            made.extend(model.pictures(&latents)?.into_iter().map(|p| p.square(real.size()).into_rgb()));
        }
        Ok(Self {
            made: PictureSet::from_rgb(real.size(), made)?,
            held_out: half(0)?,
            other_half: half(count)?,
        })
    }
}

/// The distances between sets.
///
/// # Errors
/// [`crate::Error::Tensor`] when memory runs out.
pub fn distances(network: &FeatureNetwork, sets: &Sets) -> Result<Distances> {
    let made = network.features(&sets.made)?;
    let real = network.features(&sets.held_out)?;
    let other = network.features(&sets.other_half)?;
    let frechet = WithFloor { model: frechet_distance(&made, &real), floor: frechet_distance(&other, &real) };
    Ok(Distances {
        frechet_floors: frechet.model / frechet.floor.max(f64::MIN_POSITIVE),
        frechet,
        sliced_wasserstein: WithFloor {
            model: sliced_wasserstein(&sets.made, &sets.held_out),
            floor: sliced_wasserstein(&sets.other_half, &sets.held_out),
        },
        precision_recall: WithFloor {
            model: precision_recall(&made, &real),
            floor: precision_recall(&other, &real),
        },
        pictures: sets.made.len(),
    })
}
