//! The fields and buttons that the parts of the room share.

use egui::{Align, Align2, Button, Frame, Layout, RichText, TextEdit, Ui, vec2};

use crate::desk::Desk;
use crate::kit::announce::announce;
use crate::kit::ends;
use crate::kit::theme;
use crate::rooms::train::actions::Action;
use crate::rooms::train::{Wish, Workshop};

/// A path that is typed, with a button that opens a dialog.
pub struct PathEdit {
    /// What it is for a screen reader.
    pub name: &'static str,
    /// What stands there while nothing is typed.
    pub hint: &'static str,
    /// What it is for.
    pub tooltip: &'static str,
    /// What opens the dialog.
    pub choose: &'static Action,
}

impl PathEdit {
    /// Lays it out. True when what was typed is complete.
    pub fn show(
        &self,
        ui: &mut Ui,
        workshop: &Workshop,
        desk: &Desk,
        path: &mut String,
        out: &mut Vec<Wish>,
    ) -> bool {
        let height = ui.spacing().interact_size.y;
        let field = |ui: &mut Ui| {
            let edit = TextEdit::singleline(path)
                .desired_width(ui.available_width())
                .align(Align2::LEFT_CENTER)
                .min_size(vec2(0.0, height))
                .hint_text(self.hint);
            let response = ui.add(edit).accessible_name(self.name);
            let complete = response.lost_focus();
            response.on_hover_text(self.tooltip);
            complete
        };
        let choose = |ui: &mut Ui| {
            let button = ui.button("Choose…").accessible_name(self.choose.label);
            button.on_hover_text(self.choose.tooltip(workshop, desk)).clicked()
        };
        let (complete, chosen) = ends::row(ui, height, field, choose);
        if chosen {
            out.push(Wish::Act(self.choose));
        }
        complete
    }
}

/// The button of what is to be done next, over the whole width. True when it is pressed.
pub fn main_button(ui: &mut Ui, label: &str, tooltip: &str, blocked: Option<&str>) -> bool {
    let palette = theme::palette(ui.visuals());
    let colour = if blocked.is_none() { palette.on_accent } else { palette.text };
    let text = RichText::new(label).strong().color(colour);
    let mut button = Button::new(text).min_size(vec2(ui.available_width(), 34.0));
    if blocked.is_none() {
        button = button.fill(palette.accent);
    }
    let layout = Layout::top_down_justified(Align::Center);
    let response = ui.with_layout(layout, |ui| ui.add_enabled(blocked.is_none(), button)).inner;
    let clicked = response.clicked();
    response.on_hover_text(tooltip).on_disabled_hover_text(blocked.unwrap_or_default());
    clicked
}

/// A line over the whole width, above what stands at the lower end of a panel.
pub fn rule(ui: &mut Ui) {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, palette.line));
}

/// A sentence in a box: bad news, or something to decide.
pub fn remark(ui: &mut Ui, text: &str, is_error: bool) {
    let palette = theme::palette(ui.visuals());
    let (fill, colour) = match is_error {
        true => (palette.error_soft, palette.error),
        false => (palette.accent_soft, palette.text),
    };
    Frame::new().fill(fill).corner_radius(theme::ROUND).inner_margin(10).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let label = ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
        announce(&label, text, is_error);
    });
}

/// The files that could not be used: how many, and their names under the pointer.
pub fn skipped(ui: &mut Ui, skipped: &[latent_engine::data::Skipped]) {
    const LISTED: usize = 12;
    let text = match skipped.len() {
        0 => return,
        1 => "1 damaged file is left out".to_owned(),
        n => format!("{n} damaged files are left out"),
    };
    let mut names: Vec<String> =
        skipped.iter().take(LISTED).map(|file| format!("{}: {}", file.path.display(), file.why)).collect();
    if skipped.len() > LISTED {
        names.push(format!("and {} more", skipped.len() - LISTED));
    }
    let palette = theme::palette(ui.visuals());
    ui.label(RichText::new(text).color(palette.error)).on_hover_text(names.join("\n"));
}
