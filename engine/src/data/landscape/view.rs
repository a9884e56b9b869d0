//! Colours every pixel: ground in its light, air, sky, trees that stand alone, and water.

use super::factors::Factors;
use super::palette::{Colour, Light, smooth};
use super::sky::Sky;
use super::terrain::Terrain;
use super::trees::Tree;
use super::walk::{HALF, SUB, Sight, Walk};
use crate::rng::Rng;

/// Everything needed to colour a picture.
pub(super) struct View {
    light: Light,
    sky: Sky,
    land: Terrain,
    walk: Walk,
    trees: Vec<Tree>,
    /// Distance at which the air has hidden most of what is behind, world units.
    clarity: f32,
    size: usize,
}

/// Water in a pixel: its share and mean distance.
#[derive(Clone, Copy, Default)]
struct Water {
    share: f32,
    distance: f32,
}

impl View {
    /// The view of the scene of `factors`; whatever they leave open is drawn from `rng`.
    pub(super) fn new(factors: &Factors, rng: &mut Rng, size: usize) -> Self {
        let light = Light::new(factors);
        let sky = Sky::new(factors, light, rng);
        let land = Terrain::new(factors, rng);
        let trees = Tree::plant(factors, &land, rng);
        let walk = Walk::new(factors, &land, size);
        Self { light, sky, land, walk, trees, clarity: 1600.0 * (0.045_f32).powf(factors.haze), size }
    }

    /// Colour of dry ground with its light, before the air.
    fn ground(&self, x: f32, sight: &Sight) -> Colour {
        let slope = sight.slope;
        let up = 1.0 / (1.0 + slope[0] * slope[0] + slope[1] * slope[1]).sqrt();
        let sun = self.sky.sun();
        // Even at sunset some light comes from the bright half of the sky.
        let facing = (sun[2].max(0.1) - slope[0] * sun[0] - slope[1] * sun[1]) * up;
        // A soft edge of the shadow stands for light scattered by leaves and snow.
        let lit = ((facing + 0.12) / 1.12).max(0.0) * self.land.sunshine(x, sight.distance);
        let light = self.light.sun * (0.95 * lit) + self.light.ambient * (0.75 + 0.5 * up);
        let spacing = self.walk.spacing(sight.distance);
        self.land.colour(x, sight.distance, sight.place, up, spacing) * light
    }

    /// Mixes in the air between the camera and `distance`, in the direction `tangent`.
    fn air(&self, colour: Colour, tangent: f32, distance: f32) -> Colour {
        let air = self.sky.horizon(tangent);
        // Blue is scattered first: middle distances turn blue before they turn pale.
        let through = [0.8, 1.0, 1.25].map(|k| (-k * distance / self.clarity).exp());
        Colour(std::array::from_fn(|i| colour.0[i] * through[i] + air.0[i] * (1.0 - through[i])))
    }

    /// The picture, rows top-down, 3 bytes a pixel.
    pub(super) fn paint(&self) -> Vec<u8> {
        let size = self.size;
        let mut picture = vec![Colour::default(); size * size];
        let mut water = vec![Water::default(); size * size];
        for (i, colour) in picture.iter_mut().enumerate() {
            (*colour, water[i]) = self.pixel(i / size, i % size);
        }
        for i in 0..size * size {
            if water[i].share > 0.0 {
                let colour = self.water(i % size, water[i].distance, &picture, &water);
                picture[i] = picture[i].mix(colour, water[i].share);
            }
        }
        for tree in &self.trees {
            self.tree(tree, &mut picture);
        }
        picture.iter().flat_map(|colour| colour.bytes()).collect()
    }

