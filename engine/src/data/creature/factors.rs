//! What a picture shows: the random factors of a creature and how they are drawn.

use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// Every random factor of a creature. The picture depends on each of them smoothly, and no two are tied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Colour of the skin, 0 (red) over yellow and green to 1 (blue). The ends are as far from each other as colours
    /// can be, so that one latent can hold it.
    pub hue: f32,
    /// How light the skin is, 0 (dark) to 1 (pale).
    pub lightness: f32,
    /// Hue of wings, spots and irises, counted from the skin's: 0 (the neighbour) to 1 (nearly around the circle).
    pub accent: f32,
    /// Brightness of the room, 0 (dusk) to 1 (white).
    pub backdrop: f32,
    /// How large the creature is, 0..1.
    pub size: f32,
    /// Form of the trunk, 0 (tall and thin) to 1 (low and wide).
    pub stoutness: f32,
    /// The head, 0 (one with the trunk) to 1 (large, on a neck).
    pub head: f32,
    /// Length of arms and legs, 0..1.
    pub limbs: f32,
    /// The arms, 0 (hanging) to 1 (raised).
    pub pose: f32,
    /// To which side the creature leans and looks, -1 (left) to 1 (right).
    pub lean: f32,
    /// Length of the ears, 0 (none) to 1.
    pub ears: f32,
    /// Form of the ears, 0 (pointed, upright) to 1 (round, at the sides).
    pub ear_roundness: f32,
    /// Size of the eyes, 0..1.
    pub eyes: f32,
    /// Brows, lids and mouth, 0 (grim) to 1 (laughing).
    pub mood: f32,
    /// Lightness of belly and muzzle, 0 (like the skin) to 1 (cream).
    pub belly: f32,
    /// Strength of the pattern on the skin, 0 (none) to 1.
    pub pattern: f32,
    /// Form of the pattern, 0 (spots) to 1 (stripes).
    pub stripes: f32,
    /// Length of the tail, 0 (none) to 1.
    pub tail: f32,
    /// Size of the wings, 0 (none) to 1. Evenly spread: a latent with nothing to show over a third of its range would
    /// take up a second factor there.
    pub wings: f32,
    /// Length of the horns, 0 (none, as with three in five) to 1.
    pub horns: f32,
}

impl Factors {
    /// Draws the factors of a picture.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        Self {
            hue: rng.unit(),
            lightness: rng.unit(),
            accent: rng.unit(),
            backdrop: rng.unit(),
            size: rng.unit(),
            stoutness: rng.unit(),
            head: rng.unit(),
            limbs: rng.unit(),
            pose: rng.unit(),
            lean: rng.uniform(-1.0, 1.0),
            ears: rng.unit(),
            ear_roundness: rng.unit(),
            eyes: rng.unit(),
            mood: rng.unit(),
            belly: rng.unit(),
            pattern: rng.uniform(-0.6, 1.0).max(0.0),
            stripes: rng.unit(),
            tail: rng.unit(),
            wings: rng.unit(),
            horns: rng.uniform(-1.5, 1.0).max(0.0),
        }
    }

    /// A green creature of middle size that stands upright and smiles a little; no horns, no pattern.
    #[must_use]
    pub fn typical() -> Self {
        Self {
            hue: 0.5,
            lightness: 0.5,
            accent: 0.6,
            backdrop: 0.6,
            size: 0.5,
            stoutness: 0.5,
            head: 0.5,
            limbs: 0.5,
            pose: 0.35,
            lean: 0.0,
            ears: 0.55,
            ear_roundness: 0.3,
            eyes: 0.7,
            mood: 0.66,
            belly: 0.6,
            pattern: 0.0,
            stripes: 0.0,
            tail: 0.0,
            wings: 0.0,
            horns: 0.0,
        }
    }
}
