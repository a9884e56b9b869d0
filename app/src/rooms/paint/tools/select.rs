//! The tool that selects strokes and moves them.

use super::{Effect, Pointer};

/// Takes hold of a stroke and moves it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    /// Where the pointer was last, while the button is down.
    last: Option<[f32; 2]>,
}

impl Selector {
    /// One step of the state machine.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        match (event, self.last) {
            (Pointer::Down(at), None) => {
                self.last = Some(at);
                Some(Effect::Grab(at))
            }
            (Pointer::Move(at) | Pointer::Down(at), Some(last)) => {
                self.last = Some(at);
                Some(Effect::MoveBy([at[0] - last[0], at[1] - last[1]]))
            }
            (Pointer::Up, Some(_)) => {
                self.last = None;
                Some(Effect::Drop)
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
    fn it_takes_hold_moves_and_lets_go() {
        let mut tool = Selector::default();
        assert_eq!(tool.pointer(Pointer::Move([0.1, 0.1])), None);
        assert_eq!(tool.pointer(Pointer::Down([0.25, 0.5])), Some(Effect::Grab([0.25, 0.5])));
        assert_eq!(tool.pointer(Pointer::Move([0.5, 0.25])), Some(Effect::MoveBy([0.25, -0.25])));
        assert_eq!(tool.pointer(Pointer::Up), Some(Effect::Drop));
        tool.pointer(Pointer::Down([0.25, 0.5]));
        assert_eq!(tool.pointer(Pointer::Cancel), Some(Effect::RollBack));
        assert_eq!(tool.pointer(Pointer::Up), None);
    }
}
