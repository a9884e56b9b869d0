//! The buttons that the panels share.

use egui::{Align2, Rect, Response, Role, Sense, TextStyle, Ui, Vec2, WidgetInfo, vec2};

use crate::kit::ends;
use crate::kit::icons::{self, Icon};
use crate::kit::theme;

/// The height of a button with a name.
const TEXT_BUTTON: f32 = 32.0;
/// The side of an icon in a button.
const ICON: f32 = 18.0;

/// What a button says of what it does.
pub struct Face {
    /// Its name, for a screen reader too.
    pub name: &'static str,
    /// What it does and how it is done with keys, or why it can't be done.
    pub tooltip: String,
    /// What is drawn on it.
    pub icon: Icon,
    /// It can be done.
    pub enabled: bool,
    /// Whether it is switched on; `None` for what is no switch.
    pub on: Option<bool>,
}

/// A square button with an icon. True when it is pressed.
pub fn icon_button(ui: &mut Ui, face: &Face, side: f32) -> bool {
    button(ui, face, Vec2::splat(side), false)
}

/// A button with an icon and its name. True when it is pressed.
pub fn text_button(ui: &mut Ui, face: &Face) -> bool {
    let size = vec2(text_width(ui, face.name), TEXT_BUTTON);
    button(ui, face, size, true)
}

/// The width of a [`text_button`].
pub fn text_width(ui: &Ui, name: &str) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    let text = ui.painter().layout_no_wrap(name.into(), font, theme::UNTINTED).size().x;
    theme::SPACE + ICON + 6.0 + text + 12.0
}

fn button(ui: &mut Ui, face: &Face, size: Vec2, named: bool) -> bool {
    let Face { name, enabled, .. } = *face;
    let shown = ui.add_enabled_ui(enabled, |ui| {
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| match face.on {
            Some(on) => WidgetInfo::selected(Role::Button, enabled, on, name),
            None => WidgetInfo::labeled(Role::Button, enabled, name),
        });
        paint(ui, &response, rect, face, named);
        let clicked = response.clicked();
        let tooltip =
            if named { face.tooltip.clone() } else { format!("{name}: {}", lower_first(&face.tooltip)) };
        response.on_hover_text(&tooltip).on_disabled_hover_text(&tooltip);
        clicked
    });
    shown.inner
}

fn paint(ui: &Ui, response: &Response, rect: Rect, face: &Face, named: bool) {
    let on = face.on.unwrap_or_default();
    let palette = theme::palette(ui.visuals());
    let fill = match () {
        () if on => Some(palette.accent_soft),
        () if response.is_pointer_button_down_on() => Some(palette.button_active),
        () if response.hovered() || response.has_focus() => Some(palette.button_hover),
        () => None,
    };
    let painter = ui.painter();
    if let Some(fill) = fill {
        painter.rect_filled(rect, f32::from(theme::ROUND), fill);
    }
    let colour = if on { palette.accent } else { palette.text };
    let icon = if named {
        let at = rect.left_center() + vec2(theme::SPACE + ICON / 2.0, 0.0);
        let font = TextStyle::Button.resolve(ui.style());
        let text = rect.left_center() + vec2(theme::SPACE + ICON + 6.0, 0.0);
        painter.text(text, Align2::LEFT_CENTER, face.name, font, colour);
        Rect::from_center_size(at, Vec2::splat(ICON))
    } else {
        Rect::from_center_size(rect.center(), Vec2::splat(ICON.max(rect.width() * 0.5)))
    };
    icons::paint(painter, icon, face.icon, on, colour);
}

/// A small button with an icon, for what is done to one thing of many. True when it is pressed.
pub fn small_button(ui: &mut Ui, icon: Icon, name: &str, tooltip: &str, side: f32) -> bool {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let palette = theme::palette(ui.visuals());
    let touched = response.hovered() || response.has_focus();
    if touched {
        ui.painter().rect_filled(rect, f32::from(theme::ROUND), palette.button_hover);
    }
    let colour = if touched { palette.text } else { palette.weak };
    icons::paint(ui.painter(), rect.shrink(side * 0.18), icon, false, colour);
    response.on_hover_text(tooltip).clicked()
}

/// A number with its digits in groups of three.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(" ")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A small heading above a part of a panel, with a remark at its right.
pub fn heading(ui: &mut Ui, title: &str, remark: &str) {
    let height = ui.spacing().interact_size.y;
    let right = |ui: &mut Ui| ui.label(egui::RichText::new(remark).small().weak());
    ends::row(ui, height, |ui| ui.label(egui::RichText::new(title).strong()), right);
}

/// A row of choices of which one is taken.
pub fn segments<T: PartialEq + Copy>(ui: &mut Ui, now: T, choices: &[(T, &str, &str)]) -> Option<T> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        // In a menu, where buttons are narrow, too.
        ui.spacing_mut().button_padding = vec2(10.0, 4.0);
        for (value, label, tooltip) in choices {
            let on = *value == now;
            if ui.selectable_label(on, *label).on_hover_text(*tooltip).clicked() && !on {
                chosen = Some(*value);
            }
        }
    });
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([7, 1_000, 1_234_567].map(thousands), ["7", "1 000", "1 234 567"]);
    }
}
