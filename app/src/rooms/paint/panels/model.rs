//! The model in use: what it is, what is assumed of it, what it makes.

use egui::{Button, ComboBox, DragValue, Grid, ProgressBar, RichText, Ui, vec2};
use latent_engine::checkpoint::Container;
use latent_engine::model::{
    Ability, Answer, Assumption, Decisions, GroupKind, LatentSpec, ModelInfo, ModelSource, Prior, Summary,
};

use super::candidates::tile;
use super::enlarger;
use crate::desk::Desk;
use crate::kit::controls::{heading, thousands};
use crate::kit::ends;
use crate::kit::texture::Sheet;
use crate::kit::theme;
use crate::kit::words::source_name;
use crate::link::jobs::Opening;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::CANCEL;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::samples::COUNT;

const COLUMNS: usize = 4;
const GAP: f32 = 6.0;

/// Lays the panel out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, sheet: &mut Sheet, out: &mut Vec<Command>) {
    if let Some(on_its_way) = desk.link.opening() {
        opening(ui, paint, &on_its_way, out);
    }
    let Some(model) = &paint.document.model else {
        if desk.link.opening().is_none() {
            ui.label(RichText::new("No model is open. Choose one from the menu at the top left.").weak());
        }
        return;
    };
    ui.add(egui::Label::new(RichText::new(&model.name).heading()).truncate());
    facts(ui, model);
    enlarger::show(ui, paint, out);
    ui.add_space(theme::SPACE);
    samples(ui, paint, desk, sheet, out);
    if let Some(summary) = &model.summary {
        ui.add_space(theme::SPACE);
        assumptions(ui, paint, desk, summary, out);
    }
}

/// The model that is on its way, and the way to stop waiting for it.
fn opening(ui: &mut Ui, paint: &Paint, opening: &Opening<'_>, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let frame = egui::Frame::new().fill(palette.accent_soft).corner_radius(theme::ROUND).inner_margin(8);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let name = source_name(opening.source);
        let what = |ui: &mut Ui| {
            ui.spinner();
            ui.add(egui::Label::new(format!("Opening {name}")).truncate());
        };
        let height = ui.spacing().interact_size.y;
        let tooltip = "Stop waiting for it; the model in use stays";
        let cancel = |ui: &mut Ui| ui.button("Cancel").on_hover_text(tooltip).clicked();
        if ends::row(ui, height, what, cancel).1 {
            out.push(Command::Act(&CANCEL));
        }
        if let Some(share) = opening.share {
            ui.add(ProgressBar::new(share).desired_height(4.0)).on_hover_text("How much of the file is read");
        }
        if paint.document.model.is_some() {
            ui.label(RichText::new("The model in use stays until the new one works.").small());
        }
    });
}

fn facts(ui: &mut Ui, model: &ModelInfo) {
    let yes = |yes: bool, what: &str| if yes { format!("yes: {what}") } else { "no".into() };
    let mut rows = vec![
        ("Family", family(model), String::new()),
        (
            "Pictures",
            format!("{width} × {height} pixels", width = model.sides[1], height = model.sides[0]),
            String::new(),
        ),
        ("Latents", latents(&model.latents), "What a picture is made of: one slider each".to_owned()),
        ("Parameters", thousands(model.parameters), "Numbers that it learned".to_owned()),
    ];
    if let Some(summary) = &model.summary {
        rows.push(("Memory", bytes(summary.memory_bytes), "What its weights take".to_owned()));
        rows.push(("File", file(summary), summary.source.clone()));
        if !summary.made_by.is_empty() {
            rows.push(("Made by", shortened(&summary.made_by), summary.made_by.clone()));
        }
    }
    rows.push(("Encoder", yes(model.can(Ability::Encode), "pictures become latents"), String::new()));
    rows.push(("Critic", yes(model.can(Ability::Judge), "tells how real a picture looks"), String::new()));
    table(ui, "facts", &rows);
    if let Some(summary) = model.summary.as_ref().filter(|summary| !summary.facts.is_empty()) {
        egui::CollapsingHeader::new("Details").show(ui, |ui| {
            let network = if summary.network.is_empty() { "the whole file" } else { &summary.network };
            let mut rows = vec![("network", network.to_owned(), "Where in the file it is".to_owned())];
            rows.extend(
                summary.facts.iter().map(|(name, value)| (name.as_str(), value.clone(), String::new())),
            );
            rows.push(("tensors", summary.tensors.to_string(), "In the whole file".to_owned()));
            table(ui, "details", &rows);
        });
    }
}

