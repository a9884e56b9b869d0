//! The form to type a path into: to save a picture, and where the system has no file dialog.

use egui::{Align2, Button, Frame, Id, Key, Modal, RichText, TextEdit, Ui};

use crate::kit::announce::announce;
use crate::kit::controls::segments;
use crate::kit::ends;
use crate::kit::theme;
use crate::platform::files::{Files, Form, FormWish, May, PathPurpose, SaveSize, Trouble};
use crate::shell::command::Command;

/// The width of the form, where the window has room for it.
const WIDTH: f32 = 480.0;

/// Lays the form out over the window; nothing when no path is wanted.
pub fn show(ui: &Ui, files: &Files, out: &mut Vec<Command>) {
    let Some(form) = files.form() else { return };
    let mut wishes = Vec::new();
    let frame = Frame::popup(ui.style()).inner_margin(20);
    let modal = Modal::new(Id::unique("path field")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
        ui.heading(words(form.purpose).title);
        if !form.remark.is_empty() {
            ui.label(RichText::new(&form.remark).weak());
        }
        let entered = path(ui, files, form, &mut wishes);
        if form.picture.is_some() {
            size(ui, form, files.shown, &mut wishes);
        }
        if let Some(trouble) = &form.trouble {
            troubled(ui, trouble, &mut wishes);
        }
        ui.add_space(theme::SPACE / 2.0);
        ui.horizontal(|ui| {
            let ready = !form.busy && !form.path.trim().is_empty();
            let confirm = ui.add_enabled(ready, Button::new(words(form.purpose).confirm));
            if confirm.clicked() || (entered && ready) {
                wishes.push(FormWish::Confirm(May::Ask));
            }
            if ui.button("Cancel").clicked() {
                wishes.push(FormWish::Close);
            }
            if form.busy {
                ui.spinner();
            }
        });
    });
    if modal.should_close() {
        wishes.push(FormWish::Close);
    }
    out.extend(wishes.into_iter().map(Command::Form));
}

/// What the form says for a purpose.
struct Words {
    title: &'static str,
    confirm: &'static str,
    hint: &'static str,
}

fn words(purpose: PathPurpose) -> Words {
    let (title, confirm, hint) = match purpose {
        PathPurpose::Save => ("Save the picture", "Save", "/home/me/picture.png"),
        PathPurpose::Open => ("Open a checkpoint", "Open", "/home/me/models/netG.pth"),
        PathPurpose::Photo => ("Open a photo", "Open", "/home/me/photo.jpg"),
        PathPurpose::AddFolder => ("Add a folder of models", "Add", "/home/me/models"),
        PathPurpose::LearnFrom => ("Learn from a folder of pictures", "Choose", "/home/me/pictures"),
        PathPurpose::MakeOf => ("What the pictures are made of", "Choose", "/home/me/drawings"),
        PathPurpose::TrainInto => ("Where the new model goes", "Choose", "/home/me/models/mine"),
    };
    Words { title, confirm, hint }
}

/// The field; true when Enter was pressed in it.
fn path(ui: &mut Ui, files: &Files, form: &Form, wishes: &mut Vec<FormWish>) -> bool {
    let mut path = form.path.clone();
    let label = ui.label("Path");
    let height = ui.spacing().interact_size.y;
    let field = |ui: &mut Ui| {
        let edit = TextEdit::singleline(&mut path)
            .desired_width(ui.available_width())
            .align(Align2::LEFT_CENTER)
            .min_size(egui::vec2(0.0, height))
            .hint_text(words(form.purpose).hint);
        let response = ui.add(edit).labelled_by(label.id);
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if !entered && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        entered
    };
    let browse = |ui: &mut Ui| {
        let tooltip = "Choose it in the system's file dialog";
        files.has_dialogs() && ui.button("Browse…").on_hover_text(tooltip).clicked()
    };
    let (entered, browsed) = ends::row(ui, height, field, browse);
    if path != form.path {
        wishes.push(FormWish::Type(path));
    }
    if browsed {
        wishes.push(FormWish::Browse);
    }
    entered
}

/// How large the picture is saved.
fn size(ui: &mut Ui, form: &Form, shown: usize, wishes: &mut Vec<FormWish>) {
    let Some(picture) = &form.picture else { return };
    let made = [picture.width(), picture.height()];
    ui.horizontal_wrapped(|ui| {
        ui.label("Size");
        let mut named = vec![
            (SaveSize::Shown, "As shown", "As large as the whole picture is on the canvas"),
            (SaveSize::Made, "As made", "As the model makes it, pixel for pixel"),
        ];
        if form.photo {
            named.remove(0);
            named[0] = (SaveSize::Made, "Own size", "As large as the photo, pixel for pixel");
        }
        let sides = SaveSize::SIDES.map(|side| side.to_string());
        let larger = SaveSize::SIDES
            .iter()
            .zip(&sides)
            .map(|(side, name)| (SaveSize::Side(*side), name.as_str(), "So many pixels on the longer side"));
        let longer = made[0].max(made[1]);
        let larger =
            larger.filter(|(size, ..)| !form.photo || matches!(size, SaveSize::Side(side) if *side < longer));
        let choices: Vec<(SaveSize, &str, &str)> = named.into_iter().chain(larger).collect();
        wishes.extend(segments(ui, form.size, &choices).map(FormWish::Size));
    });
    let [width, height] = form.size.sides(made, shown);
    let enlarged = width > made[0];
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{width} × {height} pixels")).weak());
        if enlarged {
            let ways = [
                (true, "Smooth", "Enlarge with soft edges"),
                (false, "Squares", "Show every pixel as a square: the size is the nearest whole multiple"),
            ];
            wishes.extend(segments(ui, form.smooth, &ways).map(FormWish::Smooth));
        }
    });
}

/// What was wrong at the last try, with the ways out of it.
fn troubled(ui: &mut Ui, trouble: &Trouble, wishes: &mut Vec<FormWish>) {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.error_soft).corner_radius(theme::ROUND).inner_margin(10);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let sentence = trouble.sentence();
        let label = ui.add(egui::Label::new(RichText::new(&sentence).color(palette.error)).wrap());
        announce(&label, &sentence, true);
        let ways = match trouble {
            Trouble::Exists { free, .. } => {
                let name = free.file_name().unwrap_or_default().to_string_lossy();
                vec![
                    (format!("Save as {name}"), "That name is free", May::UseFreeName),
                    ("Replace it".into(), "The file that is there is lost", May::Replace),
                ]
            }
            Trouble::NoFolder(_) => {
                vec![("Make the folder".into(), "Make it and save the picture there", May::MakeFolder)]
            }
            Trouble::Other(_) => Vec::new(),
        };
        ui.horizontal_wrapped(|ui| {
            for (label, tooltip, may) in ways {
                if ui.button(label).on_hover_text(tooltip).clicked() {
                    wishes.push(FormWish::Confirm(may));
                }
            }
        });
    });
}
