//! The ground: rolling hills, ranges of mountains, woods, and the colour of each place.

use super::factors::{Biome, Factors};
use super::maps::Label;
use super::noise::{Lens, Patch, tiles};
use super::palette::Ground;
use super::trees::Tree;
use super::turf::Turf;
use crate::data::curves::smooth;
use crate::rng::Rng;

/// Width of a cell of the noise that crowns are made of, world units; a tree takes eight.
const CROWN: f32 = 0.14;

/// Mean of the noise of ridges.
const MEAN_RIDGE: f32 = 0.55;

/// A range of mountains across the view.
struct Range {
    /// Distance of its middle line and its half width, world units.
    distance: f32,
    width: f32,
    /// Height of its highest crests, world units.
    height: f32,
    crest: Patch,
}

/// Height and trees at a place.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Top of ground or trees, world units.
    pub height: f32,
    /// Share under trees, 0..1.
    pub trees: f32,
}

/// The land of a picture.
pub(super) struct Terrain {
    pub(super) ground: Ground,
    hills: Patch,
    ridges: Patch,
    pub(super) woods: Patch,
    pub(super) cover: Patch,
    pub(super) detail: Patch,
    /// Grains and tussocks, gullies and crags, crowns of trees and a value for each crown.
    pub(super) grit: Patch,
    pub(super) crags: Patch,
    pub(super) crowns: Patch,
    pub(super) tints: Patch,
    pub(super) turf: Turf,
    ranges: Vec<Range>,
    hill_height: f32,
    pub(super) biome: Biome,
    /// Whether wind forms the ground.
    pub(super) windblown: bool,
    pub(super) snow_line: f32,
    pub(super) tree_line: f32,
    /// Share of the sunlight that a cloud takes away.
    cloud_shadow: f32,
    /// Noise above which there are woods.
    pub(super) wood_threshold: f32,
    /// What ground with nothing on it is called.
    pub(super) meadow: Label,
    /// Height of the water, world units; far below everything when there is none.
    pub sea: f32,
}

impl Terrain {
    /// What stays in its place since pictures had it is drawn from `rng`, finer things from `more`.
    /// `spacing`: width of a pixel at distance 1.
    pub(super) fn new(factors: &Factors, rng: &mut Rng, more: &mut Rng, spacing: f32) -> Self {
        let noise = tiles();
        let crowns = if Tree::pointed(factors.biome) { &noise.cones } else { &noise.domes };
        let mut ranges = Vec::new();
        // Always two draws of everything: the other factors then stay the same when one is changed.
        for (share, distance) in [(1.0, 1.0), (rng.uniform(0.3, 0.6), rng.uniform(0.4, 0.55))] {
            let distance = factors.mountain_distance * distance;
            let range = Range {
                distance,
                width: distance * rng.uniform(0.45, 0.6),
                // Apparent size counts: far ranges are higher.
                height: share * factors.mountains * distance * rng.uniform(0.36, 0.5),
                crest: Patch::draw(&noise.clouds, distance / 110.0, rng),
            };
            let there = rng.chance(0.5) || share == 1.0;
            if there && factors.mountains > 0.0 {
                ranges.push(range);
            }
        }
        Self {
            ground: Ground::new(factors),
            hills: Patch::draw(&noise.hills, 2.0, rng),
            ridges: Patch::draw(&noise.ridges, 0.013 * factors.mountain_distance, rng),
            woods: Patch::draw(&noise.clouds, 1.1, rng),
            cover: Patch::draw(&noise.clouds, 0.5, rng),
            detail: Patch::draw(&noise.detail, 0.22, rng),
            grit: Patch::draw(&noise.grit, 0.09, more),
            crags: Patch::draw(&noise.ridges, 0.0034 * factors.mountain_distance, more),
            // Both look at the same trees.
            tints: Patch::draw(&noise.tints, CROWN, &mut more.clone()),
            crowns: Patch::draw(crowns, CROWN, more),
            turf: Turf::new(factors, more, spacing),
            ranges,
            hill_height: factors.hills,
            biome: factors.biome,
            windblown: matches!(factors.biome, Biome::Desert | Biome::Snow),
            snow_line: factors.snow_line,
            tree_line: if factors.biome == Biome::Snow { 40.0 } else { 0.75 * factors.snow_line },
            cloud_shadow: if factors.cloud_cover > 0.0 { 0.6 * (1.0 - factors.overcast) } else { 0.0 },
            wood_threshold: if factors.woods > 0.0 { 1.6 - 2.9 * factors.woods } else { 9.0 },
            meadow: match factors.biome {
                Biome::Heath => Label::Heath,
                Biome::Desert => Label::Sand,
                _ => Label::Grass,
            },
            sea: factors.sea_level.map_or(-1e4, |level| level * factors.hills),
        }
    }

