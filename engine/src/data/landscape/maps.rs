//! What a landscape consists of, beside its picture: what every pixel shows, and the same land from above.

use rayon::prelude::*;
use serde::Serialize;

use super::surface::Spot;
use super::terrain::Terrain;
use super::view::{View, up};
use super::{Biome, Factors, Landscape};
use crate::Result;
use crate::data::Vary;
use crate::data::world::World as _;
use crate::rng::Rng;

/// Side of the ground that maps from above show, world units. The camera stands in the middle of its lower edge and
/// looks up.
pub const GROUND: f32 = 512.0;

/// What can be seen at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Clear sky, or so thin a cloud that it shows through.
    Sky,
    /// Clouds.
    Cloud,
    /// Lakes and seas.
    Water,
    /// Grass.
    Grass,
    /// Moor without trees.
    Heath,
    /// Beaches and deserts.
    Sand,
    /// Bare stone.
    Rock,
    /// Snow.
    Snow,
    /// Woods.
    Trees,
    /// Trees that stand alone.
    Tree,
}

impl Label {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Sky,
        Self::Cloud,
        Self::Water,
        Self::Grass,
        Self::Heath,
        Self::Sand,
        Self::Rock,
        Self::Snow,
        Self::Trees,
        Self::Tree,
    ];

    /// As people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sky => "sky",
            Self::Cloud => "cloud",
            Self::Water => "water",
            Self::Grass => "grass",
            Self::Heath => "heath",
            Self::Sand => "sand",
            Self::Rock => "rock",
            Self::Snow => "snow",
            Self::Trees => "trees",
            Self::Tree => "single tree",
        }
    }

    /// The colour that stands for it in a picture of a map.
    #[must_use]
    pub fn colour(self) -> [u8; 3] {
        match self {
            Self::Sky => [135, 190, 235],
            Self::Cloud => [205, 215, 225],
            Self::Water => [40, 90, 170],
            Self::Grass => [120, 180, 70],
            Self::Heath => [150, 100, 130],
            Self::Sand => [225, 200, 140],
            Self::Rock => [125, 120, 115],
            Self::Snow => [250, 250, 250],
            Self::Trees => [30, 95, 50],
            Self::Tree => [20, 60, 75],
        }
    }
}

/// The maps of a picture, each square and of its size, rows top-down.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// What every pixel of the picture shows.
    pub labels: Vec<Label>,
    /// Height of the ground without trees and water, seen from above over [`GROUND`], in world units.
    pub heights: Vec<f32>,
    /// What lies there.
    pub plan: Vec<Label>,
}

impl Maps {
    fn new(factors: &Factors, rng: &mut Rng, size: usize) -> Self {
        let view = View::new(factors, rng, size);
        let (heights, plan) = from_above(view.land(), size);
        Self { labels: view.labels(), heights, plan }
    }
}

impl Landscape {
    /// The maps that belong to the pictures of [`Vary::render_many`]; the same for any number of threads.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when `vary` was made for another world.
    pub fn maps(vary: &Vary, seed: u64, first: u64, count: usize, size: usize) -> Result<Vec<Maps>> {
        Self::prepare();
        let size = size.clamp(*Self::SIZES.start(), *Self::SIZES.end());
        let maps = (0..count as u64).into_par_iter().map(|i| {
            let mut rng = Rng::stream(seed, first.wrapping_add(i));
            let factors = vary.hold(Self::draw(&mut rng))?;
            Ok(Maps::new(&factors, &mut rng, size))
        });
        maps.collect()
    }

    /// What every pixel of these pictures shows, without the land from above.
    ///
    /// # Errors
    /// As [`Self::maps`].
    pub fn label_maps(
        vary: &Vary,
        seed: u64,
        first: u64,
        count: usize,
        size: usize,
    ) -> Result<Vec<Vec<Label>>> {
        Self::prepare();
        let size = size.clamp(*Self::SIZES.start(), *Self::SIZES.end());
        let maps = (0..count as u64).into_par_iter().map(|i| {
            let mut rng = Rng::stream(seed, first.wrapping_add(i));
            let factors = vary.hold(Self::draw(&mut rng))?;
            Ok(View::new(&factors, &mut rng, size).labels())
        });
        maps.collect()
    }
}

/// What is known of a landscape beside what its pixels show, see [`style`].
pub const STYLE: [&str; 8] =
    ["sun height", "sun left or right", "sun ahead", "overcast", "sky tint", "season", "haze", "autumn"];

/// How a landscape is lit and what time of the year it is: height of the sun (radians), its sine and cosine about the
/// camera, overcast, tint of the sky, season, haze, and whether woods are those of autumn (0 or 1).
#[must_use]
pub fn style(factors: &Factors) -> [f32; STYLE.len()] {
    let (side, ahead) = factors.sun_azimuth.sin_cos();
    let autumn = f32::from(u8::from(factors.biome == Biome::Autumn));
    [
        factors.sun_elevation,
        side,
        ahead,
        factors.overcast,
        factors.sky_tint,
        factors.season,
        factors.haze,
        autumn,
    ]
}

/// Heights and labels of the ground.
fn from_above(land: &Terrain, size: usize) -> (Vec<f32>, Vec<Label>) {
    let spacing = GROUND / size as f32;
    let (mut heights, mut labels) = (Vec::with_capacity(size * size), Vec::with_capacity(size * size));
    for row in 0..size {
        let y = GROUND - (row as f32 + 0.5) * spacing;
        let (strip, behind) = (land.strip(y, spacing), land.strip(y + spacing, spacing));
        for column in 0..size {
            let x = (column as f32 + 0.5) * spacing - 0.5 * GROUND;
            let (height, place) = (strip.bare(x), strip.place(x));
            let slope = [(strip.bare(x + spacing) - height) / spacing, (behind.bare(x) - height) / spacing];
            heights.push(height);
            labels.push(if height < land.sea {
                Label::Water
            } else {
                let spot = Spot { x, y, spacing, fine: spacing, rise: 1.0 };
                land.label(&spot, place, up(land.relief(&spot, place, slope)))
            });
        }
    }
    (heights, labels)
}
