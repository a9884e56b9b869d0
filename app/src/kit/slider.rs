//! A slider for one number of a latent: filled from 0, with a mark at the value that it began with.

use egui::accesskit::{Action, ActionData};
use egui::{CursorIcon, Key, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::kit::theme;

/// The height of the rail.
const RAIL: f32 = 4.0;
/// The handle.
const HANDLE: Vec2 = vec2(7.0, 15.0);
/// An arrow key moves the value by this share of the whole.
const STEP: f32 = 0.01;
/// With Shift, by this many of those.
const LEAP: f32 = 10.0;

/// What the user does with the slider.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slid {
    /// The new value.
    pub value: Option<f32>,
    /// What was begun is over: the next change is another step.
    pub ended: bool,
}

/// A slider from `-reach` to `reach`; a value beyond shows its handle at the end.
pub fn show(ui: &mut Ui, size: Vec2, name: &str, value: f32, began: f32, reach: f32) -> (Response, Slid) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::slider(enabled, f64::from(value), name));
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - HANDLE.x, RAIL));
    let mut slid = Slid { value: None, ended: response.drag_stopped() || response.clicked() };
    if response.is_pointer_button_down_on() || slid.ended {
        slid.value = response.interact_pointer_pos().map(|pos| {
            let share = ((pos.x - rail.left()) / rail.width()).clamp(0.0, 1.0);
            // Half a pixel of the middle is the middle.
            let near = 1.0 / rail.width();
            if (share - 0.5).abs() < near { 0.0 } else { (2.0 * share - 1.0) * reach }
        });
        if response.drag_started() || response.clicked() {
            response.request_focus();
        }
    }
    if response.has_focus() {
        keys(ui, &response, value, reach, &mut slid);
    }
    assistant(ui, &response, reach, &mut slid);
    slid.value = slid.value.filter(|new| new.to_bits() != value.to_bits());
    paint(ui, &response, rail, slid.value.unwrap_or(value) / reach, began / reach);
    (response.on_hover_cursor(CursorIcon::ResizeHorizontal), slid)
}

fn keys(ui: &Ui, response: &Response, value: f32, reach: f32, slid: &mut Slid) {
    ui.memory_mut(|memory| {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        memory.set_focus_lock_filter(response.id, filter);
    });
    ui.input(|i| {
        let step = 2.0 * reach * STEP * if i.modifiers.shift { LEAP } else { 1.0 };
        for (key, towards) in [(Key::ArrowLeft, -1.0), (Key::ArrowRight, 1.0)] {
            let times = i.num_presses(key) as f32;
            if times > 0.0 {
                slid.value = Some(stepped(value, towards * times * step, reach));
            }
            slid.ended |= i.key_released(key);
        }
    });
}

/// A value moved by a key: not out of the reach, but from beyond it step by step as well.
fn stepped(value: f32, by: f32, reach: f32) -> f32 {
    (value + by).clamp(value.min(-reach), value.max(reach))
}

/// What a screen reader asks for.
fn assistant(ui: &Ui, response: &Response, reach: f32, slid: &mut Slid) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(f64::from(-reach));
        node.set_max_numeric_value(f64::from(reach));
        node.set_numeric_value_step(f64::from(2.0 * reach * STEP));
        node.add_action(Action::SetValue);
    });
    ui.input(|i| {
        for request in i.accesskit_action_requests(response.id, Action::SetValue) {
            if let Some(ActionData::NumericValue(value)) = request.data {
                (slid.value, slid.ended) = (Some(value as f32), true);
            }
        }
    });
}

/// Paints it; value and beginning are shares of the reach.
fn paint(ui: &Ui, response: &Response, rail: Rect, value: f32, began: f32) {
    let palette = theme::palette(ui.visuals());
    let painter = ui.painter();
    let x = |share: f32| rail.center().x + 0.5 * rail.width() * share.clamp(-1.0, 1.0);
    let held = response.is_pointer_button_down_on() || response.dragged();
    painter.rect_filled(rail, RAIL / 2.0, palette.well);
    let (middle, at) = (x(0.0), x(value));
    let fill = Rect::from_min_max(pos2(middle.min(at), rail.top()), pos2(middle.max(at), rail.bottom()));
    painter.rect_filled(fill, 0.0, palette.accent);
    let tick = |at: f32, half: f32, stroke: Stroke| {
        painter.line_segment([pos2(at, rail.center().y - half), pos2(at, rail.center().y + half)], stroke);
    };
    tick(middle, 4.0, Stroke::new(1.0, palette.weak));
    if (began - value).abs() > f32::EPSILON {
        tick(x(began), 6.0, Stroke::new(2.0, palette.chosen));
    }
    let handle = Rect::from_center_size(pos2(at, rail.center().y), HANDLE);
    let fill = match () {
        () if held => palette.accent,
        () if response.hovered() || response.has_focus() => palette.text,
        () => palette.handle,
    };
    painter.rect_filled(handle, 3.0, fill);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_a_value_from_where_it_is_also_beyond_the_reach() {
        assert_eq!(stepped(-7.0, 0.5, 3.0), -6.5);
        assert_eq!(stepped(-7.0, -0.5, 3.0), -7.0, "no farther out");
        assert_eq!(stepped(7.0, -0.5, 3.0), 6.5);
        assert_eq!((stepped(2.9, 0.5, 3.0), stepped(-2.9, -0.5, 3.0)), (3.0, -3.0));
    }
}