/// The beginning of a long text: the rest is under the pointer.
fn shortened(text: &str) -> String {
    const LETTERS: usize = 60;
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    text.chars().take(LETTERS - 1).chain(['…']).collect()
}

/// Names at the left, values at the right, which are cut where they do not fit.
fn table(ui: &mut Ui, id: &str, rows: &[(&str, String, String)]) {
    // A grid takes the height of its rows from here.
    let height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 18.0);
    Grid::new(id).num_columns(2).spacing([12.0, 4.0]).min_col_width(64.0).show(ui, |ui| {
        for (name, value, tooltip) in rows {
            ui.label(RichText::new(*name).weak());
            let label = ui.add(egui::Label::new(value).wrap());
            if !tooltip.is_empty() {
                label.on_hover_text(tooltip);
            }
            ui.end_row();
        }
    });
    ui.spacing_mut().interact_size.y = height;
}

fn family(model: &ModelInfo) -> String {
    model.summary.as_ref().map_or_else(|| model.family.clone(), |summary| summary.family.clone())
}

fn latents(spec: &LatentSpec) -> String {
    let group = |group: &latent_engine::model::LatentGroup| match &group.kind {
        GroupKind::Continuous { dimensions, prior } => {
            let prior = match prior {
                Prior::Normal => "normal",
                Prior::Uniform => "uniform",
            };
            format!("{}: {dimensions} numbers, {prior}", group.name)
        }
        GroupKind::Categorical { classes } => format!("{}: {} classes", group.name, classes.len()),
    };
    let groups: Vec<String> = spec.groups.iter().map(group).collect();
    match groups.len() {
        0..=3 => groups.join("\n"),
        n => format!("{}\nand {} more groups, {} numbers in all", groups[0], n - 1, spec.len()),
    }
}

fn file(summary: &Summary) -> String {
    let kind = match summary.container {
        Container::Safetensors => "safetensors",
        Container::TorchZip => "PyTorch",
        Container::TorchLegacy => "PyTorch, before 1.6",
        Container::TorchScript => "TorchScript",
        Container::Npz => "NumPy archive",
        Container::Pickle => "pickle",
    };
    format!("{kind}, {}", bytes(summary.file_bytes))
}

fn bytes(bytes: u64) -> String {
    let bytes = bytes as f64;
    match () {
        () if bytes < 1e3 => format!("{bytes:.0} bytes"),
        () if bytes < 1e6 => format!("{:.0} kB", bytes / 1e3),
        () if bytes < 1e8 => format!("{:.1} MB", bytes / 1e6),
        () if bytes < 1e9 => format!("{:.0} MB", bytes / 1e6),
        () => format!("{:.2} GB", bytes / 1e9),
    }
}

fn samples(ui: &mut Ui, paint: &Paint, desk: &Desk, sheet: &mut Sheet, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Random samples").strong());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let tooltip = "Other random pictures; the picture on the canvas stays";
            if ui
                .add_enabled(!desk.link.is_dead(), Button::new("New samples"))
                .on_hover_text(tooltip)
                .clicked()
            {
                out.push(Command::NewSamples);
            }
        });
    });
    let pictures = paint.samples();
    sheet.set(ui.ctx(), pictures.iter().map(|sample| &sample.picture));
    let side = ((ui.available_width() + GAP) / COLUMNS as f32 - GAP).floor();
    ui.spacing_mut().item_spacing = egui::Vec2::splat(GAP);
    for row in 0..COUNT.div_ceil(COLUMNS) {
        ui.horizontal(|ui| {
            for i in row * COLUMNS..((row + 1) * COLUMNS).min(COUNT) {
                if i >= pictures.len() {
                    let (rect, _) = ui.allocate_exact_size(vec2(side, side), egui::Sense::hover());
                    ui.painter().rect_filled(
                        rect,
                        f32::from(theme::ROUND),
                        theme::palette(ui.visuals()).well,
                    );
                    continue;
                }
                let response = tile(ui, sheet, i, side, &format!("Sample {}", i + 1), false);
                let clicked = response.clicked();
                response.on_hover_text("Go on from this picture");
                if clicked {
                    out.push(Command::UseSample(i));
                }
            }
        });
    }
    ui.spacing_mut().item_spacing = egui::Vec2::splat(theme::SPACE);
}

