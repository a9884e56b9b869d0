//! The painter's part of the bar at the bottom: how far the search is, what the shown picture is like, zoom.

use egui::{ProgressBar, RichText, Ui};

use super::candidates::{ABOUT_NORM, norm};
use crate::desk::Desk;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::{FIT, GO_ON, ZOOM_IN, ZOOM_OUT};
use crate::rooms::paint::command::Command;
use crate::rooms::paint::document::Progress;

const SIDE: f32 = 22.0;

/// A latent so many times as long as usual makes pictures unlike those that the model learned from.
const FAR: f32 = 2.0;

/// Lays out what is said of the search and the picture.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let progress = paint.document.progress;
    if progress.iterations > 0 && paint.document.edit.is_none() {
        let searching = desk.link.is_searching();
        let share = progress.iteration as f32 / progress.iterations as f32;
        if searching {
            let bar =
                ProgressBar::new(share.min(1.0)).desired_width(72.0).desired_height(4.0).fill(palette.accent);
            ui.add(bar).on_hover_text("How far the search is");
        }
        // A new model's random pictures are made first, with the best of them as previews: "0 of 40" would stand still
        // for as long as that takes, which is seconds where a training has the processor, too.
        let (text, tooltip) = if searching && progress.iteration == 0 {
            ("Getting to know the model".to_owned(), "Pictures to start from are made once for each model")
        } else {
            let Progress { iteration, iterations, per_second } = progress;
            let text = format!("{iteration} of {iterations} iterations, {per_second:.0} per second");
            (text, "How far the search is, and how fast")
        };
        ui.label(RichText::new(text).small().weak()).on_hover_text(tooltip);
    }
    if GO_ON.blocked(paint, desk).is_none() {
        GO_ON.button(ui, paint, desk, SIDE, out);
    }
    if let Some(candidate) = paint.document.candidate() {
        ui.add_space(theme::SPACE);
        let far = candidate.spread > FAR;
        let colour = if far { palette.error } else { palette.weak };
        let text = norm(candidate.spread);
        let text = if far { format!("{text}, far outside") } else { text };
        ui.label(RichText::new(text).small().color(colour)).on_hover_text(ABOUT_NORM);
    }
    if let Some(name) = desk.files.reading() {
        ui.label(RichText::new(format!("Reading {name}")).small().weak());
    }
    if paint.document.anchor.is_some() {
        ui.label(RichText::new("Fixed").small().color(palette.accent))
            .on_hover_text("The search stays near the picture that was fixed; Release or Restart lets it go");
    }
}

/// Lays out how large the picture is shown.
pub fn zoom(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    ZOOM_OUT.button(ui, paint, desk, SIDE, out);
    ui.label(RichText::new(format!("{:.0} %", paint.look.zoom * 100.0)).small().weak());
    ZOOM_IN.button(ui, paint, desk, SIDE, out);
    FIT.button(ui, paint, desk, SIDE, out);
}
