//! The strip over the canvas: what is held, how far strokes reach, what is compared; with the Frame tool the frame.

use egui::{DragValue, RichText, Slider, Ui};
use latent_engine::edit::Crop;

use crate::desk::Desk;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::base::{BEST_PLACE, INVERT, MIRROR, NEW_ORIGINAL, PLAIN, RELEASE, SPLIT};
use crate::rooms::paint::base::Photo;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::document::Standing;
use crate::rooms::paint::held::Hold;
use crate::rooms::paint::photos::upright;
use crate::rooms::paint::tools::ToolKind;

/// The height of the strip: two lines.
pub const HEIGHT: f32 = 68.0;
/// The side of its buttons.
const SIDE: f32 = 28.0;

/// Lays the strip out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for action in [&SPLIT, &PLAIN, &RELEASE] {
            action.button(ui, paint, desk, SIDE, out);
        }
        if paint.photo().is_some() {
            NEW_ORIGINAL.button(ui, paint, desk, SIDE, out);
        }
        ui.add_space(theme::SPACE);
        about(ui, paint);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if paint.is_framing() {
            frame(ui, paint, desk, out);
        } else {
            reach(ui, paint, desk, out);
        }
    });
    if paint.history.is_sliding() && !ui.input(|i| i.pointer.any_down()) && !ui.ctx().text_edit_focused() {
        out.push(Command::EndSlide);
    }
}

/// What is held, and what is known of it.
fn about(ui: &mut Ui, paint: &Paint) {
    let palette = theme::palette(ui.visuals());
    let Some(photo) = paint.photo() else {
        ui.label(RichText::new("Fixed: what you don't paint stays").small().weak());
        return;
    };
    let (text, bad) = standing(photo, paint.document.model.is_some());
    let colour = if bad { palette.error } else { palette.weak };
    let Photo { picture, name, .. } = photo;
    let terms = photo.found.iter().flat_map(|found| &found.projection.terms);
    let terms: Vec<String> = terms.map(|term| format!("{} {:.4}", term.name, term.cost)).collect();
    let mut tooltip = format!("{name}, {} × {} pixels\n{text}", picture.width(), picture.height());
    if !terms.is_empty() {
        tooltip = format!("{tooltip}\n{}", terms.join(", "));
    }
    ui.add(egui::Label::new(RichText::new(text).small().color(colour)).truncate()).on_hover_text(tooltip);
}

/// What is known of a photo, and whether that is bad news.
fn standing(photo: &Photo, has_model: bool) -> (String, bool) {
    let name = &photo.name;
    let Some(found) = photo.found.as_ref().map(|found| &found.projection) else {
        return match photo.standing {
            _ if !has_model => (format!("{name}: waits for a model"), false),
            Standing::Open => (format!("{name}: looking for it in the model"), false),
            _ => (format!("{name}: not found in the model. Choose another part with Frame"), true),
        };
    };
    let (error, share) = (found.error * 255.0, (found.explained * 100.0).round().max(0.0));
    if photo.standing == Standing::Open {
        let progress = photo.progress;
        let of = format!("{} of {}", progress.iteration, progress.iterations);
        return (format!("{name}: {of}, error {error:.0} of 255, {share:.0} % explained"), false);
    }
    if found.is_like_noise() {
        return (
            format!("This model has learned nothing like this photo: it explains {share:.0} % of it"),
            true,
        );
    }
    (format!("{name}: the model explains {share:.0} %, error {error:.0} of 255"), false)
}

fn reach(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let Some(base) = &paint.document.base else { return };
    ui.spacing_mut().slider_width = ((ui.available_width() - 400.0) / 2.0).clamp(50.0, 160.0);
    let label = ui.label("Reach");
    let mut reach = base.extent.reach;
    let slider = Slider::new(&mut reach, 0.0..=1.0).show_value(false);
    let tooltip = "How far a stroke may reach: at the left only where you paint, at the right the whole picture follows";
    if ui.add(slider).labelled_by(label.id).on_hover_text(tooltip).changed() {
        out.push(Command::Hold(Hold::Reach(reach)));
    }
    let text = match reach {
        r if r <= 0.005 => "Only here".to_owned(),
        r if r >= 0.995 => "Let it follow".to_owned(),
        r => format!("{:.0} %", r * 100.0),
    };
    ui.add_sized([72.0, SIDE], egui::Label::new(RichText::new(text).small().weak()));
    let label = ui.label("Strength");
    let mut strength = base.strength * 100.0;
    let slider = Slider::new(&mut strength, 0.0..=150.0).suffix(" %").fixed_decimals(0);
    let tooltip = "How much of the change is shown: 100 % is all of it";
    if ui.add(slider).labelled_by(label.id).on_hover_text(tooltip).changed() {
        out.push(Command::Hold(Hold::Strength(strength / 100.0)));
    }
    if paint.tools.active == ToolKind::Keep {
        INVERT.button(ui, paint, desk, SIDE, out);
        let label = ui.label("Feather");
        let mut feather = base.extent.feather * 100.0;
        let value = DragValue::new(&mut feather).range(0.0..=30.0).speed(0.1).suffix(" %").fixed_decimals(0);
        let tooltip = "How softly the border of what must stay begins";
        if ui.add(value).labelled_by(label.id).on_hover_text(tooltip).changed() {
            out.push(Command::Hold(Hold::Feather(feather / 100.0)));
        }
    }
}

fn frame(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let (Some(photo), Some(model)) = (paint.photo(), &paint.document.model) else { return };
    let before = photo.frame(model.sides);
    let [x, y] = before.centre.map(|share| share * 100.0);
    let mut numbers = [x, y, before.side * 100.0, upright(before.angle)];
    let fields = [
        ("Left", 0.0..=100.0, " %", "The middle of the frame, from the left of the photo"),
        ("Top", 0.0..=100.0, " %", "The middle of the frame, from the top of the photo"),
        ("Size", 1.0..=100.0, " %", "The frame's side as a part of the photo's shorter side"),
        ("Angle", -180.0..=180.0, "°", "How far the frame is turned, clockwise"),
    ];
    let mut changed = false;
    for ((name, range, unit, tooltip), number) in fields.into_iter().zip(&mut numbers) {
        let label = ui.label(name);
        let value = DragValue::new(number).range(range).speed(0.3).suffix(unit).fixed_decimals(0);
        changed |= ui.add(value).labelled_by(label.id).on_hover_text(tooltip).changed();
    }
    if changed {
        let [left, top, size, angle] = numbers;
        let centre = [left / 100.0, top / 100.0];
        out.push(Command::SetFrame(Some(Crop { centre, side: size / 100.0, angle, ..before })));
    }
    for action in [&MIRROR, &BEST_PLACE] {
        action.button(ui, paint, desk, SIDE, out);
    }
}
