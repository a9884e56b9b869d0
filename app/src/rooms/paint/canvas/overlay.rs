//! Strokes over the picture, drawn from the very maps that the engine is given, so that erased parts are
//! gone here too.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, pos2};
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};

use crate::kit::look::{image_from_screen, screen_from_image};
use crate::kit::texture::upload;
use crate::kit::theme;
use crate::rooms::paint::stroke_maps::StrokeMaps;
use crate::rooms::paint::tools::SIDE;

/// Pixels of the longer side of the maps behind the overlay.
const MAP: usize = SIDE as usize;

/// Distance between the dots of a sketched line and their radius, in points.
const DOTS: [f32; 2] = [6.0, 1.6];

/// How thick the outline of a stroke is, in pixels of the map.
const OUTLINE: usize = 2;

/// The strokes as a texture.
#[derive(Default)]
pub struct Overlay {
    handle: Option<TextureHandle>,
    maps: StrokeMaps,
    shown: Vec<(Arc<Stroke>, usize)>,
    now: Option<Constraints>,
    /// The part of the picture that colour strokes cover, 0 to 1: the rest of the texture is empty.
    part: Option<Rect>,
}

impl Overlay {
    /// Paints the strokes over a picture.
    pub fn paint(&mut self, painter: &Painter, picture: Rect, strokes: &[Arc<Stroke>]) {
        if strokes.is_empty() {
            return;
        }
        self.refresh(painter.ctx(), strokes, map_size(picture));
        if let (Some(handle), Some(part)) = (&self.handle, self.part) {
            let place = Rect::from_min_max(
                screen_from_image(picture, [part.left(), part.top()]),
                screen_from_image(picture, [part.right(), part.bottom()]),
            );
            painter.image(handle.id(), place, part, theme::UNTINTED);
        }
        for stroke in strokes.iter().filter(|stroke| stroke.kind == StrokeKind::Sketch) {
            self.paint_sketch(painter, picture, stroke);
        }
    }

    fn refresh(&mut self, ctx: &Context, strokes: &[Arc<Stroke>], size: [usize; 2]) {
        let same = |(old, new): (&(Arc<Stroke>, usize), &Arc<Stroke>)| {
            Arc::ptr_eq(&old.0, new) && old.1 == new.points.len()
        };
        let same_size = self.now.as_ref().is_some_and(|maps| maps.size == size);
        if same_size && self.shown.len() == strokes.len() && self.shown.iter().zip(strokes).all(same) {
            return;
        }
        self.shown = strokes.iter().map(|stroke| (stroke.clone(), stroke.points.len())).collect();
        let maps = self.maps.rasterize(strokes, size);
        upload(ctx, &mut self.handle, "strokes", colour_overlay(&maps), TextureOptions::LINEAR);
        self.part = covered_part(&maps);
        self.now = Some(maps);
    }

    fn paint_sketch(&self, painter: &Painter, picture: Rect, stroke: &Stroke) {
        let Some(maps) = &self.now else { return };
        let [spacing, radius] = DOTS;
        let radius = radius.max(stroke.width * picture.size().min_elem() / 6.0);
        // On the screen, where distances are the same in all directions.
        let points: Vec<[f32; 2]> =
            stroke.points.iter().map(|at| screen_from_image(picture, *at).into()).collect();
        for pos in dots(&points, spacing.max(radius * 3.0)) {
            let pos = pos.into();
            if edge_at(maps, image_from_screen(picture, pos)) > 0.5 {
                painter.circle_filled(pos, radius + 1.0, theme::SKETCH[1]);
                painter.circle_filled(pos, radius, theme::SKETCH[0]);
            }
        }
    }
}

/// Height and width of the maps for a picture of this ratio.
pub(super) fn map_size(picture: Rect) -> [usize; 2] {
    let longer = picture.size().max_elem();
    [picture.height(), picture.width()].map(|side| ((side / longer * MAP as f32).round() as usize).max(1))
}

/// Places along a polyline at equal distances.
fn dots(points: &[[f32; 2]], spacing: f32) -> Vec<[f32; 2]> {
    let mut dots: Vec<[f32; 2]> = points.first().copied().into_iter().collect();
    let mut since = 0.0;
    for pair in points.windows(2) {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let length = (bx - ax).hypot(by - ay);
        let mut along = spacing - since;
        while along <= length {
            let t = along / length;
            dots.push([ax + t * (bx - ax), ay + t * (by - ay)]);
            along += spacing;
        }
        since = (since + length) % spacing;
    }
    dots
}

