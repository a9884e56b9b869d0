//! The paints at hand: those that are always there and those that were used.

use egui::{Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;

/// The side of a swatch.
const SIDE: f32 = 18.0;
/// Swatches in a row.
const ABREAST: usize = 3;
/// The height of a row of them.
pub const ROW: f32 = SIDE + 4.0;

/// How many rows there are.
pub fn rows(paint: &Paint) -> usize {
    theme::PAINTS.len().div_ceil(ABREAST) + recent(paint).len().div_ceil(ABREAST)
}

/// The colours that were used and those that are always at hand, three in a row.
pub fn swatches(ui: &mut Ui, paint: &Paint, out: &mut Vec<Command>) {
    let now = paint.tools.colour.colour;
    let mut rows = |ui: &mut Ui, paints: &[(String, [u8; 3])]| {
        ui.spacing_mut().interact_size.y = SIDE;
        ui.spacing_mut().item_spacing = Vec2::splat(4.0);
        for row in paints.chunks(ABREAST) {
            ui.horizontal(|ui| {
                for (name, paint) in row {
                    swatch(ui, *paint, name, now, out);
                }
            });
        }
    };
    let fixed: Vec<_> = theme::PAINTS.iter().map(|(name, paint)| ((*name).to_owned(), *paint)).collect();
    rows(ui, &fixed);
    let recent = recent(paint);
    if !recent.is_empty() {
        ui.add_space(4.0);
        rows(ui, &recent);
    }
}

/// The colours that were used and are not always at hand.
fn recent(paint: &Paint) -> Vec<(String, [u8; 3])> {
    let used = paint.tools.colour.recent.iter();
    let others = used.filter(|used| !theme::PAINTS.iter().any(|(_, paint)| paint == *used));
    others.enumerate().map(|(i, paint)| (format!("Recent colour {}", i + 1), *paint)).collect()
}

fn swatch(ui: &mut Ui, paint: [u8; 3], name: &str, now: [u8; 3], out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, paint == now, name));
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(rect.shrink(1.0), 4.0, theme::paint(paint));
    let ring = match () {
        () if paint == now => Some(Stroke::new(2.0, palette.text)),
        () if response.hovered() => Some(Stroke::new(1.0, palette.weak)),
        () => None,
    };
    if let Some(ring) = ring {
        ui.painter().rect_stroke(rect, 5.0, ring, StrokeKind::Inside);
    }
    if response.clicked() {
        out.push(Command::SetColour(paint));
    }
    let [r, g, b] = paint;
    response.on_hover_text(format!("{name} ({r}, {g}, {b})"));
}
