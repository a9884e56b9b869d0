//! The strokes, newest first: what is selected can be changed.

use egui::{Popup, Role, ScrollArea, Sense, Stroke, StrokeKind as Border, Ui, Vec2, WidgetInfo, vec2};
use latent_engine::search::constraint::StrokeKind;

use crate::desk::Desk;
use crate::kit::controls::{heading, small_button};
use crate::kit::{icons, picker, theme};
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions::strokes::{BACK, DELETE, FORWARD, HIDE};
use crate::rooms::paint::arrange::Arrange;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::drawn::Drawn;

/// The height of a row.
const ROW: f32 = 28.0;
/// The side of a swatch.
const SWATCH: f32 = 18.0;
/// The side of a button for the selected stroke.
const BUTTON: f32 = 30.0;

/// Lays the panel out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let strokes = &paint.document.strokes;
    ui.add_space(theme::SPACE);
    if strokes.is_empty() {
        heading(ui, "Strokes", "");
        let text = "Nothing is painted yet. Every stroke is listed here: select it to move, recolour, weigh, hide or delete it.";
        ui.label(egui::RichText::new(text).weak());
        return;
    }
    let count = if strokes.len() == 1 { "1 stroke".to_owned() } else { format!("{} strokes", strokes.len()) };
    heading(ui, "Strokes", &format!("{count}, newest first"));
    match paint.selected_stroke() {
        Some((place, drawn)) => selected(ui, paint, desk, place, drawn, out),
        None => {
            let text = "Select a stroke here, or with the tool Select on the picture.";
            ui.label(egui::RichText::new(text).small().weak());
        }
    }
    ui.add_space(theme::SPACE);
    ScrollArea::vertical().id_salt("strokes").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (place, drawn) in strokes.iter().enumerate().rev() {
            row(ui, paint, place, drawn, out);
        }
    });
}

/// What can be done to the selected stroke.
fn selected(ui: &mut Ui, paint: &Paint, desk: &Desk, place: usize, drawn: &Drawn, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for action in [&HIDE, &FORWARD, &BACK, &DELETE] {
            action.button(ui, paint, desk, BUTTON, out);
        }
        if let StrokeKind::Colour(colour) = drawn.kind {
            recolour(ui, place, colour, out);
        }
    });
    weight(ui, place, drawn, out);
    // Each drag of a slider or in the picker is a step.
    if paint.history.is_sliding() && !ui.input(|i| i.pointer.any_down()) {
        out.push(Command::EndSlide);
    }
}

/// How much the stroke counts; what takes strokes away has no weight.
fn weight(ui: &mut Ui, place: usize, drawn: &Drawn, out: &mut Vec<Command>) {
    if matches!(drawn.kind, StrokeKind::Erase | StrokeKind::Keep) {
        return;
    }
    ui.horizontal(|ui| {
        let label = ui.label("Weight");
        ui.spacing_mut().slider_width = (ui.available_width() - 70.0).clamp(40.0, 200.0);
        let mut weight = drawn.weight * 100.0;
        let slider = egui::Slider::new(&mut weight, 0.0..=100.0).suffix(" %").fixed_decimals(0);
        let response = ui.add(slider).labelled_by(label.id).on_hover_text("How much the stroke counts");
        if response.changed() {
            out.push(Command::Arrange(Arrange::Weigh(place, weight / 100.0)));
        }
    });
}

fn recolour(ui: &mut Ui, place: usize, colour: [u8; 3], out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Colour of the stroke"));
    let palette = theme::palette(ui.visuals());
    let ring = Stroke::new(2.0, if response.hovered() { palette.text } else { palette.weak });
    ui.painter().rect(rect.shrink(5.0), 12.0, theme::paint(colour), ring, Border::Outside);
    Popup::menu(&response).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        out.extend(picker::show(ui, colour).map(|new| Command::Arrange(Arrange::Colour(place, new))));
    });
    response.on_hover_text("Change the stroke's colour");
}

fn row(ui: &mut Ui, paint: &Paint, place: usize, drawn: &Drawn, out: &mut Vec<Command>) {
    let palette = theme::palette(ui.visuals());
    let name = format!("{} {}", drawn.name(), place + 1);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (icon, verb): (icons::Icon, _) = if drawn.hidden {
            (|pen, _| icons::eye(pen, false), "Show")
        } else {
            (|pen, _| icons::eye(pen, true), "Hide")
        };
        let tooltip =
            if drawn.hidden { "Count it again" } else { "As if it were not there, until it is shown again" };
        if small_button(ui, icon, &format!("{verb} {name}"), tooltip, ROW) {
            out.push(Command::Arrange(Arrange::Show(place, drawn.hidden)));
        }
        let on = paint.selected_stroke().is_some_and(|(selected, _)| selected == place);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, &name));
        let fill = match () {
            () if on => Some(palette.accent_soft),
            () if response.hovered() || response.has_focus() => Some(palette.button_hover),
            () => None,
        };
        if let Some(fill) = fill {
            ui.painter().rect_filled(rect, f32::from(theme::ROUND), fill);
        }
        let middle = rect.left_center() + vec2(6.0 + SWATCH / 2.0, 0.0);
        swatch(ui, egui::Rect::from_center_size(middle, Vec2::splat(SWATCH)), drawn);
        let colour = match () {
            () if drawn.hidden => palette.weak,
            () if on => palette.accent,
            () => palette.text,
        };
        let font = egui::TextStyle::Body.resolve(ui.style());
        let at = rect.left_center() + vec2(SWATCH + 14.0, 0.0);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, &name, font, colour);
        if response.on_hover_text(about(drawn)).clicked() {
            out.push(Command::Arrange(Arrange::Select((!on).then_some(place))));
        }
    });
}

fn swatch(ui: &Ui, rect: egui::Rect, drawn: &Drawn) {
    let palette = theme::palette(ui.visuals());
    let weak = if drawn.hidden { 0.4 } else { 1.0 };
    match drawn.kind {
        StrokeKind::Colour(colour) => {
            let border = Stroke::new(1.0, palette.weak.gamma_multiply(weak));
            ui.painter().rect(rect, 4.0, theme::glaze(colour, weak), border, Border::Inside);
        }
        StrokeKind::Sketch => {
            icons::paint(ui.painter(), rect, icons::sketch_brush, false, palette.text.gamma_multiply(weak));
        }
        StrokeKind::Patch(_) => {
            icons::paint(ui.painter(), rect, icons::hand, false, palette.text.gamma_multiply(weak));
        }
        StrokeKind::Keep => {
            icons::paint(ui.painter(), rect, icons::shield, false, palette.text.gamma_multiply(weak));
        }
        StrokeKind::Erase => {
            icons::paint(ui.painter(), rect, icons::eraser, false, palette.text.gamma_multiply(weak));
        }
    }
}

fn about(drawn: &Drawn) -> String {
    let what = match drawn.kind {
        StrokeKind::Colour([r, g, b]) => format!("Asks for the colour ({r}, {g}, {b})"),
        StrokeKind::Sketch => "Asks for an edge".to_owned(),
        StrokeKind::Patch(_) => "Wants what lay at its one end at its other end".to_owned(),
        StrokeKind::Keep => "Must stay as it is; counts over a picture that is held".to_owned(),
        StrokeKind::Erase => "Takes earlier strokes away".to_owned(),
    };
    if drawn.hidden { format!("{what}; hidden") } else { what }
}
