//! The tool that says which part of a photo the model sees.

use super::{Effect, Pointer};

/// Takes hold of the frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    down: bool,
}

impl Frame {
    /// One step of the state machine.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        match event {
            Pointer::Down(at) if !self.down => {
                self.down = true;
                Some(Effect::GrabFrame(at))
            }
            Pointer::Down(at) | Pointer::Move(at) => self.down.then_some(Effect::DragFrame(at)),
            Pointer::Up => std::mem::take(&mut self.down).then_some(Effect::DropFrame),
            Pointer::Cancel => std::mem::take(&mut self.down).then_some(Effect::RollBack),
        }
    }
}
