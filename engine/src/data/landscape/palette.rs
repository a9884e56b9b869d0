//! Colours: light by time of day and weather, ground by biome. Values are linear; a colour given in the
//! usual 0..255 is squared on its way in and a root is taken on its way out.

use super::factors::{Biome, Factors};
use crate::data::curves::smooth;
use std::ops::{Add, Mul};

/// Red, green and blue, linear, 1 = white; the fourth number is unused: four fill a vector register.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(16))]
pub(super) struct Colour([f32; 4]);

impl Add for Colour {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl Mul<f32> for Colour {
    type Output = Self;
    #[inline]
    fn mul(self, factor: f32) -> Self {
        Self(self.0.map(|x| x * factor))
    }
}

impl Mul for Colour {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
    }
}

impl Colour {
    /// From linear values.
    #[inline]
    pub(super) fn linear(rgb: [f32; 3]) -> Self {
        Self([rgb[0], rgb[1], rgb[2], 0.0])
    }

    /// From display values 0..255.
    #[inline]
    pub(super) fn display(r: f32, g: f32, b: f32) -> Self {
        Self::linear([r, g, b].map(|x| (x * (1.0 / 255.0)).powi(2)))
    }

    /// `self` at 0, `other` at 1.
    #[inline]
    pub(super) fn mix(self, other: Self, t: f32) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + (other.0[i] - self.0[i]) * t))
    }

    /// Perceived brightness, linear.
    pub(super) fn brightness(self) -> f32 {
        0.25 * self.0[0] + 0.65 * self.0[1] + 0.1 * self.0[2]
    }

    /// Display bytes; highlights bend smoothly towards white instead of clipping.
    #[inline]
    pub(super) fn bytes(self) -> [u8; 3] {
        let [r, g, b, _] = self.0.map(|x| {
            let bent = if x < 0.6 { x } else { 1.0 - 0.16 / (x - 0.2) };
            let clipped = if bent > 0.0 { bent } else { 0.0 };
            clipped.sqrt() * 255.0 + 0.5
        });
        [r as u8, g as u8, b as u8]
    }
}

/// Light and sky at one moment.
#[derive(Clone, Copy)]
pub(super) struct Light {
    /// Sky overhead.
    pub zenith: Colour,
    /// Sky at the horizon away from the sun.
    pub horizon: Colour,
    /// Sky at the horizon below the sun.
    pub glow: Colour,
    /// Sunlight on a surface that faces the sun.
    pub sun: Colour,
    /// Light from the whole sky.
    pub ambient: Colour,
    /// Sunny and shaded sides of clouds.
    pub cloud: [Colour; 2],
}

impl Light {
    fn mix(self, other: Self, t: f32) -> Self {
        Self {
            zenith: self.zenith.mix(other.zenith, t),
            horizon: self.horizon.mix(other.horizon, t),
            glow: self.glow.mix(other.glow, t),
            sun: self.sun.mix(other.sun, t),
            ambient: self.ambient.mix(other.ambient, t),
            cloud: [self.cloud[0].mix(other.cloud[0], t), self.cloud[1].mix(other.cloud[1], t)],
        }
    }

    /// Light of the moments that the others lie between, with the sun's height at each.
    fn moments() -> [(f32, Self); 4] {
        let c = Colour::display;
        [
            (
                -0.15,
                Self {
                    zenith: c(30.0, 40.0, 78.0),
                    horizon: c(108.0, 100.0, 134.0),
                    glow: c(222.0, 134.0, 100.0),
                    sun: c(60.0, 40.0, 50.0),
                    ambient: c(86.0, 92.0, 124.0),
                    cloud: [c(150.0, 108.0, 122.0), c(62.0, 64.0, 96.0)],
                },
            ),
            (
                0.02,
                Self {
                    zenith: c(70.0, 92.0, 148.0),
                    horizon: c(216.0, 168.0, 150.0),
                    glow: c(255.0, 182.0, 100.0),
                    sun: c(226.0, 140.0, 82.0),
                    ambient: c(132.0, 124.0, 146.0),
                    cloud: [c(252.0, 184.0, 142.0), c(132.0, 110.0, 132.0)],
                },
            ),
            (
                0.22,
                Self {
                    zenith: c(78.0, 126.0, 188.0),
                    horizon: c(228.0, 212.0, 190.0),
                    glow: c(255.0, 234.0, 188.0),
                    sun: c(255.0, 216.0, 166.0),
                    ambient: c(126.0, 136.0, 158.0),
                    cloud: [c(254.0, 240.0, 222.0), c(168.0, 162.0, 174.0)],
                },
            ),
            (
                0.6,
                Self {
                    zenith: c(64.0, 118.0, 188.0),
                    horizon: c(192.0, 214.0, 230.0),
                    glow: c(236.0, 240.0, 238.0),
                    sun: c(250.0, 244.0, 232.0),
                    ambient: c(126.0, 142.0, 164.0),
                    cloud: [c(250.0, 250.0, 250.0), c(178.0, 186.0, 200.0)],
                },
            ),
        ]
    }

