//! The room in which models are trained: what is chosen or how far it is at the right, pictures and curves at the left.

mod curves;
mod data;
mod factors;
mod fields;
mod place;
mod progress;
mod setup;
mod watch;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

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

/// Lays the room out.
pub fn show(ui: &mut Ui, session: &Session, textures: &mut Textures, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let width = (ui.ctx().content_rect().width() * 0.28).clamp(344.0, 440.0);
    let frame = Frame::new().fill(palette.panel);
    Panel::right("training").exact_size(width).resizable(false).frame(frame).show(ui, |ui| {
        match &session.workshop.live {
            Some(live) => progress::show(ui, session, live, out),
            None => setup::show(ui, session, out),
        }
    });
    notice::show(ui, session, out);
    let frame = Frame::new().fill(palette.canvas).inner_margin(Margin::same(16));
    CentralPanel::default().frame(frame).show(ui, |ui| match &session.workshop.live {
        Some(live) => watch::show(ui, session, live, &mut textures.sheet),
        None => data::show(ui, session, &mut textures.preview, out),
    });
}
