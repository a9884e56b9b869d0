//! How far a training is, and what can be done about it.

use egui::{
    Align, Button, Frame, Grid, Layout, Margin, ProgressBar, Response, RichText, ScrollArea, Ui, vec2,
};
use latent_engine::train::{Clock, Order};

use super::fields;
use crate::kit::controls::thousands;
use crate::kit::ends;
use crate::kit::theme;
use crate::kit::words::capital;
use crate::rooms::train::{Live, Phase, Wish, Workshop};

/// Lays the panel out.
pub fn show(ui: &mut Ui, workshop: &Workshop, live: &Live, out: &mut Vec<Wish>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 12));
    let facts = |ui: &mut Ui| {
        let area = ScrollArea::vertical().id_salt("training progress").auto_shrink(false);
        area.show(ui, |ui| frame.show(ui, |ui| about(ui, live)));
    };
    ends::column(ui, facts, |ui| {
        fields::rule(ui);
        frame.show(ui, |ui| buttons(ui, workshop, live, out));
    });
}

fn about(ui: &mut Ui, live: &Live) {
    let name = live.job.folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let title = ui.add(
        egui::Label::new(RichText::new(name.unwrap_or_default()).heading())
            .truncate()
            .sense(egui::Sense::hover()),
    );
    title.on_hover_text(live.job.folder.display().to_string());
    phase(ui, live);
    ui.add_space(theme::SPACE);
    facts(ui, live);
    fields::skipped(ui, &live.skipped);
}

fn phase(ui: &mut Ui, live: &Live) {
    let palette = theme::palette(ui.visuals());
    let outlook = live.outlook();
    let is_early = outlook.is_some_and(|outlook| outlook.is_early());
    let (text, share) = match &live.phase {
        Phase::Reading => match live.reading {
            Some(reading) if reading.all > 0 => (
                format!("Reading pictures: {} of {}", thousands(reading.done), thousands(reading.all)),
                reading.done as f32 / reading.all as f32,
            ),
            _ => ("Reading pictures…".into(), 0.0),
        },
        Phase::Running if live.wanted => ("Writing the model…".into(), share(live)),
        Phase::Running => (left(live), share(live)),
        Phase::Pausing => ("Pausing after this step…".into(), share(live)),
        Phase::Paused => ("Paused. Everything so far is saved.".into(), share(live)),
        Phase::Stopping => ("Stopping after this step…".into(), share(live)),
        Phase::Finished { complete: true } if is_early => ("Finished, and still early.".into(), 1.0),
        Phase::Finished { complete: true } => ("Finished: the model is ready.".into(), 1.0),
        Phase::Finished { complete: false } => {
            ("Stopped. The model is saved as it was then.".into(), share(live))
        }
        Phase::Cancelled => ("Stopped before it began; nothing was written.".into(), 0.0),
        Phase::Failed { message, kept } => {
            let message = capital(message);
            let rest = if *kept { " The last checkpoint is kept." } else { "" };
            let stop = if message.ends_with('.') { "" } else { "." };
            fields::remark(ui, &format!("{message}{stop}{rest}"), true);
            return;
        }
    };
    let fill = match live.phase {
        Phase::Finished { .. } => palette.chosen,
        Phase::Paused | Phase::Cancelled => palette.weak,
        _ => palette.accent,
    };
    let bar = ProgressBar::new(share.clamp(0.0, 1.0)).desired_height(6.0).fill(fill);
    ui.add(bar).accessible_name("Training").on_hover_text("How much of the planned time is over");
    ui.label(text);
    // How long is useful is said while it is too short, and kept still when there is nothing to do about it.
    let Some(outlook) = outlook else { return };
    match live.phase {
        Phase::Finished { .. } if is_early => fields::remark(ui, &outlook.sentence(minutes), false),
        Phase::Running | Phase::Paused if outlook.ends_early(live.job.clock) => {
            ui.add(egui::Label::new(RichText::new(outlook.sentence(minutes)).small().weak()).wrap());
        }
        _ => {}
    }
}

/// How much of the planned time is over, 0 to 1.
pub fn share(live: &Live) -> f32 {
    let steps = live.standing.as_ref().map_or(0, |standing| standing.progress.report.step);
    live.job.clock.progress(live.seconds(), steps)
}

fn left(live: &Live) -> String {
    let left = live.job.clock.seconds_left(live.seconds(), share(live));
    if live.standing.is_none() {
        "The first step is on its way…".into()
    } else {
        format!("{} left", minutes(left))
    }
}

