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

/// Fewer pictures in a set have no distance worth the name.
pub const LEAST_IN_A_SET: usize = 16;
/// With fewer in a set than this, another set of the same pictures' kind gives quite another distance.
pub const FEW_IN_A_SET: usize = 500;
/// Floors below this are rounding: both halves hold the same pictures.
const NO_FLOOR: f64 = 1e-9;
/// The order that real pictures are divided into halves in.
const SEED: u64 = 0x6861_6c76;

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
    /// How many floors that is; 1 is perfect, and nothing where both halves hold the same pictures.
    pub frechet_floors: Option<f64>,
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
    /// Random pictures of the model from a seed, against two halves of `real`. The halves are drawn at random, always
    /// the same ones: pictures that come sorted, by class or by name, are in both. All sets have as many pictures as a
    /// half, and at most `most`.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for fewer real pictures than two sets of [`LEAST_IN_A_SET`],
    /// [`crate::Error::NonFinite`] when the model breaks down.
    pub fn new(model: &Model, real: &PictureSet, most: usize, seed: u64) -> Result<Self> {
        let count = most.min(real.len() / 2);
        if count < LEAST_IN_A_SET {
            return Err(crate::Error::Invalid(format!(
                "{} real pictures are too few: two sets of {LEAST_IN_A_SET} are the least that distances can be measured \
                 between, and 2000 in each say something",
                real.len()
            )));
        }
        let order = Rng::new(SEED).order(real.len());
        let half = |from: usize| {
            let chosen = &order[from..from + count];
            PictureSet::from_rgb(real.size(), chosen.iter().map(|&i| real.picture(i).to_vec()))
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
        frechet_floors: (frechet.floor > NO_FLOOR).then(|| frechet.model / frechet.floor),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Prior;
    use crate::model::toy::{TOY_SIZE, Temper, toy};

    /// Pictures of one colour each: dark ones, then light ones.
    fn sorted(count: usize) -> PictureSet {
        let shade = |i: usize| (if i < count / 2 { 10 } else { 200 }) + (i % 40) as u8;
        let pictures = (0..count).map(|i| vec![shade(i); 3 * TOY_SIZE * TOY_SIZE]);
        PictureSet::from_rgb(TOY_SIZE, pictures).unwrap()
    }

    #[test]
    fn both_halves_of_sorted_pictures_hold_every_kind() {
        let sets = Sets::new(&toy(Temper::Good, Prior::Normal), &sorted(200), 1000, 1).unwrap();
        let dark = |set: &PictureSet| (0..set.len()).filter(|&i| set.picture(i)[0] < 100).count();
        assert_eq!((sets.made.len(), sets.held_out.len(), sets.other_half.len()), (100, 100, 100));
        let halves = [dark(&sets.held_out), dark(&sets.other_half)];
        assert!(halves.iter().all(|dark| (35..=65).contains(dark)), "{halves:?}");
        assert_eq!(halves[0] + halves[1], 100, "no picture is in both");
        let told = distances(&FeatureNetwork::bundled().unwrap(), &sets).unwrap();
        assert!(told.frechet_floors.unwrap() > 2.0, "{told:?}");
    }

    #[test]
    fn pictures_that_are_few_or_all_alike_have_no_floor() {
        let model = toy(Temper::Good, Prior::Normal);
        let error = Sets::new(&model, &sorted(31), 1000, 1).unwrap_err().to_string();
        assert!(error.contains("31 real pictures are too few"), "{error}");
        let alike = PictureSet::from_rgb(TOY_SIZE, vec![vec![9; 3 * TOY_SIZE * TOY_SIZE]; 40]).unwrap();
        let sets = Sets::new(&model, &alike, 1000, 1).unwrap();
        let told = distances(&FeatureNetwork::bundled().unwrap(), &sets).unwrap();
        assert_eq!((told.frechet_floors, told.pictures), (None, 20));
    }
}
