//! A picture that is edited.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Extent;
use crate::model::Latent;
use crate::picture::smoothed;
use crate::{Picture, shared};

/// What a photo has in the large: the deviation of the Gaussian, as a share of the picture's shorter side.
const LARGE: f32 = 0.05;

/// A picture that is edited. What is seen of an edit is `photo + M (after - before)`, where `after` is the picture that
/// the search finds and M how free each pixel is ([`Extent::freedom`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// Where it lies in the latent space.
    pub latent: Latent,
    /// The model's picture of that latent.
    #[serde(with = "shared")]
    pub before: Arc<Picture>,
    /// What is seen of it, at the model's size: the part of a photo, or `before` itself.
    #[serde(with = "shared")]
    pub photo: Arc<Picture>,
    /// How far an edit may reach.
    pub extent: Extent,
}

impl Base {
    /// A picture of the model that is held.
    #[must_use]
    pub fn fixed(latent: Latent, picture: Arc<Picture>, extent: Extent) -> Self {
        Self { latent, before: picture.clone(), photo: picture, extent }
    }

    /// How the photo differs from the model's picture of it in the large, light from -1 to 1, `[row][column][channel]`:
    /// an edit keeps that, so it is not for the model to make. Nothing for a picture of the model itself.
    pub(super) fn residue(&self) -> Option<Vec<f32>> {
        if self.photo == self.before {
            return None;
        }
        let size @ [height, width] = [self.photo.height(), self.photo.width()];
        let differences = self.photo.rgb().iter().zip(self.before.rgb());
        let residue: Vec<f32> = differences.map(|(a, b)| (f32::from(*a) - f32::from(*b)) / 255.0).collect();
        Some(smoothed(&residue, size, 3, LARGE * height.min(width) as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_photo_has_beside_the_models_picture_is_its_residue() {
        let before = Arc::new(Picture::filled(16, 16, [100; 3]));
        let latent = Latent::from(vec![0.0]);
        let fixed = Base::fixed(latent, before.clone(), Extent::default());
        assert!(fixed.residue().is_none());
        let photo = Arc::new(Picture::filled(16, 16, [151, 100, 49]));
        let residue = Base { photo, ..fixed }.residue().unwrap();
        for (i, value) in residue.iter().enumerate() {
            assert!((value - [0.2, 0.0, -0.2][i % 3]).abs() < 1e-5);
        }
    }
}
