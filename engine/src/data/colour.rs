//! Colours in which light adds up. Values are linear; a colour given in the usual 0..255 is squared on its way in
//! and a root is taken on its way out.

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

    /// The largest difference of a channel, as it is displayed: 1 from black to white.
    pub(super) fn distance(self, other: Self) -> f32 {
        let channels = self.0.into_iter().zip(other.0);
        channels.fold(0.0, |most, (a, b)| f32::max(most, (a.max(0.0).sqrt() - b.max(0.0).sqrt()).abs()))
    }

    /// Perceived brightness, linear.
    pub(super) fn brightness(self) -> f32 {
        0.25 * self.0[0] + 0.65 * self.0[1] + 0.1 * self.0[2]
    }

    /// Highlights bent smoothly towards white instead of clipped: no value reaches 1.
    #[inline]
    pub(super) fn bent(self) -> Self {
        Self(self.0.map(|x| if x < 0.6 { x } else { 1.0 - 0.16 / (x - 0.2) }))
    }

    /// Display bytes; what is brighter than white is clipped.
    #[inline]
    pub(super) fn bytes(self) -> [u8; 3] {
        let [r, g, b, _] = self.0.map(|x| x.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5);
        [r as u8, g as u8, b as u8]
    }

    /// From perceptual coordinates (Ottosson's Oklab): `lightness` 0..1, `chroma` 0 (grey) to about 0.3, `hue` in
    /// turns: 0.08 red, 0.3 yellow, 0.4 green, 0.73 blue. What no screen can show is clipped.
    pub(super) fn perceptual(lightness: f32, chroma: f32, hue: f32) -> Self {
        let (sin, cos) = (std::f32::consts::TAU * hue).sin_cos();
        let (a, b) = (chroma * cos, chroma * sin);
        let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        let rgb = [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
            -0.004_196_086 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ];
        Self::linear(rgb.map(|x| x.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_values_survive() {
        for value in [0, 1, 17, 128, 254, 255] {
            let x = f32::from(value);
            assert_eq!(Colour::display(x, x, x).bytes(), [value; 3]);
        }
        assert_eq!(Colour::linear([-1.0, 7.0, 0.25]).bytes(), [0, 255, 128]);
        assert!(Colour::linear([1e6; 3]).bent().bytes() == [255; 3]);
    }

    #[test]
    fn perceptual_coordinates_are_oklab() {
        // Ottosson's published values: white, and pure red at L 0.628, C 0.2577, h 29.23 degrees.
        assert_eq!(Colour::perceptual(1.0, 0.0, 0.3).bytes(), [255; 3]);
        let [r, g, b] = Colour::perceptual(0.628, 0.2577, 29.23 / 360.0).bytes();
        assert!(r > 253 && g < 8 && b < 8, "{r} {g} {b}");
    }
}
