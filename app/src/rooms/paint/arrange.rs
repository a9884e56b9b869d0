//! What is done to strokes that are drawn already: each change is one step.

use latent_engine::search::constraint::StrokeKind;

use super::Paint;
use super::drawn::Drawn;

/// How near a stroke the pointer takes hold of it, as a share of the picture's shorter side.
const SLACK: f32 = 0.01;

/// How far an arrow key moves a stroke, as a share of the picture's shorter side.
const NUDGE: f32 = 0.01;

/// What a person does to strokes; each is given by its place among them, in the order they were drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrange {
    /// Select one, or none.
    Select(Option<usize>),
    /// Show or hide one.
    Show(usize, bool),
    /// Give it another colour, as one of many while the picker is used.
    Colour(usize, [u8; 3]),
    /// Let it count so much, 0 to 1, as one of many while a slider is moved.
    Weigh(usize, f32),
    /// Put it over the next one.
    Forward(usize),
    /// Put it under the one before.
    Back(usize),
    /// Take it away.
    Delete(usize),
}

impl Paint {
    /// The selected stroke and its place.
    #[must_use]
    pub fn selected_stroke(&self) -> Option<(usize, &Drawn)> {
        let place = self.selected?;
        Some((place, self.document.strokes.get(place)?))
    }

    /// Carries it out.
    pub(crate) fn arrange(&mut self, arrange: Arrange) {
        if self.is_drawing() {
            return;
        }
        let count = self.document.strokes.len();
        match arrange {
            Arrange::Select(place) => self.selected = place.filter(|place| *place < count),
            Arrange::Show(place, shown) if place < count => {
                self.rearrange(if shown { "show stroke" } else { "hide stroke" }, |strokes| {
                    strokes[place].hidden = !shown;
                });
            }
            Arrange::Colour(place, colour) if place < count => {
                self.history.record_sliding("recolour stroke", self.document.clone());
                self.change_strokes(|strokes| {
                    strokes[place].change(|stroke| {
                        if let StrokeKind::Colour(old) = &mut stroke.kind {
                            *old = colour;
                        }
                    });
                });
            }
            Arrange::Weigh(place, weight) if place < count => {
                self.history.record_sliding("weight of stroke", self.document.clone());
                self.change_strokes(|strokes| {
                    strokes[place].change(|stroke| stroke.weight = weight.clamp(0.0, 1.0));
                });
            }
            Arrange::Forward(place) if place + 1 < count => {
                self.rearrange("stroke forward", |strokes| strokes.swap(place, place + 1));
                self.selected = Some(place + 1);
            }
            Arrange::Back(place) if place > 0 && place < count => {
                self.rearrange("stroke back", |strokes| strokes.swap(place, place - 1));
                self.selected = Some(place - 1);
            }
            Arrange::Delete(place) if place < count => {
                self.rearrange("delete stroke", |strokes| {
                    strokes.remove(place);
                });
                self.selected = None;
            }
            // There is no such stroke any more.
            _ => {}
        }
    }

    /// The topmost stroke that is shown at a place of the picture.
    pub(super) fn stroke_at(&self, at: [f32; 2]) -> Option<usize> {
        let ratio = self.ratio();
        self.document.strokes.iter().rposition(|drawn| !drawn.hidden && drawn.touches(at, ratio, SLACK))
    }

    /// Moves the selected stroke by an arrow key; such moves in a row are one step.
    pub(crate) fn nudge(&mut self, [x, y]: [f32; 2]) {
        let Some((place, _)) = self.selected_stroke() else { return };
        let ratio = self.ratio();
        let by = [x * NUDGE / ratio.max(1.0), y * NUDGE * ratio.min(1.0)];
        self.history.record_in_a_row("move stroke", self.document.clone());
        self.change_strokes(|strokes| strokes[place].move_by(by));
    }

    fn rearrange(&mut self, name: &'static str, change: impl FnOnce(&mut Vec<Drawn>)) {
        self.history.record(name, self.document.clone());
        self.change_strokes(change);
    }

    pub(super) fn change_strokes(&mut self, change: impl FnOnce(&mut Vec<Drawn>)) {
        self.leave_edit();
        change(&mut self.document.strokes);
    }

    /// What was set by hand would be lost among what a free search finds: it goes on near that.
    pub(super) fn leave_edit(&mut self) {
        if self.document.edit.is_some()
            && let Some(shown) = self.shown_candidate()
        {
            self.document.fix(shown);
        }
    }
}
