//! How far an edit reaches: where strokes may change a picture, and how much.

use serde::{Deserialize, Serialize};

use super::constraint::Constraints;
use super::distance::distances;

/// The least brush, as a share of the picture's shorter side, that colours and patches reach as far as: less than that no
/// model changes on its own.
const LEAST_BRUSH: f32 = 1.0 / 16.0;
/// The same for sketched edges: what a sketch asks for is the histogram of a cell.
const LEAST_PENCIL: f32 = 1.0 / 8.0;

/// How far an edit may reach beyond its strokes, and what must stay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extent {
    /// 0: a brush's width around the strokes, no farther. 1: everywhere ("let the picture follow"). In between, so far
    /// that what fades out is no edge.
    pub reach: f32,
    /// How softly the border of what must stay begins, as a share of the picture's shorter side.
    pub feather: f32,
    /// True where what is painted as "must stay" is the only part that may change.
    pub inverted: bool,
}

impl Default for Extent {
    fn default() -> Self {
        Self { reach: 0.35, feather: 0.03, inverted: false }
    }
}

impl Extent {
    /// How free each pixel is to change, 0 to 1: 1 under the strokes, falling smoothly with the distance from them in
    /// widths of their brush, d: `1 - s^2 (3 - 2 s)` with `s = d (1 - reach)`, and 0 where `s` is 1 or more. What must stay
    /// is 0, what may alone change limits all.
    #[must_use]
    pub fn freedom(&self, strokes: &Constraints) -> Vec<f32> {
        let stay = (1.0 - self.reach).clamp(0.0, 1.0);
        let kept = self.kept(strokes);
        let falls = |(widths, kept): (f32, f32)| {
            // Nothing is painted: nothing to hold but what must stay.
            let s = if stay == 0.0 { 0.0 } else { (widths * stay).min(1.0) };
            (1.0 - s * s * (3.0 - 2.0 * s)) * (1.0 - kept)
        };
        brush_widths(strokes).into_iter().zip(kept).map(falls).collect()
    }

    /// What must stay, 0 to 1, with its soft border.
    fn kept(&self, strokes: &Constraints) -> Vec<f32> {
        let [height, width] = strokes.size;
        if strokes.keep.iter().all(|keep| *keep <= 0.0) {
            return vec![0.0; height * width];
        }
        let feather = (self.feather.clamp(0.0, 1.0) * height.min(width) as f32).max(0.5);
        let within: Vec<bool> = strokes.keep.iter().map(|keep| *keep >= 0.5).collect();
        let beyond: Vec<bool> = within.iter().map(|within| !within).collect();
        let (to_inside, to_outside) = (distances(&within, strokes.size), distances(&beyond, strokes.size));
        let soft = |(inside, outside): (f32, f32)| {
            // Positive beyond the border, half a pixel from the centres on either side of it.
            let beyond = if inside > 0.0 { inside - 0.5 } else { 0.5 - outside };
            let painted = (0.5 - 0.5 * beyond / feather).clamp(0.0, 1.0);
            if self.inverted { 1.0 - painted } else { painted }
        };
        to_inside.into_iter().zip(to_outside).map(soft).collect()
    }
}

/// How far each pixel is from the nearest stroke, in widths of its brush; infinite where nothing is painted.
///
/// The width of the brush at a painted pixel is the diameter of the largest disc of painted pixels that it lies in, so
/// that strokes from a window and from a picture reach equally far.
#[must_use]
pub fn brush_widths(strokes: &Constraints) -> Vec<f32> {
    let shorter = strokes.size[0].min(strokes.size[1]) as f32;
    let painted = (strokes.colour_mask.iter().zip(&strokes.texture_mask).zip(&strokes.taken))
        .map(|((colour, texture), taken)| colour.max(*texture).max(*taken) >= 0.5)
        .collect::<Vec<_>>();
    let sketched = strokes.edge.iter().map(|edge| *edge >= 0.5).collect::<Vec<_>>();
    let of_brush = in_widths(&painted, strokes.size, LEAST_BRUSH * shorter);
    let of_pencil = in_widths(&sketched, strokes.size, LEAST_PENCIL * shorter);
    of_brush.into_iter().zip(of_pencil).map(|(a, b)| a.min(b)).collect()
}

