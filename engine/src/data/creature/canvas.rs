//! The picture while it is painted: shapes one over the other, each with an outline and soft light.

use super::shapes::{Shape, Touch};
use crate::data::colour::Colour;
use crate::data::curves::{cover, smooth};

/// Row of the floor's line under the creature's feet, as a height: -1 is the lower side of the picture.
pub(super) const GROUND: f32 = -0.80;
/// Width of the outline around a part, in the creature's units.
pub(super) const OUTLINE: f32 = 0.026;

/// A square picture in the creature's own coordinates: x to the right from its middle, y up from the ground.
pub(super) struct Canvas {
    pixels: Vec<Colour>,
    size: usize,
    /// The creature's unit in half heights of the picture.
    scale: f32,
    /// How far a point moves to the right per height above the ground.
    slant: f32,
    /// Width of a pixel in the creature's units.
    pub pixel: f32,
}

/// Light and outline of a part.
#[derive(Clone, Copy)]
pub(super) struct Finish {
    /// Colour of the outline.
    pub outline: Colour,
    /// Width of the outline, the creature's units; 0 for none.
    pub width: f32,
    /// Colour that the shaded side is multiplied by.
    pub shade: Colour,
    /// Strength of the highlight, 0..1.
    pub gloss: f32,
}

impl Canvas {
    pub(super) fn new(size: usize, scale: f32, slant: f32) -> Self {
        let pixels = vec![Colour::default(); size * size];
        Self { pixels, size, scale, slant, pixel: 2.0 / (size as f32 * scale) }
    }

    /// Fills the picture with `colour` of a point in half heights of the picture: x to the right, y up.
    pub(super) fn fill(&mut self, colour: impl Fn(f32, f32) -> Colour) {
        let step = 2.0 / self.size as f32;
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            let (row, column) = (i / self.size, i % self.size);
            *pixel = colour((column as f32 + 0.5) * step - 1.0, 1.0 - (row as f32 + 0.5) * step);
        }
    }

    /// Calls `change` with the coordinates and the colour of every pixel within `bounds` and `margin` around them.
    pub(super) fn each(
        &mut self,
        bounds: [f32; 4],
        margin: f32,
        mut change: impl FnMut(f32, f32, &mut Colour),
    ) {
        let half = 0.5 * self.size as f32;
        let clip = |x: f32| x.clamp(0.0, self.size as f32) as usize;
        let row = |y: f32| (1.0 - GROUND - self.scale * y) * half;
        for r in clip(row(bounds[3] + margin))..clip(row(bounds[1] - margin) + 1.0) {
            let y = ((1.0 - GROUND) - (r as f32 + 0.5) / half) / self.scale;
            let lean = self.slant * y;
            let column = |x: f32| (1.0 + self.scale * (x + lean)) * half;
            for c in clip(column(bounds[0] - margin))..clip(column(bounds[2] + margin) + 1.0) {
                let x = ((c as f32 + 0.5) / half - 1.0) / self.scale - lean;
                change(x, y, &mut self.pixels[r * self.size + c]);
            }
        }
    }

    /// Paints `shape` on both sides of the creature, without light, its edge fading over `softness` to each side.
    pub(super) fn spread(&mut self, shape: &impl Shape, strength: f32, softness: f32, colour: Colour) {
        let pixel = self.pixel;
        self.each(both_sides(shape.bounds()), pixel + softness, |x, y, below| {
            let distance = shape.touch(x.abs(), y).distance;
            let cover = strength * cover(distance, pixel + 2.0 * softness);
            if cover > 0.0 {
                *below = below.mix(colour, cover);
            }
        });
    }

    /// Paints `shape` on both sides of the creature. `colour` is the skin at a point, before the light.
    pub(super) fn pair(
        &mut self,
        shape: &impl Shape,
        finish: &Finish,
        colour: impl Fn(f32, f32, &Touch) -> Colour,
    ) {
        let pixel = self.pixel;
        self.each(both_sides(shape.bounds()), finish.width + pixel, |x, y, below| {
            let mut touch = shape.touch(x.abs(), y);
            touch.facing[0] *= 1.0_f32.copysign(x);
            finish.apply(&touch, pixel, below, |touch| colour(x, y, touch));
        });
    }

    /// Paints `shape` where it is, and not mirrored.
    pub(super) fn single(
        &mut self,
        shape: &impl Shape,
        finish: &Finish,
        colour: impl Fn(f32, f32, &Touch) -> Colour,
    ) {
        let pixel = self.pixel;
        self.each(shape.bounds(), finish.width + pixel, |x, y, below| {
            finish.apply(&shape.touch(x, y), pixel, below, |touch| colour(x, y, touch));
        });
    }

    /// Paints `colour` where `cover` of a point within `bounds` says so, 0..1.
    pub(super) fn stain(&mut self, bounds: [f32; 4], colour: Colour, cover: impl Fn(f32, f32) -> f32) {
        let pixel = self.pixel;
        self.each(bounds, pixel, |x, y, below| {
            let cover = cover(x, y);
            if cover > 0.0 {
                *below = below.mix(colour, cover);
            }
        });
    }

    /// Rows top-down, 3 bytes a pixel.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.pixels.len() * 3];
        for (bytes, colour) in bytes.chunks_exact_mut(3).zip(&self.pixels) {
            bytes.copy_from_slice(&colour.bytes());
        }
        bytes
    }
}

impl Finish {
    #[inline]
    fn apply(&self, touch: &Touch, pixel: f32, below: &mut Colour, colour: impl Fn(&Touch) -> Colour) {
        let outer = cover(touch.distance - self.width, pixel);
        if outer <= 0.0 {
            return;
        }
        let inner = cover(touch.distance, pixel);
        let painted = if inner > 0.0 {
            self.outline.mix(self.lit(colour(touch), touch.facing), inner)
        } else {
            self.outline
        };
        *below = below.mix(painted, outer);
    }

    /// `skin` in the light that comes from above, from the left and from the front.
    #[inline]
    fn lit(&self, skin: Colour, facing: [f32; 2]) -> Colour {
        /// To the light: right, up, ahead; and halfway between that and the eye.
        const LIGHT: [f32; 3] = [-0.42, 0.62, 0.66];
        const HALFWAY: [f32; 3] = [-0.231, 0.341, 0.911];
        let ahead = (1.0 - facing[0] * facing[0] - facing[1] * facing[1]).max(0.0).sqrt();
        let along = |to: [f32; 3]| facing[0] * to[0] + facing[1] * to[1] + ahead * to[2];
        let light = smooth(-0.45, 0.75, along(LIGHT));
        let shine = self.gloss * smooth(0.90, 0.985, along(HALFWAY));
        (skin * self.shade).mix(skin, light) * (0.9 + 0.22 * light) + Colour::linear([0.5; 3]) * shine
    }
}

/// The bounds of a shape together with its mirror image.
fn both_sides(bounds: [f32; 4]) -> [f32; 4] {
    let wide = bounds[2].max(-bounds[0]);
    [-wide, bounds[1], wide, bounds[3]]
}
