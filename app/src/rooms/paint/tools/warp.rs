//! The warping brush (Zhu et al. 2016): a patch of the picture is taken and put where it shall be.

use super::{Brush, Effect, Pointer};

/// Wide enough for a part of a face or a tree.
const WIDTH: f32 = 64.0;

/// Takes a patch and carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Warp {
    /// How wide the patch is.
    pub brush: Brush,
    down: bool,
}

impl Default for Warp {
    fn default() -> Self {
        Self { brush: Brush::new(WIDTH), down: false }
    }
}

impl Warp {
    /// One step of the state machine.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        match event {
            Pointer::Down(at) if !self.down => {
                self.down = true;
                Some(Effect::Take { width: self.brush.diameter(), at })
            }
            Pointer::Down(at) | Pointer::Move(at) => self.down.then_some(Effect::Carry(at)),
            Pointer::Up => std::mem::take(&mut self.down).then_some(Effect::End),
            Pointer::Cancel => std::mem::take(&mut self.down).then_some(Effect::RollBack),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_taken_carried_and_put_down() {
        let mut tool = Warp::default();
        assert_eq!(tool.pointer(Pointer::Move([0.1, 0.1])), None);
        assert!(matches!(tool.pointer(Pointer::Down([0.2, 0.3])), Some(Effect::Take { at: [0.2, 0.3], .. })));
        assert_eq!(tool.pointer(Pointer::Move([0.4, 0.3])), Some(Effect::Carry([0.4, 0.3])));
        assert_eq!(tool.pointer(Pointer::Up), Some(Effect::End));
    }
}
