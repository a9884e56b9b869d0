//! What a picture shows: the random factors of a portrait and how they are drawn.

use crate::data::curves::lerp;
use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// How the hair is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HairStyle {
    /// Shaved or lost.
    Bald,
    /// Above the ears.
    Short,
    /// Over the ears, down to the jaw.
    Medium,
    /// Down to the shoulders.
    Long,
    /// Tied up to a bun.
    Bun,
}

/// Every random factor of a portrait, recorded: ground truth for tests and for evaluation.
///
/// Left and right are the viewer's. Where nothing else is said a factor goes from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Turn of the head to the right, radians, -0.6..0.6.
    pub yaw: f32,
    /// Turn of the head upwards, radians, -0.2..0.2.
    pub pitch: f32,
    /// Tilt of the head towards its right shoulder, radians, -0.15..0.15.
    pub roll: f32,
    /// Width of the whole head.
    pub face_width: f32,
    /// The jaw, 0 (narrow) to 1 (broad).
    pub jaw: f32,
    /// Length of the face below the mouth.
    pub chin: f32,
    /// Roundness of the cheeks.
    pub cheeks: f32,
    /// Colour of the skin, 0 (pale) to 1 (dark brown).
    pub skin: f32,
    /// Red of cheeks and nose.
    pub flush: f32,
    /// How the hair is worn.
    pub hair_style: HairStyle,
    /// Thickness of the hair.
    pub hair_volume: f32,
    /// Curls, 0 (straight) to 1.
    pub curl: f32,
    /// How far the hair falls into the forehead.
    pub fringe: f32,
    /// Where the hair is parted, -1 (left) to 1 (right).
    pub parting: f32,
    /// Colour of the hair, 0 (black) over brown to 1 (blond).
    pub hair_tone: f32,
    /// Red in the hair.
    pub hair_red: f32,
    /// Grey in the hair.
    pub grey: f32,
    /// Height of the brows, 0 (low) to 1 (raised).
    pub brow_height: f32,
    /// Slant of the brows, -1 (angry) to 1 (worried).
    pub brow_slant: f32,
    /// Thickness of the brows.
    pub brow_thickness: f32,
    /// Size of the eyes.
    pub eye_size: f32,
    /// Distance of the eyes from each other.
    pub eye_spacing: f32,
    /// How wide the eyes are open, 0 (nearly closed) to 1.
    pub eye_open: f32,
    /// Where the eyes look, -1 (left) to 1 (right).
    pub gaze: f32,
    /// Colour of the irises, 0 (brown) over green to 1 (blue).
    pub eye_colour: f32,
    /// Length of the nose.
    pub nose_length: f32,
    /// Width of the nose.
    pub nose_width: f32,
    /// Width of the mouth.
    pub mouth_width: f32,
    /// Fullness of the lips.
    pub lips: f32,
    /// The mouth, -1 (corners down) to 1 (a broad smile).
    pub smile: f32,
    /// How far the mouth is open.
    pub mouth_open: f32,
    /// Strength of a red lipstick.
    pub lipstick: f32,
    /// The beard, 0 (shaved) over stubble to 1 (full).
    pub beard: f32,
    /// The moustache, 0 (shaved) to 1.
    pub moustache: f32,
    /// Size of the glasses; `None`: no glasses.
    pub glasses: Option<f32>,
    /// Direction of the light, radians, -1.1 (left) to 1.1 (right).
    pub light_azimuth: f32,
    /// Height of the light, radians, 0.1..0.9.
    pub light_elevation: f32,
    /// Difference between the lit and the shaded side.
    pub contrast: f32,
    /// Colour of the light, 0 (cool) to 1 (warm).
    pub warmth: f32,
    /// Brightness of the background.
    pub background: f32,
    /// Colour of the background, 0 (cool grey) to 1 (warm grey).
    pub background_warmth: f32,
    /// Hue of the clothes, in turns.
    pub cloth_hue: f32,
    /// Lightness of the clothes.
    pub cloth: f32,
}