/// A time, for people.
pub fn minutes(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) if minutes < 10 => format!("{minutes} min {seconds} s"),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

fn facts(ui: &mut Ui, live: &Live) {
    let mut rows = vec![("Recipe", live.kind.about().title.to_owned(), live.kind.about().purpose)];
    if live.pictures > 0 {
        rows.push(("Pictures", thousands(live.pictures), "What it learns from"));
    }
    rows.push(("Time spent", minutes(live.seconds()), "Pauses do not count"));
    let planned = match live.job.clock {
        Clock::Minutes(planned) => minutes(60.0 * f64::from(planned)),
        Clock::Steps(planned) => format!("{} steps", thousands(planned as usize)),
    };
    rows.push(("Time planned", planned, "Earlier runs included"));
    if let Some(standing) = &live.standing {
        let progress = &standing.progress;
        rows.push(("Steps", thousands(progress.report.step as usize), "Each looks at one batch of pictures"));
        rows.push((
            "Speed",
            format!("{:.0} pictures/s", progress.pictures_per_second),
            "Pictures learned from",
        ));
    }
    let height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 18.0);
    Grid::new("training facts").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for (name, value, tooltip) in rows {
            ui.label(RichText::new(name).weak());
            ui.label(value).on_hover_text(tooltip);
            ui.end_row();
        }
    });
    ui.spacing_mut().interact_size.y = height;
}

fn buttons(ui: &mut Ui, workshop: &Workshop, live: &Live, out: &mut Vec<Wish>) {
    let mut wish = |wish: Wish| out.push(wish);
    if live.is_over() {
        if live.has_model()
            && fields::main_button(ui, "Use this model", "Open it in the studio and paint with it", None)
        {
            wish(Wish::UseModel);
        }
        ui.horizontal(|ui| {
            if live.can_go_on() {
                let more = minutes(60.0 * f64::from(workshop.setup.minutes));
                let tooltip = match live.phase {
                    Phase::Finished { complete: true } => format!("Go on with this training for {more} more"),
                    _ => "Go on with this training until the planned time is over".into(),
                };
                if ui.button("Train longer").on_hover_text(tooltip).clicked() {
                    wish(Wish::GoOn);
                }
            }
            let tooltip = "Choose other pictures or another recipe; this training stays in its folder";
            if ui.button("New training").on_hover_text(tooltip).clicked() {
                wish(Wish::Leave);
            }
        });
        return;
    }
    ui.columns(2, |columns| {
        let pause = if live.phase == Phase::Paused { "Resume" } else { "Pause" };
        if live.phase == Phase::Paused {
            let tooltip = "Go on where it paused";
            if wide(&mut columns[0], pause, true).on_hover_text(tooltip).clicked() {
                wish(Wish::Order(Order::GoOn));
            }
        } else {
            let possible = live.phase == Phase::Running;
            let tooltip = "Rest after this step and leave the processor to others; what was learned is saved";
            let button = wide(&mut columns[0], pause, possible);
            if button
                .on_hover_text(tooltip)
                .on_disabled_hover_text("It has not begun yet, or is about to end")
                .clicked()
            {
                wish(Wish::Order(Order::Pause));
            }
        }
        let button = wide(&mut columns[1], "Stop", live.phase != Phase::Stopping);
        if button.on_hover_text("End it here and save the model; it can be gone on with later").clicked() {
            wish(Wish::Order(Order::Stop));
        }
    });
    let button = wide(ui, "Use this model", live.has_model() && !live.wanted);
    let tooltip = "Open the model as it stands now and paint with it; the training goes on";
    if button.on_hover_text(tooltip).on_disabled_hover_text("There is no model yet").clicked() {
        wish(Wish::UseModel);
    }
}

/// A button over the whole width.
fn wide(ui: &mut Ui, label: &str, enabled: bool) -> Response {
    let layout = Layout::top_down_justified(Align::Center);
    let button = Button::new(label).min_size(vec2(0.0, 30.0));
    ui.with_layout(layout, |ui| ui.add_enabled(enabled, button)).inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_at_a_glance() {
        let texts = [0.0, 59.6, 75.0, 1800.0, 9000.0].map(minutes);
        assert_eq!(texts, ["0 s", "1 min 0 s", "1 min 15 s", "30 min", "2 h 30 min"]);
    }
}
