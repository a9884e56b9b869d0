//! The numbers of the shown picture's latent: a slider for each, a picker for classes.

mod rows;

use std::collections::BTreeSet;

use egui::{
    Align, Align2, ComboBox, DragValue, Layout, Rect, ScrollArea, Sense, TextEdit, TextStyle, Ui, vec2,
};
use latent_engine::model::{GroupKind, Latent, LatentSpec, Prior};

use self::rows::{Row, folded, rows};
use crate::desk::Desk;
use crate::kit::controls::{segments, small_button};
use crate::kit::ends;
use crate::kit::icons;
use crate::kit::slider;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::latents::{Change, Part, class_of, name, places, reach};

const ROW: f32 = 24.0;
const GAP: f32 = 2.0;
/// The side of the buttons in a row.
const BUTTON: f32 = 20.0;
/// The width of a typed value.
const VALUE: f32 = 52.0;
/// Names take at least and at most this much of a row.
const NAMES: std::ops::RangeInclusive<f32> = 32.0..=96.0;
/// The width of the scroll bar.
const BAR: f32 = 12.0;
/// So few classes lie side by side; more are a list.
const FEW_CLASSES: usize = 4;
/// Numbers that can be typed.
const TYPED: std::ops::RangeInclusive<f32> = -100.0..=100.0;

/// Which latents are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatentsView {
    /// Only those with this in their names, or with numbers from one to another: "10-19".
    pub filter: String,
    /// Only those that were changed.
    pub changed: bool,
    /// Groups that were folded or unfolded by hand, by their place in the model's latents.
    pub flipped: BTreeSet<usize>,
}

/// Lays the panel out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let document = &paint.document;
    let (Some(model), Some((now, began))) = (&document.model, paint.slider_latents()) else {
        let text = if document.model.is_none() {
            "No model is open yet."
        } else {
            "The first picture is on its way."
        };
        ui.label(egui::RichText::new(text).weak());
        return;
    };
    let spec = &model.latents;
    let changed = now.values().iter().zip(began.values()).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
    let remark = match (spec.len(), changed) {
        (1, 0) => "1 number".to_owned(),
        (n, 0) => format!("{n} numbers"),
        (n, changed) => format!("{changed} of {n} changed"),
    };
    let text =
        format!("{remark}. Drag one and the picture follows; the next stroke goes on from it, as after Fix.");
    ui.label(egui::RichText::new(text).small().weak());
    let enabled = !paint.is_drawing() && !desk.link.is_dead() && now.values().len() == spec.len();
    ui.add_enabled_ui(enabled, |ui| {
        for_all(ui, out);
        let mut view = paint.latents_view.clone();
        which(ui, spec, &mut view);
        let rows = rows(spec, &view, &now, &began);
        if view != paint.latents_view {
            out.push(Command::SetLatentsView(view.clone()));
        }
        if rows.is_empty() {
            let text = if view.changed { "Nothing is changed yet." } else { "No name fits this filter." };
            ui.label(egui::RichText::new(text).weak());
        }
        ui.spacing_mut().item_spacing = vec2(4.0, GAP);
        // The scroll bar lies in the panel's margin, where it covers nothing.
        let mut place = ui.available_rect_before_wrap();
        place.max.x += BAR;
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(place));
        ScrollArea::vertical().auto_shrink(false).show_rows(&mut ui, ROW, rows.len(), |ui, range| {
            for row in rows.get(range).unwrap_or_default() {
                let width = ui.available_width() - BAR;
                let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
                // A place of its own for each row: identities must not shift while the list is scrolled.
                let salt = match *row {
                    Row::Heading(group) => ("group", group),
                    Row::Number { index, .. } => ("number", index),
                    Row::Class(group) => ("class", group),
                };
                let layout = Layout::left_to_right(Align::Center);
                let builder = egui::UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout);
                let mut ui = ui.new_child(builder);
                ui.spacing_mut().interact_size.y = BUTTON;
                ui.spacing_mut().button_padding = vec2(4.0, 2.0);
                match *row {
                    Row::Heading(group) => group_heading(&mut ui, spec, group, &view, out),
                    Row::Number { index, prior } => number(&mut ui, spec, index, prior, &now, &began, out),
                    Row::Class(group) => class(&mut ui, spec, group, &now, out),
                }
            }
        });
    });
}

/// The buttons for the whole latent.
fn for_all(ui: &mut Ui, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let buttons = [
            ("Random", Change::Randomize(Part::All), "All of them drawn at random, as the model was trained"),
            ("To 0", Change::Zero(Part::All), "All of them to 0, the middle; classes stay"),
            ("Reset", Change::Reset(Part::All), "Back to the picture that the sliders began with"),
        ];
        for (label, change, tooltip) in buttons {
            let name = format!("{label}: all latents");
            let response = ui.button(label).accessible_name(name);
            if response.on_hover_text(tooltip).clicked() {
                out.push(Command::ChangeLatent(change));
            }
        }
    });
}

