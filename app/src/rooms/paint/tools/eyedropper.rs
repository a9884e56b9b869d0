//! The eyedropper: takes a colour from the picture and hands over to the colour brush.

use super::{Effect, Pointer};

/// The eyedropper.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Eyedropper {
    down: bool,
}

impl Eyedropper {
    /// One step of the state machine: colours are taken while the button is down.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        match event {
            Pointer::Down(at) => {
                self.down = true;
                Some(Effect::Pick(at))
            }
            Pointer::Move(at) => self.down.then_some(Effect::Pick(at)),
            Pointer::Up => std::mem::take(&mut self.down).then_some(Effect::Picked),
            Pointer::Cancel => {
                self.down = false;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_picks_while_the_button_is_down() {
        let mut tool = Eyedropper::default();
        assert_eq!(tool.pointer(Pointer::Move([0.1, 0.1])), None);
        assert_eq!(tool.pointer(Pointer::Down([0.1, 0.1])), Some(Effect::Pick([0.1, 0.1])));
        assert_eq!(tool.pointer(Pointer::Move([0.2, 0.1])), Some(Effect::Pick([0.2, 0.1])));
        assert_eq!(tool.pointer(Pointer::Up), Some(Effect::Picked));
        assert_eq!(tool.pointer(Pointer::Up), None);
    }
}
