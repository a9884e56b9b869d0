//! Icons as lines on a grid of 24, so that they are sharp at any size and need no font.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, vec2};

/// The side of the grid.
const GRID: f32 = 24.0;

/// A pen on the grid.
pub struct Pen<'a> {
    painter: &'a Painter,
    rect: Rect,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        self.rect.min + vec2(x, y) * self.rect.width() / GRID
    }

    fn line(&self, points: &[[f32; 2]]) {
        self.painter.add(Shape::line(points.iter().map(|&p| self.at(p)).collect(), self.stroke));
    }

    fn closed(&self, points: &[[f32; 2]]) {
        self.painter.add(Shape::closed_line(points.iter().map(|&p| self.at(p)).collect(), self.stroke));
    }

    fn filled(&self, points: &[[f32; 2]]) {
        let points = points.iter().map(|&p| self.at(p)).collect();
        self.painter.add(Shape::convex_polygon(points, self.stroke.color, Stroke::NONE));
    }

    fn circle(&self, centre: [f32; 2], radius: f32) {
        self.painter.circle_stroke(self.at(centre), radius * self.rect.width() / GRID, self.stroke);
    }

    fn dot(&self, centre: [f32; 2], radius: f32) {
        let radius = radius * self.rect.width() / GRID;
        self.painter.circle_filled(self.at(centre), radius, self.stroke.color);
    }

    /// An arc; angles in turns, clockwise from the right.
    fn arc(&self, centre: [f32; 2], radius: f32, from: f32, to: f32) {
        let point = |i: u8| {
            let angle = (from + (to - from) * f32::from(i) / 24.0) * std::f32::consts::TAU;
            [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()]
        };
        self.line(&(0..=24).map(point).collect::<Vec<_>>());
    }

    fn rect(&self, min: [f32; 2], max: [f32; 2]) {
        self.closed(&[min, [max[0], min[1]], max, [min[0], max[1]]]);
    }
}

/// What draws an icon; the switch says whether it is on, where it looks different then.
pub type Icon = fn(&Pen<'_>, bool);

/// Paints an icon into a square.
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, on: bool, colour: Color32) {
    let side = rect.width().min(rect.height());
    let rect = Rect::from_center_size(rect.center(), vec2(side, side));
    icon(&Pen { painter, rect, stroke: Stroke::new((side / 13.0).max(1.2), colour) }, on);
}

pub fn colour_brush(pen: &Pen<'_>, _: bool) {
    pen.line(&[[20.0, 3.5], [10.5, 13.0]]);
    pen.line(&[[20.5, 4.0], [12.0, 14.5]]);
    pen.closed(&[
        [10.0, 13.5],
        [7.0, 14.5],
        [5.5, 18.5],
        [3.5, 20.0],
        [8.0, 20.0],
        [11.5, 17.5],
        [11.8, 15.0],
    ]);
}

pub fn sketch_brush(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[16.5, 4.0], [20.0, 7.5], [8.5, 19.0], [4.0, 20.0], [5.0, 15.5]]);
    pen.line(&[[14.0, 6.5], [17.5, 10.0]]);
}

pub fn eraser(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[13.5, 4.5], [20.0, 11.0], [11.5, 19.5], [8.0, 19.5], [4.0, 15.0]]);
    pen.line(&[[8.8, 9.6], [15.0, 16.0]]);
    pen.line(&[[8.0, 19.5], [20.0, 19.5]]);
}

pub fn eyedropper(pen: &Pen<'_>, _: bool) {
    pen.line(&[[13.0, 8.5], [5.0, 16.5], [4.0, 20.0], [7.5, 19.0], [15.5, 11.0]]);
    pen.line(&[[11.5, 7.0], [17.0, 12.5]]);
    pen.line(&[[14.5, 8.0], [17.5, 4.5], [19.5, 4.5], [19.5, 6.5], [16.0, 9.5]]);
}

pub fn bucket(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[10.5, 4.0], [18.5, 12.0], [11.5, 19.0], [3.5, 11.0]]);
    pen.line(&[[4.0, 11.5], [18.0, 11.5]]);
    pen.line(&[[20.5, 14.0], [20.5, 19.5]]);
}

pub fn undo(pen: &Pen<'_>, _: bool) {
    pen.line(&[[9.0, 5.0], [5.0, 9.0], [9.0, 13.0]]);
    pen.line(&[[5.0, 9.0], [14.0, 9.0]]);
    pen.arc([14.0, 14.0], 5.0, -0.25, 0.25);
    pen.line(&[[14.0, 19.0], [9.0, 19.0]]);
}

pub fn redo(pen: &Pen<'_>, _: bool) {
    pen.line(&[[15.0, 5.0], [19.0, 9.0], [15.0, 13.0]]);
    pen.line(&[[19.0, 9.0], [10.0, 9.0]]);
    pen.arc([10.0, 14.0], 5.0, 0.25, 0.75);
    pen.line(&[[10.0, 19.0], [15.0, 19.0]]);
}

