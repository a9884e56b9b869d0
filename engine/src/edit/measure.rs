//! What an edit did: how near it came to what was painted, and what else it changed.

use serde::Serialize;

use crate::Picture;
use crate::search::brush_widths;
use crate::search::constraint::Constraints;

/// Means over the pixels of an edit at the model's size; levels are of 255. `None` where there is no such pixel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// How far the new picture is from the painted colours, in levels.
    pub off_colour: Option<f32>,
    /// How far the old one was.
    pub off_colour_before: Option<f32>,
    /// Mean change under the strokes, in levels.
    pub inside: Option<f32>,
    /// Mean change farther from all strokes than their brush is wide, in levels.
    pub outside: Option<f32>,
    /// Mean step from pixel to pixel under the strokes, of lightness in levels.
    pub step_inside: Option<f32>,
    /// The same in between, where the change fades out: a seam would be here.
    pub step_between: Option<f32>,
    /// The same outside, up to three widths of the brush away.
    pub step_outside: Option<f32>,
}

impl Effect {
    /// Compares what was seen before and after an edit. Pictures and strokes of one size.
    #[must_use]
    pub fn between(before: &Picture, after: &Picture, strokes: &Constraints) -> Self {
        let widths = brush_widths(strokes);
        let change = |i: usize| difference(before, after, i);
        let asked = |picture: &Picture, i: usize| {
            let wanted = &strokes.colour[3 * i..3 * i + 3];
            let pixel = &picture.rgb()[3 * i..3 * i + 3];
            wanted.iter().zip(pixel).map(|(w, p)| (255.0 * w - f32::from(*p)).abs()).sum::<f32>() / 3.0
        };
        let coloured = |i: usize| strokes.colour_mask[i] >= 0.5;
        let steps = steps(after);
        let mean = |which: &dyn Fn(usize) -> bool, of: &dyn Fn(usize) -> f32| {
            let chosen = (0..widths.len()).filter(|&i| which(i));
            let (sum, count) = chosen.fold((0.0, 0usize), |(sum, count), i| (sum + of(i), count + 1));
            (count > 0).then(|| sum / count as f32)
        };
        let (inside, outside) = (|i: usize| widths[i] == 0.0, |i: usize| widths[i] >= 1.0);
        Self {
            off_colour: mean(&coloured, &|i| asked(after, i)),
            off_colour_before: mean(&coloured, &|i| asked(before, i)),
            inside: mean(&inside, &change),
            outside: mean(&outside, &change),
            step_inside: mean(&inside, &|i| steps[i]),
            step_between: mean(&|i| !inside(i) && !outside(i), &|i| steps[i]),
            step_outside: mean(&|i| outside(i) && widths[i] < 3.0, &|i| steps[i]),
        }
    }
}

/// Mean absolute difference of the channels of a pixel.
fn difference(a: &Picture, b: &Picture, i: usize) -> f32 {
    let pixels = a.rgb()[3 * i..3 * i + 3].iter().zip(&b.rgb()[3 * i..3 * i + 3]);
    pixels.map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / 3.0
}

/// How much lightness changes from each pixel to its right and lower neighbours, in levels.
fn steps(picture: &Picture) -> Vec<f32> {
    let (width, height) = (picture.width(), picture.height());
    let light = picture.lightness();
    let at = |x: usize, y: usize| light[y.min(height - 1) * width + x.min(width - 1)];
    let step = |i: usize| {
        let (x, y) = (i % width, i / width);
        (at(x + 1, y) - at(x, y)).hypot(at(x, y + 1) - at(x, y)) * 255.0
    };
    (0..width * height).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::constraint::{Stroke, StrokeKind};

    #[test]
    fn an_edit_is_measured_under_its_strokes_and_away_from_them() {
        let stroke = Stroke::new(StrokeKind::Colour([200, 100, 100]), 0.125, vec![[-0.5, 0.5], [1.5, 0.5]]);
        let strokes = Constraints::rasterize(&[stroke], [64, 64]);
        let before = Picture::filled(64, 64, [100; 3]);
        let mut after = before.clone();
        for (i, pixel) in after.rgb_mut().chunks_exact_mut(3).enumerate() {
            match i / 64 {
                28..36 => pixel[0] = 190,
                0..8 => pixel.fill(106),
                _ => {}
            }
        }
        let effect = Effect::between(&before, &after, &strokes);
        let near = |value: Option<f32>, wanted: f32| (value.unwrap() - wanted).abs() < 0.01;
        assert!(
            near(effect.off_colour, 10.0 / 3.0) && near(effect.off_colour_before, 100.0 / 3.0),
            "{effect:?}"
        );
        assert!(near(effect.inside, 30.0) && effect.outside.unwrap() > 0.5, "{effect:?}");
        assert!(effect.step_inside.unwrap() > 1.0 && effect.step_between.unwrap() > 0.5, "{effect:?}");
        let nothing = Effect::between(&before, &before, &Constraints::empty([64, 64]));
        assert_eq!((nothing.inside, nothing.outside, nothing.off_colour), (None, Some(0.0), None));
    }
}
