//! The panel at the right: candidates, strokes, latents or the model, one at a time.

use egui::{Frame, Margin, Role, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, vec2};

use super::{Side, candidates, cost, latents, model, search, strokes};
use crate::desk::Desk;
use crate::kit::texture::Sheet;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;

/// The parts of the panel, in the order of their tabs.
const SIDES: [(Side, &str, &str); 4] = [
    (Side::Candidates, "Candidates", "Pictures to choose from, what they cost, how they are searched"),
    (Side::Strokes, "Strokes", "What you painted, newest first: move, recolour, weigh, hide or delete it"),
    (Side::Latents, "Latents", "A slider for each number that the picture is made of"),
    (Side::Model, "Model", "What the model is, what is assumed of it, what it makes"),
];

/// The height of a tab.
const TAB: f32 = 32.0;

/// Lays the panel out.
pub fn show(
    ui: &mut Ui,
    paint: &Paint,
    desk: &Desk,
    [sheet, samples]: [&mut Sheet; 2],
    out: &mut Vec<Command>,
) {
    let margin = Frame::new().inner_margin(Margin::symmetric(16, 0));
    margin.show(ui, |ui| tabs(ui, paint, out));
    match paint.side {
        Side::Candidates => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                margin.show(ui, |ui| {
                    candidates::show(ui, paint, desk, sheet, out);
                    ui.spacing_mut().item_spacing.y = theme::SPACE;
                    ui.add_space(theme::SPACE);
                    cost::show(ui, paint);
                    ui.add_space(theme::SPACE);
                    search::show(ui, paint, out);
                });
            });
        }
        Side::Strokes => {
            margin.show(ui, |ui| strokes::show(ui, paint, desk, out));
        }
        Side::Latents => {
            margin.show(ui, |ui| latents::show(ui, paint, desk, out));
        }
        Side::Model => {
            ScrollArea::vertical().id_salt("model").auto_shrink(false).show(ui, |ui| {
                margin.show(ui, |ui| model::show(ui, paint, desk, samples, out));
            });
        }
    }
}

fn tabs(ui: &mut Ui, paint: &Paint, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let row = ui.horizontal(|ui| {
        // In the narrowest panel all names fit.
        ui.spacing_mut().item_spacing.x = if ui.available_width() < 300.0 { 10.0 } else { 20.0 };
        for (side, name, tooltip) in SIDES {
            let on = paint.side == side;
            let font = TextStyle::Body.resolve(ui.style());
            let galley = ui.painter().layout_no_wrap(name.into(), font, palette.text);
            let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, TAB), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, name));
            let touched = response.hovered() || response.has_focus();
            let colour = if on || touched { palette.text } else { palette.weak };
            let at = rect.center() - galley.size() / 2.0;
            ui.painter().galley_with_override_text_color(at, galley, colour);
            if on || response.has_focus() {
                let line = egui::Rect::from_min_max(rect.left_bottom() - vec2(0.0, 2.0), rect.right_bottom());
                ui.painter().rect_filled(line, 1.0, if on { palette.accent } else { palette.weak });
            }
            if response.on_hover_text(tooltip).clicked() && !on {
                out.push(Command::ShowSide(side));
            }
        }
    });
    let below = row.response.rect;
    let line = egui::Stroke::new(1.0, palette.button);
    ui.painter().hline(below.left()..=below.left() + ui.available_width(), below.bottom() + 0.5, line);
}
