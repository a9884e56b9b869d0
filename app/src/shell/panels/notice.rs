//! Bad news, in a strip below the bar until they are read.

use egui::{Align, Frame, Layout, Margin, Rect, Ui, UiBuilder};

use crate::desk::notices::Notices;
use crate::kit::announce::announce;
use crate::kit::theme;
use crate::shell::command::Command;

/// Lays the strip out at the upper end of a place, where there is something to say; what is left of the place.
pub fn show(ui: &mut Ui, place: Rect, notices: &Notices, out: &mut Vec<Command>) -> Rect {
    let Some((text, more)) = notices.trouble() else { return place };
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.error_soft).inner_margin(Margin::symmetric(16, 8));
    let mut part = ui.new_child(UiBuilder::new().id_salt("notices").max_rect(place));
    egui::Panel::top("notice").frame(frame).show_separator_line(false).show(&mut part, |ui| {
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
    part.available_rect_before_wrap()
}
