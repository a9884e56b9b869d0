//! What a training's schedules follow: time, or steps.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How long a training lasts, earlier runs included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// So many minutes, pauses left out. How many steps that is depends on the machine and on what else it does.
    Minutes(f32),
    /// So many steps: the same seed makes the same model again on the same machine, bit for bit.
    Steps(u64),
}

impl Clock {
    /// Refuses a clock that never ends, or has not begun.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what it may be.
    pub fn check(self) -> Result<()> {
        match self {
            Self::Minutes(minutes) if minutes > 0.0 && minutes.is_finite() => Ok(()),
            Self::Minutes(minutes) => Err(Error::Invalid(format!(
                "a training takes more than 0 minutes and comes to an end, not {minutes}"
            ))),
            Self::Steps(0) => Err(Error::Invalid("a training takes at least 1 step, not 0".into())),
            Self::Steps(_) => Ok(()),
        }
    }

    /// The share of a training that is over: 0 at its start, 1 at its end.
    #[must_use]
    pub fn progress(self, seconds: f64, steps: u64) -> f32 {
        (match self {
            Self::Minutes(minutes) if minutes > 0.0 => seconds / (60.0 * f64::from(minutes)),
            Self::Minutes(_) => 1.0,
            Self::Steps(all) => steps as f64 / (all as f64).max(1.0),
        }) as f32
    }

    /// How many more seconds there are to come, as far as it can be known.
    #[must_use]
    pub fn seconds_left(self, seconds: f64, progress: f32) -> f64 {
        match self {
            Self::Minutes(minutes) => (60.0 * f64::from(minutes) - seconds).max(0.0),
            Self::Steps(_) if progress > 0.0 => seconds * (1.0 / f64::from(progress) - 1.0).max(0.0),
            Self::Steps(_) => f64::INFINITY,
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(minutes) => write!(f, "{minutes} minutes"),
            Self::Steps(steps) => write!(f, "{steps} steps"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_by_what_it_says_and_comes_to_an_end() {
        assert_eq!(Clock::Minutes(2.0).progress(60.0, 7), 0.5);
        assert_eq!(Clock::Steps(8).progress(1e9, 2), 0.25);
        assert_eq!(Clock::Steps(8).seconds_left(10.0, 0.25), 30.0);
        assert_eq!(Clock::Minutes(1.0).seconds_left(90.0, 1.0), 0.0);
        for clock in [
            Clock::Minutes(f32::INFINITY),
            Clock::Minutes(f32::NAN),
            Clock::Minutes(0.0),
            Clock::Minutes(-1.0),
            Clock::Steps(0),
        ] {
            assert!(clock.check().is_err(), "{clock}");
        }
        assert!(Clock::Minutes(0.1).check().is_ok() && Clock::Steps(1).check().is_ok());
    }
}
