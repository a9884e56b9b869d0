//! Bad news, in a strip above the canvas until they are read.

use egui::{Align, Frame, Layout, Margin, Ui};

use crate::kit::theme;
use crate::shell::command::Command;
use crate::shell::session::Session;

/// Lays the strip out; nothing when there is nothing to say.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let Some(notice) = session.view.notice.as_ref().filter(|notice| notice.is_error) else { return };
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.error_soft).inner_margin(Margin::symmetric(16, 8));
    egui::Panel::top("notice").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Dismiss").on_hover_text("Close this message").clicked() {
                out.push(Command::DismissNotice);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(egui::RichText::new(&notice.text).color(palette.error)).wrap());
            });
        });
    });
}
