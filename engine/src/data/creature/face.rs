//! The creature's face: eyes, lids, brows, muzzle and mouth.

use super::body::Palette;
use super::canvas::Canvas;
use super::factors::Factors;
use super::shapes::{Ellipse, Limb, Shape};
use crate::data::colour::Colour;
use crate::data::curves::{cover, lerp, smooth};

/// Measures of a face, in the creature's units.
pub(super) struct Face {
    /// Right eye: middle, half width, half height.
    eye: [f32; 2],
    wide: f32,
    high: f32,
    /// How far the face is turned to the right.
    turn: f32,
    /// -1 (grim) to 1 (laughing).
    mood: f32,
    mouth: f32,
    radius: f32,
}

impl Face {
    /// The face of a head with `radius` whose middle is `crown` above the ground.
    pub(super) fn new(factors: &Factors, radius: f32, crown: f32) -> Self {
        let wide = lerp(0.06, 0.115, factors.eyes);
        Self {
            eye: [0.055 + 0.95 * wide, crown + 0.06],
            wide,
            high: 1.12 * wide,
            turn: 0.075 * factors.lean,
            mood: 2.0 * factors.mood - 1.0,
            mouth: crown - 0.5 * radius,
            radius,
        }
    }

    /// 0 where a pattern would hide the face, 1 elsewhere.
    pub(super) fn free(&self, x: f32, y: f32) -> f32 {
        let middle = 0.5 * (self.eye[1] + self.mouth);
        let (a, b) = ((x - self.turn) / (self.eye[0] + 1.5 * self.wide), (y - middle) / (0.85 * self.radius));
        smooth(0.7, 1.3, a * a + b * b)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas, palette: &Palette) {
        self.muzzle(canvas, palette);
        for side in [-1.0, 1.0] {
            self.eye(canvas, palette, side);
        }
        self.mouth(canvas, palette);
    }

    fn muzzle(&self, canvas: &mut Canvas, palette: &Palette) {
        let pale = palette.belly.mix(palette.skin, 0.25) * 1.04;
        let (wide, high) = (0.42 * self.radius, 0.3 * self.radius);
        let (x, y) = (1.3 * self.turn, self.mouth + 0.02);
        let muzzle = Ellipse::new(x, y, wide, high);
        let pixel = canvas.pixel;
        let bounds = [x - wide, y - high, x + wide, y + high];
        canvas.stain(bounds, pale, |a, b| cover(muzzle.touch(a, b).distance, pixel + 0.03));
        let nose = Ellipse::new(1.6 * self.turn, y + 0.75 * high, 0.042, 0.03);
        let bounds = nose.bounds();
        canvas.stain(bounds, palette.line, |a, b| cover(nose.touch(a, b).distance, pixel));
    }

    fn eye(&self, canvas: &mut Canvas, palette: &Palette, side: f32) {
        let (x, y) = (self.turn + side * self.eye[0], self.eye[1]);
        let (wide, high, pixel) = (self.wide, self.high, canvas.pixel);
        let ball = Ellipse::new(x, y, wide, high);
        let ring = Ellipse::new(x, y, wide + 0.016, high + 0.016);
        let look = [x - 0.12 * side * wide + 0.7 * self.turn, y - 0.04 * high];
        let iris = Ellipse::new(look[0], look[1], 0.68 * wide, 0.72 * high);
        let pupil = Ellipse::new(look[0], look[1], 0.4 * wide, 0.46 * high);
        let shine = Ellipse::new(look[0] - 0.26 * wide, look[1] + 0.32 * high, 0.25 * wide, 0.25 * wide);
        let glint = Ellipse::new(look[0] + 0.24 * wide, look[1] - 0.34 * high, 0.13 * wide, 0.13 * wide);
        // The upper lid sinks with a grim mood, and its inner end with it; the lower one rises with a laugh.
        let tilt = lerp(0.75, -0.3, 0.5 + 0.5 * self.mood);
        let upper = high * (1.05 - 0.5 * smooth(0.1, -1.0, self.mood));
        let lower = high * lerp(1.1, 0.66, smooth(0.2, 1.0, self.mood));
        let bounds = ring.bounds();
        let white = Colour::linear([0.97; 3]);
        let colour = palette.accent * 0.6;
        canvas.each(bounds, pixel, |u, v, below| {
            let inside = cover(ring.touch(u, v).distance, pixel);
            if inside <= 0.0 {
                return;
            }
            let at = |shape: &Ellipse| cover(shape.touch(u, v).distance, pixel);
            let mut eye = palette.line.mix(white, at(&ball));
            eye = eye.mix(colour, at(&iris)).mix(Colour::linear([0.012; 3]), at(&pupil));
            eye = eye.mix(Colour::linear([1.0; 3]), at(&shine)).mix(white, 0.7 * at(&glint));
            // Lids: skin beyond a line, with a dark rim along it.
            let edge = v - y - upper - tilt * side * (u - x);
            let low = y - lower - v + 0.5 * (u - x).powi(2) / wide;
            let lid = if edge > low { edge } else { low };
            eye = eye.mix(palette.line, cover(-lid - 0.02, pixel));
            eye = eye.mix(palette.skin * 0.9, cover(-lid, pixel));
            *below = below.mix(eye, inside);
        });
        // Brows appear with strong moods.
        let strength = smooth(0.15, 0.6, self.mood.abs());
        let height = y + high + 0.045 + 0.02 * self.mood;
        let rise = wide * lerp(0.4, -0.14, 0.5 + 0.5 * self.mood);
        let brow = Limb::new(
            [x - 0.8 * wide, height - side * rise],
            [x + 0.8 * wide, height + side * rise],
            [0.017, 0.017],
        );
        canvas.stain(brow.bounds(), palette.line, |u, v| strength * cover(brow.touch(u, v).distance, pixel));
    }

    fn mouth(&self, canvas: &mut Canvas, palette: &Palette) {
        let (x, y, pixel) = (1.4 * self.turn, self.mouth - 0.045, canvas.pixel);
        let half = lerp(0.075, 0.13, smooth(0.0, 1.0, self.mood.abs()));
        let bend = 0.075 * self.mood;
        let open = 0.1 * smooth(0.25, 1.0, self.mood);
        let bounds = [x - half - 0.02, y - 0.14, x + half + 0.02, y + 0.12];
        let inside = Colour::linear([0.2, 0.03, 0.04]);
        let tongue = Colour::linear([0.75, 0.22, 0.22]);
        canvas.each(bounds, pixel, |u, v, below| {
            let t = (u - x) / half;
            if t.abs() > 1.0 + 2.0 * pixel / half {
                return;
            }
            // Corners go up with a smile; the jaw drops most in the middle.
            let upper = y + bend * (t * t - 0.4);
            let lower = upper - open * (1.0 - t * t).max(0.0);
            let ends = cover(half * (t.abs() - 1.0), pixel);
            let gap = cover(v - upper, pixel) * cover(lower - v, pixel);
            let lip = cover((v - upper).abs().min((v - lower).abs()) - 0.013, pixel);
            let flesh = inside.mix(tongue, smooth(0.5, 0.75, (upper - v) / (open + 1e-3)));
            *below = below.mix(flesh, gap * ends * smooth(0.0, 0.02, open));
            *below = below.mix(palette.line, lip * ends);
        });
    }
}
