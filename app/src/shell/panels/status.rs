//! The bar at the bottom: what the engine does, what the shown picture costs, zoom.

use egui::{ProgressBar, RichText, Ui, vec2};

use crate::kit::announce::announce;
use crate::kit::controls::icon_button;
use crate::kit::ends;
use crate::kit::theme;
use crate::rooms::paint::document::Standing;
use crate::rooms::paint::panels::candidates::{ABOUT_NORM, norm};
use crate::rooms::train::Phase;
use crate::rooms::train::panels::share;
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;
use crate::shell::view::Room;

const SIDE: f32 = 22.0;

/// A latent so many times as long as usual makes pictures unlike those that the model learned from.
const FAR: f32 = 2.0;

/// Lays the bar out.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        let height = ui.available_height();
        let mut asked = Vec::new();
        let left = |ui: &mut Ui| engine(ui, session, out);
        ends::row(ui, height, left, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            if session.view.room == Room::Paint {
                icon_button(ui, session, Action::ZoomOut, SIDE, &mut asked);
                let zoom = format!("{:.0} %", session.paint.look.zoom * 100.0);
                ui.label(RichText::new(zoom).small().weak());
                icon_button(ui, session, Action::ZoomIn, SIDE, &mut asked);
                icon_button(ui, session, Action::Fit, SIDE, &mut asked);
            }
            icon_button(ui, session, Action::Pixels, SIDE, &mut asked);
        });
        out.append(&mut asked);
    });
}

fn engine(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let paints = session.view.room == Room::Paint;
    let palette = theme::palette(ui.visuals());
    let (text, lamp) = match (session.link.activity(), session.paint.standing()) {
        _ if session.link.is_dead() => ("The engine has stopped", palette.error),
        (Some(activity), _) => (activity, palette.accent),
        (None, _) if session.paint.document.model.is_none() => ("No model", palette.weak),
        (None, Standing::Stopped) if paints => ("Stopped", palette.weak),
        (None, Standing::Failed) if paints => ("No pictures", palette.error),
        _ => ("Ready", palette.chosen),
    };
    let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), egui::Sense::hover());
    ui.painter().circle_filled(dot.center(), 4.0, lamp);
    ui.label(text);
    let progress = session.paint.document.progress;
    if paints && progress.iterations > 0 && session.paint.document.edit.is_none() {
        let share = progress.iteration as f32 / progress.iterations as f32;
        if session.link.is_searching() {
            let bar = ProgressBar::new(share.min(1.0)).desired_width(72.0).desired_height(4.0).fill(lamp);
            ui.add(bar).on_hover_text("How far the search is");
        }
        let speed = format!(
            "{} of {} iterations, {:.0} per second",
            progress.iteration, progress.iterations, progress.per_second
        );
        ui.label(RichText::new(speed).small().weak()).on_hover_text("How far the search is, and how fast");
    }
    if let Some(share) = session.link.opening().and_then(|opening| opening.share) {
        let bar = ProgressBar::new(share).desired_width(72.0).desired_height(4.0).fill(lamp);
        ui.add(bar).on_hover_text("How much of the model's file is read");
    }
    if session.link.is_searching() || session.link.opening().is_some() {
        icon_button(ui, session, Action::Stop, SIDE, out);
    }
    if paints && Action::GoOn.blocked(session).is_none() {
        icon_button(ui, session, Action::GoOn, SIDE, out);
    }
    if session.view.room == Room::Train {
        return news(ui, session);
    }
    training(ui, session, out);
    if let Some(candidate) = session.paint.document.candidate() {
        ui.add_space(theme::SPACE);
        let far = candidate.spread > FAR;
        let colour = if far { palette.error } else { palette.weak };
        let text = norm(candidate.spread);
        let text = if far { format!("{text}, far outside") } else { text };
        ui.label(RichText::new(text).small().color(colour)).on_hover_text(ABOUT_NORM);
    }
    if session.paint.document.anchor.is_some() {
        ui.label(RichText::new("Fixed").small().color(palette.accent))
            .on_hover_text("The search stays near the picture that was fixed; Restart lets it go");
    }
    news(ui, session);
}

/// Good news, which go away by themselves.
fn news(ui: &mut Ui, session: &Session) {
    if let Some(news) = session.notices.news() {
        ui.add_space(theme::SPACE);
        announce(&ui.add(egui::Label::new(news).truncate()), news, false);
    }
}

/// The training in the background, as a way to it.
fn training(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let Some(live) = session.workshop.live.as_ref().filter(|live| !live.is_over()) else { return };
    ui.add_space(theme::SPACE);
    let share = 100.0 * share(live).clamp(0.0, 1.0);
    let text = match live.phase {
        Phase::Reading => "Training: reading pictures".to_owned(),
        Phase::Paused => format!("Training paused at {share:.0} %"),
        _ => format!("Training {share:.0} %"),
    };
    let button = ui.add(egui::Button::new(RichText::new(text).small()).small());
    if button.on_hover_text("A model is being trained in the background: show it").clicked() {
        out.push(Command::ShowRoom(Room::Train));
    }
}
