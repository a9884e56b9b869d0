//! Projection: the latent whose picture comes nearest to a photo (Zhu et al. 2016, section 3).

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Latent, Model};
use crate::search::constraint::Constraints;
use crate::search::terms::PRIOR;
use crate::search::{self, Bank, DrawRequest, SolveSettings, SolverKind, Weights};
use crate::{Error, Picture, Result};

/// How a latent is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// What the model's encoder says, at once.
    Encoder,
    /// A search from the nearest pictures of the bank.
    Optimize,
    /// A search from what the encoder says, beside those from the bank.
    Hybrid,
}

/// How a search for a photo's latent goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProjectionSettings {
    /// How a latent is found.
    pub method: Method,
    /// Evaluations that each search may spend.
    pub iterations: usize,
    /// Searches that run beside each other; the best one counts.
    pub searches: usize,
    /// How strongly latents are kept plausible. A photo is no stroke: it says where every pixel belongs, so
    /// much less of this is needed.
    pub prior: f32,
    /// 0 searches from the nearest pictures of the whole bank, any other seed from those of a random half of it.
    pub seed: u64,
}

impl Default for ProjectionSettings {
    fn default() -> Self {
        Self { method: Method::Optimize, iterations: 200, searches: 4, prior: 0.005, seed: 0 }
    }
}

/// What became of a photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// The latent that was found.
    pub latent: Latent,
    /// Its picture.
    pub picture: Arc<Picture>,
    /// Root mean squared difference from the photo, in light from 0 to 1.
    pub error: f32,
}