pub fn pin(pen: &Pen<'_>, _: bool) {
    pen.line(&[[9.0, 4.0], [15.0, 4.0]]);
    pen.line(&[[10.0, 4.0], [10.0, 10.0], [7.0, 14.0], [17.0, 14.0], [14.0, 10.0], [14.0, 4.0]]);
    pen.line(&[[12.0, 14.0], [12.0, 21.0]]);
}

pub fn restart(pen: &Pen<'_>, _: bool) {
    pen.arc([12.0, 12.5], 7.5, -0.12, 0.72);
    pen.line(&[[10.0, 1.8], [11.8, 5.2], [8.6, 7.4]]);
}

pub fn dice(pen: &Pen<'_>, _: bool) {
    pen.rect([4.0, 4.0], [20.0, 20.0]);
    for centre in [[8.5, 8.5], [15.5, 8.5], [12.0, 12.0], [8.5, 15.5], [15.5, 15.5]] {
        pen.dot(centre, 1.5);
    }
}

pub fn eye(pen: &Pen<'_>, on: bool) {
    let lid = |up: f32| {
        (0..=12u8).map(move |i| {
            let t = f32::from(i) / 12.0;
            [3.0 + 18.0 * t, 12.0 - up * (t * std::f32::consts::PI).sin()]
        })
    };
    pen.line(&lid(6.5).collect::<Vec<_>>());
    pen.line(&lid(-6.5).collect::<Vec<_>>());
    pen.circle([12.0, 12.0], 3.0);
    if !on {
        pen.line(&[[5.0, 19.5], [19.0, 4.5]]);
    }
}

pub fn sheets(pen: &Pen<'_>, _: bool) {
    pen.rect([3.5, 3.5], [14.5, 14.5]);
    pen.rect([9.5, 9.5], [20.5, 20.5]);
}

/// A triangle; two bars where it is on.
pub fn play(pen: &Pen<'_>, on: bool) {
    if on {
        pen.filled(&[[6.0, 5.0], [10.0, 5.0], [10.0, 19.0], [6.0, 19.0]]);
        pen.filled(&[[14.0, 5.0], [18.0, 5.0], [18.0, 19.0], [14.0, 19.0]]);
    } else {
        pen.filled(&[[7.0, 4.5], [19.5, 12.0], [7.0, 19.5]]);
    }
}

pub fn to_the_end(pen: &Pen<'_>, _: bool) {
    pen.filled(&[[5.0, 5.0], [14.5, 12.0], [5.0, 19.0]]);
    pen.line(&[[17.5, 5.0], [17.5, 19.0]]);
}

pub fn save(pen: &Pen<'_>, _: bool) {
    pen.line(&[[12.0, 4.0], [12.0, 15.0]]);
    pen.line(&[[7.5, 10.5], [12.0, 15.0], [16.5, 10.5]]);
    pen.line(&[[4.5, 15.0], [4.5, 20.0], [19.5, 20.0], [19.5, 15.0]]);
}

pub fn folder(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[3.5, 6.0], [9.5, 6.0], [11.5, 8.5], [20.5, 8.5], [20.5, 19.0], [3.5, 19.0]]);
}

pub fn curve(pen: &Pen<'_>, _: bool) {
    pen.line(&[[4.0, 4.0], [4.0, 20.0], [20.5, 20.0]]);
    pen.line(&[[7.0, 6.0], [9.0, 12.5], [12.0, 15.0], [15.0, 16.3], [20.0, 17.0]]);
}

pub fn stop(pen: &Pen<'_>, _: bool) {
    pen.rect([6.0, 6.0], [18.0, 18.0]);
}

pub fn plus(pen: &Pen<'_>, _: bool) {
    pen.line(&[[12.0, 5.0], [12.0, 19.0]]);
    pen.line(&[[5.0, 12.0], [19.0, 12.0]]);
}

pub fn minus(pen: &Pen<'_>, _: bool) {
    pen.line(&[[5.0, 12.0], [19.0, 12.0]]);
}

pub fn corners(pen: &Pen<'_>, _: bool) {
    for (x, y) in [(4.0, 4.0), (20.0, 4.0), (20.0, 20.0), (4.0, 20.0)] {
        let inward = |v: f32| v + (12.0 - v).signum() * 5.0;
        pen.line(&[[inward(x), y], [x, y], [x, inward(y)]]);
    }
}

pub fn grid(pen: &Pen<'_>, _: bool) {
    pen.rect([4.0, 4.0], [20.0, 20.0]);
    pen.line(&[[12.0, 4.0], [12.0, 20.0]]);
    pen.line(&[[4.0, 12.0], [20.0, 12.0]]);
}

/// A small picture that becomes a large one.
pub fn sharp(pen: &Pen<'_>, on: bool) {
    pen.rect([4.0, 4.0], [20.0, 20.0]);
    if on {
        pen.filled(&[[4.0, 13.0], [11.0, 13.0], [11.0, 20.0], [4.0, 20.0]]);
    } else {
        pen.rect([4.0, 13.0], [11.0, 20.0]);
    }
    pen.line(&[[12.5, 7.0], [17.0, 7.0], [17.0, 11.5]]);
    pen.line(&[[17.0, 7.0], [12.0, 12.0]]);
}

