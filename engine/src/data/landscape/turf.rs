//! Grass and flowers before the camera: blades in rows, each as high as a blade is and never thinner than a pixel.

use super::factors::{Biome, Factors};
use super::surface::Spot;
use crate::data::colour::Colour;
use crate::data::curves::{lerp, smooth};
use crate::rng::Rng;

/// Widest a blade is drawn, world units; where a pixel is wider there are none.
const WIDEST: f32 = 0.07;
/// Rows that a line of sight is followed through.
const ROWS: usize = 5;

/// The turf of a picture.
pub(super) struct Turf {
    /// Height of the longest blades, world units; 0: none.
    height: f32,
    /// One over the distance between rows, as a logarithm of their distance from the camera.
    per_row: f32,
    /// Cells of one blade per unit of the tangent to the side, and where they begin, row by row.
    rows: Vec<(f32, f32)>,
    /// Share of the cells with a blade, and with a flower where flowers grow.
    density: f32,
    flowers: f32,
    petals: [Colour; 2],
}

/// What is seen of the turf.
pub(super) struct Blade {
    /// Lighter or darker than the ground on average, as a share.
    pub tone: f32,
    /// Petals, and how much of the pixel they take.
    pub petals: (Colour, f32),
}

impl Turf {
    pub(super) fn new(factors: &Factors, more: &mut Rng, spacing: f32) -> Self {
        let c = Colour::display;
        let kinds = [
            c(246.0, 242.0, 232.0),
            c(250.0, 214.0, 70.0),
            c(214.0, 66.0, 48.0),
            c(150.0, 104.0, 190.0),
            c(96.0, 118.0, 206.0),
            c(238.0, 150.0, 170.0),
        ];
        let petals = [0; 2].map(|_| kinds[more.below(kinds.len())]);
        let (tall, rich) = (more.uniform(0.7, 1.2), more.uniform(0.2, 1.0));
        let (height, density, flowers) = match factors.biome {
            Biome::Meadow => (0.26, 0.9, 0.34 * (1.0 - factors.season)),
            Biome::Forest => (0.2, 0.9, 0.1 * (1.0 - factors.season)),
            Biome::Autumn => (0.24, 0.85, 0.03),
            Biome::Heath => (0.18, 0.85, 0.2),
            Biome::Snow | Biome::Desert => (0.0, 0.0, 0.0),
        };
        let height = height * tall;
        let row = 0.28 * height.max(0.01) / factors.camera_height;
        // Seen from 1 world unit on; `spacing`: width of a pixel at that distance.
        let last = if height > 0.0 { (WIDEST / spacing).max(1.0).ln() / row } else { 0.0 };
        let rows = (0..last as usize + 1).map(|j| {
            let distance = (row * j as f32).exp();
            (distance / (1.7 * spacing * distance).clamp(0.028, WIDEST), more.uniform(100.0, 200.0))
        });
        Self { height, per_row: 1.0 / row, rows: rows.collect(), density, flowers: flowers * rich, petals }
    }

    /// How much of the turf is seen in pixels as wide as `spacing`, 0..1.
    #[inline]
    pub(super) fn seen(&self, spacing: f32) -> f32 {
        if self.height > 0.0 { smooth(WIDEST, 0.4 * WIDEST, spacing) } else { 0.0 }
    }

    /// What is seen where the ground is at `spot`; `lush`: 0 (short, bare) to 1.5 (long, flowering).
    pub(super) fn at(&self, spot: &Spot, lush: f32) -> Blade {
        let depth = spot.y.ln() * self.per_row;
        let mut seen = Blade { tone: -0.2, petals: (self.petals[0], 0.0) };
        let longest = self.height * (0.55 + 0.45 * lush);
        let tangent = spot.x / spot.y;
        for back in 0..ROWS {
            let row = depth as usize - (back).min(depth as usize);
            let Some(&(cells, first)) = self.rows.get(row) else { continue };
            let place = tangent * cells + first;
            let cell = place as u32;
            let bits = scatter(row as u32, cell);
            let random = |shift: u32| (bits >> shift & 0xff) as f32 * (1.0 / 255.0);
            // How far the foot is before the place that is seen, and how high the line of sight is above it.
            let before = (depth - row as f32 + 0.8 * random(0)) / self.per_row * spot.y;
            let above = before * spot.rise;
            if above > longest {
                break;
            }
            if random(8) > self.density {
                continue;
            }
            let top = longest * (0.45 + 0.55 * random(16));
            let up = above / top;
            let across = place - cell as f32 - (0.36 + 0.28 * random(24) + 0.3 * (random(4) - 0.5) * up * up);
            let per_cell = 1.0 / (cells * spot.spacing / spot.y);
            if up < 1.0 {
                let cover = ((0.46 * (1.0 - up * up) - across.abs()) * per_cell + 0.5).clamp(0.0, 1.0);
                let tone = 0.36 * up - 0.14 + 0.24 * (random(12) - 0.5);
                seen.tone = lerp(seen.tone, tone, cover);
                seen.petals.1 *= 1.0 - cover;
            }
            if random(20) < self.flowers * (lush - 0.45) {
                let head = 0.5_f32.min(0.036 * cells / spot.y);
                let (a, b) = (across, (above - top) / spot.y * cells * 1.3);
                let cover = ((head - (a * a + b * b).sqrt()) * per_cell + 0.5).clamp(0.0, 1.0);
                seen.petals.1 = lerp(seen.petals.1, 1.0, cover);
                if cover > 0.5 {
                    seen.petals.0 = self.petals[(bits & 1) as usize] * (0.75 + 0.35 * random(2));
                }
            }
        }
        seen
    }
}

/// 32 bits that look random for each pair of numbers.
#[inline]
pub(super) fn scatter(a: u32, b: u32) -> u32 {
    let mut x = a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca77);
    x = (x ^ x >> 15).wrapping_mul(0x2c1b_3c6d);
    x = (x ^ x >> 12).wrapping_mul(0x297a_2d39);
    x ^ x >> 15
}
