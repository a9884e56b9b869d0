//! Glasses: drawn over what lies behind them.

use super::factors::Factors;
use super::head::Measures;
use super::march::Form;
use crate::data::colour::Colour;
use crate::data::curves::{cover, lerp, smooth};

/// Depth of the lenses in the head's coordinates.
const PLANE: f32 = 0.96;
/// Lenses are wider than high.
const WIDER: f32 = 1.18;

/// The glasses on a head.
pub(super) struct Glasses {
    /// Middle of the right lens.
    eye: [f32; 2],
    radius: f32,
    temples: [Temple; 2],
    metal: Colour,
}

/// From a lens back to an ear, as it is seen.
struct Temple {
    from: [f32; 3],
    /// To its other end.
    way: [f32; 3],
    /// One over the square of its length in the picture.
    inverse: f32,
}

impl Glasses {
    /// `None` for who wears none.
    pub(super) fn new(factors: &Factors, m: &Measures, form: &Form) -> Option<Self> {
        let radius = lerp(0.15, 0.2, factors.glasses?);
        let [right, up, ahead] = form.turn;
        let seen = |p: [f32; 3]| -> [f32; 3] {
            std::array::from_fn(|i| right[i] * p[0] + up[i] * p[1] + ahead[i] * p[2])
        };
        let temples = [-1.0, 1.0].map(|side| {
            let from = seen([side * (m.eye[0] + WIDER * radius), m.eye[1] + 0.06, PLANE]);
            let to = seen([side * (m.wide + 0.03), 0.07, 0.0]);
            let way: [f32; 3] = std::array::from_fn(|i| to[i] - from[i]);
            Temple { from, way, inverse: 1.0 / (way[0] * way[0] + way[1] * way[1]) }
        });
        let metal =
            Colour::perceptual(lerp(0.2, 0.5, factors.cloth), 0.03, 0.15) * lerp(0.6, 1.0, factors.warmth);
        Some(Self { eye: m.eye, radius, temples, metal })
    }

    /// What is seen of a colour at `place` and `depth` behind them, in the light `key`.
    pub(super) fn before(
        &self,
        form: &Form,
        colour: Colour,
        depth: f32,
        place: [f32; 3],
        key: Colour,
    ) -> Colour {
        let pixel = form.pixel;
        // Where the line of sight crosses the plane of the lenses, in the head's coordinates.
        let [right, up, ahead] = form.turn;
        let from = |axis: [f32; 3]| axis[0] * place[0] + axis[1] * place[1];
        let crossing = (PLANE - from(ahead)) / ahead[2];
        let (x, y) = ((from(right) + crossing * right[2]).abs(), from(up) + crossing * up[2]);
        let (dx, dy) = ((x - self.eye[0]) / WIDER, y - self.eye[1] + 0.015);
        let lens = (dx.powi(4) + dy.powi(4)).sqrt().sqrt() - self.radius;
        let bridge = ((y - self.eye[1] - 0.05).abs() - 0.011).max(x - self.eye[0] + self.radius);
        let rim = cover(lens.abs() - 0.013, pixel).max(cover(bridge, pixel));
        let frame = self.temples.iter().map(|temple| temple.cover(place, depth, pixel)).fold(rim, f32::max);
        let glare = 0.05 * cover(lens, pixel) * smooth(-0.2, 0.25, dy + 0.4 * dx);
        (colour + key * glare).mix(self.metal, 0.92 * frame)
    }
}

impl Temple {
    /// How much of a pixel it covers; it runs in front of the hair or behind it.
    fn cover(&self, place: [f32; 3], depth: f32, pixel: f32) -> f32 {
        let ([fx, fy, fz], [dx, dy, dz]) = (self.from, self.way);
        let t = (((place[0] - fx) * dx + (place[1] - fy) * dy) * self.inverse).clamp(0.0, 1.0);
        let away = (place[0] - fx - dx * t).hypot(place[1] - fy - dy * t);
        cover(away - 0.012, pixel) * smooth(-0.08, -0.02, fz + dz * t - depth)
    }
}