/// Distances from what is painted in widths of the brush, which is `least` pixels wide or wider.
fn in_widths(painted: &[bool], size: [usize; 2], least: f32) -> Vec<f32> {
    let mut nearest = vec![f32::INFINITY; painted.len()];
    if !painted.contains(&true) {
        return nearest;
    }
    let widths = thickness(painted, size);
    let widest = widths.iter().fold(0f32, |a, b| a.max(*b)).max(least);
    // Brushes in steps of a fourth of an octave: a step more changes how fast the reach falls, never where it begins.
    let mut width = least.max(1.0);
    loop {
        let level: Vec<bool> = widths
            .iter()
            .zip(painted)
            .map(|(w, is)| *is && (*w >= width || width <= least.max(1.0)))
            .collect();
        for (nearest, distance) in nearest.iter_mut().zip(distances(&level, size)) {
            // Between centres: the border of the stroke is half a pixel away.
            *nearest = nearest.min((distance - 0.5).max(0.0) / width);
        }
        width *= 2f32.powf(0.25);
        if width > widest {
            return nearest;
        }
    }
}

/// The diameter of the largest disc of painted pixels that each painted pixel lies in.
fn thickness(painted: &[bool], size @ [height, width]: [usize; 2]) -> Vec<f32> {
    let beyond: Vec<bool> = painted.iter().map(|painted| !painted).collect();
    let most = height.max(width) as f32;
    let radii: Vec<f32> = distances(&beyond, size)
        .into_iter()
        .map(|d| if d.is_finite() { (d - 0.5).max(0.0) } else { most })
        .collect();
    let mut thickness = vec![0f32; painted.len()];
    for (i, &radius) in radii.iter().enumerate().filter(|(i, _)| painted[*i]) {
        let (x, y) = ((i % width) as isize, (i / width) as isize);
        let around = |reach: isize| {
            let columns = (x - reach).max(0)..(x + reach + 1).min(width as isize);
            let rows = (y - reach).max(0)..(y + reach + 1).min(height as isize);
            rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
        };
        let apart = |column: isize, row: isize| ((column - x) as f32).hypot((row - y) as f32);
        let at = |column: isize, row: isize| row as usize * width + column as usize;
        // A disc within that of a neighbour tells nothing new.
        let within = |(column, row): (isize, isize)| {
            let away = apart(column, row);
            away > 0.0 && radii[at(column, row)] >= radius + away
        };
        if around(1).any(within) {
            continue;
        }
        for (column, row) in around(radius.ceil().min(most) as isize) {
            if apart(column, row) <= radius {
                let place = &mut thickness[at(column, row)];
                *place = place.max(2.0 * radius);
            }
        }
    }
    thickness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;
    use crate::search::constraint::{Stroke, StrokeKind};

    const SIZE: [usize; 2] = [64, 64];
    const TIGHT: Extent = Extent { reach: 0.0, feather: 0.03, inverted: false };

    fn line(width: f32, y: f32) -> Stroke {
        Stroke::new(StrokeKind::Colour([9, 8, 7]), width, vec![[-0.5, y], [1.5, y]])
    }

    fn at(map: &[f32], x: usize, y: usize) -> f32 {
        map[y * SIZE[1] + x]
    }

    #[test]
    fn freedom_is_one_under_a_stroke_and_nothing_a_brushs_width_away() {
        for pixels in [5.0f32, 8.0, 14.0] {
            let strokes = Constraints::rasterize(&[line(pixels / 64.0, 0.5)], SIZE);
            let widths = brush_widths(&strokes);
            for y in 0..64 {
                let away = ((y as f32 + 0.5 - 32.0).abs() - pixels / 2.0) / pixels;
                let found = at(&widths, 30, y);
                // Never farther than the brush is wide, and not much less: its width is known to a pixel or so.
                let within = away - 0.16..away.max(0.0) * 1.35 + 0.16;
                assert!(within.contains(&found), "{pixels} {y}: {found} {away}");
            }
            let free = TIGHT.freedom(&strokes);
            assert_eq!(at(&free, 30, 32), 1.0);
            let beyond = (32.0 + 1.6 * pixels + 1.0) as usize;
            assert!(beyond >= 64 || at(&free, 30, beyond) == 0.0, "{pixels}");
            let half = Extent { reach: 0.5, ..TIGHT }.freedom(&strokes);
            assert!(half.iter().zip(&free).all(|(a, b)| a >= b));
        }
        let strokes = Constraints::rasterize(&[line(0.1, 0.3)], SIZE);
        let all = Extent { reach: 1.0, ..TIGHT }.freedom(&strokes);
        assert!(all.iter().all(|free| *free == 1.0));
        let none = TIGHT.freedom(&Constraints::empty(SIZE));
        assert!(none.iter().all(|free| *free == 0.0));
    }

    #[test]
    fn freedom_has_no_steps() {
        let strokes = Constraints::rasterize(&[line(0.3, 0.2), line(0.06, 0.7)], SIZE);
        let free = TIGHT.freedom(&strokes);
        let steps = (1..64).map(|y| (at(&free, 20, y) - at(&free, 20, y - 1)).abs());
        assert!(steps.fold(0f32, f32::max) < 0.45);
    }

    #[test]
    fn a_brush_is_as_wide_as_it_was_wherever_it_went() {
        let curve = (0..20).map(|i| i as f32 / 19.0).map(|t| [0.2 + 0.6 * t, 0.5 + 0.3 * (6.0 * t).sin()]);
        let stroke = Stroke::new(StrokeKind::Colour([0; 3]), 0.12, curve.collect());
        let strokes = Constraints::rasterize(&[stroke], SIZE);
        let painted: Vec<bool> = strokes.colour_mask.iter().map(|m| *m >= 0.5).collect();
        let widths = thickness(&painted, SIZE);
        let mean = widths.iter().sum::<f32>() / painted.iter().filter(|p| **p).count() as f32;
        assert!((mean - 0.12 * 64.0).abs() < 1.5, "{mean}");
        assert!(thickness(&[true; 4096], SIZE).iter().all(|w| *w >= 64.0));
    }

    #[test]
    fn what_must_stay_is_not_free_and_may_be_turned_round() {
        let keep = Stroke::new(StrokeKind::Keep, 0.3, vec![[0.5, 0.5]]);
        let strokes = Constraints::rasterize(&[line(0.3, 0.45), keep], SIZE);
        assert_eq!(at(&strokes.colour_mask, 32, 32), 0.0, "a later stroke covers an earlier one");
        let free = TIGHT.freedom(&strokes);
        assert_eq!((at(&free, 32, 32), at(&free, 4, 28)), (0.0, 1.0));
        let turned = Extent { inverted: true, reach: 1.0, ..TIGHT }.freedom(&strokes);
        assert_eq!((at(&turned, 32, 32), at(&turned, 4, 28)), (1.0, 0.0));
        let hard = Extent { feather: 0.0, reach: 1.0, ..TIGHT };
        let soft = Extent { feather: 0.1, reach: 1.0, ..TIGHT };
        let between =
            |extent: Extent| extent.freedom(&strokes).iter().filter(|f| **f > 0.0 && **f < 1.0).count();
        assert!(between(soft) > 3 * between(hard));
    }

    #[test]
    fn a_patch_frees_the_place_that_it_came_from() {
        let picture = Picture::filled(64, 64, [80; 3]);
        let kind = StrokeKind::Patch(std::sync::Arc::new(picture));
        let strokes = Constraints::rasterize(&[Stroke::new(kind, 0.2, vec![[0.2, 0.2], [0.8, 0.8]])], SIZE);
        let free = TIGHT.freedom(&strokes);
        assert_eq!((at(&free, 12, 12), at(&free, 51, 51), at(&free, 32, 32)), (1.0, 1.0, 0.0));
    }
}
