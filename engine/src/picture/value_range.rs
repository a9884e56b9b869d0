//! The numbers that a model uses for its pixels.

use serde::{Deserialize, Serialize};

/// The numbers that a model uses for black and white.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueRange {
    /// Black is -1, white is 1 (a tanh at the end).
    #[default]
    SignedUnit,
    /// Black is 0, white is 1 (a sigmoid at the end).
    Unit,
    /// Black is 1, white is 0: how much ink there is on white paper (iGAN's sketches).
    UnitInverted,
}

impl ValueRange {
    /// A byte as the model's number.
    #[must_use]
    pub fn from_byte(self, byte: u8) -> f32 {
        match self {
            Self::SignedUnit => f32::from(byte) / 127.5 - 1.0,
            Self::Unit => f32::from(byte) / 255.0,
            Self::UnitInverted => 1.0 - f32::from(byte) / 255.0,
        }
    }

    /// The model's number as a byte; numbers outside the range are clamped, NaN becomes black.
    #[must_use]
    pub fn to_byte(self, value: f32) -> u8 {
        let scaled = match self {
            Self::SignedUnit => (value + 1.0) * 127.5,
            Self::Unit => value * 255.0,
            Self::UnitInverted => (1.0 - value) * 255.0,
        };
        // `as` saturates and turns NaN into 0.
        scaled.round() as u8
    }

    /// How much light (0 to 1) one of the model's units stands for; negative where more is darker.
    #[must_use]
    pub fn light_per_unit(self) -> f32 {
        match self {
            Self::SignedUnit => 0.5,
            Self::Unit => 1.0,
            Self::UnitInverted => -1.0,
        }
    }

    /// The model's number for light of 0 to 1.
    #[must_use]
    pub fn from_light(self, light: f32) -> f32 {
        match self {
            Self::SignedUnit => 2.0 * light - 1.0,
            Self::Unit => light,
            Self::UnitInverted => 1.0 - light,
        }
    }

    /// The light that the model's number stands for, not clamped.
    #[must_use]
    pub fn to_light(self, value: f32) -> f32 {
        match self {
            Self::SignedUnit => (value + 1.0) / 2.0,
            Self::Unit => value,
            Self::UnitInverted => 1.0 - value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_range_are_clamped() {
        assert_eq!(ValueRange::SignedUnit.to_byte(-7.0), 0);
        assert_eq!(ValueRange::SignedUnit.to_byte(7.0), 255);
        assert_eq!(ValueRange::Unit.to_byte(f32::NAN), 0);
        assert_eq!(ValueRange::UnitInverted.to_byte(1.5), 0);
    }
}
