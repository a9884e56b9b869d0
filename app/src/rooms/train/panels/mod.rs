//! The room in which models are trained: what is chosen or how far it is at the right, pictures and curves at the left.

mod curves;
mod data;
mod factors;
mod fields;
mod place;
mod progress;
mod setup;
mod watch;

use egui::{CentralPanel, Frame, Margin, Rect, Ui};

use super::{Wish, Workshop};
use crate::desk::Desk;
use crate::kit::area;
use crate::kit::texture::{PictureTexture, Sheet};
use crate::kit::theme;

pub use self::progress::{minutes, share};

/// What the room keeps between frames.
#[derive(Default)]
pub struct Textures {
    sheet: PictureTexture,
    preview: Sheet,
}

/// Lays the room out over its part of the window.
pub fn show(
    ui: &mut Ui,
    room: Rect,
    workshop: &Workshop,
    desk: &Desk,
    textures: &mut Textures,
    out: &mut Vec<Wish>,
) {
    let palette = theme::palette(ui.visuals());
    let width = (ui.ctx().content_rect().width() * 0.28).clamp(344.0, 440.0);
    let (middle, side) = area::cut_right(room, width);
    area::show(ui, "training pictures", middle, palette.canvas, Margin::ZERO, |ui| {
        let frame = Frame::new().fill(palette.canvas).inner_margin(Margin::same(16));
        CentralPanel::default().frame(frame).show(ui, |ui| match &workshop.live {
            Some(live) => watch::show(ui, desk, live, &mut textures.sheet),
            None => data::show(ui, workshop, desk, &mut textures.preview, out),
        });
    });
    area::show(ui, "training", side, palette.panel, Margin::ZERO, |ui| match &workshop.live {
        Some(live) => progress::show(ui, workshop, live, out),
        None => setup::show(ui, workshop, desk, out),
    });
    area::line_between(ui, middle, side);
}
