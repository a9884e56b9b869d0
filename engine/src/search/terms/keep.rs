//! Nearness to the picture that is edited, where nothing is painted.

use super::Definition;
use super::colour::Colour;
use super::picture_cost::term;
use crate::search::constraint::Constraints;

/// The name of the term.
pub const KEEP: &str = "keep";

pub(super) const TERM: Definition = Definition {
    name: KEEP,
    about: "How much what is not painted stays as it is",
    weight: 0.3,
    most: 10.0,
    of_strokes: false,
    make: |task| {
        let Some(base) = &task.request.base else { return Ok(None) };
        let strokes = &*task.request.constraints;
        let stays: Vec<f32> = base.extent.freedom(strokes).into_iter().map(|free| 1.0 - free).collect();
        if stays.iter().all(|stays| *stays <= 0.0) {
            return Ok(None);
        }
        let before = base.before.rgb().iter().map(|byte| f32::from(*byte) / 255.0).collect();
        let kept = Constraints { colour: before, colour_mask: stays, ..Constraints::empty(strokes.size) };
        Ok(Some(term(Colour::new(&kept, task.model.range))))
    },
};
