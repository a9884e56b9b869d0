//! The strip below the canvas: the way from the old picture to the new one, to scrub and to play.

use egui::{
    Align2, CornerRadius, CursorIcon, Key, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};
use latent_engine::search::ways::Interpolation;

use crate::desk::Desk;
use crate::kit::controls::segments;
use crate::kit::ends;
use crate::kit::texture::Sheet;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::{LATEST, PLAY};
use crate::rooms::paint::command::Command;
use crate::rooms::paint::morph::FRAMES;

/// The height of the strip.
pub const HEIGHT: f32 = 48.0;

/// A strip that is narrower has no room for a sentence.
const LEGIBLE: f32 = 190.0;

/// Lays the strip out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, sheet: &mut Sheet, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        let height = ui.available_height();
        let mut asked = Vec::new();
        ends::row(
            ui,
            height,
            |ui| {
                PLAY.button(ui, paint, desk, 36.0, out);
                strip(ui, paint, sheet, out);
            },
            |ui| {
                LATEST.named_button(ui, paint, desk, &mut asked);
                let ways = [
                    (Interpolation::Linear, "Linear", "The straight way through the latent space"),
                    (
                        Interpolation::Spherical,
                        "Spherical",
                        "The way along an arc, on which pictures stay as usual as the two at its ends",
                    ),
                ];
                asked.extend(segments(ui, paint.morph.way, &ways).map(Command::SetWay));
            },
        );
        out.append(&mut asked);
    });
}

fn strip(ui: &mut Ui, paint: &Paint, sheet: &mut Sheet, out: &mut Vec<Command>) {
    let possible = paint.morph.ends(&paint.document).is_some();
    let size = vec2(ui.available_width().max(64.0), HEIGHT - 8.0);
    ui.add_enabled_ui(possible, |ui| {
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let position = paint.position();
        let value = position.unwrap_or(FRAMES - 1);
        response.widget_info(|| WidgetInfo::slider(possible, value as f64, "Morph"));
        let wanted = wanted(ui, &response, rect, value);
        if wanted.is_some() && wanted != position {
            out.push(Command::Scrub(wanted));
        }
        let seen: Vec<_> = paint.morph.frames().iter().map(|frame| paint.seen(&frame.picture)).collect();
        sheet.set(ui.ctx(), seen.iter());
        draw(ui, rect, paint, sheet, possible);
        response
            .on_hover_cursor(CursorIcon::ResizeHorizontal)
            .on_hover_text("Drag from the old picture (left) to the new one (right)")
            .on_disabled_hover_text("There is no old picture to start from: paint a stroke first");
    });
}

/// The frame that the pointer, the arrow keys or a screen reader asks for.
fn wanted(ui: &Ui, response: &Response, rect: Rect, value: usize) -> Option<usize> {
    use egui::accesskit::{Action, ActionData};
    let last = FRAMES - 1;
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(last as f64);
        node.set_numeric_value_step(1.0);
        node.add_action(Action::SetValue);
    });
    if let Some(pos) = response.interact_pointer_pos() {
        let share = ((pos.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        return Some(((share * FRAMES as f32) as usize).min(last));
    }
    let asked = ui.input(|i| {
        i.accesskit_action_requests(response.id, Action::SetValue).find_map(|request| match request.data {
            Some(ActionData::NumericValue(value)) => Some((value.max(0.0) as usize).min(last)),
            _ => None,
        })
    });
    if asked.is_some() || !response.has_focus() {
        return asked;
    }
    ui.memory_mut(|memory| {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        memory.set_focus_lock_filter(response.id, filter);
    });
    ui.input(|i| {
        if i.key_pressed(Key::ArrowLeft) {
            Some(value.saturating_sub(1))
        } else if i.key_pressed(Key::ArrowRight) {
            Some((value + 1).min(last))
        } else {
            None
        }
    })
}

fn draw(ui: &Ui, rect: Rect, paint: &Paint, sheet: &Sheet, possible: bool) {
    let palette = theme::palette(ui.visuals());
    let painter = ui.painter_at(rect.expand(2.0));
    painter.rect_filled(rect, f32::from(theme::ROUND), palette.well);
    let count = paint.morph.frames().len();
    if !possible || count == 0 {
        let text = if possible {
            "Drag here to see the way from the old picture"
        } else {
            "Morph: paint a stroke first"
        };
        // In a narrow window the tooltip says the rest.
        let text = if rect.width() < LEGIBLE { "Morph" } else { text };
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            egui::FontId::proportional(12.0),
            palette.weak,
        );
        return;
    }
    let tint = if paint.has_morph() { theme::UNTINTED } else { theme::FADED };
    let width = rect.width() / count as f32;
    for i in 0..count {
        let Some((texture, part)) = sheet.tile(i) else { continue };
        let frame = Rect::from_min_max(
            pos2(rect.left() + width * i as f32, rect.top()),
            pos2(rect.left() + width * (i + 1) as f32, rect.bottom()),
        );
        // Frames are taller or wider than their place: their middle shows, undistorted.
        let part = cut(part, frame.width() / frame.height() / sheet.ratio());
        let mut round = CornerRadius::ZERO;
        let r = theme::ROUND;
        if i == 0 {
            (round.nw, round.sw) = (r, r);
        }
        if i + 1 == count {
            (round.ne, round.se) = (r, r);
        }
        let mut shape = egui::epaint::RectShape::filled(frame, round, tint);
        shape.brush = Some(std::sync::Arc::new(egui::epaint::Brush { fill_texture_id: texture, uv: part }));
        painter.add(shape);
    }
    if let Some(i) = paint.position() {
        let left = rect.left() + width * i as f32;
        let frame = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
        painter.rect_stroke(frame.expand(1.0), 3.0, Stroke::new(2.5, palette.accent), StrokeKind::Inside);
    }
}

/// The middle of a part of a texture, so many times as wide for its height as the whole part.
fn cut(part: Rect, ratio: f32) -> Rect {
    let size = if ratio > 1.0 {
        vec2(part.width(), part.height() / ratio)
    } else {
        vec2(part.width() * ratio, part.height())
    };
    Rect::from_center_size(part.center(), size)
}
