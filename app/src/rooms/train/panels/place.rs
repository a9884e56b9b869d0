//! Where the new model goes, and what is there already.

use egui::{RichText, Ui};
use latent_engine::train::FolderState;

use super::fields::{self, PathEdit};
use super::minutes;
use crate::kit::controls::{heading, thousands};
use crate::rooms::train::{Setup, Wish};
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;

const FOLDER: PathEdit = PathEdit {
    name: "Folder of the new model",
    hint: "/home/me/models/mine",
    tooltip: "The folder that the model is written to; its name is the model's name",
    choose: Action::TrainInto,
};

/// Lays the part out; true when what was typed is complete.
pub fn show(ui: &mut Ui, session: &Session, setup: &mut Setup, out: &mut Vec<Command>) -> bool {
    let path = setup.out_path();
    let name = path.file_name().map(|name| format!("called {}", name.to_string_lossy()));
    heading(ui, "New model", &name.unwrap_or_default());
    let before = setup.out.clone();
    let complete = FOLDER.show(ui, session, &mut setup.out, out);
    if setup.out != before {
        setup.own_out = true;
    }
    let Some(place) = &session.workshop.place else { return complete };
    match place {
        Err(why) => fields::remark(ui, why, true),
        Ok(place) => {
            let there = match &place.state {
                FolderState::Free => None,
                FolderState::Training(saved) => Some(format!(
                    "This folder holds a training: recipe {}, {} steps, {}.",
                    saved.recipe,
                    thousands(saved.steps as usize),
                    minutes(saved.note.seconds)
                )),
                FolderState::Model => Some("This folder holds a model already.".into()),
                FolderState::Other => Some("This folder holds other files.".into()),
            };
            if let Some(there) = there {
                fields::remark(ui, &there, false);
                ui.horizontal_wrapped(|ui| {
                    if matches!(place.state, FolderState::Training(_)) {
                        let tooltip =
                            "Train it on for the time above, with its own settings, on the pictures that it began with";
                        let preview = session.workshop.preview.as_ref();
                        let ready = matches!(preview, Some(Ok(_)));
                        let button = ui.add_enabled(ready, egui::Button::new("Resume it"));
                        let blocked = match preview {
                            Some(Err(why)) => why.as_str(),
                            _ => "Choose the pictures to learn from first",
                        };
                        if button.on_hover_text(tooltip).on_disabled_hover_text(blocked).clicked() {
                            out.push(Command::Train(Wish::Resume));
                        }
                    }
                    let name = place.free.as_ref().and_then(|free| free.file_name());
                    if let Some(name) = name.map(|name| name.to_string_lossy()) {
                        let button = ui.button(format!("Use the name {name}"));
                        if button.on_hover_text("A folder beside it that is free").clicked() {
                            out.push(Command::Train(Wish::UseFreeName));
                        }
                    }
                });
            } else if setup.out.trim().is_empty() {
                ui.label(RichText::new("Name a folder for the model.").small().weak());
            }
        }
    }
    complete
}

/// Why the model can't go there; `None` when it can.
pub fn why_not(session: &Session) -> Option<String> {
    if session.workshop.setup.out.trim().is_empty() {
        return Some("Name a folder for the new model first".into());
    }
    match &session.workshop.place {
        None => Some("The folder of the new model is still being looked at".into()),
        Some(Err(why)) => Some(why.clone()),
        Some(Ok(place)) => taken(&place.state).map(str::to_owned),
    }
}

/// What is to be done about a folder that is not free; `None` when it is.
pub fn taken(state: &FolderState) -> Option<&'static str> {
    match state {
        FolderState::Free => None,
        FolderState::Training(_) => Some("Its folder holds a training: resume it or use another name"),
        FolderState::Model | FolderState::Other => Some("Its folder is not empty: use another name"),
    }
}
