//! The surface of the land: what lies at each place, its colour, and the relief that is too fine for the walk.

use super::factors::Biome;
use super::maps::Label;
use super::terrain::{Place, Terrain};
use crate::data::colour::Colour;
use crate::data::curves::{smooth, wave};

/// Mean height of the crowns of a wood in their noise.
const MEAN_CROWN: f32 = 0.42;
/// From crest to crest of the ripples in sand, and of dunes, world units.
const RIPPLE: f32 = 0.3;
const DUNE: f32 = 11.0;

/// Noise at a place.
struct Grain {
    detail: f32,
    patches: f32,
    tuft: f32,
}

/// Shares of what lies on the ground, 0..1, each on top of those before it.
struct Cover {
    rock: f32,
    shore: f32,
    trees: f32,
    snow: f32,
}

/// Where a sample looks at the land.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub x: f32,
    pub y: f32,
    /// Width of a pixel there, world units, and side of a square as large as what a pixel sees of the ground.
    pub spacing: f32,
    pub fine: f32,
    /// How much higher the line of sight is above ground per world unit nearer.
    pub rise: f32,
}

impl Terrain {
    /// The noise that patches and details are made of.
    fn grain(&self, spot: &Spot) -> Grain {
        let Spot { x, y, spacing, .. } = *spot;
        Grain {
            detail: self.detail.lens(spacing).at(x, y),
            patches: self.cover.lens(spacing).at(x, y),
            // The same noise five times finer, turned around: tussocks between the large patches.
            tuft: self.cover.lens(5.0 * spacing).at(-5.0 * y, 5.0 * x),
        }
    }

    /// What lies on the ground at a place with its upward part of the normal.
    fn cover(&self, spot: &Spot, grain: &Grain, place: Place, up: f32) -> Cover {
        let Grain { detail, patches, .. } = *grain;
        let steep = 1.0 - up;
        let reach = 0.12 * self.snow_line.abs().min(60.0) + 1.0;
        let snow = smooth(-reach, reach, place.height - self.snow_line + 0.3 * reach * (patches + detail));
        let rock = smooth(0.16, 0.42, steep + 0.03 * detail);
        Cover {
            rock: if rock > 0.0 { rock * (1.0 - self.edge(spot, place)) } else { 0.0 },
            shore: 0.8 * (1.0 - smooth(0.15, 0.7, place.height - self.sea + 0.1 * detail)),
            trees: self.twigs(spot, place.trees),
            snow: snow * (1.0 - 0.75 * smooth(0.3, 0.55, steep)) * (1.0 - 0.85 * place.trees),
        }
    }

    /// How close the edge of a wood is, 0..1: the rise to its crowns is no steep ground.
    fn edge(&self, spot: &Spot, place: Place) -> f32 {
        if self.wood_threshold > 5.0 {
            return 0.0;
        }
        let inside = self.woods.lens(spot.spacing).at(spot.x, spot.y) - self.wood_threshold;
        smooth(-0.3, -0.05, inside) * smooth(self.tree_line, 0.6 * self.tree_line, place.height)
    }

    /// Share of the ground that a wood hides: the lowest twigs do so already, else there is a hill of grass at its edge.
    fn twigs(&self, spot: &Spot, trees: f32) -> f32 {
        let seen = if trees > 0.0 && trees < 0.4 { self.grit.seen(0.7 * spot.spacing, 2.0) } else { 0.0 };
        if seen == 0.0 {
            return smooth(0.0, 0.3, trees);
        }
        // From near, single twigs.
        let twigs = self.grit.lens(0.7 * spot.spacing).at(0.7 * (spot.x + 0.2 * spot.y), 0.35 * spot.y);
        smooth(0.09 * seen, 0.3 - 0.12 * seen, trees + 0.05 * seen * twigs)
    }

    /// What dry ground at a place is called.
    pub(super) fn label(&self, spot: &Spot, place: Place, up: f32) -> Label {
        let cover = self.cover(spot, &self.grain(spot), place, up);
        // Whatever lies on top, if it hides more than half of what is below.
        let layers = [
            (cover.snow, Label::Snow),
            (cover.trees, Label::Trees),
            (cover.shore, Label::Sand),
            (cover.rock, Label::Rock),
        ];
        layers.into_iter().find(|(share, _)| *share > 0.5).map_or(self.meadow, |(_, label)| label)
    }

