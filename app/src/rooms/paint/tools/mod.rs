//! The tools: small state machines over pointer events. What they cause is an [`Effect`], carried out
//! elsewhere.

mod brush;
mod colour;
mod eraser;
mod eyedropper;
mod frame;
mod select;
mod sketch;
mod warp;

use latent_engine::search::constraint::StrokeKind;

pub use brush::{Brush, SIDE, WIDTHS};
pub use colour::ColourBrush;
pub use eyedropper::Eyedropper;
pub use frame::Frame;
pub use select::Selector;
pub use warp::Warp;

/// What must stay is painted with a wide brush.
const KEEP: f32 = 48.0;

/// Which tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ToolKind {
    /// Asks for a colour.
    #[default]
    Colour,
    /// Asks for an edge.
    Sketch,
    /// Takes strokes away.
    Eraser,
    /// Picks a colour from the picture.
    Eyedropper,
    /// Selects strokes and moves them.
    Select,
    /// Says what must stay as it is.
    Keep,
    /// Takes a patch of the picture to another place.
    Warp,
    /// Says which part of a photo the model sees.
    Frame,
}

impl ToolKind {
    /// Every tool, in the order of the tool column.
    pub const ALL: [Self; 8] = [
        Self::Colour,
        Self::Sketch,
        Self::Eraser,
        Self::Eyedropper,
        Self::Select,
        Self::Keep,
        Self::Warp,
        Self::Frame,
    ];
}

/// What the pointer did; places are shares of the picture's side, (0, 0) is the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pointer {
    /// The button went down.
    Down([f32; 2]),
    /// The pointer moved, button down or not.
    Move([f32; 2]),
    /// The button went up.
    Up,
    /// What was begun shall not have happened.
    Cancel,
}

/// What a tool causes.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A stroke begins.
    Begin {
        /// What it asks for.
        kind: StrokeKind,
        /// Its diameter as a share of the picture's side.
        width: f32,
        /// Its first point.
        at: [f32; 2],
    },
    /// The stroke goes on.
    Extend([f32; 2]),
    /// The stroke is done.
    End,
    /// The stroke never was.
    RollBack,
    /// Take the colour of the picture here.
    Pick([f32; 2]),
    /// The colour is chosen: paint with it.
    Picked,
    /// Select the stroke that is here, if there is one, and take hold of it.
    Grab([f32; 2]),
    /// Move what is held.
    MoveBy([f32; 2]),
    /// Let go of it.
    Drop,
    /// Take a patch of the picture from here, as wide as this.
    Take {
        /// Its diameter as a share of the picture's shorter side.
        width: f32,
        /// Its middle.
        at: [f32; 2],
    },
    /// Carry it here.
    Carry([f32; 2]),
    /// Take hold of the frame on the photo.
    GrabFrame([f32; 2]),
    /// Move, scale or turn it.
    DragFrame([f32; 2]),
    /// Let go of it.
    DropFrame,
}

/// All tools and the one in hand.
#[derive(Clone, Debug)]
pub struct Toolbox {
    /// The one in hand.
    pub active: ToolKind,
    /// Asks for a colour.
    pub colour: ColourBrush,
    /// Asks for an edge.
    pub sketch: Brush,
    /// Takes strokes away.
    pub eraser: Brush,
    /// Picks a colour from the picture.
    pub eyedropper: Eyedropper,
    /// Selects strokes and moves them.
    pub select: Selector,
    /// Says what must stay as it is.
    pub keep: Brush,
    /// Takes a patch of the picture to another place.
    pub warp: Warp,
    /// Says which part of a photo the model sees.
    pub frame: Frame,
}

impl Toolbox {
    /// The tools as they lie at the start, with a first colour.
    #[must_use]
    pub fn new(colour: [u8; 3]) -> Self {
        Self {
            active: ToolKind::Colour,
            colour: ColourBrush::new(colour),
            sketch: sketch::new(),
            eraser: eraser::new(),
            eyedropper: Eyedropper::default(),
            select: Selector::default(),
            keep: Brush::new(KEEP),
            warp: Warp::default(),
            frame: Frame::default(),
        }
    }

    /// Lets the tool in hand see what the pointer did.
    pub fn pointer(&mut self, event: Pointer) -> Option<Effect> {
        match self.active {
            ToolKind::Colour => self.colour.pointer(event),
            ToolKind::Sketch => self.sketch.pointer(event, StrokeKind::Sketch),
            ToolKind::Eraser => self.eraser.pointer(event, StrokeKind::Erase),
            ToolKind::Eyedropper => self.eyedropper.pointer(event),
            ToolKind::Select => self.select.pointer(event),
            ToolKind::Keep => self.keep.pointer(event, StrokeKind::Keep),
            ToolKind::Warp => self.warp.pointer(event),
            ToolKind::Frame => self.frame.pointer(event),
        }
    }

    /// The brush of the tool in hand; some have none.
    #[must_use]
    pub fn brush(&self) -> Option<&Brush> {
        match self.active {
            ToolKind::Colour => Some(&self.colour.brush),
            ToolKind::Sketch => Some(&self.sketch),
            ToolKind::Eraser => Some(&self.eraser),
            ToolKind::Keep => Some(&self.keep),
            ToolKind::Warp => Some(&self.warp.brush),
            ToolKind::Eyedropper | ToolKind::Select | ToolKind::Frame => None,
        }
    }

    /// The brush in hand gets this width.
    pub fn set_width(&mut self, width: f32) {
        if let Some(brush) = self.brush_mut() {
            brush.set_width(width);
        }
    }

    /// The brush in hand gets wider by so many notches.
    pub fn step_width(&mut self, notches: f32) {
        if let Some(brush) = self.brush_mut() {
            brush.step(notches);
        }
    }

    /// The brush of the tool in hand, to change its width.
    pub fn brush_mut(&mut self) -> Option<&mut Brush> {
        match self.active {
            ToolKind::Colour => Some(&mut self.colour.brush),
            ToolKind::Sketch => Some(&mut self.sketch),
            ToolKind::Eraser => Some(&mut self.eraser),
            ToolKind::Keep => Some(&mut self.keep),
            ToolKind::Warp => Some(&mut self.warp.brush),
            ToolKind::Eyedropper | ToolKind::Select | ToolKind::Frame => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_keeps_its_own_width() {
        let mut tools = Toolbox::new([0, 255, 0]);
        let widths = |tools: &Toolbox| (tools.colour.brush.width(), tools.sketch.width());
        assert_eq!(widths(&tools), (24.0, 3.0));
        tools.active = ToolKind::Sketch;
        tools.brush_mut().unwrap().step(2.0);
        assert_eq!(widths(&tools), (24.0, 5.0));
        tools.active = ToolKind::Eyedropper;
        assert!(tools.brush_mut().is_none());
    }
}
