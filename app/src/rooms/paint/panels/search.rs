//! How to search: solver, seed, effort, weights of the terms.

use egui::{CollapsingHeader, DragValue, Grid, Response, Slider, Ui};
use latent_engine::search::{SolveSettings, SolverKind, Weights};

use crate::kit::controls::segments;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;

/// Larger seeds could not be typed without loss.
const LARGEST_SEED: u64 = 1 << 53;

/// What the names and numbers beside a slider take of the width.
const BESIDE_SLIDER: f32 = 190.0;

/// Lays the section out.
pub fn show(ui: &mut Ui, paint: &Paint, out: &mut Vec<Command>) {
    let width = ui.available_width();
    let header = CollapsingHeader::new("Search settings").show(ui, |ui| {
        let mut settings = paint.document.settings;
        let mut ended = false;
        Grid::new("search").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
            effort(ui, &mut settings, &mut ended);
            weights(ui, width, &mut settings.weights, &mut ended);
        });
        let reset = SolveSettings { seed: settings.seed, ..SolveSettings::default() };
        let button = ui.add_enabled(settings != reset, egui::Button::new("Reset"));
        if button.on_hover_text("Back to the usual settings; the seed stays").clicked() {
            (settings, ended) = (reset, true);
        }
        if settings != paint.document.settings {
            out.push(Command::SetSettings(settings));
        }
        if ended {
            out.push(Command::EndSlide);
        }
    });
    header.header_response.on_hover_text("How the pictures are searched for");
}

fn effort(ui: &mut Ui, settings: &mut SolveSettings, ended: &mut bool) {
    ui.label("Solver");
    let solvers = [
        (SolverKind::Fast, "Fast", "Known pictures scored against the strokes, then refined"),
        (SolverKind::Igan, "iGAN", "The published recipe: many random starts, slower"),
    ];
    if let Some(solver) = segments(ui, settings.solver, &solvers) {
        settings.solver = solver;
        *ended = true;
    }
    ui.end_row();
    let mut number = |ui: &mut Ui,
                      name: &str,
                      tooltip: &str,
                      value: &mut usize,
                      range: std::ops::RangeInclusive<usize>| {
        let label = ui.label(name);
        let response = ui.add(DragValue::new(value).range(range).speed(0.25)).labelled_by(label.id);
        *ended |= is_over(&response);
        response.on_hover_text(tooltip);
        ui.end_row();
    };
    number(ui, "Iterations", "Until the search comes to rest", &mut settings.iterations, 1..=1000);
    number(ui, "Starts", "Latents that the iGAN solver tries at once", &mut settings.candidates, 1..=512);
    number(ui, "Pictures", "Candidates that are kept", &mut settings.top_k, 1..=16);
    let label = ui.label("Seed");
    let seed = DragValue::new(&mut settings.seed).range(0..=LARGEST_SEED).speed(0.1);
    let response = ui.add(seed).labelled_by(label.id);
    *ended |= is_over(&response);
    response.on_hover_text("The same strokes and the same seed give the same pictures");
    ui.end_row();
}

fn weights(ui: &mut Ui, width: f32, weights: &mut Weights, ended: &mut bool) {
    ui.spacing_mut().slider_width = (width - BESIDE_SLIDER).clamp(32.0, 160.0);
    let mut weight = |ui: &mut Ui, name: &str, tooltip: &str, value: &mut f32, most: f32| {
        let label = ui.label(name);
        let slider =
            Slider::new(value, 0.0..=most).logarithmic(true).smallest_positive(f64::from(most) * 1e-4);
        let response = ui.add(slider).labelled_by(label.id);
        *ended |= is_over(&response);
        response.on_hover_text(tooltip);
        ui.end_row();
    };
    for (term, value) in weights.iter_mut() {
        weight(ui, &capitalized(term.name), term.about, value, term.most);
    }
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn is_over(response: &Response) -> bool {
    response.drag_stopped() || response.lost_focus()
}
