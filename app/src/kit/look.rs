//! Where the picture lies on the screen, and back: pure functions.

use egui::{Pos2, Rect, Vec2, vec2};
use latent_engine::Picture;

/// What is left free around a picture that fits.
const MARGIN: f32 = 24.0;

/// The sides of the room for a picture on a canvas that is smaller than its margins.
const LEAST: f32 = 16.0;

const ZOOMS: std::ops::RangeInclusive<f32> = 0.25..=32.0;

/// Where on the canvas the picture lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// 1 fits the picture into the canvas.
    pub zoom: f32,
    /// The place of the picture that lies in the middle of the canvas, as shares of its side.
    pub centre: [f32; 2],
}

impl Default for Look {
    fn default() -> Self {
        Self { zoom: 1.0, centre: [0.5, 0.5] }
    }
}

impl Look {
    /// Larger by a factor, about the middle of the canvas.
    #[must_use]
    pub fn zoomed(self, factor: f32) -> Self {
        Self { zoom: (self.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end()), ..self }
    }

    /// The place that a picture takes on a canvas; `ratio` is its width by its height.
    #[must_use]
    pub fn place(self, canvas: Rect, ratio: f32) -> Rect {
        let room = (canvas.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(LEAST));
        let size = fit(room, ratio) * self.zoom;
        let from_middle = vec2(0.5 - self.centre[0], 0.5 - self.centre[1]) * size;
        Rect::from_center_size(canvas.center() + from_middle, size)
    }

    /// Larger by a factor, with the place under the pointer staying there.
    #[must_use]
    pub fn zoomed_at(self, canvas: Rect, ratio: f32, pointer: Pos2, factor: f32) -> Self {
        let zoomed = self.zoomed(factor);
        let under = image_from_screen(self.place(canvas, ratio), pointer);
        let moved = screen_from_image(zoomed.place(canvas, ratio), under);
        zoomed.panned(canvas, ratio, pointer - moved)
    }

    /// Moved on the screen.
    #[must_use]
    pub fn panned(self, canvas: Rect, ratio: f32, by: Vec2) -> Self {
        let by = by / self.place(canvas, ratio).size();
        let along = |centre: f32, by: f32| (centre - by).clamp(0.0, 1.0);
        Self { centre: [along(self.centre[0], by.x), along(self.centre[1], by.y)], ..self }
    }
}

/// The largest size of this ratio of width to height in a room.
pub fn fit(room: Vec2, ratio: f32) -> Vec2 {
    let ratio = if ratio.is_finite() && ratio > 0.0 { ratio } else { 1.0 };
    if room.x > room.y * ratio { vec2(room.y * ratio, room.y) } else { vec2(room.x, room.x / ratio) }
}

/// A picture's ratio of width to height.
pub fn ratio(picture: &Picture) -> f32 {
    picture.width().max(1) as f32 / picture.height().max(1) as f32
}

/// The place of the picture under a point of the screen, as shares of its width and its height.
pub fn image_from_screen(picture: Rect, pos: Pos2) -> [f32; 2] {
    let share = (pos - picture.min) / picture.size();
    [share.x, share.y]
}

/// The point of the screen where a place of the picture lies.
pub fn screen_from_image(picture: Rect, [x, y]: [f32; 2]) -> Pos2 {
    picture.min + vec2(x, y) * picture.size()
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    /// Wider than high, a square, higher than wide.
    const RATIOS: [f32; 3] = [2.0, 1.0, 0.4];

    fn canvas() -> Rect {
        Rect::from_min_size(pos2(60.0, 40.0), vec2(700.0, 500.0))
    }

    #[test]
    fn screen_to_picture_and_back() {
        let look = Look { zoom: 2.5, centre: [0.3, 0.8] };
        for ratio in RATIOS {
            let picture = look.place(canvas(), ratio);
            for pos in [pos2(0.0, 0.0), pos2(321.5, 77.25), pos2(760.0, 540.0)] {
                let back = screen_from_image(picture, image_from_screen(picture, pos));
                assert!((back - pos).length() < 1e-3, "{back:?} {pos:?}");
            }
        }
    }

    #[test]
    fn a_picture_that_fits_is_centred_with_a_margin() {
        let picture = Look::default().place(canvas(), 1.0);
        assert_eq!(picture.center(), canvas().center());
        assert_eq!(picture.width(), 500.0 - 2.0 * MARGIN);
    }

    #[test]
    fn a_picture_of_any_sides_keeps_its_ratio_and_fits() {
        for ratio in RATIOS {
            let picture = Look::default().place(canvas(), ratio);
            assert_eq!(picture.center(), canvas().center());
            assert!((picture.aspect_ratio() - ratio).abs() < 1e-4, "{picture:?}");
            assert!(canvas().shrink(MARGIN - 0.01).contains_rect(picture), "{picture:?}");
            let margins = canvas().size() - picture.size();
            assert!((margins.min_elem() - 2.0 * MARGIN).abs() < 1e-3, "as large as it can be: {picture:?}");
        }
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        for ratio in RATIOS {
            let (look, pointer) = (Look::default(), pos2(400.0, 250.0));
            let before = image_from_screen(look.place(canvas(), ratio), pointer);
            let zoomed = look.zoomed_at(canvas(), ratio, pointer, 3.0);
            let after = image_from_screen(zoomed.place(canvas(), ratio), pointer);
            assert!((before[0] - after[0]).abs() + (before[1] - after[1]).abs() < 1e-5);
        }
    }

    #[test]
    fn moving_moves_by_as_much() {
        for ratio in RATIOS {
            let look = Look { zoom: 2.0, ..Look::default() };
            let moved = look.panned(canvas(), ratio, vec2(30.0, -20.0));
            let by = moved.place(canvas(), ratio).min - look.place(canvas(), ratio).min;
            assert!((by - vec2(30.0, -20.0)).length() < 1e-3, "{by:?}");
        }
    }

    #[test]
    fn zoom_and_place_stay_in_bounds() {
        let far = Look::default().zoomed(1e9).panned(canvas(), 1.0, vec2(1e9, -1e9));
        assert_eq!((far.zoom, far.centre), (32.0, [0.0, 1.0]));
        let nowhere = Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO);
        assert!(Look::default().place(nowhere, 1.0).width() > 0.0);
        assert!(Look::default().place(canvas(), f32::NAN).is_positive());
    }
}
