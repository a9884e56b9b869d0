//! The eraser: earlier strokes end where it goes.

use super::Brush;

/// Wider than the colour brush, so that one stroke along another takes all of it away.
const WIDTH: f32 = 40.0;

pub(super) fn new() -> Brush {
    Brush::new(WIDTH)
}
