//! What the shown candidate costs, term by term.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::kit::controls::heading;
use crate::kit::theme;
use crate::rooms::paint::Paint;

/// Lays the bar and its legend out.
pub fn show(ui: &mut Ui, paint: &Paint) {
    let candidate = paint.document.candidate().filter(|_| paint.document.searched);
    let Some(candidate) = candidate.filter(|candidate| !candidate.terms.is_empty()) else {
        heading(ui, "Cost", "");
        let text = if paint.document.edit.is_some() {
            "This picture was set by hand. The next stroke goes on from it."
        } else {
            "Paint a stroke to see how well a picture agrees with it."
        };
        ui.label(egui::RichText::new(text).weak());
        return;
    };
    heading(ui, "Cost", &format!("{:.4}", candidate.cost));
    let palette = theme::palette(ui.visuals());
    let (bar, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    let text = format!("Cost {:.4}", candidate.cost);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &text));
    response.on_hover_text(
        "How far the shown picture is from what your strokes ask for: the smaller, the better",
    );
    ui.painter().rect_filled(bar, 4.0, palette.well);
    let total: f32 = candidate.terms.iter().map(|term| term.cost.max(0.0)).sum();
    let mut left = bar.left();
    for term in &candidate.terms {
        let width = if total > 0.0 { bar.width() * term.cost.max(0.0) / total } else { 0.0 };
        let part = Rect::from_min_size(egui::pos2(left, bar.top()), vec2(width, bar.height()));
        ui.painter().rect_filled(part, 2.0, palette.term(&term.name));
        left += width;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for term in &candidate.terms {
            legend(ui, palette.term(&term.name), &term.name, term.cost);
        }
    });
}

/// A dot and its text, which no line break comes between.
fn legend(ui: &mut Ui, colour: egui::Color32, name: &str, cost: f32) {
    let text = format!("{name} {cost:.4}");
    let font = egui::TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.clone(), font, ui.visuals().text_color());
    let size = galley.size() + vec2(12.0, 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    ui.painter().circle_filled(egui::pos2(rect.left() + 4.0, rect.center().y), 4.0, colour);
    ui.painter().galley(rect.min + vec2(12.0, 2.0), galley, colour);
    response.on_hover_text(about(name));
}

/// What a term asks of a picture.
fn about(name: &str) -> &'static str {
    match name {
        "colour" => "How far the picture is from the colours that you painted",
        "edges" => "How far the picture's edges are from those that you sketched",
        "prior" => "How unusual the picture is for the model: what lies far outside tends to be ugly",
        "smoothness" => "How far the picture went from the one that you fixed",
        _ => "A part of the cost: the smaller, the better",
    }
}