    /// The light of a picture.
    pub(super) fn new(factors: &Factors) -> Self {
        let moments = Self::moments();
        let mut light = moments[0].1;
        for pair in moments.windows(2) {
            let t = (factors.sun_elevation - pair[0].0) / (pair[1].0 - pair[0].0);
            if t > 0.0 {
                light = pair[0].1.mix(pair[1].1, smooth(0.0, 1.0, t));
            }
        }
        let tint = factors.sky_tint;
        light.zenith =
            light.zenith * Colour::linear([1.0 + 0.22 * tint, 1.0 - 0.12 * tint, 1.0 + 0.04 * tint]);
        let grey = Colour::display(206.0, 212.0, 220.0) * (0.15 + 0.85 * light.horizon.brightness());
        let veiled = Self {
            zenith: grey * 0.55,
            horizon: grey,
            glow: grey.mix(light.glow, 0.25),
            sun: light.sun * 0.12,
            ambient: Colour::linear([1.0; 3]).mix(light.ambient, 0.3)
                * (0.62 * light.horizon.brightness().sqrt()),
            cloud: [grey * 1.14, grey * 0.36],
        };
        light.mix(veiled, factors.overcast)
    }
}

/// Colours of the ground in full light.
pub(super) struct Ground {
    /// Two colours that lie in patches beside each other.
    pub cover: [Colour; 2],
    /// Colour of spots among them.
    pub accent: Colour,
    /// Trees, two sorts.
    pub trees: [Colour; 2],
    /// Steep ground.
    pub rock: Colour,
    /// Along the water.
    pub shore: Colour,
    /// Fresh snow.
    pub snow: Colour,
}

impl Ground {
    /// The ground of a picture.
    pub(super) fn new(factors: &Factors) -> Self {
        let c = Colour::display;
        let dry = factors.season;
        let grass = c(104.0, 134.0, 62.0).mix(c(176.0, 160.0, 98.0), dry);
        let dark_grass = c(74.0, 104.0, 52.0).mix(c(132.0, 124.0, 70.0), dry);
        let conifers = [c(46.0, 70.0, 48.0), c(66.0, 92.0, 52.0)];
        let snow = c(232.0, 238.0, 246.0);
        let grey_rock = c(124.0, 118.0, 114.0).mix(c(144.0, 124.0, 106.0), dry);
        let (cover, trees, rock) = match factors.biome {
            Biome::Meadow => ([grass, dark_grass], [c(58.0, 88.0, 46.0), c(84.0, 108.0, 56.0)], grey_rock),
            Biome::Forest => ([dark_grass, c(86.0, 106.0, 60.0)], conifers, grey_rock),
            Biome::Autumn => (
                [c(158.0, 138.0, 78.0), c(124.0, 112.0, 62.0)],
                [c(196.0, 120.0, 50.0).mix(c(206.0, 156.0, 64.0), dry), c(140.0, 74.0, 46.0)],
                grey_rock,
            ),
            Biome::Heath => (
                [c(142.0, 118.0, 92.0), c(122.0, 94.0, 98.0).mix(c(106.0, 96.0, 64.0), dry)],
                conifers,
                grey_rock,
            ),
            Biome::Desert => (
                [
                    c(222.0, 188.0, 140.0).mix(c(206.0, 150.0, 104.0), dry),
                    c(196.0, 158.0, 116.0).mix(c(178.0, 118.0, 84.0), dry),
                ],
                conifers,
                c(168.0, 124.0, 96.0).mix(c(158.0, 96.0, 72.0), dry),
            ),
            Biome::Snow => ([snow, c(212.0, 222.0, 236.0)], conifers, c(112.0, 112.0, 120.0)),
        };
        let accent = match factors.biome {
            Biome::Meadow => c(168.0, 164.0, 84.0).mix(c(196.0, 178.0, 122.0), dry),
            Biome::Forest => c(128.0, 130.0, 78.0),
            Biome::Autumn => c(186.0, 150.0, 82.0),
            Biome::Heath => c(150.0, 110.0, 124.0).mix(c(172.0, 148.0, 100.0), dry),
            Biome::Desert => c(150.0, 140.0, 92.0).mix(c(186.0, 128.0, 92.0), dry),
            Biome::Snow => c(196.0, 208.0, 228.0),
        };
        let shore = if factors.biome == Biome::Snow { snow } else { c(186.0, 170.0, 136.0) };
        Self { cover, accent, trees, rock, shore, snow }
    }
}