impl Factors {
    /// Draws the factors of a picture.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        // Not recorded: all that it rules is which of the recorded factors tend to come together.
        let masculine = rng.unit();
        let skin = rng.unit();
        let style = rng.unit();
        let hair_style = match (masculine > 0.5, style) {
            (true, s) if s < 0.13 => HairStyle::Bald,
            (true, s) if s < 0.78 => HairStyle::Short,
            (true, s) if s < 0.92 => HairStyle::Medium,
            (false, s) if s < 0.16 => HairStyle::Short,
            (false, s) if s < 0.45 => HairStyle::Medium,
            (false, s) if s > 0.82 => HairStyle::Bun,
            _ => HairStyle::Long,
        };
        let bearded = masculine > 0.5 && rng.chance(0.5);
        let beard = if bearded { rng.unit() } else { 0.0 };
        let moustache = if bearded { rng.uniform(-0.3, 1.0).max(0.0) } else { 0.0 };
        let lipstick = if masculine < 0.5 { rng.uniform(-0.6, 1.0).max(0.0) } else { 0.0 };
        let smile = rng.uniform(-0.6, 1.0);
        Self {
            // Most people look at the camera.
            yaw: 0.6 * rng.uniform(-1.0, 1.0) * rng.uniform(0.3, 1.0),
            pitch: rng.uniform(-0.2, 0.2),
            roll: rng.uniform(-0.15, 0.15),
            face_width: rng.unit(),
            jaw: (0.7 * rng.unit() + 0.3 * masculine).clamp(0.0, 1.0),
            chin: rng.unit(),
            cheeks: rng.unit(),
            skin,
            flush: rng.unit(),
            hair_style,
            hair_volume: rng.unit(),
            curl: rng.unit().powi(2),
            fringe: rng.unit().powi(2),
            parting: rng.uniform(-1.0, 1.0),
            // Light hair is rare above dark skin.
            hair_tone: rng.unit() * lerp(1.0, 0.3, skin),
            hair_red: rng.uniform(-2.5, 1.0).max(0.0),
            grey: rng.uniform(-4.0, 1.0).max(0.0),
            brow_height: rng.unit(),
            brow_slant: rng.uniform(-1.0, 1.0),
            brow_thickness: (0.6 * rng.unit() + 0.4 * masculine).clamp(0.0, 1.0),
            eye_size: rng.unit(),
            eye_spacing: rng.unit(),
            eye_open: rng.uniform(0.35, 1.0),
            gaze: rng.uniform(-1.0, 1.0),
            eye_colour: rng.unit() * lerp(1.0, 0.2, skin),
            nose_length: rng.unit(),
            nose_width: rng.unit(),
            mouth_width: rng.unit(),
            lips: rng.unit(),
            smile,
            mouth_open: (rng.uniform(-0.8, 0.7) + 0.3 * smile).max(0.0),
            lipstick,
            beard,
            moustache,
            glasses: rng.chance(0.22).then(|| rng.unit()),
            light_azimuth: rng.uniform(-1.1, 1.1),
            light_elevation: rng.uniform(0.1, 0.9),
            contrast: rng.unit(),
            warmth: rng.unit(),
            background: rng.unit(),
            background_warmth: rng.unit(),
            cloth_hue: rng.unit(),
            cloth: rng.unit(),
        }
    }

    /// A face that looks at the camera and smiles a little: short brown hair, no beard, no glasses, soft light.
    #[must_use]
    pub fn typical() -> Self {
        Self {
            yaw: 0.0,
            pitch: 0.0,
            roll: 0.0,
            face_width: 0.5,
            jaw: 0.5,
            chin: 0.5,
            cheeks: 0.5,
            skin: 0.35,
            flush: 0.4,
            hair_style: HairStyle::Short,
            hair_volume: 0.5,
            curl: 0.2,
            fringe: 0.3,
            parting: 0.4,
            hair_tone: 0.4,
            hair_red: 0.0,
            grey: 0.0,
            brow_height: 0.5,
            brow_slant: 0.0,
            brow_thickness: 0.5,
            eye_size: 0.5,
            eye_spacing: 0.5,
            eye_open: 0.75,
            gaze: 0.0,
            eye_colour: 0.4,
            nose_length: 0.5,
            nose_width: 0.5,
            mouth_width: 0.5,
            lips: 0.5,
            smile: 0.3,
            mouth_open: 0.0,
            lipstick: 0.0,
            beard: 0.0,
            moustache: 0.0,
            glasses: None,
            light_azimuth: -0.4,
            light_elevation: 0.5,
            contrast: 0.5,
            warmth: 0.5,
            background: 0.6,
            background_warmth: 0.5,
            cloth_hue: 0.6,
            cloth: 0.5,
        }
    }
}
