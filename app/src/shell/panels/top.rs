//! The bar at the top: model, undo, Fix, Restart, Random, what is shown, saving.

use egui::{Align, Layout, Ui};

use super::model_menu;
use crate::kit::controls::{icon_button, text_button};
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;
use crate::shell::view::Room;

const SIDE: f32 = 32.0;

/// Lays the bar out.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        rooms(ui, session, out);
        ui.add_space(8.0);
        model_menu::show(ui, session, out);
        if session.view.room == Room::Train {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                icon_button(ui, session, Action::Theme, SIDE, out);
            });
            return;
        }
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

/// What the window is used for.
fn rooms(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let keys = format!(" ({})", Action::Train.keys());
    let rooms = [
        (Room::Paint, "Paint", format!("Paint with the open model{keys}")),
        (Room::Train, "Train", format!("Train a model on your own pictures{keys}")),
    ];
    let choices = rooms.each_ref().map(|(room, name, tooltip)| (*room, *name, tooltip.as_str()));
    let chosen = crate::kit::controls::segments(ui, session.view.room, &choices);
    out.extend(chosen.map(Command::ShowRoom));
}

fn save_menu(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let icon = egui::Button::new("").min_size(egui::vec2(18.0, SIDE)).frame(false);
    let menu = egui::containers::menu::MenuButton::from_button(icon).ui(ui, |ui| {
        for action in [Action::Save, Action::SaveLarge] {
            let keys = action.keys();
            let button = egui::Button::new(action.label()).shortcut_text(keys);
            let enabled = action.blocked(session).is_none();
            if ui.add_enabled(enabled, button).on_hover_text(action.tooltip(session)).clicked() {
                out.push(Command::Act(action));
            }
        }
    });
    let response = menu.0;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "More ways to save"));
    let colour = crate::kit::theme::palette(ui.visuals()).weak;
    crate::kit::icons::paint_more(ui.painter(), response.rect.center(), colour);
    response.on_hover_text("More ways to save");
}
