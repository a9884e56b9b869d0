//! The frame on the whole photo: what lies beside it is dimmed, its corners and the handle to turn it stand out.

use egui::{Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::photos::HANDLE;

/// The half side of a corner's mark.
const CORNER: f32 = 5.0;

/// Paints the frame over the photo.
pub fn paint(painter: &Painter, picture: Rect, paint: &Paint) {
    let (Some(photo), Some(model)) = (paint.photo(), &paint.document.model) else { return };
    let place = photo.frame(model.sides).on(&photo.picture, model.sides);
    let sides = [photo.picture.width() as f64, photo.picture.height() as f64];
    let on_screen = |at: [f64; 2]| -> Pos2 {
        let share = vec2((at[0] / sides[0]) as f32, (at[1] / sides[1]) as f32);
        picture.min + share * picture.size()
    };
    let corners = place.corners().map(on_screen);
    let [light, dark] = theme::CURSOR;
    let painter = painter.with_clip_rect(picture.expand(8.0));
    dim(&painter.with_clip_rect(picture), picture, corners);
    painter.add(Shape::closed_line(corners.to_vec(), Stroke::new(3.0, dark)));
    painter.add(Shape::closed_line(corners.to_vec(), Stroke::new(1.5, light)));
    for corner in corners {
        let mark = Rect::from_center_size(corner, vec2(2.0 * CORNER, 2.0 * CORNER));
        painter.rect(mark, 2.0, light, Stroke::new(1.0, dark), egui::StrokeKind::Outside);
    }
    let (top, handle) = (on_screen(place.in_photo([0.5, 0.0])), on_screen(place.in_photo(HANDLE)));
    painter.line_segment([top, handle], Stroke::new(3.0, dark));
    painter.line_segment([top, handle], Stroke::new(1.5, light));
    painter.circle(handle, CORNER + 1.0, light, Stroke::new(1.0, dark));
}

/// Dims what lies beyond each side of the frame: a wide strip along it, so that strips meet at the corners.
fn dim(painter: &Painter, picture: Rect, corners: [Pos2; 4]) {
    let far = 2.0 * picture.size().length();
    let centre = corners.iter().fold(vec2(0.0, 0.0), |sum, corner| sum + corner.to_vec2()) / 4.0;
    for i in 0..4 {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        let along = (b - a).normalized();
        let mut out = vec2(-along.y, along.x);
        if out.dot(a.to_vec2() - centre) < 0.0 {
            out = -out;
        }
        // Every strip goes on beyond its second corner only: no place is dimmed twice.
        let points = [a, b + along * far, b + along * far + out * far, a + out * far];
        painter.add(Shape::convex_polygon(
            points.map(|p| pos2(p.x, p.y)).to_vec(),
            theme::DIMMED,
            Stroke::NONE,
        ));
    }
}
