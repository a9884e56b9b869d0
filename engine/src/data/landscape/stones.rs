//! Stones in the foreground, singly and in heaps: bodies of flat faces.

use super::factors::{Biome, Factors};
use super::terrain::Terrain;
use crate::data::curves::{cover, smooth};
use crate::rng::Rng;

/// Faces that a stone shows.
const FACES: usize = 12;
/// Those of them around its outline.
const AROUND: usize = 7;

/// A stone.
pub(super) struct Stone {
    /// Direction as a tangent, positive right, and distance ahead in world units.
    pub tangent: f32,
    pub distance: f32,
    /// Height of the foot, and half the width, world units.
    pub foot: f32,
    pub half: f32,
    /// Lighter or darker than others.
    pub tone: f32,
    /// Where its faces look (right, up, towards the camera) and how far from the middle they are.
    faces: [([f32; 3], f32); FACES],
}

impl Stone {
    /// The stones of a picture, far ones first.
    pub(super) fn lay(factors: &Factors, land: &Terrain, more: &mut Rng) -> Vec<Self> {
        let most = match factors.biome {
            Biome::Desert | Biome::Heath => 5.0,
            Biome::Snow | Biome::Meadow | Biome::Forest => 3.2,
            Biome::Autumn => 2.5,
        };
        let mut stones = Vec::new();
        let groups = (most * more.unit().powi(2) + 0.5) as usize;
        for _ in 0..groups {
            let (middle, away) = (more.uniform(-0.6, 0.6), more.uniform(5.0_f32.ln(), 45.0_f32.ln()).exp());
            let largest = more.uniform(0.12, 0.75);
            for k in 0..=more.below(7) {
                let distance = away * (1.0 + 0.1 * more.normal().clamp(-2.0, 2.0));
                let tangent = middle + 0.9 * largest / away * (2.0 + k as f32) * more.uniform(-1.0, 1.0);
                let half = largest * if k == 0 { 1.0 } else { more.uniform(0.12, 0.6) };
                let foot = land.bare(distance * tangent, distance, 0.2);
                let faces = std::array::from_fn(|k| Self::face(k, more));
                let tone = more.uniform(-0.12, 0.12);
                // Some lie in shallow water.
                if foot > land.sea - 0.3 * half {
                    stones.push(Self { tangent, distance, foot, half, tone, faces });
                }
            }
        }
        stones.sort_by(|a, b| b.distance.total_cmp(&a.distance));
        stones
    }

    fn face(k: usize, more: &mut Rng) -> ([f32; 3], f32) {
        let (k, count, front) = if k < AROUND {
            (k, AROUND, more.uniform(0.12, 0.45))
        } else {
            (k - AROUND, FACES - AROUND, more.uniform(0.9, 1.8))
        };
        let turn = (k as f32 + more.uniform(-0.35, 0.35)) / count as f32 + 0.07;
        let (sin, cos) = (std::f32::consts::TAU * turn).sin_cos();
        let (across, up) = (cos, 1.2 * sin);
        let length = (across * across + up * up + front * front).sqrt();
        ([across, up, front].map(|x| x / length), more.uniform(0.72, 0.95))
    }

    /// What is seen at `u` across and `v` up from the foot, both in half widths, in a pixel of side `pixel`: its share
    /// and the direction of the face. `rough`: noise.
    pub(super) fn at(&self, u: f32, v: f32, pixel: f32, rough: f32) -> (f32, [f32; 3]) {
        let b = v - 0.28;
        let (mut front, mut face) = (f32::MAX, [0.0; 3]);
        for (normal, away) in &self.faces {
            let depth = (away + 0.02 * rough - normal[0] * u - normal[1] * b) / normal[2];
            if depth < front {
                (front, face) = (depth, *normal);
            }
        }
        let across = (face[0] * face[0] + face[1] * face[1]).sqrt().max(0.05);
        // Grass and sand hide the foot.
        let foot = -v - 0.04 * rough;
        (cover((-front * face[2] / across).max(foot), pixel), face)
    }

    /// How much of a stone is drawn where a pixel is `spacing` wide.
    pub(super) fn seen(&self, spacing: f32) -> f32 {
        smooth(0.25, 0.7, self.half / spacing)
    }
}
