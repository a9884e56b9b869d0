//! The sketch brush: its strokes ask for an edge, so it starts thin.

use super::Brush;

const WIDTH: f32 = 3.0;

pub(super) fn new() -> Brush {
    Brush::new(WIDTH)
}
