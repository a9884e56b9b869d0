//! A field to type a path into, where there is no file dialog.

use std::path::PathBuf;

use egui::{Align2, Frame, Id, Key, Modal, TextEdit, Ui};

use crate::shell::command::Command;
use crate::shell::session::Session;
use crate::shell::view::PathPurpose;

/// Lays the field out over the window; nothing when no path is wanted.
pub fn show(ui: &Ui, session: &Session, out: &mut Vec<Command>) {
    let Some(field) = &session.view.path_field else { return };
    let (title, confirm) = match field.purpose {
        PathPurpose::Save { enlarge: 1 } => ("Save the picture", "Save"),
        PathPurpose::Save { .. } => ("Save the picture, enlarged", "Save"),
        PathPurpose::Open => ("Open a checkpoint", "Open"),
        PathPurpose::AddFolder => ("Add a folder of models", "Add"),
        PathPurpose::LearnFrom => ("Learn from a folder of pictures", "Choose"),
        PathPurpose::TrainInto => ("Where the new model goes", "Choose"),
    };
    let hint = match field.purpose {
        PathPurpose::Save { .. } => "/home/me/picture.png",
        PathPurpose::Open => "/home/me/models/netG.pth",
        PathPurpose::AddFolder => "/home/me/models",
        PathPurpose::LearnFrom => "/home/me/pictures",
        PathPurpose::TrainInto => "/home/me/models/mine",
    };
    let frame = Frame::popup(ui.style()).inner_margin(20);
    let modal = Modal::new(Id::unique("path field")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        ui.heading(title);
        if !field.remark.is_empty() {
            ui.label(egui::RichText::new(&field.remark).weak());
        }
        let mut path = field.path.clone();
        let label = ui.label("Path");
        let edit = TextEdit::singleline(&mut path)
            .desired_width(f32::INFINITY)
            .align(Align2::LEFT_CENTER)
            .hint_text(hint);
        let response = ui.add(edit).labelled_by(label.id);
        if path != field.path {
            out.push(Command::TypePath(path.clone()));
        }
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if !entered && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        ui.horizontal(|ui| {
            let ready = !path.trim().is_empty();
            let button = ui.add_enabled(ready, egui::Button::new(confirm));
            if button.clicked() || (entered && ready) {
                out.push(Command::ConfirmPath(PathBuf::from(path.trim())));
            }
            if ui.button("Cancel").clicked() {
                out.push(Command::ClosePath);
            }
        });
    });
    if modal.should_close() {
        out.push(Command::ClosePath);
    }
}
