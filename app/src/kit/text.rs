//! Text that is painted, not laid out: it breaks into lines where its place ends.

use egui::text::LayoutJob;
use egui::{Align, Color32, FontId, Painter, Pos2, Rect, pos2};

/// Paints centred text with its upper edge at a point, no wider than `width`; where it lies.
pub fn centred(painter: &Painter, top: Pos2, width: f32, text: &str, size: f32, colour: Color32) -> Rect {
    let mut job = LayoutJob::simple(text.to_owned(), FontId::proportional(size), colour, width);
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    let rect = galley.rect.translate(top.to_vec2());
    painter.galley(top, galley, colour);
    rect
}

/// How high [`centred`] text is.
pub fn height(painter: &Painter, width: f32, text: &str, size: f32) -> f32 {
    painter.layout(text.to_owned(), FontId::proportional(size), Color32::PLACEHOLDER, width).size().y
}

/// Paints lines of centred text, each with its size and colour, below each other around a point.
pub fn block(painter: &Painter, middle: Pos2, width: f32, gap: f32, lines: &[(&str, f32, Color32)]) -> Rect {
    let heights = lines.iter().map(|(text, size, _)| height(painter, width, text, *size));
    let all = heights.sum::<f32>() + gap * lines.len().saturating_sub(1) as f32;
    let mut top = middle.y - all / 2.0;
    let mut covered = Rect::NOTHING;
    for (text, size, colour) in lines {
        let rect = centred(painter, pos2(middle.x, top), width, text, *size, *colour);
        covered |= rect;
        top = rect.bottom() + gap;
    }
    covered
}
