//! A line around the selected stroke.

use std::sync::Arc;

use egui::{ColorImage, Painter, Rect, TextureHandle, TextureOptions, pos2};
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};

use super::overlay::map_size;
use crate::kit::texture::upload;
use crate::kit::theme;

/// Pixels of the map between the stroke's rim and the outer side of the line.
const LINE: usize = 2;

/// The line as a texture.
#[derive(Default)]
pub struct Outline {
    handle: Option<TextureHandle>,
    shown: Option<(Arc<Stroke>, [usize; 2])>,
}

impl Outline {
    /// Paints the line over a picture, where a stroke is selected.
    pub fn paint(&mut self, painter: &Painter, picture: Rect, stroke: Option<&Arc<Stroke>>) {
        let Some(stroke) = stroke else { return };
        let size = map_size(picture);
        let same = |(of, at): &(Arc<Stroke>, [usize; 2])| Arc::ptr_eq(of, stroke) && *at == size;
        if !self.shown.as_ref().is_some_and(same) {
            upload(
                painter.ctx(),
                &mut self.handle,
                "selected",
                line_around(stroke, size),
                TextureOptions::LINEAR,
            );
            self.shown = Some((stroke.clone(), size));
        }
        if let Some(handle) = &self.handle {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(handle.id(), picture, whole, theme::UNTINTED);
        }
    }
}

/// A light line around a stroke with a dark one around that: one of them is seen on any picture.
fn line_around(stroke: &Stroke, size: [usize; 2]) -> ColorImage {
    let all = Stroke { kind: StrokeKind::Colour([0; 3]), weight: 1.0, ..stroke.clone() };
    let inside = Constraints::rasterize(std::slice::from_ref(&all), size).colour_mask;
    let near = spread(&inside, size);
    let far = spread(&near, size);
    let [light, dark] = theme::CURSOR;
    let pixel = |i: usize| {
        let between = |outer: &[f32], inner: &[f32]| (outer[i] - inner[i]).max(0.0);
        let (light_share, dark_share) = (between(&near, &inside), between(&far, &near));
        if light_share >= dark_share {
            light.gamma_multiply(light_share)
        } else {
            dark.gamma_multiply(dark_share)
        }
    };
    ColorImage::new([size[1], size[0]], (0..inside.len()).map(pixel).collect())
}

/// The largest value within so many pixels, one direction after the other.
fn spread(map: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
    let along = |map: &[f32], at: &dyn Fn(usize, usize) -> Option<usize>| -> Vec<f32> {
        let nearby = |i: usize| (0..=2 * LINE).filter_map(move |step| at(i, step));
        (0..map.len()).map(|i| nearby(i).map(|j| map[j]).fold(0.0, f32::max)).collect()
    };
    let rows = along(map, &|i, step| {
        let x = (i % width + step).checked_sub(LINE).filter(|x| *x < width)?;
        Some(i / width * width + x)
    });
    along(&rows, &|i, step| {
        let y = (i / width + step).checked_sub(LINE).filter(|y| *y < height)?;
        Some(y * width + i % width)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_around_the_stroke_and_leaves_its_inside_free() {
        let stroke = Stroke::new(StrokeKind::Erase, 0.25, vec![[0.5, 0.5]]);
        let image = line_around(&stroke, [64; 2]);
        let alpha = |x: usize, y: usize| image[(x, y)].a();
        assert_eq!((alpha(32, 32), alpha(2, 2)), (0, 0));
        assert!(alpha(32, 32 - 9) > 200, "{}", alpha(32, 32 - 9));
    }
}
