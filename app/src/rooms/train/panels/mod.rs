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

use crate::kit::area;
use crate::kit::canvas::{PictureTexture, Sheet};
use crate::kit::theme;
use crate::shell::command::Command;
use crate::shell::panels::notice;
use crate::shell::session::Session;

pub use self::progress::{minutes, share};

/// What the room keeps between frames.
#[derive(Default)]
pub struct Textures {
    sheet: PictureTexture,
    preview: Sheet,
}

/// Lays the room out over its part of the window.
pub fn show(ui: &mut Ui, room: Rect, session: &Session, textures: &mut Textures, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let width = (ui.ctx().content_rect().width() * 0.28).clamp(344.0, 440.0);
    let (middle, side) = area::cut_right(room, width);
    area::show(ui, "training pictures", middle, palette.canvas, Margin::ZERO, |ui| {
        notice::show(ui, session, out);
        let frame = Frame::new().fill(palette.canvas).inner_margin(Margin::same(16));
        CentralPanel::default().frame(frame).show(ui, |ui| match &session.workshop.live {
            Some(live) => watch::show(ui, session, live, &mut textures.sheet),
            None => data::show(ui, session, &mut textures.preview, out),
        });
    });
    area::show(ui, "training", side, palette.panel, Margin::ZERO, |ui| match &session.workshop.live {
        Some(live) => progress::show(ui, session, live, out),
        None => setup::show(ui, session, out),
    });
    area::line_between(ui, middle, side);
}
