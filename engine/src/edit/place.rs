//! The best place of a model's frame on a photo.

use std::sync::Arc;

use candle_core::Tensor;

use super::{Crop, Projection};
use crate::model::{Latent, Model};
use crate::{Picture, Result};

/// Places that a light model looks at together.
const AT_ONCE: usize = 16;
/// The frames that are tried, as shares of the largest one.
const SIDES: [f32; 5] = [1.0, 0.8, 0.62, 0.48, 0.36];
/// How far places of one frame lie apart, as a share of its side.
const APART: f32 = 0.3;
/// The shorter side of the copy of a photo that is looked at, in sides of the model's pictures.
const COPY: usize = 4;
/// How much less of a photo a frame of half the side must explain to be as good: where it hardly matters, the model sees
/// the whole.
const OF_SIZE: f32 = 0.08;

/// Looks over a photo for the place whose picture the model's encoder explains best, from the largest frames to the
/// smallest.
pub struct Placing {
    copy: Picture,
    sides: [usize; 2],
    places: Vec<Crop>,
    done: usize,
    best: Option<Best>,
}

struct Best {
    score: f32,
    crop: Crop,
    projection: Projection,
}

impl Placing {
    /// The search on a photo for pictures of a height and width.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for sides of no pixel.
    pub fn new(photo: &Picture, sides: [usize; 2]) -> Result<Self> {
        let whole = Crop { side: 1.0, ..Crop::middle(photo, sides) };
        let shorter = photo.width().min(photo.height());
        let least = sides[0].min(sides[1]);
        let scale = (COPY * least) as f32 / shorter as f32;
        let copy = if scale < 1.0 {
            let side = |side: usize| ((side as f32 * scale).round() as usize).max(1);
            whole.sample(photo, [side(photo.height()), side(photo.width())])?
        } else {
            photo.clone()
        };
        let largest = Crop::middle(photo, sides);
        let mut places = vec![largest];
        for share in SIDES {
            // Smaller than the model's own pictures there is nothing to see.
            let side = share * largest.side;
            if share < 1.0 && side * (shorter as f32) < least as f32 {
                break;
            }
            let crop = Crop { side, ..largest };
            // The nearest places to two opposite corners say how far the frame can move.
            let [first, last] =
                [0.0, 1.0].map(|at| Crop { centre: [at; 2], ..crop }.clamped(&copy, sides).centre);
            let covers = |axis: usize| 2.0 * first[axis];
            let steps = [0, 1].map(|axis| {
                let way = last[axis] - first[axis];
                (way / (APART * covers(axis)).max(1e-3)).ceil().clamp(0.0, 24.0) as usize
            });
            let along = |axis: usize, step: usize| match steps[axis] {
                0 => 0.5 * (first[axis] + last[axis]),
                all => first[axis] + (last[axis] - first[axis]) * step as f32 / all as f32,
            };
            for down in 0..=steps[1] {
                places.extend(
                    (0..=steps[0]).map(|right| Crop { centre: [along(0, right), along(1, down)], ..crop }),
                );
            }
        }
        Ok(Self { copy, sides, places, done: 0, best: None })
    }

    /// How many places were looked at, of how many.
    #[must_use]
    pub fn standing(&self) -> (usize, usize) {
        (self.done, self.places.len())
    }

    /// The best place so far: before anything was looked at the largest frame in the middle.
    #[must_use]
    pub fn best(&self) -> Crop {
        self.best.as_ref().map_or(self.places[0], |best| best.crop)
    }

    /// What the encoder makes of the best place so far.
    #[must_use]
    pub fn projection(&self) -> Option<&Projection> {
        self.best.as_ref().map(|best| &best.projection)
    }

    /// Looks at the next few places.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a model without an encoder or a decoder.
    pub fn step(&mut self, model: &Model) -> Result<()> {
        let next = &self.places[self.done..];
        let next = &next[..next.len().min(model.at_once(AT_ONCE))];
        if next.is_empty() {
            return Ok(());
        }
        let parts =
            next.iter().map(|crop| crop.sample(&self.copy, self.sides)).collect::<Result<Vec<_>>>()?;
        let tensors = parts.iter().map(|part| model.picture_tensor(part)).collect::<Result<Vec<_>>>()?;
        let latents = model.encoder()?.encode(&Tensor::cat(&tensors, 0)?)?.to_vec2::<f32>()?;
        let latents: Vec<Latent> = latents.into_iter().map(Latent::from).collect();
        let pictures = model.pictures(&latents)?;
        for (((crop, part), latent), picture) in next.iter().zip(parts).zip(latents).zip(pictures) {
            let of_size = OF_SIZE * (crop.side / self.places[0].side).log2();
            let projection = Projection::new(&Arc::new(part), latent, Arc::new(picture), Vec::new());
            let score = projection.explained + of_size;
            if self.best.as_ref().is_none_or(|best| score > best.score) {
                self.best = Some(Best { score, crop: *crop, projection });
            }
        }
        self.done += next.len();
        Ok(())
    }
}