    /// The slope at a place with the fine relief of crags and dunes on it.
    #[inline]
    pub(super) fn relief(&self, spot: &Spot, place: Place, slope: [f32; 2]) -> [f32; 2] {
        let square = slope[0] * slope[0] + slope[1] * slope[1];
        let crags = square > 0.03 && self.crags.seen(spot.spacing, 3.0) > 0.0;
        let slope = if crags { self.crags(spot, place, slope) } else { slope };
        if self.windblown && spot.fine < 3.3 && square < 0.3 { self.dunes(spot, slope) } else { slope }
    }

    /// A slope with gullies and crags, the more of them the steeper it is.
    fn crags(&self, spot: &Spot, place: Place, [mut right, mut ahead]: [f32; 2]) -> [f32; 2] {
        let Spot { x, y, spacing, .. } = *spot;
        let rough = smooth(0.03, 0.7, right * right + ahead * ahead) * (1.0 - place.trees);
        let (mut zoom, mut strength) = (1.0, 3.4 * rough);
        while rough > 0.02 && zoom < 10.0 {
            let seen = self.crags.seen(zoom * spacing, 3.0);
            if seen == 0.0 {
                break;
            }
            let lens = self.crags.lens(zoom * spacing);
            let step = self.crags.reach(zoom * spacing);
            let here = lens.at(zoom * x, zoom * y);
            right += seen * strength * (lens.at(zoom * x + step, zoom * y) - here) / step;
            ahead += seen * strength * (lens.at(zoom * x, zoom * y + step) - here) / step;
            zoom *= 4.3;
            strength *= 0.8;
        }
        [right, ahead]
    }

    /// A slope with dunes, or with what wind makes of snow.
    fn dunes(&self, spot: &Spot, [right, ahead]: [f32; 2]) -> [f32; 2] {
        let Spot { x, y, spacing, fine, .. } = *spot;
        let (length, height) = if self.biome == Biome::Snow { (0.4 * DUNE, 0.1) } else { (DUNE, 0.16) };
        let even = smooth(0.3, 0.05, right * right + ahead * ahead);
        let seen = smooth(0.3 * length, 0.08 * length, fine) * even;
        if seen == 0.0 {
            return [right, ahead];
        }
        let warp = self.cover.lens(spacing).at(0.2 * x, 0.2 * y) * DUNE / length;
        let phase = (0.8 * x + 0.6 * y) * (1.0 / length) + 0.5 * warp;
        // Long windward sides, short steep ones behind the crests.
        let rise = seen * height * (wave(phase) + 0.45 * wave(2.0 * phase + 0.2));
        [right + 0.8 * rise, ahead + 0.6 * rise]
    }

    /// Colour in full light of a place with its height, trees and upward part of the normal; `sun`: to the right and
    /// ahead.
    pub(super) fn colour(&self, spot: &Spot, place: Place, up: f32, sun: [f32; 2]) -> Colour {
        let ground = &self.ground;
        let grain = self.grain(spot);
        let Grain { detail, patches, tuft } = grain;
        let cover = self.cover(spot, &grain, place, up);
        let patch = patches + 0.6 * tuft + 0.25 * detail;
        let mut colour = ground.cover[0].mix(ground.cover[1], smooth(-1.1, 1.1, patch));
        // A third colour where two noises agree: flowers, dry grass, stones.
        colour = colour.mix(ground.accent, 0.7 * smooth(0.3, 1.5, tuft - 0.7 * patches));
        if cover.rock > 0.0 {
            let layers = self.layers(spot, place.height);
            colour = colour.mix(ground.rock * (1.0 + 0.12 * patches + layers), cover.rock);
        }
        colour = colour.mix(ground.shore, cover.shore);
        let mut texture = 1.0 + 0.07 * detail + 0.06 * tuft;
        if cover.trees < 1.0 {
            texture += self.grains(spot, &cover, sun) * (1.0 - cover.trees);
        }
        if place.trees > 0.0 {
            let (tint, light) = self.foliage(spot, place.height, sun);
            let trees = ground.trees[0].mix(ground.trees[1], smooth(-0.8, 1.2, detail - patches + tint));
            colour = colour.mix(trees * light, cover.trees);
        }
        let turf = self.turf.seen(spot.spacing);
        if turf > 0.0 {
            let bare = (1.0 - cover.rock) * (1.0 - cover.shore) * (1.0 - cover.trees) * (1.0 - cover.snow);
            let share = turf * bare;
            if share > 0.02 {
                let blade = self.turf.at(spot, smooth(-1.2, 1.6, tuft - 0.7 * patches) * 1.5);
                texture += share * blade.tone;
                colour = colour.mix(blade.petals.0, share * blade.petals.1);
            }
        }
        colour = colour.mix(ground.snow, cover.snow);
        colour * texture
    }

