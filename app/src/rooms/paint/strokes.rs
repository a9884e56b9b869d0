//! What the tools do to the document.

use latent_engine::search::constraint::{Stroke, StrokeKind};

use super::Paint;
use super::document::Standing;
use super::shown::{Showing, Shown};
use super::tools::{Effect, Pointer, ToolKind};

impl Paint {
    /// Lets the tool in hand see what the pointer did.
    pub(crate) fn pointer(&mut self, event: Pointer) {
        if let Some(effect) = self.tools.pointer(event) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Begin { kind, width, at } => {
                self.before_stroke = Some(self.document.clone());
                // What is found of a photo by now is what is painted over.
                self.end_projection(Standing::Stopped);
                self.leave_edit();
                self.begin_at_the_chosen_picture();
                if self.document.before.is_none() {
                    self.document.before = self.shown_candidate();
                }
                self.showing = Showing::Newest;
                self.document.strokes.push(Stroke::new(kind, width, vec![at]).into());
                self.selected = None;
            }
            Effect::Extend(at) => {
                if let Some(stroke) = self.document.strokes.last_mut() {
                    stroke.change(|stroke| stroke.points.push(at));
                }
            }
            Effect::End => {
                if let Some(before) = self.before_stroke.take() {
                    let name = match self.document.strokes.last().map(|stroke| &stroke.kind) {
                        Some(StrokeKind::Sketch) => "sketch",
                        Some(StrokeKind::Erase) => "erase",
                        Some(StrokeKind::Keep) => "keep",
                        Some(StrokeKind::Patch(_)) => "warp",
                        _ => "stroke",
                    };
                    self.history.record(name, before);
                }
                self.take_arrived();
            }
            Effect::RollBack => {
                if let Some(before) = self.before_stroke.take() {
                    self.document = before;
                    self.framing = None;
                    self.showing = Showing::Newest;
                }
                self.take_arrived();
            }
            Effect::Pick([x, y]) => {
                if let Some(picture) = self.shown_picture() {
                    let pixel = |share: f32, side: usize| (share.clamp(0.0, 1.0) * side as f32) as usize;
                    self.tools.colour.colour =
                        picture.pixel(pixel(x, picture.width()), pixel(y, picture.height()));
                }
            }
            Effect::Grab(at) => {
                self.selected = self.stroke_at(at);
                if self.selected.is_some() {
                    self.before_stroke = Some(self.document.clone());
                }
            }
            Effect::MoveBy(by) => {
                if let (Some(place), true) = (self.selected, self.is_drawing() && by != [0.0; 2]) {
                    self.change_strokes(|strokes| strokes[place].move_by(by));
                }
            }
            Effect::Drop => {
                // A click selects and changes nothing.
                if let Some(before) = self.before_stroke.take().filter(|b| b.strokes != self.document.strokes)
                {
                    self.history.record("move stroke", before);
                }
                self.take_arrived();
            }
            Effect::Take { width, at } => {
                if let Some(picture) = self.shown_picture() {
                    self.carry_out(Effect::Begin { kind: StrokeKind::Patch(picture), width, at });
                }
            }
            Effect::Carry(at) => {
                if let (Some(stroke), true) = (self.document.strokes.last_mut(), self.before_stroke.is_some())
                {
                    stroke.change(|stroke| {
                        stroke.points.truncate(1);
                        stroke.points.push(at);
                    });
                }
            }
            Effect::GrabFrame(at) => self.grab_frame(at),
            Effect::DragFrame(at) => self.drag_frame(at),
            Effect::DropFrame => self.drop_frame(),
            Effect::Picked => self.tools.active = ToolKind::Colour,
        }
    }

    /// The first stroke goes on from the picture that a person chose to draw it on, and what becomes of that is shown.
    /// Without a choice the best picture is.
    fn begin_at_the_chosen_picture(&mut self) {
        let first = self.document.shown_strokes().is_empty() && self.document.anchor.is_none();
        let chosen = matches!(self.shown(), Shown::Frame(_)) || self.document.picked;
        let keep = first && chosen;
        if keep && let Some(shown) = self.shown_candidate() {
            if let Some(i) = self.document.candidates.iter().position(|c| c.latent == shown.latent) {
                self.document.selected = i;
            }
            self.document.begun = Some(shown.latent);
        }
        if !keep {
            self.document.selected = 0;
        }
        self.document.picked = keep;
    }

    pub(crate) fn set_colour(&mut self, colour: [u8; 3]) {
        self.tools.colour.colour = colour;
        if !self.is_drawing() {
            self.tools.active = ToolKind::Colour;
        }
    }
}