/// The part of a picture that colours cover, with a rim for smooth edges; `None` when there are none.
fn covered_part(maps: &Constraints) -> Option<Rect> {
    let [height, width] = maps.size;
    let mut part: Option<Rect> = None;
    for (i, _) in maps.colour_mask.iter().enumerate().filter(|&(_, &mask)| mask > 0.0) {
        let at = pos2((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        part = Some(part.map_or(Rect::from_pos(at), |mut part| {
            part.extend_with(at);
            part
        }));
    }
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let share = |at: egui::Pos2| pos2(at.x / width as f32, at.y / height as f32);
    part.map(|part| part.expand(2.0))
        .map(|part| Rect::from_min_max(share(part.min), share(part.max)).intersect(whole))
}

fn edge_at(maps: &Constraints, at: [f32; 2]) -> f32 {
    let [height, width] = maps.size;
    let [x, y] = [at[0] * width as f32, at[1] * height as f32];
    let inside = |v: f32, side: usize| v >= 0.0 && v < side as f32;
    if inside(x, width) && inside(y, height) { maps.edge[y as usize * width + x as usize] } else { 0.0 }
}

/// Semi-opaque paint with a stronger outline.
fn colour_overlay(maps: &Constraints) -> ColorImage {
    let [height, width] = maps.size;
    let mask = |x: usize, y: usize| maps.colour_mask[y * width + x];
    let [fill, outline] = theme::STROKE_ALPHA;
    let pixel = |i: usize| {
        let cover = maps.colour_mask[i];
        if cover <= 0.0 {
            return Color32::default();
        }
        let (x, y) = (i % width, i / width);
        let (left, right) = (x.saturating_sub(OUTLINE), (x + OUTLINE).min(width - 1));
        let (up, down) = (y.saturating_sub(OUTLINE), (y + OUTLINE).min(height - 1));
        let inner = mask(left, y).min(mask(right, y)).min(mask(x, up)).min(mask(x, down));
        let rgb = [0, 1, 2].map(|c| (maps.colour[3 * i + c] * 255.0).round() as u8);
        let rim = 1.0 - inner;
        let edge = theme::outline(rgb);
        let mixed = [0, 1, 2].map(|c| (f32::from(rgb[c]) * inner + f32::from(edge[c]) * rim) as u8);
        theme::glaze(mixed, cover * (fill + (outline - fill) * rim))
    };
    ColorImage::new([width, height], (0..width * height).map(pixel).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_keep_their_distance_around_corners() {
        let dots = dots(&[[0.0, 0.0], [0.25, 0.0], [0.25, 0.25]], 0.1);
        let expected = [[0.0, 0.0], [0.1, 0.0], [0.2, 0.0], [0.25, 0.05], [0.25, 0.15], [0.25, 0.25]];
        assert!(dots.len() >= 5, "{dots:?}");
        for (a, b) in dots.iter().zip(expected) {
            assert!((a[0] - b[0]).abs() + (a[1] - b[1]).abs() < 1e-5, "{dots:?}");
        }
        assert_eq!(super::dots(&[[0.5, 0.5]], 0.1), [[0.5, 0.5]]);
    }

    #[test]
    fn the_outline_is_stronger_than_the_fill_and_nothing_lies_outside() {
        let stroke = Stroke {
            weight: 1.0,
            kind: StrokeKind::Colour([0, 255, 0]),
            width: 0.3,
            points: vec![[0.5, 0.5]],
        };
        let image = colour_overlay(&Constraints::rasterize(&[stroke], [64; 2]));
        let alpha = |x: usize, y: usize| image[(x, y)].a();
        assert!(alpha(32, 32) > 60 && alpha(32, 32) < 128);
        assert!(alpha(32, 32 - 8) > alpha(32, 32));
        assert_eq!(alpha(2, 2), 0);
    }

    #[test]
    fn a_stroke_on_a_picture_that_is_no_square_is_round() {
        for size in [egui::vec2(600.0, 300.0), egui::vec2(240.0, 600.0)] {
            let picture = Rect::from_min_size(pos2(100.0, 50.0), size);
            let stroke = Stroke {
                weight: 1.0,
                kind: StrokeKind::Colour([0, 255, 0]),
                width: 0.2,
                points: vec![[0.75, 0.5]],
            };
            let maps = Constraints::rasterize(&[stroke], map_size(picture));
            let part = covered_part(&maps).unwrap();
            let at = |corner: egui::Pos2| screen_from_image(picture, [corner.x, corner.y]);
            let shown = Rect::from_min_max(at(part.min), at(part.max));
            assert!((shown.center() - screen_from_image(picture, [0.75, 0.5])).length() < 2.0, "{shown:?}");
            assert!((shown.width() - shown.height()).abs() < 4.0, "round: {shown:?}");
        }
    }
}
