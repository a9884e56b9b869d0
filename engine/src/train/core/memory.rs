//! How much memory a training takes, before it takes any.

use std::fmt;

/// Bytes of a number.
const FLOAT: u64 = 4;
/// What the program takes beside a training: itself, its threads, what was read of a model.
const PROGRAM: u64 = 200 << 20;

/// The numbers, of four bytes each, that a training holds at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Weights that are learned, each with its gradient and the optimizer's two moments.
    pub learned: u64,
    /// Weights of which a moving average is kept.
    pub averaged: u64,
    /// Weights that stay as they are.
    pub constant: u64,
    /// What the layers make of one picture of a step, all networks and passes together.
    pub activations: u64,
    /// Pictures in a step.
    pub batch: u64,
}

impl Memory {
    /// Bytes for a training with so many bytes of pictures.
    #[must_use]
    pub fn bytes(&self, pictures: u64) -> u64 {
        let state =
            self.learned.saturating_mul(3).saturating_add(self.averaged).saturating_add(self.constant);
        // Every map has a gradient, too. Between steps a state is written: as bytes, and as those of a file.
        let step = self.activations.saturating_mul(self.batch).saturating_mul(2).saturating_add(self.learned);
        let most = state.saturating_add(step.max(state.saturating_mul(2)));
        most.saturating_mul(FLOAT).saturating_add(pictures).saturating_add(PROGRAM)
    }
}

/// A number of bytes, for people.
pub(crate) struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000_000_000 => write!(f, "{:.0} MB", bytes / 1e6),
            1_000_000_000..10_000_000_000 => write!(f, "{:.1} GB", bytes / 1e9),
            _ => write!(f, "{:.0} GB", bytes / 1e9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_weights_steps_and_pictures() {
        let memory = Memory { learned: 1000, averaged: 500, constant: 100, activations: 10, batch: 4 };
        // Writing the state takes more than a step of such a small batch.
        assert_eq!(memory.bytes(7), 4 * 3 * 3600 + 7 + PROGRAM);
        let large = Memory { batch: 4096, ..memory };
        assert_eq!(large.bytes(0), 4 * (3600 + 2 * 10 * 4096 + 1000) + PROGRAM);
        assert_eq!(Memory { learned: u64::MAX, ..memory }.bytes(0), u64::MAX);
        assert_eq!([2_500_000_000, 34_000_000_000].map(|b| Bytes(b).to_string()), ["2.5 GB", "34 GB"]);
    }
}
