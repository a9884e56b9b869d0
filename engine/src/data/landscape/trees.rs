//! Trees that stand alone in the foreground, drawn in front of the finished land: heads of leaves on branches, or
//! tiers of needles.

use std::f32::consts::TAU;

use super::factors::{Biome, Factors};
use super::palette::Ground;
use super::terrain::Terrain;
use super::turf::scatter;
use crate::data::colour::Colour;
use crate::data::curves::{cover, lerp, smooth};
use crate::rng::Rng;

/// How a tree is built.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A broad round head on a short trunk.
    Oak,
    /// A light, high head and a white trunk.
    Birch,
    /// Flat heads on a long bare trunk.
    Pine,
    /// Tiers of branches down to the ground.
    Spruce,
}

/// A clump of leaves: its middle and radius in heights of the tree, across, up and towards the camera.
struct Clump {
    middle: [f32; 3],
    radius: f32,
    /// Lighter or darker than others.
    tone: f32,
}

/// A tree.
pub(super) struct Tree {
    /// Direction as a tangent, positive right, and distance ahead in world units.
    pub tangent: f32,
    pub distance: f32,
    /// Height of the foot, height of the tree and half its width, world units.
    pub foot: f32,
    pub height: f32,
    pub width: f32,
    /// Leaves in full light, and bark.
    colour: Colour,
    bark: Colour,
    kind: Kind,
    /// Makes every tree a little different, radians.
    phase: f32,
    clumps: Vec<Clump>,
    snowy: bool,
}

/// What a pixel shows of a tree.
pub(super) struct Leaf {
    /// Part of the pixel, 0..1.
    pub share: f32,
    /// Colour in full light, and how much of the sun's and of the sky's light there is.
    pub colour: Colour,
    pub lit: f32,
    pub open: f32,
}

impl Tree {
    /// Whether the woods of a biome are of pointed trees.
    pub(super) fn pointed(biome: Biome) -> bool {
        !matches!(biome, Biome::Meadow | Biome::Autumn)
    }

