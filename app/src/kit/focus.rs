//! Which widget has the keyboard: one ring for all of them, so that none can forget to show it.

use egui::{Context, Rect, Stroke, StrokeKind};

use crate::kit::theme;

/// Between a widget and its ring.
const GAP: f32 = 2.0;
const WIDTH: f32 = 2.0;
/// Around what is larger than this there may be no room: the ring lies inside.
const LARGE: f32 = 240.0;

/// Paints the ring over the widget that has the keyboard; called when everything else is laid out.
pub fn show(ctx: &Context) {
    // A field that is typed into has a frame and a cursor of its own.
    if ctx.text_edit_focused() {
        return;
    }
    let Some(response) = ctx.memory(egui::Memory::focused).and_then(|id| ctx.read_response(id)) else {
        return;
    };
    let palette = theme::palette(&ctx.global_style().visuals);
    // No more of it than is seen of the widget, which may be scrolled away.
    let clip = response.interact_rect.expand(GAP + WIDTH);
    let painter = ctx.layer_painter(response.layer_id).with_clip_rect(clip);
    let round = f32::from(theme::ROUND) + GAP;
    painter.rect_stroke(ring(response.rect), round, Stroke::new(WIDTH, palette.accent), StrokeKind::Inside);
}

/// Where the ring of a widget lies.
fn ring(widget: Rect) -> Rect {
    let large = widget.width() > LARGE && widget.height() > LARGE;
    if large { widget } else { widget.expand(GAP + WIDTH) }
}