pub fn half_moon(pen: &Pen<'_>, _: bool) {
    pen.circle([12.0, 12.0], 7.5);
    let half = (0..=16u8).map(|i| {
        let angle = (f32::from(i) / 16.0 - 0.5) * std::f32::consts::PI;
        [12.0 + 7.5 * angle.cos(), 12.0 + 7.5 * angle.sin()]
    });
    pen.filled(&half.collect::<Vec<_>>());
}

pub fn arrow(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[6.0, 3.5], [18.0, 14.0], [12.5, 14.5], [9.0, 19.5]]);
}

/// The upper of two sheets comes forward.
pub fn forward(pen: &Pen<'_>, _: bool) {
    pen.line(&[[7.0, 10.0], [12.0, 5.0], [17.0, 10.0]]);
    pen.line(&[[12.0, 5.0], [12.0, 15.0]]);
    pen.line(&[[5.0, 19.0], [19.0, 19.0]]);
}

/// It goes under the one below.
pub fn back(pen: &Pen<'_>, _: bool) {
    pen.line(&[[7.0, 14.0], [12.0, 19.0], [17.0, 14.0]]);
    pen.line(&[[12.0, 19.0], [12.0, 9.0]]);
    pen.line(&[[5.0, 5.0], [19.0, 5.0]]);
}

/// A hand that takes hold of something: an arrow out of a ring.
pub fn hand(pen: &Pen<'_>, _: bool) {
    pen.circle([8.0, 16.0], 4.5);
    pen.line(&[[8.0, 16.0], [19.0, 5.0]]);
    pen.line(&[[13.0, 5.0], [19.0, 5.0], [19.0, 11.0]]);
}

pub fn shield(pen: &Pen<'_>, _: bool) {
    pen.closed(&[[12.0, 3.5], [19.0, 6.0], [18.5, 13.0], [12.0, 20.5], [5.5, 13.0], [5.0, 6.0]]);
}

pub fn photo(pen: &Pen<'_>, _: bool) {
    pen.rect([3.5, 5.0], [20.5, 19.0]);
    pen.line(&[[3.5, 16.5], [9.0, 11.0], [13.0, 15.5], [16.0, 12.5], [20.5, 16.5]]);
    pen.circle([15.5, 9.0], 1.5);
}

/// A part of a photo.
pub fn frame(pen: &Pen<'_>, _: bool) {
    pen.line(&[[7.0, 3.0], [7.0, 17.0], [21.0, 17.0]]);
    pen.line(&[[3.0, 7.0], [17.0, 7.0], [17.0, 21.0]]);
}

/// Two halves of a picture.
pub fn split(pen: &Pen<'_>, _: bool) {
    pen.rect([4.0, 5.0], [20.0, 19.0]);
    pen.filled(&[[4.0, 5.0], [12.0, 5.0], [12.0, 19.0], [4.0, 19.0]]);
    pen.line(&[[12.0, 3.0], [12.0, 21.0]]);
}

pub fn mirror(pen: &Pen<'_>, _: bool) {
    pen.line(&[[12.0, 3.5], [12.0, 20.5]]);
    pen.closed(&[[9.5, 6.0], [9.5, 18.0], [3.5, 18.0]]);
    pen.filled(&[[14.5, 6.0], [14.5, 18.0], [20.5, 18.0]]);
}

pub fn bin(pen: &Pen<'_>, _: bool) {
    pen.line(&[[4.5, 7.0], [19.5, 7.0]]);
    pen.line(&[[9.5, 7.0], [9.5, 4.0], [14.5, 4.0], [14.5, 7.0]]);
    pen.line(&[[6.5, 7.0], [7.5, 20.0], [16.5, 20.0], [17.5, 7.0]]);
    pen.line(&[[10.0, 10.5], [10.5, 16.5]]);
    pen.line(&[[14.0, 10.5], [13.5, 16.5]]);
}

pub fn cross(pen: &Pen<'_>, _: bool) {
    pen.line(&[[6.0, 6.0], [18.0, 18.0]]);
    pen.line(&[[18.0, 6.0], [6.0, 18.0]]);
}

/// A triangle beside the heading of a group: to the right when it is folded, down when it is open.
pub fn paint_fold(painter: &Painter, rect: Rect, open: bool, colour: Color32) {
    let points = if open {
        vec![rect.left_top(), rect.right_top(), rect.center_bottom()]
    } else {
        vec![rect.left_top(), rect.right_center(), rect.left_bottom()]
    };
    painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn the_grid_fills_the_square() {
        let ctx = egui::Context::default();
        let painter = Painter::new(ctx, egui::LayerId::background(), Rect::EVERYTHING);
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(48.0, 48.0));
        let pen = Pen { painter: &painter, rect, stroke: Stroke::NONE };
        assert_eq!((pen.at([0.0, 0.0]), pen.at([24.0, 24.0])), (rect.min, rect.max));
    }
}
