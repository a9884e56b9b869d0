//! The bar at the bottom: what the engine does, what the shown room has there, what goes on in the others.

use egui::{ProgressBar, RichText, Ui, vec2};

use crate::desk::Desk;
use crate::kit::announce::announce;
use crate::kit::ends;
use crate::kit::theme;
use crate::shell::actions::{PIXELS, STOP};
use crate::shell::command::Command;
use crate::shell::house::House;

const SIDE: f32 = 22.0;

/// Lays the bar out.
pub fn show(ui: &mut Ui, house: &mut House, desk: &Desk, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        let height = ui.available_height();
        let left = |ui: &mut Ui, (house, out): &mut (&mut House, &mut Vec<Command>)| {
            engine(ui, house, desk, out);
            house.shown_mut().status(ui, desk);
            elsewhere(ui, house, out);
            news(ui, desk);
        };
        ends::row_of(ui, height, &mut (house, out), left, |ui, (house, out)| {
            ui.spacing_mut().item_spacing.x = 4.0;
            house.shown_mut().status_end(ui, desk);
            PIXELS.button(ui, house, desk, SIDE, out);
        });
    });
}

fn engine(ui: &mut Ui, house: &House, desk: &Desk, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let (text, lamp) = match (desk.link.activity(), house.shown().standing()) {
        _ if desk.link.is_dead() => ("The engine has stopped", palette.error),
        (Some(activity), _) => (activity, palette.accent),
        (None, _) if desk.model.is_none() => ("No model", palette.weak),
        (None, Some((text, bad))) => (text, if bad { palette.error } else { palette.weak }),
        (None, None) => ("Ready", palette.chosen),
    };
    let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), egui::Sense::hover());
    ui.painter().circle_filled(dot.center(), 4.0, lamp);
    ui.label(text);
    let opening = desk.link.opening();
    if let Some(share) = opening.and_then(|opening| opening.share) {
        let bar = ProgressBar::new(share).desired_width(72.0).desired_height(4.0).fill(lamp);
        ui.add(bar).on_hover_text("How much of the model's file is read");
    }
    if desk.link.is_searching() || opening.is_some() {
        STOP.button(ui, house, desk, SIDE, out);
    }
}

/// What goes on in the other rooms, as a way to them.
fn elsewhere(ui: &mut Ui, house: &House, out: &mut Vec<Command>) {
    for (place, room) in house.rooms().enumerate().filter(|(place, _)| *place != house.place()) {
        let Some(text) = room.background() else { continue };
        ui.add_space(theme::SPACE);
        let button = ui.add(egui::Button::new(RichText::new(text).small()).small());
        if button.on_hover_text(format!("It goes on in the background: show {}", room.name())).clicked() {
            out.push(Command::ShowRoom(place));
        }
    }
}

/// Good news, which go away by themselves.
fn news(ui: &mut Ui, desk: &Desk) {
    if let Some(news) = desk.notices.news() {
        ui.add_space(theme::SPACE);
        announce(&ui.add(egui::Label::new(news).truncate()), news, false);
    }
}
