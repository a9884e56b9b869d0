//! Rows and columns with something at both ends. The keyboard goes through them as the eye does: from left to right,
//! from top to bottom.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

/// Lays `right` out at the right end of a row and `left` over what is left of it, in this order. What stands at the
/// right must not depend on how much room there is: it is measured, and placed by that in the next pass.
pub fn row<L, R>(
    ui: &mut Ui,
    height: f32,
    left: impl FnOnce(&mut Ui) -> L,
    right: impl FnOnce(&mut Ui) -> R,
) -> (L, R) {
    row_of(ui, height, &mut (), |ui, ()| left(ui), |ui, ()| right(ui))
}

/// The same [`row`] of something that both ends change.
pub fn row_of<S, L, R>(
    ui: &mut Ui,
    height: f32,
    shared: &mut S,
    left: impl FnOnce(&mut Ui, &mut S) -> L,
    right: impl FnOnce(&mut Ui, &mut S) -> R,
) -> (L, R) {
    let (id, row) = ui.allocate_space(vec2(ui.available_width(), height));
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    let split = (row.right() - known.unwrap_or(0.0)).max(row.left());
    let gap = ui.spacing().item_spacing.x;
    let part = |ui: &mut Ui, name: &str, rect: Rect| {
        let layout = Layout::left_to_right(Align::Center);
        ui.new_child(UiBuilder::new().id_salt((id, name)).max_rect(rect).layout(layout))
    };
    let place = Rect::from_min_max(row.min, pos2((split - gap).max(row.left()), row.bottom()));
    let mut left_ui = part(ui, "left", place);
    // Too long a text ends here and not on top of the other end.
    left_ui.shrink_clip_rect(place.expand2(vec2(gap / 2.0, height)));
    let left = left(&mut left_ui, shared);
    let mut right_ui = part(ui, "right", Rect::from_min_max(pos2(split, row.top()), row.max));
    let right = right(&mut right_ui, shared);
    let width = right_ui.min_rect().width();
    if known.is_none_or(|known| (known - width).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, width));
        ui.ctx().request_discard("the right end of a row was measured");
    }
    (left, right)
}

/// Lays `bottom` out at the lower end of a column and `top` over what is left of it, in this order. How high the lower
/// end is, is measured like the right end of a [`row`].
pub fn column<T, B>(
    ui: &mut Ui,
    top: impl FnOnce(&mut Ui) -> T,
    bottom: impl FnOnce(&mut Ui) -> B,
) -> (T, B) {
    let (id, column) = ui.allocate_space(ui.available_size());
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    let split = (column.bottom() - known.unwrap_or(0.0)).max(column.top());
    let part = |ui: &mut Ui, name: &str, rect: Rect| {
        ui.new_child(UiBuilder::new().id_salt((id, name)).max_rect(rect).layout(Layout::top_down(Align::Min)))
    };
    let place = Rect::from_min_max(column.min, pos2(column.right(), split));
    let mut top_ui = part(ui, "top", place);
    top_ui.shrink_clip_rect(place);
    let top = top(&mut top_ui);
    let mut bottom_ui = part(ui, "bottom", Rect::from_min_max(pos2(column.left(), split), column.max));
    let bottom = bottom(&mut bottom_ui);
    let height = bottom_ui.min_rect().height();
    if known.is_none_or(|known| (known - height).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_discard("the lower end of a column was measured");
    }
    (top, bottom)
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn what_stands_at_the_right_ends_at_the_right_and_comes_last() {
        let mut harness = Harness::builder().with_size([300.0, 60.0]).build_ui(|ui| {
            let long = "a text that is much longer than the row is wide, so that it has to end somewhere";
            row(
                ui,
                24.0,
                |ui| ui.add(egui::Label::new(long).extend()),
                |ui| (ui.button("One"), ui.button("Two")),
            );
        });
        harness.run();
        let (one, two) = (harness.get_by_label("One").rect(), harness.get_by_label("Two").rect());
        assert!(one.right() < two.left() && two.right() <= 300.0 && two.right() > 280.0, "{one:?} {two:?}");
        harness.key_press(egui::Key::Tab);
        harness.run();
        assert!(harness.get_by_label("One").is_focused(), "the keyboard comes from the left");
    }

    #[test]
    fn what_stands_below_ends_at_the_bottom_and_comes_last() {
        let mut harness = Harness::builder().with_size([200.0, 300.0]).build_ui(|ui| {
            column(
                ui,
                |ui| ui.button("Above"),
                |ui| ui.add(egui::Button::new("Below").min_size(vec2(20.0, 40.0))),
            );
        });
        harness.run();
        let below = harness.get_by_label("Below").rect();
        assert!(below.bottom() <= 300.0 && below.top() > 240.0, "{below:?}");
        for name in ["Above", "Below"] {
            harness.key_press(egui::Key::Tab);
            harness.run();
            assert!(harness.get_by_label(name).is_focused(), "{name}");
        }
    }
}