fn assumptions(ui: &mut Ui, paint: &Paint, desk: &Desk, summary: &Summary, out: &mut Vec<Command>) {
    let all: Vec<&Assumption> = summary.assumptions.iter().collect();
    if all.is_empty() {
        return;
    }
    heading(ui, "Assumptions", "what the file does not say");
    let bundled = matches!(paint.source(), None | Some(ModelSource::Bundled(_)));
    let decided: Decisions =
        all.iter().filter(|a| a.decided).map(|a| (a.key.to_string(), text(&a.answer))).collect();
    let possible = !bundled && !desk.link.is_dead() && desk.link.opening().is_none();
    ui.add_enabled_ui(possible, |ui| {
        Grid::new("assumptions").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
            for assumption in &all {
                name(ui, assumption, bundled);
                if let Some(answer) = answer(ui, assumption, bundled) {
                    let mut decisions = decided.clone();
                    decisions.insert(assumption.key.to_string(), answer);
                    out.push(Command::Decide(decisions));
                }
                ui.end_row();
            }
        });
        if bundled {
            return;
        }
        let button = ui.add_enabled(!decided.is_empty(), Button::new("Reset to defaults"));
        let tooltip = "Back to what would be assumed if nobody had decided anything about this file";
        if button.on_hover_text(tooltip).clicked() {
            out.push(Command::Decide(Decisions::new()));
        }
    });
    let remark = if bundled {
        "A bundled model leaves nothing to decide."
    } else {
        "A change opens the model again and is kept beside the file."
    };
    ui.label(RichText::new(remark).small().weak());
}

/// The name of an assumption, with a mark when it was decided.
fn name(ui: &mut Ui, assumption: &Assumption, bundled: bool) {
    let palette = theme::palette(ui.visuals());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (dot, response) = ui.allocate_exact_size(vec2(8.0, 8.0), egui::Sense::hover());
        if assumption.decided {
            ui.painter().circle_filled(dot.center(), 3.5, palette.accent);
            let text = format!("{} was decided", assumption.label);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
            response.on_hover_text(if bundled {
                "Decided by those who made it"
            } else {
                "Decided by you, or by the model's folder"
            });
        } else {
            ui.painter().circle_stroke(dot.center(), 3.0, egui::Stroke::new(1.0, palette.weak));
            response.on_hover_text("Assumed: nobody decided it");
        }
        ui.label(assumption.label.as_ref()).on_hover_text(why(assumption));
    });
}

fn why(assumption: &Assumption) -> String {
    let mut letters = assumption.why.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The answer as it is written in a file.
fn text(answer: &Answer) -> String {
    match answer {
        Answer::Number { value, .. } => value.to_string(),
        Answer::Choice { chosen, choices } => {
            choices.get(*chosen).map_or_else(String::new, |c| c.key.to_string())
        }
    }
}

/// The widget of an assumption; what the user decides.
fn answer(ui: &mut Ui, assumption: &Assumption, bundled: bool) -> Option<String> {
    let tooltip = if bundled {
        format!("{}. Bundled models leave nothing to decide", why(assumption))
    } else {
        why(assumption)
    };
    match &assumption.answer {
        Answer::Number { value, least, most } => {
            let mut typed = *value;
            // Typed only: each change opens the model again, which a drag would do at every step.
            let field = DragValue::new(&mut typed)
                .range(*least..=*most)
                .speed(0.0)
                .update_while_editing(false)
                .custom_formatter(|number, _| number.to_string());
            let response = ui.add(field).accessible_name(assumption.label.as_ref());
            response.on_hover_text(format!("{tooltip}\nClick to type a number from {least} to {most}"));
            (typed != *value).then(|| typed.to_string())
        }
        Answer::Choice { chosen, choices } => {
            let label = choices.get(*chosen).map_or("", |choice| choice.label.as_ref());
            let mut decided = None;
            let list = ComboBox::from_id_salt(&assumption.key)
                .selected_text(label)
                .width(ui.available_width().min(150.0));
            let shown = list.show_ui(ui, |ui| {
                for (i, choice) in choices.iter().enumerate() {
                    if ui.selectable_label(i == *chosen, choice.label.as_ref()).clicked() && i != *chosen {
                        decided = Some(choice.key.to_string());
                    }
                }
            });
            shown
                .response
                .accessible_name(assumption.label.as_ref())
                .on_hover_text(&tooltip)
                .on_disabled_hover_text(&tooltip);
            decided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let texts = [12, 4_300, 4_413_269, 500_000_000, 1_250_000_000].map(bytes);
        assert_eq!(texts, ["12 bytes", "4 kB", "4.4 MB", "500 MB", "1.25 GB"]);
    }
}
