//! What the pictures look like that a model is to learn from, before it does.

use egui::{Align, Layout, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};
use latent_engine::data::{FEW_PICTURES, Preview};

use super::fields;
use crate::desk::Desk;
use crate::kit::controls::thousands;
use crate::kit::text;
use crate::kit::texture::Sheet;
use crate::kit::theme;
use crate::rooms::train::actions::LEARN_FROM;
use crate::rooms::train::{DataKind, Wish, Workshop};

const GAP: f32 = 8.0;
/// The side of the icon above the invitation.
const ICON: f32 = 40.0;
/// The sides that tiles can have.
const TILES: std::ops::RangeInclusive<f32> = 64.0..=176.0;

/// Lays the part out.
pub fn show(ui: &mut Ui, workshop: &Workshop, desk: &Desk, sheet: &mut Sheet, out: &mut Vec<Wish>) {
    match &workshop.preview {
        Some(Ok(preview)) => pictures(ui, workshop, preview, sheet),
        Some(Err(why)) => middle(ui, |ui| {
            fields::remark(ui, why, true);
            choose(ui, workshop, desk, out);
        }),
        None if workshop.is_looking() => middle(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.spinner();
                ui.label(RichText::new("Looking at the pictures…").weak());
            });
        }),
        None => invitation(ui, workshop, desk, out),
    }
}

/// Something small in the middle of the room.
fn middle(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let size = vec2(460.0_f32.min(room.width()), 140.0);
    let rect = Rect::from_center_size(room.center(), size);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)), content);
}

fn choose(ui: &mut Ui, workshop: &Workshop, desk: &Desk, out: &mut Vec<Wish>) {
    if workshop.setup.data == DataKind::Folder {
        ui.vertical_centered(|ui| {
            let button = ui.button("Choose another folder…");
            if button.on_hover_text(LEARN_FROM.tooltip(workshop, desk)).clicked() {
                out.push(Wish::Act(&LEARN_FROM));
            }
        });
    }
}

/// Nothing is chosen yet: the place to drop a folder on, which is a button too.
fn invitation(ui: &mut Ui, workshop: &Workshop, desk: &Desk, out: &mut Vec<Wish>) {
    let palette = theme::palette(ui.visuals());
    let room = ui.available_rect_before_wrap();
    let rect = Rect::from_center_size(room.center(), vec2(480.0, 240.0).min(room.size()));
    let response = ui.interact(rect, egui::Id::unique("invitation"), Sense::click());
    let title = "Drop a folder of pictures here";
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, title));
    let touched = response.hovered() || response.has_focus();
    let painter = ui.painter();
    painter.rect_filled(rect, 12.0, if touched { palette.button_hover } else { palette.panel });
    let stroke = Stroke::new(1.5, if touched { palette.accent } else { palette.weak });
    painter.rect_stroke(rect, 12.0, stroke, StrokeKind::Inside);
    let lines = [
        (title, 18.0, palette.text),
        ("or click to choose one. PNG, JPEG and WebP; 500 or more make a good model.", 13.0, palette.weak),
        ("No pictures at hand? Take one of the worlds at the right.", 13.0, palette.weak),
    ];
    let middle = rect.center() + vec2(0.0, ICON / 2.0 + GAP);
    let text = text::block(&ui.painter_at(rect), middle, rect.width() - 32.0, GAP, &lines);
    let icon = Rect::from_center_size(text.center_top() - vec2(0.0, ICON / 2.0 + GAP), Vec2::splat(ICON));
    crate::kit::icons::paint(painter, icon, crate::kit::icons::folder, false, palette.accent);
    if response.on_hover_text(LEARN_FROM.tooltip(workshop, desk)).clicked() {
        out.push(Wish::Act(&LEARN_FROM));
    }
}

fn pictures(ui: &mut Ui, workshop: &Workshop, preview: &Preview, sheet: &mut Sheet) {
    let what = match workshop.setup.data {
        DataKind::Folder => std::path::Path::new(workshop.setup.folder.trim())
            .file_name()
            .map_or_else(|| workshop.setup.folder.clone(), |name| name.to_string_lossy().into_owned()),
        DataKind::World(world) => format!("The {} world", world.name()),
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(what).heading());
        let count = preview.count;
        ui.label(RichText::new(format!("{} pictures, some of them below", thousands(count))).weak());
        fields::skipped(ui, &preview.skipped);
    });
    if preview.count < FEW_PICTURES {
        let text = format!(
            "With fewer than {FEW_PICTURES} pictures a model mostly repeats what it saw. More of them make it inventive."
        );
        ui.label(RichText::new(text).small().weak());
    }
    sheet.set(ui.ctx(), preview.pictures.iter());
    let room = ui.available_size();
    let (columns, rows, side) = tiles(preview.pictures.len(), room);
    ui.spacing_mut().item_spacing = Vec2::splat(GAP);
    for row in 0..rows {
        ui.horizontal(|ui| {
            for i in row * columns..((row + 1) * columns).min(preview.pictures.len()) {
                let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
                let name = format!("Picture {} to learn from", i + 1);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
                if let Some((texture, part)) = sheet.tile(i) {
                    let image = egui::Image::new((texture, Vec2::splat(side))).uv(part);
                    image.corner_radius(theme::ROUND).paint_at(ui, rect);
                }
            }
        });
    }
}

/// Columns, rows and the side of tiles that cover most of the room. Rows are full where there are enough pictures: one
/// that is not looks as if something were missing.
fn tiles(count: usize, room: Vec2) -> (usize, usize, f32) {
    let most = ((room.x + GAP) / (TILES.start() + GAP)).floor().max(1.0) as usize;
    let grid = |columns: usize| {
        let side = ((room.x + GAP) / columns as f32 - GAP).min(*TILES.end()).floor().max(1.0);
        let fitting = ((room.y + GAP) / (side + GAP)).floor() as usize;
        (columns, fitting.min(count / columns).max(1), side)
    };
    let covered = |&(columns, rows, side): &(usize, usize, f32)| (columns * rows) as f32 * side * side;
    let grids = (1..=most.min(count.max(1))).map(grid);
    grids.max_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or((1, 1, *TILES.start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_stay_in_the_room() {
        for room in [vec2(800.0, 640.0), vec2(1460.0, 900.0), vec2(400.0, 400.0)] {
            for count in [1, 16, 30] {
                let (columns, rows, side) = tiles(count, room);
                assert!(columns as f32 * (side + GAP) - GAP <= room.x + 0.5, "{room:?} {count}");
                assert!(rows as f32 * (side + GAP) - GAP <= room.y + 0.5, "{room:?} {count}");
                assert!(rows * columns <= count && rows * columns > count / 4, "{room:?} {count}");
                assert!(side <= *TILES.end() && side > 40.0, "{room:?} {count}: {side}");
            }
        }
    }
}
