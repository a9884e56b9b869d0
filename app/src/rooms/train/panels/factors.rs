//! Which factors of a world vary, and which one makes classes of its pictures.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Checkbox, ComboBox, PopupCloseBehavior, RichText, ScrollArea, Ui};
use latent_engine::data::WorldName;

use crate::rooms::train::factors::{self, label};
use crate::rooms::train::{DataKind, Setup, Workshop};

/// The height of the list of factors.
const TALLEST: f32 = 500.0;
/// Names of classes that are listed; more are counted.
const LISTED: usize = 8;

/// The menu of what varies in a world.
pub fn varied(ui: &mut Ui, world: WorldName, setup: &mut Setup) {
    let all = &factors::of(world).all;
    let varying = all.iter().filter(|name| !setup.held.contains(*name)).count();
    let text = if varying == all.len() {
        "Everything varies".to_owned()
    } else {
        format!("{varying} of {} factors vary", all.len())
    };
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (button, _) = MenuButton::new(text).config(config).ui(ui, |ui| {
        ui.horizontal(|ui| {
            if ui.button("All").on_hover_text("Let everything vary").clicked() {
                setup.held.clear();
            }
            if ui.button("None").on_hover_text("Hold everything, to choose what shall vary").clicked() {
                setup.held = all.iter().cloned().collect();
            }
        });
        ScrollArea::vertical().max_height(TALLEST).show(ui, |ui| {
            // Closer than buttons, so that most worlds' factors are seen at once.
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().item_spacing.y = 4.0;
            for name in all {
                let mut varies = !setup.held.contains(name);
                let tooltip = "Differs from picture to picture; else it has a typical value in all of them";
                if ui.add(Checkbox::new(&mut varies, label(name))).on_hover_text(tooltip).changed() {
                    if varies {
                        setup.held.remove(name);
                    } else {
                        setup.held.insert(name.clone());
                    }
                }
            }
        });
    });
    button.on_hover_text("What differs from picture to picture: fewer things are learned sooner");
}

/// What makes classes of the pictures, and which there are.
pub fn classes(ui: &mut Ui, workshop: &Workshop, setup: &mut Setup) {
    if let DataKind::World(world) = setup.data {
        let now = setup.factor(world).to_owned();
        ui.horizontal(|ui| {
            let name = ui.label("Classes by");
            let list = ComboBox::from_id_salt("classes").selected_text(label(&now)).show_ui(ui, |ui| {
                for factor in &factors::of(world).classes {
                    if ui.selectable_label(*factor == now, label(factor)).clicked() {
                        setup.factor = Some(factor.clone());
                    }
                }
            });
            list.response.labelled_by(name.id).on_hover_text("The factor whose kinds are the classes");
        });
    }
    let names = match &workshop.preview {
        Some(Ok(preview)) => preview.classes.as_slice(),
        _ => &[],
    };
    let text = match (names.len(), setup.data) {
        (0, DataKind::Folder) => "Each folder in the folder of pictures is a class.".to_owned(),
        (0, DataKind::World(_)) => return,
        (count, _) if count > LISTED => format!("{count} classes: {}, …", names[..LISTED].join(", ")),
        (count, _) => format!("{count} classes: {}", names.join(", ")),
    };
    ui.add(egui::Label::new(RichText::new(text).small().weak()).wrap());
}
