//! The parts that the window is divided into. They are laid out in the order in which they are read, whichever side they
//! stand at: the keyboard goes through them in this order.

use egui::{Color32, Layout, Margin, Rect, Stroke, Ui, UiBuilder, pos2};

use super::theme;

/// Lays a part out over a place of the window.
pub fn show(
    ui: &mut Ui,
    name: &str,
    place: Rect,
    fill: Color32,
    margin: Margin,
    content: impl FnOnce(&mut Ui),
) {
    ui.painter().rect_filled(place, 0.0, fill);
    let layout = Layout::top_down(egui::Align::Min);
    let mut part = ui.new_child(UiBuilder::new().id_salt(name).max_rect(place - margin).layout(layout));
    part.shrink_clip_rect(place);
    content(&mut part);
}

/// Cuts a strip off the upper end of a place: the strip and the rest.
pub fn cut_top(place: Rect, height: f32) -> (Rect, Rect) {
    place.split_top_bottom_at_y((place.top() + height).min(place.bottom()))
}

/// Cuts a strip off the lower end: the rest and the strip.
pub fn cut_bottom(place: Rect, height: f32) -> (Rect, Rect) {
    place.split_top_bottom_at_y((place.bottom() - height).max(place.top()))
}

/// Cuts a strip off the left: the strip and the rest.
pub fn cut_left(place: Rect, width: f32) -> (Rect, Rect) {
    place.split_left_right_at_x((place.left() + width).min(place.right()))
}

/// Cuts a strip off the right: the rest and the strip.
pub fn cut_right(place: Rect, width: f32) -> (Rect, Rect) {
    place.split_left_right_at_x((place.right() - width).max(place.left()))
}

/// A line along the edge between two places that touch each other.
pub fn line_between(ui: &Ui, a: Rect, b: Rect) {
    let stroke = Stroke::new(1.0, theme::palette(ui.visuals()).line);
    let shared = a.intersect(b);
    let ends = [shared.min, pos2(shared.max.x, shared.max.y)];
    ui.painter().line_segment(ends, stroke);
}
