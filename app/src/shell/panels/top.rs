//! The bar at the top: rooms, model, what the shown room has there, how the window looks.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, PopupCloseBehavior, Rect, RichText, Role, Ui, Vec2, WidgetInfo};

use super::model_menu;
use crate::desk::Desk;
use crate::kit::controls::segments;
use crate::kit::{icons, theme};
use crate::shell::actions::{LARGER_TEXT, NEXT_ROOM, SMALLER_TEXT, THEME, USUAL_TEXT};
use crate::shell::command::Command;
use crate::shell::house::House;

const SIDE: f32 = 32.0;
const GAP: f32 = 4.0;
/// In a narrower window the rooms are a menu.
const NARROW: f32 = 720.0;
/// Between the rooms and the model.
const BETWEEN: f32 = 8.0;

/// Lays the bar out, from left to right: the keyboard follows.
pub fn show(ui: &mut Ui, house: &mut House, desk: &Desk, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        rooms(ui, house, out);
        ui.add_space(BETWEEN);
        model_menu::show(ui, house, desk, out);
        house.shown_mut().top(ui, SIDE, desk);
        ui.add_space((ui.available_width() - SIDE).max(0.0));
        appearance(ui, house, desk, out);
    });
}

/// What the window is used for.
fn rooms(ui: &mut Ui, house: &House, out: &mut Vec<Command>) {
    let keys = NEXT_ROOM.shortcut();
    let rooms: Vec<_> =
        house.rooms().map(|room| (room.name(), format!("{} ({keys})", room.about()))).collect();
    let choices: Vec<_> =
        rooms.iter().enumerate().map(|(place, (name, tooltip))| (place, *name, tooltip.as_str())).collect();
    if ui.ctx().content_rect().width() >= NARROW {
        out.extend(segments(ui, house.place(), &choices).map(Command::ShowRoom));
        return;
    }
    let (_, name, tooltip) = choices[house.place()];
    let (response, _) = MenuButton::from_button(Button::new(name)).ui(ui, |ui| {
        for (place, name, tooltip) in &choices {
            if ui.selectable_label(*place == house.place(), *name).on_hover_text(*tooltip).clicked() {
                out.push(Command::ShowRoom(*place));
            }
        }
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Room: {name}")));
    response.on_hover_text(tooltip);
}

/// The menu of colours and size of the window itself.
fn appearance(ui: &mut Ui, house: &House, desk: &Desk, out: &mut Vec<Command>) {
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new("").min_size(Vec2::splat(SIDE)).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_width(208.0);
        ui.label(RichText::new("Colours of the window").small().weak());
        let tooltip = THEME.tooltip(house, desk);
        let themes = [(true, "Dark", tooltip.as_str()), (false, "Light", tooltip.as_str())];
        if segments(ui, desk.view.dark, &themes).is_some() {
            out.push(Command::Act(&THEME));
        }
        ui.add_space(4.0);
        ui.label(RichText::new("Size of text and buttons").small().weak());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            SMALLER_TEXT.button(ui, house, desk, 28.0, out);
            let percent = format!("{:.0} %", 100.0 * desk.view.scale);
            ui.add_sized([48.0, 28.0], egui::Label::new(percent));
            LARGER_TEXT.button(ui, house, desk, 28.0, out);
            let usual = ui.add_enabled(USUAL_TEXT.blocked(house, desk).is_none(), Button::new("Usual size"));
            if usual.on_hover_text(USUAL_TEXT.tooltip(house, desk)).clicked() {
                out.push(Command::Act(&USUAL_TEXT));
            }
        });
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Appearance"));
    let icon = Rect::from_center_size(response.rect.center(), Vec2::splat(18.0));
    icons::paint(ui.painter(), icon, icons::half_moon, false, theme::palette(ui.visuals()).text);
    response.on_hover_text("Dark or light, and the size of text and buttons");
}