    /// The trees of a picture, far ones first. Whether one stands near is drawn from `more`.
    pub(super) fn plant(factors: &Factors, land: &Terrain, rng: &mut Rng, more: &mut Rng) -> Vec<Self> {
        let ground = Ground::new(factors);
        let treeless = matches!(factors.biome, Biome::Heath | Biome::Desert);
        let groups = if treeless { 0 } else { (5.5 * factors.woods * rng.unit() + 0.6) as usize };
        let round_share = if Self::pointed(factors.biome) { 0.1 } else { 0.85 };
        let snowy = factors.biome == Biome::Snow;
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
                trees.push(Self::new([tangent, distance, height, width], round, colour, phase, snowy));
            }
        }
        // Now and then one stands near, to one side.
        let chance = if treeless { 0.0 } else { (0.6 * factors.woods).min(0.18) };
        let (near, side) = (more.chance(chance), if more.chance(0.5) { 1.0 } else { -1.0 });
        let (tangent, distance) =
            (side * more.uniform(0.16, 0.42), more.uniform(5.0, 8.0) + 1.3 * factors.camera_height);
        let (height, round) = (more.uniform(4.2, 6.4), more.chance(round_share));
        let width = height * if round { more.uniform(0.36, 0.48) } else { more.uniform(0.17, 0.25) };
        let (mix, phase) = (more.unit(), more.uniform(0.0, 6.3));
        if near {
            let colour = ground.trees[0].mix(ground.trees[1], mix);
            trees.push(Self::new([tangent, distance, height, width], round, colour, phase, snowy));
        }
        trees.retain_mut(|tree| {
            tree.foot = land.bare(tree.distance * tree.tangent, tree.distance, 0.2);
            tree.foot > land.sea + 0.3
        });
        trees.sort_by(|a, b| b.distance.total_cmp(&a.distance));
        trees
    }

    fn new(place: [f32; 4], round: bool, colour: Colour, phase: f32, snowy: bool) -> Self {
        let [tangent, distance, height, width] = place;
        let bits = scatter(phase.to_bits(), 5);
        let kind = match (round, bits % 8) {
            (true, 0..2) => Kind::Birch,
            (true, _) => Kind::Oak,
            (false, 0) => Kind::Pine,
            (false, _) => Kind::Spruce,
        };
        let c = Colour::display;
        let bark = match kind {
            Kind::Birch => c(196.0, 190.0, 180.0),
            Kind::Pine => c(136.0, 92.0, 66.0),
            Kind::Oak | Kind::Spruce => c(84.0, 70.0, 58.0),
        };
        let clumps = Self::clumps(kind, width / height, bits);
        Self { tangent, distance, foot: 0.0, height, width, colour, bark, kind, phase, clumps, snowy }
    }

    /// Clumps of leaves within the outline of a kind of tree of this half width.
    fn clumps(kind: Kind, half: f32, seed: u32) -> Vec<Clump> {
        let (count, middle, high, size) = match kind {
            Kind::Oak => (17, 0.62, 0.34, 0.42),
            Kind::Birch => (15, 0.62, 0.36, 0.36),
            Kind::Pine => (9, 0.8, 0.16, 0.5),
            Kind::Spruce => return Vec::new(),
        };
        let half = match kind {
            Kind::Oak => 1.12 * half,
            Kind::Birch => 0.8 * half,
            Kind::Pine => 1.35 * half,
            Kind::Spruce => half,
        };
        let radius = size * half.min(1.4 * high);
        let mut clumps = vec![Clump { middle: [0.0, middle, 0.0], radius: 1.35 * radius, tone: -0.1 }];
        for k in 0..count {
            let bits = scatter(seed, k);
            let random = |shift: u32| (bits >> shift & 0x3ff) as f32 * (1.0 / 1023.0);
            // Evenly around the middle, as seeds in a sunflower lie.
            let turn = TAU * (0.618 * k as f32 + 0.1 * random(0));
            let out = ((k as f32 + 0.5) / count as f32).sqrt();
            let (sin, cos) = turn.sin_cos();
            let radius = radius * (0.75 + 0.45 * random(10));
            let front = (1.0 - out * out).sqrt() * (0.4 + 0.6 * random(5)) * half;
            let place = [out * cos * (half - radius), middle + out * sin * (high - 0.8 * radius), front];
            clumps.push(Clump { middle: place, radius, tone: 0.3 * (random(20) - 0.5) });
        }
        clumps
    }

    /// How far around its axis the tree reaches, in heights.
    pub(super) fn reach(&self) -> f32 {
        1.5 * self.width / self.height
    }

    /// What is seen at `u` across and `v` up from the foot, both in heights, in a pixel of side `pixel`; `rough`: noise of
    /// leaves and bark there, a coarse and a fine one. `sun`: right, ahead, up.
    pub(super) fn at(&self, u: f32, v: f32, pixel: f32, rough: [f32; 2], sun: [f32; 3]) -> Leaf {
        let mut leaf = self.trunk(u, v, pixel, rough, sun);
        let (share, normal, tone) = if self.kind == Kind::Spruce {
            self.tiers(u, v, pixel, rough)
        } else {
            self.head(u, v, pixel, rough)
        };
        if share > 0.0 {
            let toward = 0.8 * normal[0] * sun[0] + normal[1] * sun[2].max(0.2) - 0.5 * normal[2] * sun[1];
            let lit = smooth(-0.75, 0.95, toward + 0.2 * rough[1] + 0.1 * rough[0]);
            let mut colour = self.colour * (1.0 + tone + 0.12 * rough[1]);
            if self.snowy {
                let snow = smooth(0.1, 0.5, normal[1] + 0.2 * rough[0] - 0.1);
                colour = colour.mix(Colour::display(226.0, 232.0, 240.0), 0.75 * snow);
            }
            leaf.colour = leaf.colour.mix(colour, share);
            leaf.lit = lerp(leaf.lit, lit, share);
            leaf.open = lerp(leaf.open, 0.62 + 0.5 * v + 0.4 * tone, share);
            leaf.share += share * (1.0 - leaf.share);
        }
        leaf
    }

    /// Trunk and branches.
    fn trunk(&self, u: f32, v: f32, pixel: f32, rough: [f32; 2], sun: [f32; 3]) -> Leaf {
        let (top, thick) = match self.kind {
            Kind::Oak => (0.6, 0.042),
            Kind::Birch => (0.8, 0.02),
            Kind::Pine => (0.85, 0.024),
            Kind::Spruce => (0.4, 0.022),
        };
        // A bend, and roots.
        let bend = 0.02 * (6.0 * v + self.phase).sin() * v.min(0.6);
        let half = thick * (1.0 - 0.7 * v / top) + 0.02 * smooth(0.06, 0.0, v);
        let mut away = if v < top { (u - bend).abs() - half } else { 1.0 };
        if self.kind != Kind::Spruce && pixel < 0.03 {
            for clump in self.clumps.iter().skip(1).step_by(3) {
                let from = [0.0, clump.middle[1] * 0.62];
                let (along, up) = (clump.middle[0] - from[0], clump.middle[1] - from[1]);
                let t =
                    ((u * along + (v - from[1]) * up) / (along * along + up * up).max(1e-6)).clamp(0.0, 1.0);
                let (a, b) = (u - t * along, v - from[1] - t * up);
                away = away.min((a * a + b * b).sqrt() - 0.4 * thick * (1.1 - t));
            }
        }
        let share = if v < 0.0 { 0.0 } else { cover(away, pixel) };
        let side = ((u - bend) / half.max(0.002)).clamp(-1.0, 1.0);
        let marks = if self.kind == Kind::Birch {
            0.5 * smooth(0.5, 1.4, rough[0])
        } else {
            0.22 * rough[0].abs().min(2.0)
        };
        Leaf {
            share,
            colour: self.bark * (1.05 - marks).max(0.3),
            lit: smooth(-0.9, 0.9, side * sun[0] - 0.4 * sun[1]),
            open: 0.75 + 0.25 * v,
        }
    }

    /// Clumps of leaves: share of the pixel, direction that they face (right, up, to the camera) and tone.
    fn head(&self, u: f32, v: f32, pixel: f32, rough: [f32; 2]) -> (f32, [f32; 3], f32) {
        let loose = if self.kind == Kind::Birch { 0.03 } else { 0.016 };
        let swell = loose * rough[0] + 0.5 * loose * rough[1];
        let (mut edge, mut front, mut best) = (f32::MAX, f32::MIN, None);
        for clump in &self.clumps {
            let (a, b) = (u - clump.middle[0], v - clump.middle[1]);
            let b = if self.kind == Kind::Pine { 1.7 * b } else { b };
            let (square, radius) = (a * a + b * b, clump.radius + swell);
            if square > 2.0 * radius * radius + pixel {
                continue;
            }
            let away = square.sqrt() - radius;
            edge = edge.min(away);
            let bulge = (radius * radius - square).max(0.0).sqrt();
            if away < 0.5 * pixel && clump.middle[2] + bulge > front {
                front = clump.middle[2] + bulge;
                best = Some((clump, [a / radius, b / radius, bulge / radius]));
            }
        }
        let Some((clump, normal)) = best else { return (0.0, [0.0; 3], 0.0) };
        // Half of the light follows the clump, half the whole head.
        let (across, up) = (u / (self.width / self.height), (v - 0.6) * 2.6);
        let whole = [across, up, (1.0 - across * across - up * up).max(0.0).sqrt()];
        let normal = [0, 1, 2].map(|k| 0.55 * normal[k] + 0.55 * whole[k]);
        (cover(edge, pixel), normal, clump.tone)
    }

    /// Tiers of needles, like [`head`](Self::head).
    fn tiers(&self, u: f32, v: f32, pixel: f32, rough: [f32; 2]) -> (f32, [f32; 3], f32) {
        let up = (v - 0.08) * (1.0 / 0.92);
        if !(-0.05..=1.0).contains(&up) {
            return (0.0, [0.0; 3], 0.0);
        }
        let half = self.width / self.height * (1.0 - up);
        let side = (u / half.max(1e-3)).clamp(-1.5, 1.5);
        // Branches hang: outside, a tier reaches further down.
        let tier = (8.0 * up.max(0.0).powf(0.85) + self.phase + 0.45 * side * side + 0.12 * rough[0]).fract();
        let edge = half * (1.12 - 0.42 * tier) + 0.012 * rough[0] + 0.008 * rough[1];
        let hem = if up < 0.0 { -up - 0.03 * rough[0] } else { -1.0 };
        let share = cover((u.abs() - edge).max(hem), pixel);
        let normal = [0.8 * side, 0.55 - 0.75 * tier, (1.0 - side * side).max(0.0).sqrt()];
        (share, normal, 0.25 * (0.4 - tier))
    }
}
