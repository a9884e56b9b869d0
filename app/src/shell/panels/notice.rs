//! Bad news, in a strip above the canvas until they are read.

use egui::{Align, Frame, Layout, Margin, Ui};

use crate::kit::announce::announce;
use crate::kit::theme;
use crate::shell::command::Command;
use crate::shell::session::Session;

/// Lays the strip out; nothing when there is nothing to say.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let Some((text, more)) = session.notices.trouble() else { return };
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.error_soft).inner_margin(Margin::symmetric(16, 8));
    egui::Panel::top("notice").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Dismiss").on_hover_text("Close this message").clicked() {
                out.push(Command::DismissNotice);
            }
            if more > 0 {
                ui.label(egui::RichText::new(format!("{more} more")).small().color(palette.error));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let label = egui::RichText::new(text).color(palette.error);
                announce(&ui.add(egui::Label::new(label).wrap()), text, true);
            });
        });
    });
}
