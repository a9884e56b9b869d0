//! A patch of a picture that is wanted elsewhere (Zhu et al. 2016, the warping brush).

use super::stroke::{covered, whole_byte};
use super::{Constraints, Stroke};
use crate::Picture;

/// Pixels around a patch that are known, too, so that the edges at its border are those of the picture: as far as a cell
/// of a histogram looks, and one for the slope.
const AROUND: f32 = 9.0;

impl Constraints {
    /// Asks for what lies at a stroke's first point in a picture at its last point; a stroke without points asks for
    /// nothing.
    pub(super) fn add_patch(&mut self, picture: &Picture, stroke: &Stroke, radius: f32) {
        let (Some(from), Some(to)) = (stroke.points.first(), stroke.points.last()) else { return };
        let [height, width] = self.size;
        let sized = [picture.height(), picture.width()] == self.size;
        let picture = if sized { picture.clone() } else { picture.resized_bicubic(width, height) };
        let light = picture.lightness();
        let scale = [width as f32, height as f32];
        let place = |point: &[f32; 2]| [0, 1].map(|axis| point[axis] * scale[axis]);
        let (from, to) = (place(from), place(to));
        if from.iter().chain(&to).any(|v| !v.is_finite()) {
            return;
        }
        // Whole pixels: a patch stays as sharp as it was.
        let [right, down] = [0, 1].map(|axis| (to[axis] - from[axis]).round());
        let to = [from[0] + right, from[1] + down];
        for (i, cover) in covered(from, from, radius, self.size) {
            self.taken[i] = self.taken[i].max(cover);
        }
        let source = |i: usize| {
            let along = |place: usize, by: f32, side: usize| {
                (place as f32 - by).clamp(0.0, side.saturating_sub(1) as f32) as usize
            };
            (along(i % width, right, width), along(i / width, down, height))
        };
        for (i, _) in covered(to, to, radius + AROUND, self.size) {
            // What an earlier patch asks for stays beside this one.
            if self.texture_mask[i] == 0.0 {
                let (x, y) = source(i);
                self.texture[i] = light[y * width + x];
            }
        }
        for (i, cover) in covered(to, to, radius, self.size) {
            let (x, y) = source(i);
            self.weigh(i, cover, stroke.weight);
            self.edge[i] = self.edge[i].min(whole_byte(1.0 - cover));
            self.paint(i, cover, picture.pixel(x, y).map(|byte| f32::from(byte) / 255.0));
            self.texture[i] = light[y * width + x];
            self.texture_mask[i] = self.texture_mask[i].max(cover);
        }
    }
}
