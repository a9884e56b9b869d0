//! The colour brush: its strokes ask for a colour.

use latent_engine::search::constraint::StrokeKind;

use super::{Brush, Effect, Pointer};

/// iGAN starts at 12; on a picture where a stroke is a wish, a wider one says more.
const WIDTH: f32 = 24.0;

/// Colours that are remembered.
const RECENT: usize = 8;

/// The colour brush and the colours it was used with.
#[derive(Clone, Debug, PartialEq)]
pub struct ColourBrush {
    /// Width and stroke in the making.
    pub brush: Brush,
    /// The colour it paints with.
    pub colour: [u8; 3],
    /// The colours it painted with, newest first.
    pub recent: Vec<[u8; 3]>,
}

impl ColourBrush {
    /// A brush of this colour.
    #[must_use]
    pub fn new(colour: [u8; 3]) -> Self {
        Self { brush: Brush::new(WIDTH), colour, recent: Vec::new() }
    }

    /// One step of the state machine. A colour that was painted with is remembered.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        let effect = self.brush.pointer(event, StrokeKind::Colour(self.colour));
        if let Some(Effect::Begin { .. }) = effect {
            self.recent.retain(|&c| c != self.colour);
            self.recent.insert(0, self.colour);
            self.recent.truncate(RECENT);
        }
        effect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_colours_are_remembered_once_and_newest_first() {
        let mut brush = ColourBrush::new([1, 1, 1]);
        for grey in [1, 2, 1, 3] {
            brush.colour = [grey; 3];
            brush.pointer(Pointer::Down([0.0, 0.0]));
            brush.pointer(Pointer::Up);
        }
        assert_eq!(brush.recent, [[3; 3], [1; 3], [2; 3]]);
        for grey in 10..50 {
            brush.colour = [grey; 3];
            brush.pointer(Pointer::Down([0.0, 0.0]));
            brush.pointer(Pointer::Up);
        }
        assert_eq!(brush.recent.len(), RECENT);
    }
}