    /// Height without trees at (x, y), world units, for samples `spacing` apart.
    pub(super) fn bare(&self, x: f32, y: f32, spacing: f32) -> f32 {
        self.strip(y, spacing).bare(x)
    }

    /// The land across the view at distance `y`, for samples `spacing` apart.
    pub(super) fn strip(&self, y: f32, spacing: f32) -> Strip<'_> {
        // The middle line of a range wanders by noise of a quarter width; beyond this nothing is left.
        let near = |range: &&Range| (y - range.distance).abs() <= 1.8 * range.width;
        let mut ranges = self.ranges.iter().filter(near).map(|range| Slice {
            range,
            crest: range.crest.lens(spacing),
            across: (y - range.distance) / range.width,
        });
        Strip {
            land: self,
            y,
            ranges: [ranges.next(), ranges.next()],
            hills: self.hills.lens(spacing),
            ridges: self.ridges.lens(spacing),
            woods: self.woods.lens(spacing),
            crowns: self.crowns.lens(0.7 * spacing),
            crags: (self.crags.seen(spacing, 4.0), self.crags.lens(spacing)),
            // The camera stands in a clearing.
            clearing: smooth(12.0, 24.0, y),
        }
    }

    /// No land at distance `y` is higher than this, world units.
    pub(super) fn highest(&self, y: f32) -> f32 {
        let near = self.ranges.iter().filter(|range| (y - range.distance).abs() <= 1.8 * range.width);
        5.0 * self.hill_height + 5.0 + near.map(|range| range.height).sum::<f32>()
    }

    /// Share of the sunlight that the clouds let through to (x, y), 0..1.
    pub(super) fn sunshine(&self, x: f32, y: f32) -> f32 {
        if self.cloud_shadow == 0.0 {
            return 1.0;
        }
        let shade = smooth(-0.4, 0.8, self.cover.finest().at(0.11 * x, 0.11 * y));
        1.0 - self.cloud_shadow * shade
    }

    /// Light and dark of small waves at (x, y): about -2..2.
    pub(super) fn ripple(&self, x: f32, y: f32, spacing: f32) -> f32 {
        self.detail.lens(spacing).at(0.35 * x, y)
    }
}

/// The land at one distance, ready to be evaluated from left to right.
pub(super) struct Strip<'a> {
    land: &'a Terrain,
    y: f32,
    ranges: [Option<Slice<'a>>; 2],
    hills: &'a Lens<'static>,
    ridges: &'a Lens<'static>,
    woods: &'a Lens<'static>,
    crowns: &'a Lens<'static>,
    /// Fine relief of the mountains, and how much of it is seen.
    crags: (f32, &'a Lens<'static>),
    clearing: f32,
}

/// A range of mountains at one distance; `across`: from its middle line, in half widths.
struct Slice<'a> {
    range: &'a Range,
    crest: &'a Lens<'static>,
    across: f32,
}

impl Strip<'_> {
    /// Height without trees, world units.
    #[inline(always)]
    pub(super) fn bare(&self, x: f32) -> f32 {
        let mut height = self.land.hill_height * self.hills.at(x, self.y);
        let mut ridge = None;
        for slice in self.ranges.iter().flatten() {
            let crest = slice.crest.at(x, 0.3 * self.y);
            let across = slice.across + 0.25 * crest;
            let inside = 1.0 - across * across;
            if inside > 0.0 {
                let ridge = match ridge {
                    Some(ridge) => ridge,
                    None => *ridge.insert(self.ridge(x)),
                };
                let along = 0.3 + 0.7 * smooth(-1.4, 1.4, crest);
                height += slice.range.height * inside * inside.sqrt() * along * (0.3 + 0.7 * ridge);
            }
        }
        height
    }

    /// Crests and valleys of the mountains.
    #[inline(always)]
    fn ridge(&self, x: f32) -> f32 {
        let ridge = self.ridges.at(x, self.y);
        let (seen, crags) = self.crags;
        if seen > 0.0 { ridge + 0.1 * seen * (crags.at(x, self.y) - MEAN_RIDGE) } else { ridge }
    }

    /// Height with trees.
    #[inline]
    pub(super) fn place(&self, x: f32) -> Place {
        let (land, height) = (self.land, self.bare(x));
        let bare = Place { height, trees: 0.0 };
        if land.wood_threshold > 5.0 || height < land.sea || self.clearing == 0.0 {
            return bare;
        }
        let woods = self.woods.at(x, self.y);
        if woods <= land.wood_threshold {
            return bare;
        }
        let trees = smooth(0.0, 0.35, woods - land.wood_threshold)
            * (1.0 - smooth(0.6 * land.tree_line, land.tree_line, height))
            * smooth(0.1, 0.6, height - land.sea)
            * self.clearing;
        let crowns = 1.5 + 2.2 * self.crowns.at(x, self.y);
        Place { height: height + trees * crowns, trees }
    }
}
