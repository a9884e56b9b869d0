//! Strokes, and the maps that they become at a model's resolution: colours, edges, patches of pictures, and what must
//! stay.

mod patch;
mod stroke;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use stroke::{Stroke, StrokeKind};

use crate::{Error, Picture, Result};
use stroke::{covered, segments, whole_byte};

/// What the picture shall agree with, at a model's resolution. Maps are row by row from the top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraints {
    /// Height and width in pixels.
    pub size: [usize; 2],
    /// Wanted colours, 0 to 1, `[row][column][channel]`; only the masked ones count.
    pub colour: Vec<f32>,
    /// How much of a pixel its colour is asked for, 0 to 1.
    pub colour_mask: Vec<f32>,
    /// Sketched edges, 0 to 1.
    pub edge: Vec<f32>,
    /// How light patches of pictures are, 0 to 1: their edges are wanted where they are masked.
    pub texture: Vec<f32>,
    /// How much of a pixel is covered by patches, 0 to 1.
    pub texture_mask: Vec<f32>,
    /// Where patches were taken from, 0 to 1: the picture may become another one there.
    pub taken: Vec<f32>,
    /// What must stay as it is, 0 to 1.
    pub keep: Vec<f32>,
    /// How much of what is asked for in a pixel counts, 0 to 1: the weight of its stroke.
    pub weight: Vec<f32>,
}

impl Constraints {
    /// Nothing asked for yet.
    #[must_use]
    pub fn empty(size: [usize; 2]) -> Self {
        let pixels = size[0] * size[1];
        let zeros = || vec![0.0; pixels];
        Self {
            size,
            colour: vec![0.0; 3 * pixels],
            colour_mask: zeros(),
            edge: zeros(),
            texture: zeros(),
            texture_mask: zeros(),
            taken: zeros(),
            keep: zeros(),
            weight: vec![1.0; pixels],
        }
    }

    /// Strokes in the order they were drawn; a later one covers an earlier one.
    #[must_use]
    pub fn rasterize(strokes: &[Stroke], size: [usize; 2]) -> Self {
        let mut maps = Self::empty(size);
        for stroke in strokes {
            maps.add(stroke);
        }
        maps
    }

    /// Draws one more stroke into the maps.
    pub fn add(&mut self, stroke: &Stroke) {
        let [height, width] = self.size.map(|side| side as f32);
        // A stroke thinner than a pixel would vanish between pixel centres.
        let radius = (stroke.width * height.min(width)).max(1.0) / 2.0;
        if let StrokeKind::Patch(picture) = &stroke.kind {
            self.add_patch(picture, stroke, radius);
            return;
        }
        for segment in segments(&stroke.points) {
            let [a, b] = segment.map(|[x, y]| [x * width, y * height]);
            for (i, cover) in covered(a, b, radius, self.size) {
                self.cover(i, cover, &stroke.kind, stroke.weight);
            }
        }
    }

    /// Covers a pixel with a part of a stroke.
    fn cover(&mut self, i: usize, cover: f32, kind: &StrokeKind, weight: f32) {
        match kind {
            StrokeKind::Colour(rgb) => {
                self.weigh(i, cover, weight);
                self.paint(i, cover, rgb.map(|byte| f32::from(byte) / 255.0));
            }
            StrokeKind::Sketch => {
                self.weigh(i, cover, weight);
                self.edge[i] = self.edge[i].max(cover);
                self.keep[i] = self.keep[i].min(whole_byte(1.0 - cover));
            }
            StrokeKind::Patch(_) => {}
            StrokeKind::Keep => {
                self.wipe(i, cover);
                self.keep[i] = self.keep[i].max(cover);
            }
            StrokeKind::Erase => self.wipe(i, cover),
        }
    }

    /// Asks for a colour, light from 0 to 1.
    fn paint(&mut self, i: usize, cover: f32, colour: [f32; 3]) {
        for (value, wanted) in self.colour[3 * i..3 * i + 3].iter_mut().zip(colour) {
            // Where nothing was asked for before, a half-covered pixel asks for the pure colour, only less loudly.
            let share = if self.colour_mask[i] > 0.0 { cover } else { 1.0 };
            *value = whole_byte(*value + share * (wanted - *value));
        }
        self.colour_mask[i] = self.colour_mask[i].max(cover);
        let left = whole_byte(1.0 - cover);
        self.texture_mask[i] = self.texture_mask[i].min(left);
        self.keep[i] = self.keep[i].min(left);
    }

