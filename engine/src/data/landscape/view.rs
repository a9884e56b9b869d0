//! Colours every pixel: ground in its light, air, sky, trees that stand alone, and water.

use super::factors::Factors;
use super::maps::Label;
use super::palette::Light;
use super::sky::{Bearing, Sky};
use super::surface::Spot;
use super::terrain::Terrain;
use super::trees::Tree;
use super::walk::{HALF, SKY, SUB, Sight, Walk};
use crate::data::colour::Colour;
use crate::data::curves::{decay, smooth};
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
    /// Share of the light that comes through the air, at the steps of the walk.
    through: Vec<Colour>,
    /// Directions of the columns' middles.
    bearings: Vec<Bearing>,
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
        // A stream of its own: whatever else a picture shows keeps its place.
        let mut more = Rng::new(rng.clone().bits());
        let land = Terrain::new(factors, rng, &mut more, 2.0 * HALF / size as f32);
        let trees = Tree::plant(factors, &land, rng);
        let walk = Walk::new(factors, &land, size);
        let clarity = 1600.0 * (0.045_f32).powf(factors.haze);
        let through = walk.distances().map(|distance| through(distance, clarity)).collect();
        let bearings = (0..size).map(|column| sky.bearing(walk.tangent(column as f32 + 0.5))).collect();
        Self { light, sky, land, walk, trees, clarity, through, bearings, size }
    }

    /// Where a sight lies on the land; `tangent`: direction to the right.
    fn spot(&self, tangent: f32, sight: &Sight) -> Spot {
        let (distance, [right, ahead]) = (sight.distance, sight.slope);
        let spacing = self.walk.spacing(distance);
        // Sine of the angle between the line of sight and the ground.
        let fall = (self.walk.camera - sight.place.height) / distance;
        let rise = (tangent * right + ahead + fall).max(0.005);
        let grazing = (rise * up(sight.slope)).max(0.02);
        Spot { x: distance * tangent, y: distance, spacing, fine: spacing / grazing.sqrt(), rise }
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

    /// The picture, rows top-down, 3 bytes a pixel.
    pub(super) fn paint(&self) -> Vec<u8> {
        let size = self.size;
        let mut picture = vec![Colour::default(); size * size];
        let mut water = vec![Water::default(); size * size];
        let pixel = 2.0 * HALF / size as f32;
        for row in 0..size {
            let altitude = self.sky.altitude((self.walk.horizon - row as f32 - 0.5) * pixel, pixel);
            for column in 0..size {
                let sky = || self.sky.at(&self.bearings[column], &altitude, true);
                let i = row * size + column;
                (picture[i], water[i]) = self.pixel(row, column, sky);
            }
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
        let mut bytes = vec![0; size * size * 3];
        for (bytes, colour) in bytes.chunks_exact_mut(3).zip(&picture) {
            bytes.copy_from_slice(&colour.bent().bytes());
        }
        bytes
    }

    /// Colour of the dry part of a pixel, and its water.
    fn pixel(&self, row: usize, column: usize, sky: impl Fn() -> Colour) -> (Colour, Water) {
        let (middle, air) = (column as f32 + 0.5, self.bearings[column].air);
        let samples = self.walk.samples(row, column);
        let (mut nearest, mut farthest, mut clear) = (f32::MAX, 0.0, 0.0);
        for depth in samples {
            if depth == SKY {
                clear += 1.0;
                continue;
            }
            nearest = if depth < nearest { depth } else { nearest };
            farthest = if depth > farthest { depth } else { farthest };
        }
        let (mut sum, mut dry) = (Colour::default(), clear);
        if clear > 0.0 {
            sum = sky() * clear;
            if clear == (SUB * SUB) as f32 {
                return (sum * (1.0 / clear), Water::default());
            }
        }
        // Inside a surface one look is enough; across an edge every sample counts.
        let flat = clear == 0.0 && farthest - nearest < 4.0;
        let (looks, weight) = if flat { (1, (SUB * SUB) as f32) } else { (SUB * SUB, 1.0) };
        let (mut wet, mut away) = (0.0, 0.0);
        for (i, &depth) in samples[..looks].iter().enumerate() {
            let across = ((i % SUB) as f32 + 0.5) / SUB as f32;
            let (edge, depth) =
                if flat { (middle, 0.5 * (nearest + farthest)) } else { (column as f32 + across, depth) };
            if depth == SKY {
                continue;
            }
            let sight = self.walk.look(edge, depth);
            // Over half a step of depth the shore becomes soft instead of a stair.
            let under = smooth(0.06, -0.06, sight.place.height - self.land.sea);
            wet += weight * under;
            away += weight * under * sight.distance;
            if under < 1.0 {
                let (k, t) = self.walk.split(depth);
                let through = self.through[k].mix(self.through[k + 1], t);
                let colour = air + (self.ground(self.walk.tangent(middle), &sight) + air * -1.0) * through;
                sum = sum + colour * (weight * (1.0 - under));
                dry += weight * (1.0 - under);
            }
        }
        let colour = if dry > 0.0 { sum * (1.0 / dry) } else { sum };
        let distance = if wet > 0.0 { away / wet } else { 0.0 };
        (colour, Water { share: wet * (1.0 / (SUB * SUB) as f32), distance })
    }

    /// Colour of water: the mirror image of what stands behind it, and its own colour from above.
    fn water(&self, column: usize, distance: f32, picture: &[Colour], water: &[Water]) -> Colour {
        let (bearing, tangent) = (&self.bearings[column], self.walk.tangent(column as f32 + 0.5));
        let rise = (self.walk.camera - self.land.sea) / distance.max(1.0);
        let pixel = 2.0 * HALF / self.size as f32;
        let sky = || {
            let altitude = self.sky.altitude(rise, 3.0 * pixel);
            self.sky.at(bearing, &altitude, false) + self.sky.glitter(tangent, rise)
        };
        let image = self.walk.mirrored(column, distance).map_or_else(sky, |from| {
            let mut i = (from.max(0.0) as usize).min(self.size - 1) * self.size + column;
            // What the ray met may be hidden from the camera: the land above the shore stands in for it.
            while water[i].share > 0.3 && i >= self.size {
                i -= self.size;
            }
            picture[i]
        });
        let deep = Colour::display(38.0, 68.0, 80.0) * (self.light.ambient.brightness() * 3.2);
        let mirror = 0.22 + 0.6 * decay(3.0 * rise);
        let ripple = 1.0 + 0.05 * self.land.ripple(distance * tangent, distance, self.walk.spacing(distance));
        // Only half of the air: the mirror image has its own already.
        let through = through(0.5 * distance, self.clarity);
        bearing.air + (deep.mix(image, mirror) * ripple + bearing.air * -1.0) * through
    }

    /// Visits the pixels around a tree where no land is in front of it: index, place across (-1..1) and up (0..1),
    /// and the share of the pixel that the tree covers.
    fn around(&self, tree: &Tree, mut visit: impl FnMut(usize, f32, f32, f32)) {
        let scale = 1.0 / self.walk.spacing(tree.distance);
        let middle = (tree.tangent / HALF + 1.0) * 0.5 * self.size as f32;
        let foot = self.walk.row(tree.foot, tree.distance);
        let (height, width) = (tree.height * scale, tree.width * scale);
        let (per_height, per_width) = (1.0 / height, 1.0 / width);
        let clip = |x: f32| x.clamp(0.0, self.size as f32) as usize;
        for row in clip(foot - height)..clip(foot + 0.2 * height + 1.0) {
            let t = (foot - row as f32 - 0.5) * per_height;
            for column in clip(middle - 1.5 * width)..clip(middle + 1.5 * width + 1.0) {
                let s = (column as f32 + 0.5 - middle) * per_width;
                let samples = self.walk.samples(row, column);
                // The first sample that sees land; a pixel without one is behind every tree.
                let behind = samples.into_iter().find(|&depth| depth < SKY).unwrap_or(SKY);
                if self.walk.distance(behind) < 0.93 * tree.distance {
                    continue;
                }
                let i = row * self.size + column;
                let step = [-0.33, 0.0, 0.33];
                let covered = step.iter().flat_map(|a| step.map(|b| (s + a * per_width, t + b * per_height)));
                let share = covered.filter(|&(s, t)| tree.covers(s, t)).count() as f32 * (1.0 / 9.0);
                visit(i, s, t, share);
            }
        }
    }

    /// Draws a tree.
    fn tree(&self, tree: &Tree, picture: &mut [Colour]) {
        let air = self.sky.bearing(tree.tangent).air;
        let through = through(tree.distance, self.clarity);
        self.around(tree, |i, s, t, share| {
            // The ground below the crown gets less light.
            let (a, b) = (s * (1.0 / 1.3), t * (1.0 / 0.15));
            let square = a * a + b * b;
            if square < 1.44 {
                picture[i] = picture[i] * (0.65 + 0.35 * smooth(0.4, 1.2, square.sqrt()));
            }
            if share > 0.0 {
                let lit = tree.lit(s, t, self.sky.sun());
                let light = self.light.sun * (0.95 * lit) + self.light.ambient * (0.6 + 0.5 * t);
                let colour = air + (tree.colour * light + air * -1.0) * through;
                picture[i] = picture[i].mix(colour, share);
            }
        });
    }

    /// What every pixel shows, rows top-down.
    pub(super) fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> =
            (0..self.size * self.size).map(|i| self.label(i / self.size, i % self.size)).collect();
        for tree in &self.trees {
            self.around(tree, |i, _, _, share| {
                if share > 0.5 {
                    labels[i] = Label::Trees;
                }
            });
        }
        labels
    }

    /// What most of a pixel shows of land, water and sky.
    fn label(&self, row: usize, column: usize) -> Label {
        let mut votes = [0; Label::ALL.len()];
        for (i, depth) in self.walk.samples(row, column).into_iter().enumerate() {
            let edge = column as f32 + ((i % SUB) as f32 + 0.5) / SUB as f32;
            let label = if depth == SKY {
                Label::Sky
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
fn through(distance: f32, clarity: f32) -> Colour {
    // Blue is scattered first: middle distances turn blue before they turn pale.
    let thickness = distance / clarity;
    Colour::linear([0.8, 1.0, 1.25].map(|k| decay(k * thickness)))
}
