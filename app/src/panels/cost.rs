//! What the shown candidate costs, term by term.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::controls::heading;
use crate::session::Session;
use crate::theme;

/// Lays the bar and its legend out.
pub fn show(ui: &mut Ui, session: &Session) {
    let candidate = session.document.candidate().filter(|_| session.document.searched);
    let Some(candidate) = candidate.filter(|candidate| !candidate.terms.is_empty()) else {
        heading(ui, "Cost", "");
        ui.label(egui::RichText::new("Paint a stroke to see how well a picture agrees with it.").weak());
        return;
    };
    heading(ui, "Cost", &format!("{:.4}", candidate.cost));
    let palette = theme::palette(ui.visuals());
    let (bar, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    let text = format!("Cost {:.4}", candidate.cost);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &text));
    ui.painter().rect_filled(bar, 4.0, palette.well);
    let total: f32 = candidate.terms.iter().map(|term| term.cost.max(0.0)).sum();
    let mut left = bar.left();
    for (i, term) in candidate.terms.iter().enumerate() {
        let width = if total > 0.0 { bar.width() * term.cost.max(0.0) / total } else { 0.0 };
        let part = Rect::from_min_size(egui::pos2(left, bar.top()), vec2(width, bar.height()));
        ui.painter().rect_filled(part, 2.0, palette.terms[i % palette.terms.len()]);
        left += width;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
        for (i, term) in candidate.terms.iter().enumerate() {
            let (dot, _) = ui.allocate_exact_size(vec2(8.0, 16.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.0, palette.terms[i % palette.terms.len()]);
            ui.label(egui::RichText::new(format!("{} {:.4}", term.name, term.cost)).small());
            ui.add_space(4.0);
        }
    });
}
