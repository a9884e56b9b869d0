//! The eraser: earlier strokes end where it goes.

use super::Brush;

const WIDTH: f32 = 32.0;

pub(super) fn new() -> Brush {
    Brush::new(WIDTH)
}
