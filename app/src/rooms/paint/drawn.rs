//! A stroke of the document: what was drawn, and whether it counts.

use std::ops::Deref;
use std::sync::Arc;

use latent_engine::search::constraint::{Stroke, StrokeKind};

/// A stroke that was drawn. What is changed of it is a stroke of its own: earlier steps keep the old one.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// What was drawn.
    pub stroke: Arc<Stroke>,
    /// It is not shown and asks for nothing.
    pub hidden: bool,
}

impl From<Stroke> for Drawn {
    fn from(stroke: Stroke) -> Self {
        Self { stroke: Arc::new(stroke), hidden: false }
    }
}

impl Deref for Drawn {
    type Target = Stroke;

    fn deref(&self) -> &Stroke {
        &self.stroke
    }
}

impl Drawn {
    /// Changes the stroke.
    pub fn change(&mut self, change: impl FnOnce(&mut Stroke)) {
        change(Arc::make_mut(&mut self.stroke));
    }

    /// Moves it by shares of the picture's width and height.
    pub fn move_by(&mut self, [dx, dy]: [f32; 2]) {
        self.change(|stroke| {
            for [x, y] in &mut stroke.points {
                (*x, *y) = (*x + dx, *y + dy);
            }
        });
    }

    /// What it is, in a word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            StrokeKind::Colour(_) => "Colour",
            StrokeKind::Sketch => "Edge",
            StrokeKind::Patch(_) => "Patch",
            StrokeKind::Keep => "Kept",
            StrokeKind::Erase => "Eraser",
        }
    }

    /// True where it covers a place of a picture of this ratio of width to height, or comes as near as `slack`, a share of
    /// the picture's shorter side.
    #[must_use]
    pub fn touches(&self, at: [f32; 2], ratio: f32, slack: f32) -> bool {
        // In units of the shorter side.
        let [wide, high] = if ratio > 1.0 { [ratio, 1.0] } else { [1.0, 1.0 / ratio.max(f32::MIN_POSITIVE)] };
        let place = |[x, y]: [f32; 2]| [x * wide, y * high];
        let (at, reach) = (place(at), self.width / 2.0 + slack);
        let mut points = self.points.iter().copied().map(place);
        let Some(mut last) = points.next() else { return false };
        let near = |from: [f32; 2], to: [f32; 2]| distance(at, from, to) <= reach;
        near(last, last) || points.any(|point| near(std::mem::replace(&mut last, point), point))
    }
}

/// How far a place is from the line between two others.
fn distance(at: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let long = dx * dx + dy * dy;
    let along = if long > 0.0 {
        (((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / long).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (at[0] - from[0] - along * dx).hypot(at[1] - from[1] - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[[f32; 2]]) -> Drawn {
        Stroke::new(StrokeKind::Sketch, 0.1, points.to_vec()).into()
    }

    #[test]
    fn it_is_touched_on_its_way_and_a_little_beside() {
        let drawn = line(&[[0.2, 0.5], [0.8, 0.5], [0.8, 0.9]]);
        for at in [[0.5, 0.54], [0.8, 0.7], [0.16, 0.5]] {
            assert!(drawn.touches(at, 1.0, 0.0), "{at:?}");
        }
        for at in [[0.5, 0.56], [0.5, 0.7], [0.1, 0.5]] {
            assert!(!drawn.touches(at, 1.0, 0.0), "{at:?}");
        }
        assert!(drawn.touches([0.5, 0.56], 1.0, 0.02));
    }

    #[test]
    fn its_width_is_a_share_of_the_shorter_side() {
        let drawn = line(&[[0.5, 0.5]]);
        assert!(drawn.touches([0.52, 0.5], 2.0, 0.0) && !drawn.touches([0.53, 0.5], 2.0, 0.0));
        assert!(drawn.touches([0.5, 0.52], 0.5, 0.0) && !drawn.touches([0.5, 0.53], 0.5, 0.0));
    }

    #[test]
    fn a_change_leaves_what_others_hold_as_it_is() {
        let mut drawn = line(&[[0.25, 0.5]]);
        let before = drawn.clone();
        drawn.move_by([0.5, -0.25]);
        assert_eq!((drawn.points[0], before.points[0]), ([0.75, 0.25], [0.25, 0.5]));
    }
}