/// Which of them are listed.
fn which(ui: &mut Ui, spec: &LatentSpec, view: &mut LatentsView) {
    let height = ui.spacing().interact_size.y;
    let hint = format!("Filter: {}, or 0-9", example(spec));
    let filter = &mut view.filter;
    let field = |ui: &mut Ui| {
        let edit = TextEdit::singleline(filter)
            .desired_width(ui.available_width())
            .align(Align2::LEFT_CENTER)
            .hint_text(hint);
        let response = ui.add(edit).accessible_name("Filter");
        response.on_hover_text("A part of a name, or numbers from one to another such as 0-9");
    };
    let changed = view.changed;
    let switch = |ui: &mut Ui| {
        let tooltip = "Only those that differ from the picture that the sliders began with";
        ui.selectable_label(changed, "Changed").on_hover_text(tooltip).clicked()
    };
    if ends::row(ui, height, field, switch).1 {
        view.changed = !view.changed;
    }
}

fn example(spec: &LatentSpec) -> String {
    name(spec, spec.len().saturating_sub(1).min(17))
}

fn group_heading(ui: &mut Ui, spec: &LatentSpec, group: usize, view: &LatentsView, out: &mut Vec<Command>) {
    let Some(named) = spec.groups.get(group) else { return };
    let open = !folded(spec, view).contains(&group);
    let width = (ui.available_width() - buttons_width(ui)).max(24.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    let info =
        || egui::WidgetInfo::selected(egui::Role::DisclosureTriangle, ui.is_enabled(), open, &named.name);
    response.widget_info(info);
    let palette = theme::palette(ui.visuals());
    let colour = if response.hovered() || response.has_focus() { palette.accent } else { palette.text };
    let icon = Rect::from_center_size(rect.left_center() + vec2(6.0, 0.0), vec2(8.0, 8.0));
    icons::paint_fold(ui.painter(), icon, open, palette.weak);
    let font = TextStyle::Body.resolve(ui.style());
    let text = format!("{}, {} numbers", named.name, named.len());
    ui.painter().text(rect.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, text, font, colour);
    if response.on_hover_text(if open { "Fold this group" } else { "Unfold this group" }).clicked() {
        let mut view = view.clone();
        if !view.flipped.remove(&group) {
            view.flipped.insert(group);
        }
        out.push(Command::SetLatentsView(view));
    }
    buttons(ui, &named.name, Part::Group(group), "", out);
}

/// What [`buttons`] take of a row, with the gap before them.
fn buttons_width(ui: &Ui) -> f32 {
    2.0 * (BUTTON + ui.spacing().item_spacing.x)
}

fn number(
    ui: &mut Ui,
    spec: &LatentSpec,
    index: usize,
    prior: Prior,
    now: &Latent,
    began: &Latent,
    out: &mut Vec<Command>,
) {
    let (Some(&value), Some(&began)) = (now.values().get(index), began.values().get(index)) else { return };
    let name = name(spec, index);
    let reach = reach(prior);
    let label = label(ui, &name, widest(spec, index), value.to_bits() != began.to_bits());
    let rest = VALUE + 2.0 * BUTTON + 3.0 * ui.spacing().item_spacing.x;
    let size = vec2((ui.available_width() - rest).max(24.0), ROW);
    let (response, mut slid) = slider::show(ui, size, &name, value, began, reach);
    let mut typed = value;
    let drag = DragValue::new(&mut typed).range(TYPED).clamp_existing_to_range(false).speed(reach * 0.005);
    let field = ui.add_sized(vec2(VALUE, 20.0), drag.fixed_decimals(2));
    let field = field.accessible_name(format!("{name} value"));
    slid.ended |= field.drag_stopped() || field.lost_focus();
    if typed.to_bits() != value.to_bits() {
        slid.value = Some(typed);
    }
    field.on_hover_text("Drag or type; values beyond the slider's ends are welcome");
    let back = if value.to_bits() == began.to_bits() { String::new() } else { format!("{began:.2}") };
    buttons(ui, &name, Part::One(index), &back, out);
    if let Some(value) = slid.value {
        out.push(Command::ChangeLatent(Change::Set(index, value)));
    }
    if slid.ended {
        out.push(Command::EndSlide);
    }
    let drawn = match prior {
        Prior::Normal => "normal, mostly from -2 to 2",
        Prior::Uniform => "uniform, from -1 to 1",
    };
    let was = if back.is_empty() {
        String::new()
    } else {
        format!(" ({began:.3} in the picture that the sliders began with: the green mark)")
    };
    let text = format!(
        "{name}: {value:.3}{was}\nIn training: {drawn}\n\
         Arrow keys for small steps, with Shift for large ones; right click for more"
    );
    let menu = |ui: &mut Ui| {
        let entries = [
            ("To 0".to_owned(), Change::Zero(Part::One(index))),
            (format!("Back to {began:.3}"), Change::Reset(Part::One(index))),
            ("Random".to_owned(), Change::Randomize(Part::One(index))),
        ];
        for (text, change) in entries {
            if ui.button(text).clicked() {
                out.push(Command::ChangeLatent(change));
            }
        }
    };
    response.union(label).on_hover_text(text).context_menu(menu);
}

/// The widest name that stands in a column with that of a number: all sliders of a group begin in one line.
fn widest(spec: &LatentSpec, index: usize) -> String {
    let group = spec.groups.iter().zip(places(spec)).find(|(_, place)| place.contains(&index));
    group.map_or_else(String::new, |(group, _)| {
        // Letters differ in width, but few names are so alike that it would show.
        let longest = group.names.iter().max_by_key(|name| name.chars().count());
        longest.cloned().unwrap_or_else(|| format!("{} 000", group.name))
    })
}

/// The name at the left of a row, in a column for names up to `widest`.
fn label(ui: &mut Ui, name: &str, widest: String, changed: bool) -> egui::Response {
    let palette = theme::palette(ui.visuals());
    let font = TextStyle::Body.resolve(ui.style());
    let colour = if changed { palette.text } else { palette.weak };
    let widest = ui.painter().layout_no_wrap(widest, font.clone(), colour).size().x;
    let size = vec2(widest.clamp(*NAMES.start(), *NAMES.end()), ROW);
    // No stop for the keyboard: the slider beside it has the name, and does the same.
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    ui.painter_at(rect).text(rect.left_center(), Align2::LEFT_CENTER, name, font, colour);
    response
}

/// Reset and randomize at the right of a row.
fn buttons(ui: &mut Ui, name: &str, part: Part, back: &str, out: &mut Vec<Command>) {
    let one = matches!(part, Part::One(_));
    let to = if back.is_empty() { String::new() } else { format!(" to {back}") };
    let reset = (
        icons::restart as icons::Icon,
        format!("Reset {name}"),
        format!("Back{to}, as in the picture that the sliders began with"),
        Change::Reset(part),
        !one || !back.is_empty(),
    );
    let random = (
        icons::dice as icons::Icon,
        format!("Randomize {name}"),
        "Drawn at random, as the model was trained".to_owned(),
        Change::Randomize(part),
        true,
    );
    for (icon, name, tooltip, change, enabled) in [reset, random] {
        let clicked = ui.add_enabled_ui(enabled, |ui| small_button(ui, icon, &name, &tooltip, BUTTON)).inner;
        if clicked {
            out.push(Command::ChangeLatent(change));
        }
    }
}

fn class(ui: &mut Ui, spec: &LatentSpec, group: usize, now: &Latent, out: &mut Vec<Command>) {
    let (Some(named), Some(place)) = (spec.groups.get(group), places(spec).nth(group)) else { return };
    let GroupKind::Categorical { classes } = &named.kind else { return };
    let chosen = class_of(now.values().get(place).unwrap_or_default());
    let mut choice = None;
    let end = ui.max_rect().right() - buttons_width(ui);
    label(ui, &named.name, format!("{} 000", named.name), false);
    if classes.len() <= FEW_CLASSES {
        let choices: Vec<(usize, &str, &str)> =
            classes.iter().enumerate().map(|(i, class)| (i, class.as_str(), "Show this class")).collect();
        choice = segments(ui, chosen, &choices);
    } else {
        let text = classes.get(chosen).map_or("", String::as_str);
        let width = (end - ui.cursor().left() - 8.0).max(32.0);
        let list = ComboBox::from_id_salt("class").selected_text(text).width(width);
        let shown = list.show_ui(ui, |ui| {
            for (i, class) in classes.iter().enumerate() {
                if ui.selectable_label(i == chosen, class).clicked() && i != chosen {
                    choice = Some(i);
                }
            }
        });
        shown.response.accessible_name(&named.name).on_hover_text("The class of the picture");
    }
    ui.add_space((end - ui.cursor().left()).max(0.0));
    buttons(ui, &named.name, Part::Group(group), "", out);
    if let Some(class) = choice {
        out.push(Command::ChangeLatent(Change::Class { group, class }));
    }
}