    /// Colour of the dry part of a pixel, and its water.
    fn pixel(&self, row: usize, column: usize) -> (Colour, Water) {
        let middle = column as f32 + 0.5;
        let tangent = self.walk.tangent(middle);
        let (samples, count) = self.walk.samples(row, column);
        let land = &samples[..count];
        let sky = (SUB * SUB - count) as f32;
        let (mut sum, mut dry) = (Colour::default(), sky);
        if sky > 0.0 {
            let pixel = 2.0 * HALF / self.size as f32;
            let rise = (self.walk.horizon - row as f32 - 0.5) * pixel;
            sum = sum + self.sky.at(tangent, rise, pixel, true) * sky;
        }
        let nearest = land.iter().map(|s| s.1).fold(f32::MAX, f32::min);
        let farthest = land.iter().map(|s| s.1).fold(0.0, f32::max);
        // Inside a surface one look is enough; across an edge every sample counts.
        let mean = [(middle, 0.5 * (nearest + farthest))];
        let looks = if count == SUB * SUB && farthest - nearest < 4.0 { &mean } else { land };
        let weight = count as f32 / looks.len().max(1) as f32;
        let (mut wet, mut away) = (0.0, 0.0);
        for &(edge, depth) in looks {
            let sight = self.walk.look(edge, depth);
            // Over half a step of depth the shore becomes soft instead of a stair.
            let under = smooth(0.06, -0.06, sight.place.height - self.land.sea);
            wet += weight * under;
            away += weight * under * sight.distance;
            if under < 1.0 {
                let x = sight.distance * tangent;
                let colour = self.air(self.ground(x, &sight), tangent, sight.distance);
                sum = sum + colour * (weight * (1.0 - under));
                dry += weight * (1.0 - under);
            }
        }
        let colour = if dry > 0.0 { sum * (1.0 / dry) } else { sum };
        let distance = if wet > 0.0 { away / wet } else { 0.0 };
        (colour, Water { share: wet / (SUB * SUB) as f32, distance })
    }

    /// Colour of water: the mirror image of what stands behind it, and its own colour from above.
    fn water(&self, column: usize, distance: f32, picture: &[Colour], water: &[Water]) -> Colour {
        let tangent = self.walk.tangent(column as f32 + 0.5);
        let rise = (self.walk.camera - self.land.sea) / distance.max(1.0);
        let pixel = 2.0 * HALF / self.size as f32;
        let sky = || self.sky.at(tangent, rise, 3.0 * pixel, false) + self.sky.glitter(tangent, rise);
        let image = self.walk.mirrored(column, distance).map_or_else(sky, |from| {
            let mut i = (from.max(0.0) as usize).min(self.size - 1) * self.size + column;
            // What the ray met may be hidden from the camera: the land above the shore stands in for it.
            while water[i].share > 0.3 && i >= self.size {
                i -= self.size;
            }
            picture[i]
        });
        let deep = Colour::display(38.0, 68.0, 80.0) * (self.light.ambient.brightness() * 3.2);
        let mirror = 0.22 + 0.6 * (-3.0 * rise).exp();
        let ripple = 1.0 + 0.05 * self.land.ripple(distance * tangent, distance, self.walk.spacing(distance));
        self.air(deep.mix(image, mirror) * ripple, tangent, 0.5 * distance)
    }

    /// Draws a tree where no land is in front of it.
    fn tree(&self, tree: &Tree, picture: &mut [Colour]) {
        let scale = 1.0 / self.walk.spacing(tree.distance);
        let middle = (tree.tangent / HALF + 1.0) * 0.5 * self.size as f32;
        let foot = self.walk.row(tree.foot, tree.distance);
        let (height, width) = (tree.height * scale, tree.width * scale);
        let clip = |x: f32| x.clamp(0.0, self.size as f32) as usize;
        for row in clip(foot - height)..clip(foot + 0.2 * height + 1.0) {
            for column in clip(middle - 1.5 * width)..clip(middle + 1.5 * width + 1.0) {
                let i = row * self.size + column;
                let (samples, _) = self.walk.samples(row, column);
                if self.walk.distance(samples[0].1) < 0.93 * tree.distance {
                    continue;
                }
                let s = (column as f32 + 0.5 - middle) / width;
                let t = (foot - row as f32 - 0.5) / height;
                // The ground below the crown gets less light.
                let shade = 1.0 - smooth(0.4, 1.2, (s / 1.3).hypot(t / 0.15));
                picture[i] = picture[i] * (1.0 - 0.35 * shade);
                let step = [-0.33, 0.0, 0.33];
                let covered = step.iter().flat_map(|a| step.map(|b| (s + a / width, t + b / height)));
                let share = covered.filter(|&(s, t)| tree.covers(s, t)).count() as f32 / 9.0;
                if share > 0.0 {
                    let lit = tree.lit(s, t, self.sky.sun());
                    let light = self.light.sun * (0.95 * lit) + self.light.ambient * (0.6 + 0.5 * t);
                    let colour = self.air(tree.colour * light, tree.tangent, tree.distance);
                    picture[i] = picture[i].mix(colour, share);
                }
            }
        }
    }
}
