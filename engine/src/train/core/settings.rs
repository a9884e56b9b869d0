//! What settings of a training may be; each check says what is wrong and what would be right.

use crate::{Error, Result};

/// A side of pictures that networks can halve down to 4 x 4.
pub(crate) fn check_side(side: usize, least: usize) -> Result<()> {
    if side.is_power_of_two() && (least..=256).contains(&side) {
        return Ok(());
    }
    Err(Error::Invalid(format!("the size of the pictures is a power of two from {least} to 256, not {side}")))
}

/// Numbers from 1 to a most, each with its name.
pub(crate) fn check_counts(counts: &[(&str, usize, usize)]) -> Result<()> {
    match counts.iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
        Some((name, value, most)) => Err(Error::Invalid(format!("{name} is 1 to {most}, not {value}"))),
        None => Ok(()),
    }
}

/// How strongly something counts.
pub(crate) fn check_weight(name: &str, weight: f32) -> Result<()> {
    if weight.is_finite() && weight >= 0.0 {
        return Ok(());
    }
    Err(Error::Invalid(format!("{name} is 0 or more, not {weight}")))
}

/// A part of a whole, less than all of it.
pub(crate) fn check_share(name: &str, share: f32) -> Result<()> {
    if (0.0..1.0).contains(&share) {
        return Ok(());
    }
    Err(Error::Invalid(format!("{name} is 0 to below 1, not {share}")))
}

/// A length that may be infinite.
pub(crate) fn check_length(name: &str, length: f32) -> Result<()> {
    if length > 0.0 {
        return Ok(());
    }
    Err(Error::Invalid(format!("{name} is more than 0, not {length}")))
}
