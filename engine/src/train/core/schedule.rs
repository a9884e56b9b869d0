//! The learning rate over a run.

/// Part of the run after which the learning rate falls.
const DECAY_FROM: f32 = 0.7;

/// What the learning rate is multiplied by at `progress` (0 at the start of a run, 1 at its end): 1 at first,
/// then a straight line to 0 over the last 30 %.
#[must_use]
pub fn learning_rate_factor(progress: f32) -> f32 {
    ((1.0 - progress) / (1.0 - DECAY_FROM)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_and_then_falls_to_zero() {
        for (progress, factor) in [(0.0, 1.0), (0.7, 1.0), (0.85, 0.5), (1.0, 0.0), (1.2, 0.0)] {
            assert!((learning_rate_factor(progress) - factor).abs() < 1e-5, "{progress}");
        }
    }
}
