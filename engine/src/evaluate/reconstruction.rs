//! How well a model finds pictures again that it has never seen (Zhu et al. 2016, table 1).

use std::ops::ControlFlow;

use serde::Serialize;

use crate::Result;
use crate::data::PictureSet;
use crate::edit::{Method, ProjectionSettings, project};
use crate::model::{Ability, Model};
use crate::rng::Rng;
use crate::search::Bank;

/// Which pictures are looked for.
const SEED: u64 = 0x6669_6e64;

/// Mean root of the mean squared difference between pictures and what was found, in light from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reconstruction {
    /// What the encoder says; nothing for a model without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<f32>,
    /// A search from the nearest pictures of the bank.
    pub optimizer: f32,
    /// A search that also starts from what the encoder says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hybrid: Option<f32>,
    /// Evaluations that each search could spend.
    pub evaluations: usize,
    /// How many pictures were looked for.
    pub pictures: usize,
}

/// Looks for `count` pictures of a set, whose size is the model's, from all over it and always the same ones. All
/// searches spend the same.
/// `progress` hears the pictures that are done.
///
/// # Errors
/// [`crate::Error::Shape`] for pictures of another size, [`crate::Error::NonFinite`] when a model breaks down.
pub fn reconstruction(
    model: &Model,
    bank: &Bank,
    pictures: &PictureSet,
    count: usize,
    evaluations: usize,
    mut progress: impl FnMut(usize),
) -> Result<Reconstruction> {
    let count = count.min(pictures.len());
    let mut sums = [0.0; 3];
    let methods: &[Method] = if model.info.can(Ability::Encode) {
        &[Method::Optimize, Method::Encoder, Method::Hybrid]
    } else {
        &[Method::Optimize]
    };
    let chosen = Rng::new(SEED).order(pictures.len());
    for (done, &index) in chosen.iter().take(count).enumerate() {
        let photo = pictures.to_picture(index)?;
        for (sum, &method) in sums.iter_mut().zip(methods) {
            let settings =
                ProjectionSettings { method, iterations: evaluations, ..ProjectionSettings::default() };
            *sum += project(model, bank, &photo, &settings, |_| ControlFlow::Continue(()))?.error;
        }
        progress(done + 1);
    }
    let [optimizer, encoder, hybrid] = sums.map(|sum| sum / count.max(1) as f32);
    let encoded = |error| model.info.can(Ability::Encode).then_some(error);
    Ok(Reconstruction {
        encoder: encoded(encoder),
        optimizer,
        hybrid: encoded(hybrid),
        evaluations,
        pictures: count,
    })
}
