//! What a training makes, while it does: the sample sheet and the curves.

use egui::{Align2, FontId, Rect, RichText, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};

use super::curves;
use crate::desk::Desk;
use crate::kit::texture::PictureTexture;
use crate::kit::theme;
use crate::rooms::train::{Live, Phase};

/// The sheet takes at most this share of the width; the curves have the rest.
const SHARE: f32 = 0.6;
const GAP: f32 = 16.0;
/// The height of what is said below the sheet.
const CAPTION: f32 = 52.0;
/// Curves narrower than this can't be read.
const NARROWEST: f32 = 260.0;
/// A sheet that would be narrower beside the curves stands above them.
const SMALLEST: f32 = 220.0;
/// There it takes so much of the height, and its caption stands at its right.
const ABOVE: f32 = 0.56;

/// Lays the part out.
pub fn show(ui: &mut Ui, desk: &Desk, live: &Live, texture: &mut PictureTexture) {
    let room = ui.available_rect_before_wrap();
    let size =
        live.sheet.as_ref().map_or(Vec2::ONE, |sheet| vec2(sheet.width() as f32, sheet.height() as f32));
    let fitting = |most: Vec2| Rect::from_min_size(room.min, size * (most / size).min_elem());
    let beside = (room.width() * SHARE).min(room.width() - GAP - NARROWEST);
    let (place, said, rest) = if beside >= SMALLEST {
        let place = fitting(vec2(beside, (room.height() - CAPTION).max(120.0)));
        let below = place.left_bottom() + vec2(0.0, 8.0);
        let said = Rect::from_min_size(below, vec2(place.width(), CAPTION - 8.0));
        (place, said, Rect::from_min_max(pos2(place.right() + GAP, room.top()), room.max))
    } else {
        let place = fitting(vec2(room.width() * SHARE, room.height() * ABOVE));
        let said = Rect::from_min_max(place.right_top() + vec2(GAP, 0.0), pos2(room.right(), place.bottom()));
        (place, said, Rect::from_min_max(pos2(room.left(), place.bottom() + GAP), room.max))
    };
    sheet(ui, desk, live, texture, place);
    caption(ui, live, said);
    ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
        let curves = live.standing.as_ref().map(|standing| &*standing.curves).unwrap_or_default();
        curves::show(ui, curves);
    });
}

fn sheet(ui: &mut Ui, desk: &Desk, live: &Live, texture: &mut PictureTexture, place: Rect) {
    let palette = theme::palette(ui.visuals());
    let response = ui.allocate_rect(place, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Samples"));
    let Some(picture) = &live.sheet else {
        ui.painter().rect_filled(place, f32::from(theme::ROUND), palette.panel);
        let text = match live.phase {
            Phase::Failed { .. } | Phase::Cancelled => "No samples were made",
            _ => "Samples appear here after the first step",
        };
        let font = FontId::proportional(13.0);
        ui.painter().text(place.center(), Align2::CENTER_CENTER, text, font, palette.weak);
        return;
    };
    let id = texture.get(ui.ctx(), picture, desk.view.pixels);
    egui::Image::new((id, place.size())).corner_radius(theme::ROUND).paint_at(ui, place);
    response.on_hover_text("The newest samples");
}

/// What is seen on the sheet.
fn caption(ui: &mut Ui, live: &Live, place: Rect) {
    if live.sheet.is_none() {
        return;
    }
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.add(egui::Label::new(RichText::new(about(live)).weak()).wrap());
    });
}

/// What the rows of the sheet are.
fn about(live: &Live) -> &'static str {
    live.kind.about().sheet
}
