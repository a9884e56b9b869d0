//! What the tools do to the document.

use std::sync::Arc;

use latent_engine::search::constraint::{Stroke, StrokeKind};

use super::Paint;
use super::shown::Showing;
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
                if self.document.edit.is_some()
                    && let Some(shown) = self.shown_candidate()
                {
                    // What was set by hand would be lost among what a free search finds.
                    self.document.fix(shown);
                }
                if self.document.before.is_none() {
                    self.document.before = self.shown_candidate();
                }
                (self.document.selected, self.document.picked) = (0, false);
                self.showing = Showing::Newest;
                self.document.strokes.push(Arc::new(Stroke::new(kind, width, vec![at])));
            }
            Effect::Extend(at) => {
                if let Some(stroke) = self.document.strokes.last_mut() {
                    Arc::make_mut(stroke).points.push(at);
                }
            }
            Effect::End => {
                if let Some(before) = self.before_stroke.take() {
                    let name = match self.document.strokes.last().map(|stroke| &stroke.kind) {
                        Some(StrokeKind::Sketch) => "sketch",
                        Some(StrokeKind::Erase) => "erase",
                        _ => "stroke",
                    };
                    self.history.record(name, before);
                }
                self.take_arrived();
            }
            Effect::RollBack => {
                if let Some(before) = self.before_stroke.take() {
                    self.document = before;
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
            Effect::Picked => self.tools.active = ToolKind::Colour,
        }
    }

    pub(crate) fn set_colour(&mut self, colour: [u8; 3]) {
        self.tools.colour.colour = colour;
        if !self.is_drawing() {
            self.tools.active = ToolKind::Colour;
        }
    }
}