    /// The newest stroke decides how much a pixel counts.
    fn weigh(&mut self, i: usize, cover: f32, weight: f32) {
        let weight = if weight.is_finite() { weight.clamp(0.0, 1.0) } else { 1.0 };
        let asked = self.colour_mask[i].max(self.edge[i]).max(self.texture_mask[i]);
        let share = if asked > 0.0 { cover } else { 1.0 };
        self.weight[i] += share * (weight - self.weight[i]);
    }

    /// Takes away what was asked for.
    fn wipe(&mut self, i: usize, cover: f32) {
        let left = whole_byte(1.0 - cover);
        let masks =
            [&mut self.colour_mask, &mut self.edge, &mut self.texture_mask, &mut self.taken, &mut self.keep];
        for mask in masks {
            mask[i] = mask[i].min(left);
        }
    }

    /// Maps from pictures: colours, a mask that is white where they count, and white edges on black.
    /// Pictures of another size are resized to the nearest pixel.
    ///
    /// # Errors
    /// [`Error::Invalid`] when neither the mask nor the edges hold anything.
    pub fn from_pictures(
        colour: Option<(&Picture, &Picture)>,
        edge: Option<&Picture>,
        size: [usize; 2],
    ) -> Result<Self> {
        let [height, width] = size;
        let mut maps = Self::empty(size);
        if let Some((colour, mask)) = colour {
            let colour = colour.resized_nearest(width, height);
            maps.colour = colour.rgb().iter().map(|&b| f32::from(b) / 255.0).collect();
            maps.colour_mask = mask.resized_nearest(width, height).lightness();
        }
        if let Some(edge) = edge {
            maps.edge = edge.resized_nearest(width, height).lightness();
        }
        if maps.is_empty() {
            return Err(Error::Invalid(
                "the strokes are empty: the colour mask needs white where a colour counts, \
                 or the edge picture white where an edge shall be"
                    .into(),
            ));
        }
        Ok(maps)
    }

    /// The maps with what must stay as it is: white where it must. A picture of another size is resized to the nearest
    /// pixel.
    #[must_use]
    pub fn keeping(mut self, keep: &Picture) -> Self {
        let [height, width] = self.size;
        self.keep = keep.resized_nearest(width, height).lightness();
        self
    }

    /// The maps as pictures: colours, their mask, edges (both white on black).
    #[must_use]
    pub fn to_pictures(&self) -> (Picture, Picture, Picture) {
        let byte = |light: &f32| (light * 255.0).round() as u8;
        let [height, width] = self.size;
        let mut colour = Picture::filled(width, height, [0; 3]);
        for (to, light) in colour.rgb_mut().iter_mut().zip(&self.colour) {
            *to = byte(light);
        }
        let grey = |map: &[f32]| {
            let mut picture = Picture::filled(width, height, [0; 3]);
            for (pixel, light) in picture.rgb_mut().chunks_exact_mut(3).zip(map) {
                pixel.fill(byte(light));
            }
            picture
        };
        (colour, grey(&self.colour_mask), grey(&self.edge))
    }

    /// True when the maps have as many numbers as pixels of their size ask for, and all are finite.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let pixels = self.size[0].saturating_mul(self.size[1]);
        let single = [
            &self.colour_mask,
            &self.edge,
            &self.texture,
            &self.texture_mask,
            &self.taken,
            &self.keep,
            &self.weight,
        ];
        let maps = single.into_iter().map(|map| (map, 1)).chain([(&self.colour, 3)]);
        maps.into_iter().all(|(map, each)| {
            map.len() == pixels.saturating_mul(each) && map.iter().all(|value| value.is_finite())
        })
    }

    /// True when nothing is asked for; what must stay asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_colour() && !self.has_edge() && !self.has_texture()
    }

    /// True when a colour is asked for somewhere.
    #[must_use]
    pub fn has_colour(&self) -> bool {
        self.colour_mask.iter().any(|&m| m > 0.0)
    }

    /// True when an edge is sketched somewhere.
    #[must_use]
    pub fn has_edge(&self) -> bool {
        self.edge.iter().any(|&m| m > 0.0)
    }

    /// True when the edges of a patch are asked for somewhere.
    #[must_use]
    pub fn has_texture(&self) -> bool {
        self.texture_mask.iter().any(|&m| m > 0.0)
    }
}