/// Finds the latent whose picture comes nearest to a photo of the model's size. `progress` hears the
/// evaluations spent by the longest search and can end the search; the best latent so far is the result then.
///
/// # Errors
/// [`Error::Invalid`] when an encoder is asked for that the model lacks, [`Error::Shape`] for a photo of
/// another size.
pub fn project(
    model: &Model,
    bank: &Bank,
    photo: &Picture,
    settings: &ProjectionSettings,
    mut progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Projection> {
    let start = match settings.method {
        Method::Optimize => None,
        Method::Encoder | Method::Hybrid => Some(encode(model, photo)?),
    };
    if let (Method::Encoder, Some(latent)) = (settings.method, &start) {
        return result(model, photo, latent.clone());
    }
    let request = DrawRequest {
        constraints: Arc::new(whole_picture(photo, model.info.sides)?),
        settings: SolveSettings {
            solver: SolverKind::Fast,
            top_k: settings.searches,
            iterations: settings.iterations,
            weights: Weights::default().with(PRIOR, settings.prior),
            seed: settings.seed,
            ..SolveSettings::default()
        },
        start: start.into_iter().collect(),
        anchor: None,
        base: None,
    };
    let mut search = search::start(model, bank, &request)?;
    loop {
        let report = search.step()?;
        if report.done || progress(report.iteration).is_break() {
            break;
        }
    }
    let found = search.candidates()?;
    let mut best: Option<Projection> = None;
    for candidate in found {
        let error = difference(photo, &candidate.picture);
        if best.as_ref().is_none_or(|b| error < b.error) {
            best = Some(Projection { latent: candidate.latent, picture: candidate.picture, error });
        }
    }
    best.ok_or(Error::Cancelled)
}

/// What the model's encoder makes of a photo.
fn encode(model: &Model, photo: &Picture) -> Result<Latent> {
    let why_not =
        |error| Error::Invalid(format!("{error}; its latents can only be searched (method \"optimize\")"));
    let encoder = model.encoder().map_err(why_not)?;
    let latents = encoder.encode(&model.picture_tensor(photo)?)?;
    Ok(latents.flatten_all()?.to_vec1::<f32>()?.into())
}

fn result(model: &Model, photo: &Picture, latent: Latent) -> Result<Projection> {
    let picture = model.pictures(std::slice::from_ref(&latent))?.swap_remove(0);
    let error = difference(photo, &picture);
    Ok(Projection { latent, picture: Arc::new(picture), error })
}

/// A photo as a stroke that covers everything.
fn whole_picture(photo: &Picture, size: [usize; 2]) -> Result<Constraints> {
    let [height, width] = size;
    if [photo.height(), photo.width()] != size {
        return Err(Error::Shape {
            op: "project",
            left: vec![photo.height(), photo.width()],
            right: size.to_vec(),
            why: "a photo is projected at the model's size".into(),
        });
    }
    let everywhere = Picture::filled(width, height, [255; 3]);
    Constraints::from_pictures(Some((photo, &everywhere)), None, size)
}

/// Root mean squared difference of two pictures of one size, in light from 0 to 1.
fn difference(a: &Picture, b: &Picture) -> f32 {
    let squares = a.rgb().iter().zip(b.rgb()).map(|(a, b)| (f32::from(*a) - f32::from(*b)).powi(2));
    (squares.sum::<f32>() / a.rgb().len().max(1) as f32).sqrt() / 255.0
}

#[cfg(test)]
mod tests {
    use candle_core::Tensor;

    use super::*;
    use crate::model::toy::{TOY_LATENT, Temper, sized_toy, toy};
    use crate::model::{Abilities, Encoder, Prior};
    use crate::rng::Rng;

    /// An encoder that is right about everything but a constant.
    struct NearlyRight(Latent);

    impl Encoder for NearlyRight {
        fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
            let values: Vec<f32> = self.0.values().iter().map(|v| v + 0.1).collect();
            Ok(Tensor::from_vec(values, (1, TOY_LATENT), pictures.device())?)
        }
    }

    fn bank(model: &Model) -> Bank {
        let mut bank = Bank::new(model.clone(), 64);
        while !bank.is_complete() {
            bank.extend().unwrap();
        }
        bank
    }

    #[test]
    fn a_picture_of_the_model_is_found_again() {
        let model = toy(Temper::Good, Prior::Normal);
        let bank = bank(&model);
        let wanted = model.info.latents.draw(&mut Rng::new(9));
        let photo = model.pictures(std::slice::from_ref(&wanted)).unwrap().swap_remove(0);
        let run = |model: &Model, method| {
            let settings = ProjectionSettings { method, prior: 0.0, ..ProjectionSettings::default() };
            project(model, &bank, &photo, &settings, |_| ControlFlow::Continue(()))
        };
        let optimized = run(&model, Method::Optimize).unwrap();
        assert!(optimized.error < 0.02, "{}", optimized.error);
        assert!(run(&model, Method::Encoder).unwrap_err().to_string().contains("no encoder"));

        let encoder: Arc<dyn Encoder> = Arc::new(NearlyRight(wanted));
        let model = model.with_abilities(|able| Abilities { encoder: Some(encoder), ..able });
        let encoded = run(&model, Method::Encoder).unwrap();
        let hybrid = run(&model, Method::Hybrid).unwrap();
        assert!(hybrid.error < encoded.error && hybrid.error < 0.02, "{} {}", hybrid.error, encoded.error);
    }

    #[test]
    fn a_picture_that_is_not_square_is_found_again() {
        let model = sized_toy(Temper::Good, Prior::Normal, [24, 40]);
        let wanted = model.info.latents.draw(&mut Rng::new(9));
        let photo = model.pictures(std::slice::from_ref(&wanted)).unwrap().swap_remove(0);
        let settings = ProjectionSettings { prior: 0.0, ..ProjectionSettings::default() };
        let run =
            |photo: &Picture| project(&model, &bank(&model), photo, &settings, |_| ControlFlow::Continue(()));
        let found = run(&photo).unwrap();
        assert!(found.error < 0.05, "{}", found.error);
        assert_eq!((found.picture.height(), found.picture.width()), (24, 40));
        assert!(matches!(run(&photo.resized_nearest(24, 40)), Err(Error::Shape { .. })));
    }

    #[test]
    fn a_stopped_search_gives_what_it_has() {
        let model = toy(Temper::Good, Prior::Normal);
        let bank = bank(&model);
        let size = model.info.square().unwrap();
        let photo = Picture::filled(size, size, [90, 120, 200]);
        let settings = ProjectionSettings::default();
        let stopped = project(&model, &bank, &photo, &settings, |n| {
            if n > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(stopped.unwrap().error > 0.0);
        let small = Picture::filled(3, 3, [0; 3]);
        assert!(matches!(
            project(&model, &bank, &small, &settings, |_| ControlFlow::Continue(())),
            Err(Error::Shape { .. })
        ));
    }
}
