//! Colours every pixel: ground in its light, air, sky, trees that stand alone, and water.

use super::factors::Factors;
use super::maps::Label;
use super::palette::Light;
use super::sky::{Altitude, Bearing, Sky};
use super::stones::Stone;
use super::surface::Spot;
use super::terrain::Terrain;
use super::trees::Tree;
use super::walk::{HALF, SKY, SUB, Sight, Walk};
use crate::data::colour::Colour;
use crate::data::curves::{decay, smooth};
use crate::rng::Rng;

/// Everything needed to colour a picture.
pub(super) struct View {
    pub(super) light: Light,
    pub(super) sky: Sky,
    pub(super) land: Terrain,
    pub(super) walk: Walk,
    trees: Vec<Tree>,
    stones: Vec<Stone>,
    /// Density of the mist in the valleys, 0..1, and its height there.
    mist: f32,
    valley: f32,
    /// Roughness of the water, 0..1.
    pub(super) swell: f32,
    /// Distance at which the air has hidden most of what is behind, world units.
    pub(super) clarity: f32,
    /// Share of the light that comes through the air, at the steps of the walk.
    through: Vec<Colour>,
    /// Directions of the columns' middles.
    pub(super) bearings: Vec<Bearing>,
    pub(super) size: usize,
}

/// Water in a pixel: its share, mean distance and depth.
#[derive(Clone, Copy, Default)]
pub(super) struct Water {
    pub share: f32,
    pub distance: f32,
    pub depth: f32,
}

impl View {
    /// The view of the scene of `factors`; whatever they leave open is drawn from `rng`.
    pub(super) fn new(factors: &Factors, rng: &mut Rng, size: usize) -> Self {
        let light = Light::new(factors);
        let sky = Sky::new(factors, light, rng);
        // A stream of its own: whatever else a picture shows keeps its place.
        let mut more = Rng::new(rng.clone().bits());
        let land = Terrain::new(factors, rng, &mut more, 2.0 * HALF / size as f32);
        let trees = Tree::plant(factors, &land, rng, &mut more);
        let stones = Stone::lay(factors, &land, &mut more);
        let swell = more.unit();
        let mist = (1.2 * factors.haze - 0.12).clamp(0.0, 0.6) * more.unit();
        let valley = land.sea.max(-0.6 * factors.hills);
        let walk = Walk::new(factors, &land, size);
        let clarity = 1600.0 * (0.045_f32).powf(factors.haze);
        let through = walk.distances().map(|distance| through(distance, clarity)).collect();
        let bearings = (0..size).map(|column| sky.bearing(walk.tangent(column as f32 + 0.5))).collect();
        Self { light, sky, land, walk, trees, stones, mist, valley, swell, clarity, through, bearings, size }
    }

    /// Where a sight lies on the land; `tangent`: direction to the right.
    fn spot(&self, tangent: f32, sight: &Sight) -> Spot {
        let (distance, [right, ahead]) = (sight.distance, sight.slope);
        let spacing = self.walk.spacing(distance);
        let (x, y) = (distance * tangent, distance);
        if spacing > 0.4 {
            // Whatever depends on the slant is too small to be seen.
            return Spot { x, y, spacing, fine: 2.0 * spacing, rise: 1.0 };
        }
        // Sine of the angle between the line of sight and the ground.
        let fall = (self.walk.camera - sight.place.height) / distance;
        let rise = (tangent * right + ahead + fall).max(0.005);
        let grazing = (rise * up(sight.slope)).max(0.02);
        Spot { x, y, spacing, fine: spacing / grazing.sqrt(), rise }
    }

    /// Colour of dry ground with its light, before the air.
    fn ground(&self, tangent: f32, sight: &Sight) -> Colour {
        let spot = self.spot(tangent, sight);
        let slope = self.land.relief(&spot, sight.place, sight.slope);
        let up = up(slope);
        let sun = self.sky.sun();
        // Even at sunset some light comes from the bright half of the sky.
        let facing = (sun[2].max(0.1) - slope[0] * sun[0] - slope[1] * sun[1]) * up;
        // A soft edge of the shadow stands for light scattered by leaves and snow.
        let lit = ((facing + 0.12) / 1.12).max(0.0) * self.land.sunshine(spot.x, spot.y);
        let light = self.light.sun * (0.95 * lit) + self.light.ambient * (0.75 + 0.5 * up);
        self.land.colour(&spot, sight.place, up, [sun[0], sun[1]]) * light
    }

