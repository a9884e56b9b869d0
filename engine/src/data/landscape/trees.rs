//! Trees that stand alone in the foreground, drawn as flat shapes in front of the finished land.

use super::factors::{Biome, Factors};
use super::palette::Ground;
use super::terrain::Terrain;
use crate::data::colour::Colour;
use crate::data::curves::smooth;
use crate::rng::Rng;

/// A tree.
pub(super) struct Tree {
    /// Direction as a tangent, positive right, and distance ahead in world units.
    pub tangent: f32,
    pub distance: f32,
    /// Height of the foot, height of the tree and half its width, world units.
    pub foot: f32,
    pub height: f32,
    pub width: f32,
    /// Leaves in full light.
    pub colour: Colour,
    round: bool,
    /// Makes every round crown a little different, radians.
    phase: f32,
}

impl Tree {
    /// Whether the woods of a biome are of pointed trees.
    pub(super) fn pointed(biome: Biome) -> bool {
        !matches!(biome, Biome::Meadow | Biome::Autumn)
    }

    /// The trees of a picture, far ones first.
    pub(super) fn plant(factors: &Factors, land: &Terrain, rng: &mut Rng) -> Vec<Self> {
        let ground = Ground::new(factors);
        let groups = match factors.biome {
            Biome::Heath | Biome::Desert => 0,
            _ => (5.5 * factors.woods * rng.unit() + 0.6) as usize,
        };
        let round_share = match factors.biome {
            Biome::Meadow | Biome::Autumn => 0.85,
            _ => 0.1,
        };
        let mut trees = Vec::new();
        for _ in 0..groups {
            let round = rng.chance(round_share);
            let (middle, away) = (rng.uniform(-0.6, 0.6), rng.uniform(9.0_f32.ln(), 60.0_f32.ln()).exp());
            for _ in 0..=rng.below(5) {
                let distance = away * (1.0 + 0.12 * rng.normal().clamp(-2.0, 2.0));
                let tangent = middle + 0.07 * rng.normal();
                let height = rng.uniform(2.2, 4.4);
                let width = height * if round { rng.uniform(0.3, 0.45) } else { rng.uniform(0.17, 0.25) };
                let colour = ground.trees[0].mix(ground.trees[1], rng.unit());
                let phase = rng.uniform(0.0, 6.3);
                let foot = land.bare(distance * tangent, distance, 0.2);
                if foot > land.sea + 0.3 {
                    trees.push(Self { tangent, distance, foot, height, width, colour, round, phase });
                }
            }
        }
        trees.sort_by(|a, b| b.distance.total_cmp(&a.distance));
        trees
    }

    /// Whether the shape covers a point: `s` -1..1 across, `t` 0 (foot) to 1 (top).
    pub(super) fn covers(&self, s: f32, t: f32) -> bool {
        if !(0.0..=1.0).contains(&t) {
            return false;
        }
        if t < 0.25 && s.abs() < 0.09 {
            return true;
        }
        if self.round {
            let (a, b) = (s, (t - 0.6) / 0.4);
            let square = a * a + b * b;
            // The outline lies in this ring; only there its angle matters.
            if !(0.76 * 0.76..=1.0).contains(&square) {
                return square < 0.5;
            }
            let turn = b.atan2(a);
            let edge = 0.88 + 0.07 * (5.0 * turn + self.phase).sin() + 0.05 * (9.0 * turn).cos();
            square < edge * edge
        } else {
            // Five tiers of branches.
            let tier = (5.0 * t + self.phase).fract();
            t > 0.1 && s.abs() < (1.0 - t) * (1.12 - 0.35 * tier)
        }
    }

    /// How much of the full light reaches a point of the crown from the sun at `sun` (right, ahead, up), 0..1.
    pub(super) fn lit(&self, s: f32, t: f32, sun: [f32; 3]) -> f32 {
        let toward = 0.7 * s * sun[0] + (t - 0.45) * sun[2].max(0.2) - 0.35 * sun[1];
        // Clumps of leaves.
        let clumps = (7.0 * s + self.phase).sin() * (17.0 * t + 2.0 * s).cos();
        smooth(-0.7, 0.8, toward + 0.16 * clumps)
    }
}
