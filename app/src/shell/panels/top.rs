//! The bar at the top: room, model, undo, Fix, Restart, Random, what is shown, saving, how the window looks.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, PopupCloseBehavior, Rect, RichText, Role, Ui, Vec2, WidgetInfo};

use super::model_menu;
use crate::kit::controls::{icon_button, segments, text_button, text_width};
use crate::kit::{icons, theme};
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;
use crate::shell::view::Room;

const SIDE: f32 = 32.0;
const GAP: f32 = 4.0;
/// Between the groups of the bar, beside the gaps of their neighbours.
const BETWEEN: f32 = 8.0;

/// The groups after the model: those at the left, and those at the right end.
const LEFT: [&[Action]; 2] = [&[Action::Undo, Action::Redo], &[Action::Fix, Action::Restart, Action::Random]];
const RIGHT: [&[Action]; 2] = [&[Action::ShowEdits, Action::Average], &[Action::Save]];

/// The actions whose names are written; where the bar is too narrow the first ones lose theirs first.
const NAMED: [Action; 6] =
    [Action::Average, Action::ShowEdits, Action::Random, Action::Restart, Action::Save, Action::Fix];

/// Lays the bar out, from left to right: the keyboard follows.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        rooms(ui, session, out);
        ui.add_space(BETWEEN);
        model_menu::show(ui, session, out);
        if session.view.room == Room::Train {
            ui.add_space((ui.available_width() - SIDE).max(0.0));
            appearance(ui, session, out);
            return;
        }
        let named = named(ui, ui.available_width());
        for group in LEFT {
            ui.add_space(BETWEEN);
            buttons(ui, session, group, named, out);
        }
        ui.add_space((ui.available_width() - right_width(ui, named)).max(0.0));
        for group in RIGHT {
            buttons(ui, session, group, named, out);
            ui.add_space(BETWEEN);
        }
        appearance(ui, session, out);
    });
}

fn buttons(ui: &mut Ui, session: &Session, group: &[Action], named: &[Action], out: &mut Vec<Command>) {
    for action in group {
        if named.contains(action) {
            text_button(ui, session, *action, out);
        } else {
            icon_button(ui, session, *action, SIDE, out);
        }
    }
}

/// The actions whose names fit into a bar with so much room after the model.
fn named(ui: &Ui, room: f32) -> &'static [Action] {
    let fits = |named: &&[Action]| left_width(ui, named) + right_width(ui, named) <= room;
    (0..NAMED.len()).map(|first| &NAMED[first..]).find(fits).unwrap_or_default()
}

fn left_width(ui: &Ui, named: &[Action]) -> f32 {
    LEFT.iter().map(|group| BETWEEN + group_width(ui, group, named)).sum()
}

fn right_width(ui: &Ui, named: &[Action]) -> f32 {
    SIDE + RIGHT.iter().map(|group| group_width(ui, group, named) + BETWEEN).sum::<f32>()
}

fn group_width(ui: &Ui, group: &[Action], named: &[Action]) -> f32 {
    let width = |action: &Action| if named.contains(action) { text_width(ui, *action) } else { SIDE };
    group.iter().map(|action| width(action) + GAP).sum()
}

/// What the window is used for.
fn rooms(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let keys = format!(" ({})", Action::Train.keys());
    let rooms = [
        (Room::Paint, "Paint", format!("Paint with the open model{keys}")),
        (Room::Train, "Train", format!("Train a model on your own pictures{keys}")),
    ];
    let choices = rooms.each_ref().map(|(room, name, tooltip)| (*room, *name, tooltip.as_str()));
    let chosen = segments(ui, session.view.room, &choices);
    out.extend(chosen.map(Command::ShowRoom));
}

/// The menu of colours and size of the window itself.
fn appearance(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new("").min_size(Vec2::splat(SIDE)).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_width(208.0);
        ui.label(RichText::new("Colours of the window").small().weak());
        let tooltip = Action::Theme.tooltip(session);
        let themes = [(true, "Dark", tooltip.as_str()), (false, "Light", tooltip.as_str())];
        if segments(ui, session.view.dark, &themes).is_some() {
            out.push(Command::Act(Action::Theme));
        }
        ui.add_space(4.0);
        ui.label(RichText::new("Size of text and buttons").small().weak());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            icon_button(ui, session, Action::SmallerText, 28.0, out);
            let percent = format!("{:.0} %", 100.0 * session.view.scale);
            ui.add_sized([48.0, 28.0], egui::Label::new(percent));
            icon_button(ui, session, Action::LargerText, 28.0, out);
            let usual =
                ui.add_enabled(Action::UsualText.blocked(session).is_none(), Button::new("Usual size"));
            if usual.on_hover_text(Action::UsualText.tooltip(session)).clicked() {
                out.push(Command::Act(Action::UsualText));
            }
        });
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Appearance"));
    let icon = Rect::from_center_size(response.rect.center(), Vec2::splat(18.0));
    icons::paint(ui.painter(), icon, Action::Theme, false, theme::palette(ui.visuals()).text);
    response.on_hover_text("Dark or light, and the size of text and buttons");
}
