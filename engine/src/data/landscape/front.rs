//! Draws what stands before the land: single trees and stones.

use super::factors::Biome;
use super::stones::Stone;
use super::trees::{Leaf, Tree};
use super::view::{View, through};
use super::walk::{HALF, SKY};
use crate::data::colour::Colour;
use crate::data::curves::smooth;

impl View {
    /// Visits the pixels around a thing at `tangent` and `distance` whose foot is at the height `foot`, up to `reach` to
    /// both sides, `up` above and `down` below, where no land nearer than `nearest` distances is in front of it: index,
    /// place across and up from the foot. All in world units.
    fn around(
        &self,
        [tangent, distance, foot]: [f32; 3],
        [reach, up, down]: [f32; 3],
        nearest: f32,
        mut visit: impl FnMut(usize, f32, f32),
    ) {
        let spacing = self.walk.spacing(distance);
        let scale = 1.0 / spacing;
        let middle = (tangent / HALF + 1.0) * 0.5 * self.size as f32;
        let row = self.walk.row(foot, distance);
        let clip = |x: f32| x.clamp(0.0, self.size as f32) as usize;
        let columns = clip(middle - reach * scale)..clip(middle + reach * scale + 1.0);
        let from = clip(row - up * scale);
        for (y, column) in
            (from..clip(row + down * scale + 1.0)).flat_map(|y| columns.clone().map(move |x| (y, x)))
        {
            let samples = self.walk.samples(y, column);
            // The first sample that sees land; a pixel without one is behind everything.
            let behind = samples.into_iter().find(|&depth| depth < SKY).unwrap_or(SKY);
            if self.walk.distance(behind) >= nearest * distance {
                let (u, v) = (column as f32 + 0.5 - middle, row - y as f32 - 0.5);
                visit(y * self.size + column, u * spacing, v * spacing);
            }
        }
    }

    /// Noise on a thing: a coarse and a fine one, less of both the fewer pixels there are for them.
    fn rough(&self, spacing: f32, x: f32, y: f32) -> [f32; 2] {
        [0.6, 2.2].map(|zoom| {
            let seen = self.land.grit.seen(zoom * spacing, 2.0);
            if seen > 0.0 { seen * self.land.grit.lens(zoom * spacing).at(zoom * x, zoom * y) } else { 0.0 }
        })
    }

    /// Visits the pixels with something of a tree, and those in its shade.
    pub(super) fn around_tree(&self, tree: &Tree, mut visit: impl FnMut(usize, Leaf)) {
        let (per_height, spacing) = (1.0 / tree.height, self.walk.spacing(tree.distance));
        let (sun, aside) = (self.sky.sun(), tree.distance * tree.tangent);
        let reach = [tree.reach() * tree.height, 1.02 * tree.height, 0.0];
        self.around([tree.tangent, tree.distance, tree.foot], reach, 0.93, |i, u, v| {
            let rough = self.rough(spacing, aside + u, v);
            let leaf = tree.at(u * per_height, v * per_height, spacing * per_height, rough, sun);
            if leaf.share > 0.0 {
                visit(i, leaf);
            }
        });
    }

    /// Draws a tree.
    pub(super) fn tree(&self, tree: &Tree, picture: &mut [Colour]) {
        let air = self.sky.bearing(tree.tangent).air;
        let through = through(tree.distance, self.clarity);
        // The ground below the crown gets less light.
        let half = [1.6 * tree.width, 0.18 * tree.height, 0.2 * tree.height];
        self.around([tree.tangent, tree.distance, tree.foot], half, 0.75, |i, u, v| {
            let (a, b) = (u / (1.3 * tree.width), v / (0.15 * tree.height));
            let square = a * a + b * b;
            if square < 1.44 {
                picture[i] = picture[i] * (0.65 + 0.35 * smooth(0.4, 1.2, square.sqrt()));
            }
        });
        self.around_tree(tree, |i, leaf| {
            let light = self.light.sun * (0.95 * leaf.lit) + self.light.ambient * leaf.open;
            let colour = air + (leaf.colour * light + air * -1.0) * through;
            picture[i] = picture[i].mix(colour, leaf.share.min(1.0));
        });
    }

    /// Visits the pixels with something of a stone: index, share and the direction that the face there looks in.
    pub(super) fn around_stone(&self, stone: &Stone, mut visit: impl FnMut(usize, f32, [f32; 3])) {
        let (per_half, spacing) = (1.0 / stone.half, self.walk.spacing(stone.distance));
        let seen = stone.seen(spacing);
        if seen == 0.0 {
            return;
        }
        let aside = stone.distance * stone.tangent;
        let reach = [1.5 * stone.half, 1.6 * stone.half, 0.3 * stone.half];
        self.around([stone.tangent, stone.distance, stone.foot], reach, 0.93, |i, u, v| {
            let [coarse, fine] = self.rough(spacing, aside + u, v);
            let (share, face) = stone.at(u * per_half, v * per_half, spacing * per_half, coarse + fine);
            if share > 0.0 {
                let face = [face[0] + 0.1 * fine, face[1] + 0.1 * coarse, face[2]];
                visit(i, share * seen, face);
            }
        });
    }

    /// Draws a stone.
    pub(super) fn stone(&self, stone: &Stone, picture: &mut [Colour]) {
        let air = self.sky.bearing(stone.tangent).air;
        let through = through(stone.distance, self.clarity);
        let sun = self.sky.sun();
        let shade = self.land.sunshine(stone.distance * stone.tangent, stone.distance);
        let rock = self.land.ground.rock * (1.0 + stone.tone);
        let snow = if self.land.biome == Biome::Snow { 0.9 } else { 0.0 };
        // The ground at its foot gets less light.
        let seen = 0.5 * stone.seen(self.walk.spacing(stone.distance));
        let half = [1.7 * stone.half, 0.4 * stone.half, 0.45 * stone.half];
        self.around([stone.tangent, stone.distance, stone.foot], half, 0.75, |i, u, v| {
            let (a, b) = (u / (1.5 * stone.half), (v - 0.05 * stone.half) / (0.42 * stone.half));
            picture[i] = picture[i] * (1.0 - seen * smooth(1.1, 0.35, (a * a + b * b).sqrt()));
        });
        self.around_stone(stone, |i, share, face| {
            let facing = face[0] * sun[0] + face[1] * sun[2].max(0.1) - face[2] * sun[1];
            let lit = ((facing + 0.12) / 1.12).clamp(0.0, 1.0) * shade;
            let light = self.light.sun * (0.95 * lit) + self.light.ambient * (0.8 + 0.4 * face[1]);
            let colour = rock.mix(self.land.ground.snow, snow * smooth(0.35, 0.6, face[1]));
            let colour = air + (colour * light + air * -1.0) * through;
            picture[i] = picture[i].mix(colour, share);
        });
    }
}
