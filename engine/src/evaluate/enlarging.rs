//! How good an enlarger is: how near its pictures are to what was made small, and how much like it.

use std::ops::ControlFlow;

use serde::Serialize;

use super::features::FeatureNetwork;
use super::frechet::frechet_distance;
use crate::data::PictureSet;
use crate::enlarge::{Way, enlarge, has_way};
use crate::model::Model;
use crate::{Error, Picture, Result};

/// Side of the patches whose distance is measured.
const PATCH: usize = 64;
/// Fewer patches have no distance worth the name.
const LEAST_PATCHES: usize = 128;

/// How good one way to enlarge is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enlargement {
    /// The way.
    pub way: Way,
    /// Ratio of peak to noise in decibels, the mean over the pictures ("PSNR", over all colours).
    pub peak_ratio: f32,
    /// Similarity of structure, the mean over the pictures ("SSIM", of lightness).
    pub similarity: f32,
    /// The Fréchet distance between patches of 64 pixels a side of its pictures and of the originals, at the same places.
    pub patch_distance: f64,
}

/// Every picture made smaller by the enlarger's factor with a cubic filter, and larger again in each way that the model
/// has. Pictures are cut so that their sides are multiples of the factor.
///
/// # Errors
/// [`Error::Invalid`] for a model without an enlarger, or pictures with fewer than 128 patches in all.
pub fn enlargements(
    network: &FeatureNetwork,
    model: &Model,
    originals: &[Picture],
) -> Result<Vec<Enlargement>> {
    let factor = model.enlarger()?.factor();
    let cut = |picture: &Picture| {
        let whole = |side: usize| side - side % factor;
        picture.part(0, 0, whole(picture.width()), whole(picture.height()))
    };
    let originals = originals.iter().map(cut).collect::<Result<Vec<_>>>()?;
    let real = patches(&originals)?;
    if real.len() < LEAST_PATCHES {
        return Err(Error::Invalid(format!(
            "the pictures have {} patches of {PATCH} x {PATCH} pixels: {LEAST_PATCHES} are the least that a distance can be \
             measured by",
            real.len()
        )));
    }
    let real = network.features(&real)?;
    let small: Vec<Picture> = originals
        .iter()
        .map(|picture| picture.resized_bicubic(picture.width() / factor, picture.height() / factor))
        .collect();
    let of = |way: Way| {
        let made = small
            .iter()
            .map(|picture| enlarge(model, picture, way, &mut |_, _| ControlFlow::Continue(())))
            .collect::<Result<Vec<_>>>()?;
        let mean = |measure: &dyn Fn(&Picture, &Picture) -> f32| {
            let all = made.iter().zip(&originals).map(|(made, original)| measure(made, original));
            all.sum::<f32>() / made.len() as f32
        };
        Ok(Enlargement {
            way,
            peak_ratio: mean(&Picture::peak_ratio),
            similarity: mean(&Picture::structural_similarity),
            patch_distance: frechet_distance(&network.features(&patches(&made)?)?, &real),
        })
    };
    Way::ALL.into_iter().filter(|way| has_way(model, *way)).map(of).collect()
}

/// The patches of pictures, side by side.
fn patches(pictures: &[Picture]) -> Result<PictureSet> {
    let mut all = Vec::new();
    for picture in pictures {
        for top in (0..picture.height() / PATCH).map(|row| row * PATCH) {
            for left in (0..picture.width() / PATCH).map(|column| column * PATCH) {
                all.push(picture.part(left, top, PATCH, PATCH)?.into_rgb());
            }
        }
    }
    PictureSet::from_rgb(PATCH, all)
}
