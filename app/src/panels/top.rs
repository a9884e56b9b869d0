//! The bar at the top: model, undo, Fix, Restart, Random, what is shown, saving.

use egui::{Align, Layout, Ui};
use latent_engine::model::bundled_names;
use latent_engine::worker::ModelSource;

use super::controls::{icon_button, text_button};
use crate::command::{Action, Command};
use crate::session::Session;

const SIDE: f32 = 32.0;

/// Lays the bar out.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        model_menu(ui, session, out);
        ui.add_space(8.0);
        icon_button(ui, session, Action::Undo, SIDE, out);
        icon_button(ui, session, Action::Redo, SIDE, out);
        ui.add_space(8.0);
        for action in [Action::Fix, Action::Restart, Action::Random] {
            text_button(ui, session, action, out);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            icon_button(ui, session, Action::Theme, SIDE, out);
            save_menu(ui, session, out);
            text_button(ui, session, Action::Save, out);
            ui.add_space(8.0);
            text_button(ui, session, Action::Average, out);
            text_button(ui, session, Action::ShowEdits, out);
        });
    });
}

fn model_menu(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let (name, tooltip) = match &session.document.model {
        Some(model) => (
            model.name.clone(),
            format!("{}: {}, {} parameters", model.name, model.family, thousands(model.parameters)),
        ),
        None => (session.view.wanted_model_name(), "No model is open yet".to_owned()),
    };
    let button = ui.menu_button(format!("Model: {name}"), |ui| {
        for bundled in bundled_names() {
            let on = session.document.model.as_ref().is_some_and(|model| model.name == bundled);
            if ui.selectable_label(on, bundled).clicked() {
                out.push(Command::OpenModel(ModelSource::Bundled(bundled.to_owned())));
            }
        }
        ui.separator();
        let open = egui::Button::new(Action::OpenCheckpoint.label()).shortcut_text("Ctrl+O");
        if ui.add(open).on_hover_text(Action::OpenCheckpoint.tooltip(session)).clicked() {
            out.push(Command::Act(Action::OpenCheckpoint));
        }
    });
    button.response.on_hover_text(tooltip);
}

fn save_menu(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let icon = egui::Button::new("").min_size(egui::vec2(18.0, SIDE)).frame(false);
    let menu = egui::containers::menu::MenuButton::from_button(icon).ui(ui, |ui| {
        for action in [Action::Save, Action::SaveLarge] {
            let keys = action.shortcuts().first().map(|s| s.text()).unwrap_or_default();
            let button = egui::Button::new(action.label()).shortcut_text(keys);
            let enabled = action.blocked(session).is_none();
            if ui.add_enabled(enabled, button).on_hover_text(action.tooltip(session)).clicked() {
                out.push(Command::Act(action));
            }
        }
    });
    let response = menu.0;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "More ways to save"));
    let colour = crate::theme::palette(ui.visuals()).weak;
    crate::icons::paint_more(ui.painter(), response.rect.center(), colour);
    response.on_hover_text("More ways to save");
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([7, 1_000, 1_234_567].map(thousands), ["7", "1 000", "1 234 567"]);
    }
}