    /// The directions in which a row of pixels looks.
    fn altitude(&self, row: usize) -> Altitude<'_> {
        let pixel = 2.0 * HALF / self.size as f32;
        self.sky.altitude((self.walk.horizon - row as f32 - 0.5) * pixel, pixel)
    }

    /// Share of the light that mist in the valleys takes, beside the air.
    fn mist(&self, sight: &Sight) -> f32 {
        let seen = self.mist * smooth(30.0, 260.0, sight.distance);
        if seen > 0.0 { seen * decay((sight.place.height - self.valley).max(0.0) * 0.11) } else { 0.0 }
    }

    /// The picture, rows top-down, 3 bytes a pixel.
    pub(super) fn paint(&self) -> Vec<u8> {
        let size = self.size;
        let mut picture = vec![Colour::default(); size * size];
        let mut water = vec![Water::default(); size * size];
        for row in 0..size {
            let altitude = self.altitude(row);
            for column in 0..size {
                let sky = || self.sky.at(&self.bearings[column], &altitude, true);
                let i = row * size + column;
                (picture[i], water[i]) = self.pixel(row, column, sky);
            }
        }
        for i in 0..size * size {
            if water[i].share > 0.0 {
                let colour = self.water(i % size, &water[i], &picture, &water);
                picture[i] = picture[i].mix(colour, water[i].share);
            }
        }
        for stone in &self.stones {
            self.stone(stone, &mut picture);
        }
        for tree in &self.trees {
            self.tree(tree, &mut picture);
        }
        let mut bytes = vec![0; size * size * 3];
        for (bytes, colour) in bytes.chunks_exact_mut(3).zip(&picture) {
            bytes.copy_from_slice(&colour.bent().bytes());
        }
        bytes
    }

    /// Colour of the dry part of a pixel, and its water.
    fn pixel(&self, row: usize, column: usize, sky: impl Fn() -> Colour) -> (Colour, Water) {
        let (tangent, air) = (self.walk.tangent(column as f32 + 0.5), self.bearings[column].air);
        let mut samples = self.walk.samples(row, column);
        let clear = samples.iter().filter(|&&depth| depth == SKY).count() as f32;
        let (mut sum, mut dry) = (Colour::default(), clear);
        if clear > 0.0 {
            sum = sky() * clear;
            if clear == (SUB * SUB) as f32 {
                return (sum * (1.0 / clear), Water::default());
            }
        }
        let (mut wet, mut away, mut deep) = (0.0, 0.0, 0.0);
        loop {
            let nearest =
                samples.into_iter().fold(SKY, |nearest, depth| if depth < nearest { depth } else { nearest });
            if nearest == SKY {
                break;
            }
            // Inside a surface one look is enough; what lies behind an edge gets its own.
            let (mut weight, mut depth, mut across) = (0.0, 0.0, 0.0);
            for (i, sample) in samples.iter_mut().enumerate() {
                if *sample - nearest < 4.0 {
                    weight += 1.0;
                    depth += std::mem::replace(sample, SKY);
                    across += ((i % SUB) as f32 + 0.5) / SUB as f32;
                }
            }
            let depth = depth / weight;
            let sight = self.walk.look(column as f32 + across / weight, depth);
            // Over half a step of depth the shore becomes soft instead of a stair.
            let under = smooth(0.06, -0.06, sight.place.height - self.land.sea);
            wet += weight * under;
            away += weight * under * sight.distance;
            deep += weight * under * (self.land.sea - sight.place.height).max(0.0);
            if under < 1.0 {
                let (k, t) = self.walk.split(depth);
                let through = self.through[k].mix(self.through[k + 1], t) * (1.0 - self.mist(&sight));
                let colour = air + (self.ground(tangent, &sight) + air * -1.0) * through;
                sum = sum + colour * (weight * (1.0 - under));
                dry += weight * (1.0 - under);
            }
        }
        let colour = if dry > 0.0 { sum * (1.0 / dry) } else { sum };
        let (distance, depth) = if wet > 0.0 { (away / wet, deep / wet) } else { (0.0, 0.0) };
        (colour, Water { share: wet * (1.0 / (SUB * SUB) as f32), distance, depth })
    }

    /// What every pixel shows, rows top-down.
    pub(super) fn labels(&self) -> Vec<Label> {
        let mut labels = Vec::with_capacity(self.size * self.size);
        for row in 0..self.size {
            let altitude = self.altitude(row);
            labels.extend((0..self.size).map(|column| self.label(row, column, &altitude)));
        }
        for stone in &self.stones {
            self.around_stone(stone, |i, share, _| {
                if share > 0.5 {
                    labels[i] = Label::Rock;
                }
            });
        }
        for tree in &self.trees {
            self.around_tree(tree, |i, leaf| {
                if leaf.share > 0.5 {
                    labels[i] = Label::Tree;
                }
            });
        }
        labels
    }

    /// What most of a pixel shows of land, water and sky.
    fn label(&self, row: usize, column: usize, altitude: &Altitude<'_>) -> Label {
        let mut votes = [0; Label::ALL.len()];
        for (i, depth) in self.walk.samples(row, column).into_iter().enumerate() {
            let edge = column as f32 + ((i % SUB) as f32 + 0.5) / SUB as f32;
            let label = if depth == SKY {
                let clouded = self.sky.covered(&self.bearings[column], altitude) > 0.5;
                if clouded { Label::Cloud } else { Label::Sky }
            } else {
                let sight = self.walk.look(edge, depth);
                if sight.place.height < self.land.sea {
                    Label::Water
                } else {
                    let spot = self.spot(self.walk.tangent(edge), &sight);
                    let slope = self.land.relief(&spot, sight.place, sight.slope);
                    self.land.label(&spot, sight.place, up(slope))
                }
            };
            votes[label as usize] += 1;
        }
        let most = votes.iter().max().copied().unwrap_or(0);
        // Of equals the last of the list, so that thin things on the ground don't vanish into the sky.
        Label::ALL.into_iter().rev().find(|&label| votes[label as usize] == most).unwrap_or(Label::Sky)
    }

    /// The land.
    pub(super) fn land(&self) -> &Terrain {
        &self.land
    }
}

/// Upward part of the normal of ground that rises so.
pub(super) fn up(slope: [f32; 2]) -> f32 {
    1.0 / (1.0 + slope[0] * slope[0] + slope[1] * slope[1]).sqrt()
}

/// Share of the light that comes through the air over `distance`.
pub(super) fn through(distance: f32, clarity: f32) -> Colour {
    // Blue is scattered first: middle distances turn blue before they turn pale.
    let thickness = distance / clarity;
    Colour::linear([0.8, 1.0, 1.25].map(|k| decay(k * thickness)))
}
