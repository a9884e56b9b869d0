//! Where the picture lies on the screen, and back: pure functions.

use egui::{Pos2, Rect, Vec2, vec2};

use crate::shell::view::Look;

/// What is left free around a picture that fits.
const MARGIN: f32 = 24.0;

const ZOOMS: std::ops::RangeInclusive<f32> = 0.25..=32.0;

impl Look {
    /// Larger by a factor, about the middle of the canvas.
    #[must_use]
    pub fn zoomed(self, factor: f32) -> Self {
        Self { zoom: (self.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end()), ..self }
    }

    /// The square that the picture takes on a canvas.
    #[must_use]
    pub fn place(self, canvas: Rect) -> Rect {
        let side = (canvas.width().min(canvas.height()) - 2.0 * MARGIN).max(16.0) * self.zoom;
        let from_middle = vec2(0.5 - self.centre[0], 0.5 - self.centre[1]) * side;
        Rect::from_center_size(canvas.center() + from_middle, Vec2::splat(side))
    }

    /// Larger by a factor, with the place under the pointer staying there.
    #[must_use]
    pub fn zoomed_at(self, canvas: Rect, pointer: Pos2, factor: f32) -> Self {
        let zoomed = self.zoomed(factor);
        let under = image_from_screen(self.place(canvas), pointer);
        let moved = screen_from_image(zoomed.place(canvas), under);
        zoomed.panned(canvas, pointer - moved)
    }

    /// Moved on the screen.
    #[must_use]
    pub fn panned(self, canvas: Rect, by: Vec2) -> Self {
        let side = self.place(canvas).width();
        let along = |centre: f32, by: f32| (centre - by / side).clamp(0.0, 1.0);
        Self { centre: [along(self.centre[0], by.x), along(self.centre[1], by.y)], ..self }
    }
}

/// The place of the picture under a point of the screen, as shares of its side.
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

    fn canvas() -> Rect {
        Rect::from_min_size(pos2(60.0, 40.0), vec2(700.0, 500.0))
    }

    #[test]
    fn screen_to_picture_and_back() {
        let look = Look { zoom: 2.5, centre: [0.3, 0.8] };
        let picture = look.place(canvas());
        for pos in [pos2(0.0, 0.0), pos2(321.5, 77.25), pos2(760.0, 540.0)] {
            let back = screen_from_image(picture, image_from_screen(picture, pos));
            assert!((back - pos).length() < 1e-3, "{back:?} {pos:?}");
        }
    }

    #[test]
    fn a_picture_that_fits_is_centred_with_a_margin() {
        let picture = Look::default().place(canvas());
        assert_eq!(picture.center(), canvas().center());
        assert_eq!(picture.width(), 500.0 - 2.0 * MARGIN);
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let (look, pointer) = (Look::default(), pos2(400.0, 250.0));
        let before = image_from_screen(look.place(canvas()), pointer);
        let after = image_from_screen(look.zoomed_at(canvas(), pointer, 3.0).place(canvas()), pointer);
        assert!((before[0] - after[0]).abs() + (before[1] - after[1]).abs() < 1e-5);
    }

    #[test]
    fn zoom_and_place_stay_in_bounds() {
        let far = Look::default().zoomed(1e9).panned(canvas(), vec2(1e9, -1e9));
        assert_eq!((far.zoom, far.centre), (32.0, [0.0, 1.0]));
        assert!(Look::default().place(Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO)).width() > 0.0);
    }
}