    /// Tint of the tree at a place in a wood, and how much light its leaves there get: 1 on average.
    fn foliage(&self, spot: &Spot, height: f32, sun: [f32; 2]) -> (f32, f32) {
        let Spot { x, y, spacing, .. } = *spot;
        let seen = self.crowns.seen(spacing, 3.0);
        if seen == 0.0 {
            return (0.0, 1.0);
        }
        let lens = self.crowns.lens(spacing);
        let here = lens.at(x, y);
        let toward = lens.at(x + 0.45 * sun[0], y + 0.45 * sun[1]);
        let mut light = 1.0 + seen * (0.9 * (here - MEAN_CROWN) + 0.6 * (here - toward));
        let (mut zoom, share) = (0.7, 0.13);
        while zoom < 9.0 {
            // Leaves: on the sides of crowns they lie above each other.
            let leaves = self.grit.seen(zoom * spacing, 2.0);
            if leaves == 0.0 {
                break;
            }
            let lens = self.grit.lens(zoom * spacing);
            light += share * leaves * lens.at(zoom * (x + 0.2 * y), zoom * (height + 0.5 * y));
            zoom *= 3.1;
        }
        (0.7 * seen * self.tints.lens(spacing).at(x, y), light.max(0.45))
    }

    /// Bands of rock, darker and lighter than 0.
    fn layers(&self, spot: &Spot, height: f32) -> f32 {
        let zoom = if self.biome == Biome::Desert { 0.5 } else { 0.25 };
        let bands = self.detail.lens(zoom * spot.spacing).at(0.03 * spot.x, zoom * height);
        let mut sum = 0.09 * bands;
        let seen = self.grit.seen(spot.spacing, 2.0);
        if seen > 0.0 {
            sum += 0.09 * seen * self.grit.lens(spot.spacing).at(0.6 * spot.x + 0.4 * spot.y, 0.8 * height);
        }
        sum
    }

    /// Grains, tussocks and ripples: what is darker and lighter than 0 where they can be seen.
    fn grains(&self, spot: &Spot, cover: &Cover, sun: [f32; 2]) -> f32 {
        let Spot { x, y, fine, .. } = *spot;
        if self.grit.seen(0.5 * fine, 2.0) == 0.0 {
            return 0.0;
        }
        let smoothness = if self.meadow == Label::Sand || self.biome == Biome::Snow { 0.35 } else { 1.0 };
        let strength = 1.0 - 0.65 * cover.shore.max(cover.snow);
        let mut sum = 0.0;
        let (mut zoom, mut share) = (0.5, 0.085 * strength * smoothness);
        while zoom < 9.0 {
            let seen = self.grit.seen(zoom * fine, 2.0);
            if seen == 0.0 {
                break;
            }
            let lens = self.grit.lens(zoom * fine);
            let here = lens.at(zoom * x, zoom * y);
            // Grains have a bright and a dark side.
            let toward = lens.at(zoom * x + 0.08 * sun[0], zoom * y + 0.08 * sun[1]);
            sum += seen * share * (0.6 * here + 0.8 * (here - toward));
            zoom *= 3.7;
            share *= 0.75;
        }
        let sand = if self.meadow == Label::Sand { 1.0 - cover.rock } else { cover.shore };
        let seen = sand * smooth(0.4 * RIPPLE, 0.12 * RIPPLE, fine);
        if seen > 0.0 {
            let warp = self.detail.lens(fine).at(0.35 * x, 0.35 * y);
            let phase = (0.35 * x + 0.94 * y) * (1.0 / RIPPLE) + 0.9 * warp;
            sum += 0.07 * seen * (wave(phase) + 0.4 * wave(2.0 * phase + 0.2));
        }
        sum
    }
}
