//! The candidates: a grid of pictures, best first; a click shows one on the canvas.

use egui::{CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};
use latent_engine::search::Candidate;

use crate::desk::Desk;
use crate::kit::look::fit;
use crate::kit::texture::Sheet;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;

const COLUMNS: usize = 4;
const GAP: f32 = 6.0;
/// So many places are shown before their pictures are there.
const MOST: usize = 16;
const TILES: std::ops::RangeInclusive<f32> = 56.0..=112.0;

/// iGAN's green frame.
const FRAME: f32 = 3.0;

/// What the norm of a latent says.
pub const ABOUT_NORM: &str = "How unusual the shown picture is for the model: 1 is typical of what it learned from, above 2 \
    pictures tend to fall apart. (The length |z| of the picture's latent, as a part of that of a random one.)";

/// The norm of a latent, as a part of what is usual.
pub fn norm(spread: f32) -> String {
    format!("Norm {spread:.2}")
}

/// The width of the panel's content in a window of this width.
pub fn width(window: f32) -> f32 {
    let tile = ((window * 0.25 - 32.0) / COLUMNS as f32 - GAP).clamp(*TILES.start(), *TILES.end()).floor();
    COLUMNS as f32 * (tile + GAP) - GAP
}

/// Lays the grid out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, sheet: &mut Sheet, out: &mut Vec<Command>) {
    let candidates = &paint.document.candidates;
    let remark = match (candidates.len(), paint.document.searched) {
        (0, _) => "No pictures yet".to_owned(),
        (1, _) => "1 picture".to_owned(),
        (n, true) => format!("{n} pictures, best first"),
        (n, false) => format!("{n} random pictures"),
    };
    let remark =
        if paint.document.edit.is_some() { format!("{remark}; the shown one set by hand") } else { remark };
    ui.label(egui::RichText::new(remark).small().weak());
    let seen: Vec<_> = candidates.iter().map(|candidate| paint.seen(&candidate.picture)).collect();
    sheet.set(ui.ctx(), seen.iter());
    let tile = ((ui.available_width() + GAP) / COLUMNS as f32 - GAP).floor();
    // Empty places stand for pictures that are on their way, and for no others.
    let expected =
        if desk.link.is_searching() || candidates.is_empty() { paint.document.settings.top_k } else { 0 };
    let count = candidates.len().max(expected.min(MOST));
    ui.spacing_mut().item_spacing = Vec2::splat(GAP);
    for row in 0..count.div_ceil(COLUMNS) {
        ui.horizontal(|ui| {
            for i in row * COLUMNS..((row + 1) * COLUMNS).min(count) {
                match candidates.get(i) {
                    Some(candidate) => show_tile(ui, paint, sheet, i, candidate, tile, out),
                    None => {
                        let (rect, _) = ui.allocate_exact_size(Vec2::splat(tile), Sense::hover());
                        let well = theme::palette(ui.visuals()).well;
                        ui.painter().rect_filled(rect, f32::from(theme::ROUND), well);
                    }
                }
            }
        });
    }
}

fn show_tile(
    ui: &mut Ui,
    paint: &Paint,
    sheet: &Sheet,
    i: usize,
    candidate: &Candidate,
    side: f32,
    out: &mut Vec<Command>,
) {
    let edited = paint.document.edit.is_some();
    let name = format!("Candidate {}", i + 1);
    let response = tile(ui, sheet, i, side, &name, i == paint.document.selected && !edited);
    if response.clicked() {
        out.push(Command::Select(i));
    }
    let mut text = describe(&name, candidate, paint.document.searched);
    if edited {
        text.push_str("\nChoosing it leaves the picture that was set by hand; Undo brings that back");
    }
    response.on_hover_text(text);
}

/// A picture of a sheet as a button, framed when it is the chosen one.
pub fn tile(ui: &mut Ui, sheet: &Sheet, i: usize, side: f32, name: &str, on: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    let palette = theme::palette(ui.visuals());
    let place = Rect::from_center_size(rect.center(), fit(rect.size(), sheet.ratio()));
    if let Some((texture, part)) = sheet.tile(i) {
        let mut shape =
            egui::epaint::RectShape::filled(place, CornerRadius::same(theme::ROUND), theme::UNTINTED);
        shape.brush = Some(std::sync::Arc::new(egui::epaint::Brush { fill_texture_id: texture, uv: part }));
        ui.painter().add(shape);
    }
    let frame = match () {
        () if on => Some(Stroke::new(FRAME, palette.chosen)),
        () if response.hovered() => Some(Stroke::new(2.0, palette.text)),
        () => None,
    };
    if let Some(frame) = frame {
        let place = place.expand(if on { 1.0 } else { 0.0 });
        ui.painter().rect_stroke(place, f32::from(theme::ROUND), frame, StrokeKind::Inside);
    }
    response
}

fn describe(name: &str, candidate: &Candidate, searched: bool) -> String {
    let spread = norm(candidate.spread);
    if !searched {
        return format!("{name}\n{spread}");
    }
    let terms: Vec<String> = candidate.terms.iter().map(|t| format!("{} {:.4}", t.name, t.cost)).collect();
    format!("{name}\nCost {:.4} ({})\n{spread}", candidate.cost, terms.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_leaves_most_of_the_window_to_the_canvas() {
        for window in [1000.0, 1280.0, 1920.0, 3840.0] {
            assert!(width(window) < window * 0.3, "{window}");
        }
        assert!(width(1920.0) > width(1280.0));
    }
}
