//! What the brushes have in common: a width and a stroke in the making.

use latent_engine::search::constraint::StrokeKind;

use super::{Effect, Pointer};

/// Widths are given in units of a picture this many units wide, as in iGAN.
pub const SIDE: f32 = 384.0;

/// The widths that a brush can have.
pub const WIDTHS: std::ops::RangeInclusive<f32> = 1.0..=96.0;

/// Points nearer than this add nothing to a stroke.
const NEAR: f32 = 0.001;

/// A round brush.
#[derive(Clone, Debug, PartialEq)]
pub struct Brush {
    width: f32,
    /// The last point of the stroke in the making.
    last: Option<[f32; 2]>,
}

impl Brush {
    /// A brush of this width.
    #[must_use]
    pub fn new(width: f32) -> Self {
        Self { width, last: None }
    }

    /// Its diameter in units of [`SIDE`].
    #[must_use]
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Its diameter as a share of the picture's side.
    #[must_use]
    pub fn diameter(&self) -> f32 {
        self.width / SIDE
    }

    /// Sets the diameter in units of [`SIDE`].
    pub fn set_width(&mut self, width: f32) {
        if width.is_finite() {
            self.width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
        }
    }

    /// Wider by so many whole notches of the wheel; wide brushes change faster. As many notches back lead back.
    pub fn step(&mut self, notches: f32) {
        let back = notches < 0.0;
        // More notches than this end at the range's ends from everywhere.
        for _ in 0..notches.abs().min(100.0) as usize {
            let below = |bound: f32| self.width < bound || back && self.width <= bound;
            let unit = match () {
                () if below(24.0) => 1.0,
                () if below(48.0) => 2.0,
                () => 4.0,
            };
            self.set_width((self.width + if back { -unit } else { unit }).round());
        }
    }

    /// True while a stroke is in the making.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.last.is_some()
    }

    /// One step of the state machine.
    pub fn pointer(&mut self, event: Pointer, kind: StrokeKind) -> Option<Effect> {
        match (event, self.last) {
            (Pointer::Down(at), None) => {
                self.last = Some(at);
                Some(Effect::Begin { kind, width: self.diameter(), at })
            }
            (Pointer::Move(at) | Pointer::Down(at), Some(last)) => {
                let far = (at[0] - last[0]).hypot(at[1] - last[1]) >= NEAR;
                far.then(|| {
                    self.last = Some(at);
                    Effect::Extend(at)
                })
            }
            (Pointer::Up, Some(_)) => {
                self.last = None;
                Some(Effect::End)
            }
            (Pointer::Cancel, Some(_)) => {
                self.last = None;
                Some(Effect::RollBack)
            }
            (Pointer::Move(_) | Pointer::Up | Pointer::Cancel, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_begins_goes_on_and_ends() {
        let mut brush = Brush::new(24.0);
        let mut run = |event| brush.pointer(event, StrokeKind::Sketch);
        assert_eq!(run(Pointer::Move([0.1, 0.1])), None, "hovering draws nothing");
        let begin = Effect::Begin { kind: StrokeKind::Sketch, width: 24.0 / SIDE, at: [0.1, 0.1] };
        assert_eq!(run(Pointer::Down([0.1, 0.1])), Some(begin));
        assert_eq!(run(Pointer::Move([0.1, 0.100_01])), None, "a point that adds nothing");
        assert_eq!(run(Pointer::Move([0.2, 0.1])), Some(Effect::Extend([0.2, 0.1])));
        assert_eq!(run(Pointer::Up), Some(Effect::End));
        assert_eq!(run(Pointer::Up), None);
    }

    #[test]
    fn a_cancelled_drag_is_rolled_back_and_ends() {
        let mut brush = Brush::new(24.0);
        brush.pointer(Pointer::Down([0.5, 0.5]), StrokeKind::Erase);
        assert_eq!(brush.pointer(Pointer::Cancel, StrokeKind::Erase), Some(Effect::RollBack));
        assert_eq!(brush.pointer(Pointer::Move([0.9, 0.9]), StrokeKind::Erase), None);
    }

    #[test]
    fn as_many_notches_back_lead_back() {
        for notches in [1.0, 3.0, 20.0] {
            let mut brush = Brush::new(22.0);
            brush.step(notches);
            brush.step(-notches);
            assert_eq!(brush.width(), 22.0, "{notches}");
        }
    }

    #[test]
    fn widths_stay_in_range() {
        let mut brush = Brush::new(2.0);
        brush.step(-5.0);
        assert_eq!(brush.width(), 1.0);
        brush.set_width(1e9);
        assert_eq!(brush.width(), 96.0);
        brush.set_width(f32::NAN);
        assert_eq!(brush.width(), 96.0);
    }
}
