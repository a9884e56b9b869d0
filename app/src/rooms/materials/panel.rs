//! The panel at the left: materials, tools, the brush, light and season.

use egui::{Role, ScrollArea, Sense, Slider, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::actions::{BRUSH, FILL, NEW_MAP, PICK};
use super::{Command, Materials, WIDTHS};
use crate::desk::Desk;
use crate::kit::controls::heading;
use crate::kit::theme;
use crate::kit::words::capital;

/// The width of the panel's content.
pub(super) const WIDTH: f32 = 208.0;
/// The height of a material's row.
const ROW: f32 = 26.0;
/// The side of its colour.
const SWATCH: f32 = 16.0;
/// The side of a tool's button.
const TOOL: f32 = 34.0;

/// Lays the panel out.
pub(super) fn show(ui: &mut Ui, room: &Materials, desk: &Desk, out: &mut Vec<Command>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_width(WIDTH);
        ui.horizontal(|ui| {
            for tool in [&BRUSH, &FILL, &PICK, &NEW_MAP] {
                tool.button(ui, room, desk, TOOL, out);
            }
        });
        ui.add_space(theme::SPACE);
        heading(ui, "Width", &format!("{:.0} %", 100.0 * room.width));
        let mut width = room.width;
        ui.spacing_mut().slider_width = WIDTH - 8.0;
        let slider = Slider::new(&mut width, WIDTHS).logarithmic(true).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(width), "Width of the brush"));
        if response.changed() {
            out.push(Command::SetWidth(width));
        }
        ui.add_space(theme::SPACE);
        heading(ui, "Materials", "");
        ui.spacing_mut().item_spacing.y = 0.0;
        for (i, label) in room.labels().iter().enumerate() {
            material(ui, &capital(&label.name), label.colour, i == room.label, || Command::Choose(i), out);
        }
        style(ui, room, out);
    });
}

fn material(
    ui: &mut Ui,
    name: &str,
    colour: [u8; 3],
    chosen: bool,
    choose: impl Fn() -> Command,
    out: &mut Vec<Command>,
) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(WIDTH, ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    let palette = theme::palette(ui.visuals());
    let fill = match () {
        () if chosen => Some(palette.accent_soft),
        () if response.hovered() || response.has_focus() => Some(palette.button_hover),
        () => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, f32::from(theme::ROUND), fill);
    }
    let swatch = egui::Rect::from_center_size(
        rect.left_center() + Vec2::new(6.0 + SWATCH / 2.0, 0.0),
        Vec2::splat(SWATCH),
    );
    let line = Stroke::new(1.0, palette.line);
    ui.painter().rect(swatch, 4.0, theme::paint(colour), line, StrokeKind::Outside);
    let font = egui::TextStyle::Button.resolve(ui.style());
    let at = rect.left_center() + Vec2::new(SWATCH + 16.0, 0.0);
    let text = if chosen { palette.accent } else { palette.text };
    ui.painter().text(at, egui::Align2::LEFT_CENTER, name, font, text);
    if response.clicked() {
        out.push(choose());
    }
}

/// A slider for each factor of the style.
fn style(ui: &mut Ui, room: &Materials, out: &mut Vec<Command>) {
    let factors = room.factors();
    if factors.is_empty() {
        return;
    }
    ui.add_space(theme::SPACE);
    heading(ui, "Light and season", "");
    for (i, (factor, value)) in factors.iter().zip(&room.document.style).enumerate() {
        let name = capital(&factor.name);
        ui.label(egui::RichText::new(&name).small().weak());
        let mut value = *value;
        let slider = Slider::new(&mut value, factor.least..=factor.most).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(value), &name));
        let ended = response.drag_stopped() || response.clicked() || response.lost_focus();
        if response.changed() || ended {
            out.push(Command::SetStyle { factor: i, value, ended });
        }
        ui.add_space(4.0);
    }
}
