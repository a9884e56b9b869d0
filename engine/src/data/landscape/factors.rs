//! What a picture shows: the random factors of the landscape world and how they are drawn.

use crate::rng::Rng;
use serde::{Deserialize, Serialize};
use std::f32::consts::PI;

/// What grows, or does not, on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Biome {
    /// Grass with a few woods.
    Meadow,
    /// Dark green trees over most of the ground.
    Forest,
    /// Trees in yellow, orange and red.
    Autumn,
    /// Brown and purple moor without trees.
    Heath,
    /// Sand and bare stone.
    Desert,
    /// Snow down to the water.
    Snow,
}

/// The form of the clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CloudKind {
    /// Round heaps with shaded bases.
    Cumulus,
    /// Thin streaks.
    Cirrus,
    /// Long flat layers.
    Stratus,
}

/// Every random factor of a picture, recorded: ground truth for tests and for evaluation.
///
/// Lengths are in world units: about the height of a man. Directions are seen from the camera.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Direction of the sun in radians, -pi..pi: 0 straight ahead (in the picture below 0.5), positive right.
    pub sun_azimuth: f32,
    /// Height of the sun in radians, -0.15 (dusk, below the horizon) to 1.1 (noon).
    pub sun_elevation: f32,
    /// Veil of grey over the sky, 0 (clear) to 1 (no sun, no shadows).
    pub overcast: f32,
    /// Hue of the sky, -1 (greenish blue) to 1 (violet blue).
    pub sky_tint: f32,
    /// Form of the clouds.
    pub cloud_kind: CloudKind,
    /// Share of the sky with clouds, 0..1.
    pub cloud_cover: f32,
    /// Ground cover.
    pub biome: Biome,
    /// Freshness of the vegetation, 0 (spring) to 1 (dry late summer).
    pub season: f32,
    /// Part of the ground under trees, 0..1; it also rules how many trees stand alone.
    pub woods: f32,
    /// Height of the mountains, 0 (none) to 1 (high).
    pub mountains: f32,
    /// Distance of the main range, 90..330 world units.
    pub mountain_distance: f32,
    /// Height of the rolling ground: deviation in world units, 0.8..7.
    pub hills: f32,
    /// Height above which snow lies, in world units (10..120; below every ground in the biome `Snow`).
    pub snow_line: f32,
    /// Height of the water in deviations of the rolling ground, -0.9..1.4; `None`: no water.
    pub sea_level: Option<f32>,
    /// Height of the camera above ground or water, in world units, 1.6..9.
    pub camera_height: f32,
    /// Row of the horizon of a flat world, 0 (top) to 1 (bottom); drawn in 0.34..0.66.
    pub horizon: f32,
    /// Thickness of the air, 0 (clear) to 1 (mist).
    pub haze: f32,
}

impl Factors {
    /// Draws the factors of a picture.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let time = rng.unit();
        let sun_elevation = match time {
            t if t < 0.52 => rng.uniform(0.35, 1.1),
            t if t < 0.74 => rng.uniform(0.1, 0.35),
            t if t < 0.91 => rng.uniform(-0.02, 0.1),
            _ => rng.uniform(-0.15, -0.02),
        };
        // The low sun is the subject of many pictures; the high one is out of view anyway.
        let ahead = sun_elevation < 0.35 && rng.chance(0.5);
        let sun_azimuth = if ahead { rng.uniform(-0.45, 0.45) } else { rng.uniform(-PI, PI) };
        let overcast = if rng.chance(0.24) { rng.uniform(0.45, 1.0) } else { rng.uniform(0.0, 0.15) };
        let cloud_kind = match rng.below(10) {
            // A grey sky is a layer of cloud.
            _ if overcast > 0.4 => CloudKind::Stratus,
            0..5 => CloudKind::Cumulus,
            5..8 => CloudKind::Stratus,
            _ => CloudKind::Cirrus,
        };
        let cloud_cover = if rng.chance(0.2) { 0.0 } else { rng.uniform(0.1, 0.75) };
        let biome = match rng.below(100) {
            0..27 => Biome::Meadow,
            27..49 => Biome::Forest,
            49..63 => Biome::Autumn,
            63..73 => Biome::Heath,
            73..87 => Biome::Desert,
            _ => Biome::Snow,
        };
        let woods = match biome {
            Biome::Meadow => rng.uniform(0.0, 0.45),
            Biome::Forest | Biome::Autumn => rng.uniform(0.4, 0.95),
            Biome::Snow => (rng.uniform(-0.4, 0.6)).max(0.0),
            Biome::Heath | Biome::Desert => 0.0,
        };
        let mountains = if rng.chance(0.22) { 0.0 } else { rng.uniform(0.12, 1.0) };
        let water = rng.chance(if biome == Biome::Desert { 0.2 } else { 0.48 });
        Self {
            sun_azimuth,
            sun_elevation,
            overcast,
            sky_tint: rng.uniform(-1.0, 1.0),
            cloud_kind,
            cloud_cover,
            biome,
            season: rng.unit(),
            woods,
            mountains,
            mountain_distance: rng.uniform(90.0, 330.0),
            hills: rng.uniform(0.8, 7.0),
            snow_line: if biome == Biome::Snow { -1000.0 } else { rng.uniform(10.0, 120.0) },
            sea_level: water.then(|| rng.uniform(-0.9, 1.4)),
            camera_height: rng.uniform(1.6, 9.0),
            // High mountains need sky to stand in.
            horizon: rng.uniform(0.34 + 0.14 * mountains, 0.66),
            haze: rng.unit().powi(2),
        }
    }

    /// A clear day over meadows with some woods, hills and mountains; no water.
    #[must_use]
    pub fn typical() -> Self {
        Self {
            sun_azimuth: -1.2,
            sun_elevation: 0.6,
            overcast: 0.05,
            sky_tint: 0.0,
            cloud_kind: CloudKind::Cumulus,
            cloud_cover: 0.3,
            biome: Biome::Meadow,
            season: 0.3,
            woods: 0.2,
            mountains: 0.5,
            mountain_distance: 200.0,
            hills: 3.0,
            snow_line: 60.0,
            sea_level: None,
            camera_height: 4.0,
            horizon: 0.5,
            haze: 0.2,
        }
    }
}
