//! The menu of models: the bundled ones, those opened lately, folders of models.

use egui::containers::menu::{MenuButton, MenuConfig, SubMenuButton};
use egui::{Align, Button, Layout, PopupCloseBehavior, RichText, ScrollArea, Ui};
use latent_engine::model::ModelSource;
use latent_engine::open::bundled_names;

use crate::desk::Desk;
use crate::kit::controls::thousands;
use crate::kit::words::path_name;
use crate::platform::library::{Entry, Folder};
use crate::shell::actions::{ADD_FOLDER, OPEN_CHECKPOINT};
use crate::shell::command::Command;
use crate::shell::house::House;

const WIDTH: f32 = 264.0;
/// Longer lists are scrolled.
const LIST: f32 = 320.0;
/// The width of the button that takes a model off the list.
const REMOVE: f32 = 28.0;
/// Letters of a model's name at least and at most, and the width of the window for each.
const LETTERS: std::ops::RangeInclusive<usize> = 10..=28;
const LETTER: f32 = 50.0;
/// What opening a model does to the document.
const KEEPS: &str = "Your strokes stay and are searched anew";

/// Lays the button out.
pub fn show(ui: &mut Ui, house: &House, desk: &Desk, out: &mut Vec<Command>) {
    let (name, tooltip) = match &desk.model {
        Some(model) => (
            model.name.clone(),
            format!("{}: {}, {} parameters", model.name, model.family, thousands(model.parameters)),
        ),
        None => (desk.view.wanted_model_name(), "No model is open yet".to_owned()),
    };
    // In a narrow window the tools beside it need the room.
    let most = (ui.ctx().content_rect().width() / LETTER) as usize;
    let most = most.clamp(*LETTERS.start(), *LETTERS.end());
    let name =
        if name.chars().count() > most { name.chars().take(most - 1).chain(['…']).collect() } else { name };
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (button, _) = MenuButton::new(format!("Model: {name}")).config(config).ui(ui, |ui| {
        ui.set_width(WIDTH);
        entries(ui, house, desk, out);
    });
    if button.clicked() {
        out.push(Command::LookAtShelf);
    }
    button.on_hover_text(tooltip);
}

fn entries(ui: &mut Ui, house: &House, desk: &Desk, out: &mut Vec<Command>) {
    title(ui, "Bundled");
    for bundled in bundled_names() {
        let source = ModelSource::Bundled(bundled.to_owned());
        let on = desk.source() == Some(&source);
        let button = ui.add(Button::selectable(on, bundled).min_size(egui::vec2(ui.available_width(), 0.0)));
        if button.on_hover_text(format!("A model inside the program. {KEEPS}")).clicked() {
            out.push(Command::OpenModel(source));
            ui.close();
        }
    }
    let shelf = desk.library.shelf();
    if !shelf.recent.is_empty() {
        title(ui, "Recent");
    }
    for entry in &shelf.recent {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let size = egui::vec2(ui.available_width() - REMOVE - 4.0, ui.spacing().interact_size.y);
            let layout = Layout::top_down_justified(Align::LEFT);
            ui.allocate_ui_with_layout(size, layout, |ui| model(ui, desk, entry, out));
            let name = format!("Remove {}", path_name(&entry.path));
            let button = Button::new("×").frame_when_inactive(false).min_size(egui::vec2(REMOVE, 0.0));
            let remove = ui.add(button).accessible_name(name);
            if remove.on_hover_text("Take it off this list; the file stays").clicked() {
                out.push(Command::ForgetModel(entry.path.clone()));
            }
        });
    }
    if !shelf.folders.is_empty() {
        title(ui, "Folders");
    }
    for folder in &shelf.folders {
        SubMenuButton::new(folder_name(folder))
            .ui(ui, |ui| models_of(ui, desk, folder, out))
            .0
            .on_hover_text(folder.path.display().to_string());
    }
    ui.separator();
    for action in [&OPEN_CHECKPOINT, &ADD_FOLDER] {
        let button = Button::new(action.label).shortcut_text(action.shortcut());
        let button = ui.add(button).accessible_name(action.label);
        if button.on_hover_text(action.tooltip(house, desk)).clicked() {
            out.push(Command::Act(action));
            ui.close();
        }
    }
    let about = ui.add_enabled(desk.model.is_some(), Button::new("About this model"));
    if about.on_hover_text("What it is, what is assumed of it, what it makes").clicked() {
        out.push(Command::ShowModel);
        ui.close();
    }
}

fn title(ui: &mut Ui, text: &str) {
    ui.add_space(2.0);
    ui.label(RichText::new(text).small().weak());
}

fn folder_name(folder: &Folder) -> String {
    folder
        .path
        .file_name()
        .map_or_else(|| folder.path.display().to_string(), |name| name.to_string_lossy().into())
}

fn models_of(ui: &mut Ui, desk: &Desk, folder: &Folder, out: &mut Vec<Command>) {
    ui.set_width(WIDTH);
    if let Some(remark) = &folder.remark {
        let mut letters = remark.chars();
        let remark: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        ui.label(RichText::new(remark).weak());
    }
    ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
        for entry in &folder.models {
            model(ui, desk, entry, out);
        }
    });
    ui.separator();
    let remove = ui.button("Remove this folder");
    if remove.on_hover_text("Take the folder off this list; its files stay").clicked() {
        out.push(Command::ForgetFolder(folder.path.clone()));
        ui.close();
    }
}

/// A model to open; one that is not there says why.
fn model(ui: &mut Ui, desk: &Desk, entry: &Entry, out: &mut Vec<Command>) {
    let source = ModelSource::Path(entry.path.clone());
    let on = desk.source() == Some(&source);
    let button = Button::selectable(on, path_name(&entry.path))
        .truncate()
        .min_size(egui::vec2(ui.available_width(), 0.0));
    let response = ui.add_enabled(entry.missing.is_none(), button);
    let path = entry.path.display();
    if response.clicked() {
        out.push(Command::OpenModel(source));
        ui.close();
    }
    let why = entry.missing.as_deref().unwrap_or_default();
    response.on_hover_text(format!("{path}\n{KEEPS}")).on_disabled_hover_text(format!("{path}: {why}"));
}
