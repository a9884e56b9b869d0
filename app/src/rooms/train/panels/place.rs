//! Where the new model goes, and what is there already.

use egui::{RichText, Ui};
use latent_engine::train::FolderState;

use super::fields::{self, PathEdit};
use super::minutes;
use crate::desk::Desk;
use crate::kit::controls::{heading, thousands};
use crate::kit::ends;
use crate::rooms::train::actions::TRAIN_INTO;
use crate::rooms::train::{Setup, Wish, Workshop};

const FOLDER: PathEdit = PathEdit {
    name: "Folder of the new model",
    hint: "/home/me/models/mine",
    tooltip: "The folder that the model is written to; its name is the model's name",
    choose: &TRAIN_INTO,
};

/// Lays the part out; true when what was typed is complete.
pub fn show(ui: &mut Ui, workshop: &Workshop, desk: &Desk, setup: &mut Setup, out: &mut Vec<Wish>) -> bool {
    let path = setup.out_path();
    let name = path.file_name().map(|name| format!("called {}", name.to_string_lossy()));
    heading(ui, "New model", &name.unwrap_or_default());
    let before = setup.out.clone();
    let complete = FOLDER.show(ui, workshop, desk, &mut setup.out, out);
    if setup.out != before {
        setup.own_out = true;
    }
    match &workshop.place {
        Some(Err(why)) => fields::remark(ui, why, true),
        Some(Ok(_)) if setup.out.trim().is_empty() => {
            ui.label(RichText::new("Name a folder for the model.").small().weak());
        }
        _ => {}
    }
    complete
}

/// What is in the way at the model's place, and the ways out of it: right above the button that begins. The room for it is
/// kept in any case, so that the button stays where it is.
pub fn remedies(ui: &mut Ui, workshop: &Workshop, out: &mut Vec<Wish>) {
    let place = workshop.place.as_ref().and_then(|place| place.as_ref().ok());
    let there = match (&workshop.taken, place) {
        (Some(taken), _) => describe(&taken.state, &taken.name()),
        (None, Some(place)) => describe(&place.state, "This folder"),
        (None, None) => None,
    };
    let there = there.unwrap_or_default();
    let line = |ui: &mut Ui| {
        let line = ui.add(egui::Label::new(RichText::new(&there).small().weak()).truncate());
        line.on_hover_text(&there);
    };
    let height = ui.spacing().interact_size.y;
    ends::row(ui, height, line, |ui| {
        if workshop.resumable().is_some() {
            resume(ui, workshop, out);
        }
        let free = place.and_then(|place| place.free.as_ref()).and_then(|free| free.file_name());
        if let Some(name) = free.map(|name| name.to_string_lossy()) {
            let button = ui.button(format!("Use the name {name}"));
            if button.on_hover_text("A folder beside it that is free").clicked() {
                out.push(Wish::UseFreeName);
            }
        }
    });
}

fn resume(ui: &mut Ui, workshop: &Workshop, out: &mut Vec<Wish>) {
    let tooltip = "Train it on for the time above, with its own settings, on the pictures that it began with";
    let preview = workshop.preview.as_ref();
    let ready = matches!(preview, Some(Ok(_)));
    let button = ui.add_enabled(ready, egui::Button::new("Resume it"));
    let blocked = match preview {
        Some(Err(why)) => why.as_str(),
        _ => "Choose the pictures to learn from first",
    };
    if button.on_hover_text(tooltip).on_disabled_hover_text(blocked).clicked() {
        out.push(Wish::Resume);
    }
}

/// What is in a folder; nothing when it is free.
fn describe(state: &FolderState, folder: &str) -> Option<String> {
    match state {
        FolderState::Free => None,
        FolderState::Training(saved) => Some(format!(
            "{folder} holds a training: {}, {} steps, {}",
            saved.recipe,
            thousands(saved.steps as usize),
            minutes(saved.note.seconds)
        )),
        FolderState::Model => Some(format!("{folder} holds a model already")),
        FolderState::Other => Some(format!("{folder} holds other files")),
    }
}

/// Why the model can't go there; `None` when it can.
pub fn why_not(workshop: &Workshop) -> Option<String> {
    if workshop.setup.out.trim().is_empty() {
        return Some("Name a folder for the new model first".into());
    }
    match &workshop.place {
        None => Some("The folder of the new model is still being looked at".into()),
        Some(Err(why)) => Some(why.clone()),
        Some(Ok(place)) => taken(&place.state).map(str::to_owned),
    }
}

/// What is to be done about a folder that is not free; `None` when it is.
fn taken(state: &FolderState) -> Option<&'static str> {
    match state {
        FolderState::Free => None,
        FolderState::Training(_) => Some("Its folder holds a training: resume it or use another name"),
        FolderState::Model | FolderState::Other => Some("Its folder is not empty: use another name"),
    }
}
