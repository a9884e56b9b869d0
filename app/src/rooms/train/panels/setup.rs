//! What is chosen before a training: pictures, recipe, size and time, where the model goes.

use egui::{CollapsingHeader, DragValue, Frame, Grid, Margin, RichText, ScrollArea, Ui};
use latent_engine::data::WorldName;
use latent_engine::data::{Framing, LEAST_PICTURES};
use latent_engine::train::{Kind, Setting, Value};

use super::factors;
use super::fields::{self, PathEdit, main_button, remark};
use super::place;
use crate::desk::Desk;
use crate::kit::controls::{heading, segments};
use crate::kit::ends;
use crate::kit::theme;
use crate::rooms::train::actions::{LEARN_FROM, MAKE_OF};
use crate::rooms::train::{DataKind, MadeOf, RecipeKind, Setup, Wish, Workshop};

/// The choices of data: label and what they are.
const DATA: [(DataKind, &str, &str); 4] = [
    (DataKind::Folder, "My pictures", "Learn from a folder of your own pictures"),
    (
        DataKind::World(WorldName::Landscape),
        "Landscape",
        "Mountains, meadows, lakes and skies that the studio draws",
    ),
    (
        DataKind::World(WorldName::Portrait),
        "Portrait",
        "Faces that the studio draws: heads, hair, expressions, light",
    ),
    (DataKind::World(WorldName::Creature), "Creature", "Small round monsters that the studio draws"),
];

const FOLDER: PathEdit = PathEdit {
    name: "Folder of pictures",
    hint: "/home/me/pictures",
    tooltip: "PNG, JPEG and WebP pictures in it and in the folders below it",
    choose: &LEARN_FROM,
};

const INPUTS: PathEdit = PathEdit {
    name: "Folder of inputs",
    hint: "/home/me/drawings",
    tooltip: "What the pictures are to be made of, under the same names",
    choose: &MAKE_OF,
};

/// What pictures may be made of: label and what it is.
fn input(made_of: MadeOf) -> (MadeOf, &'static str, &'static str) {
    let (label, about) = match made_of {
        MadeOf::Maps => {
            ("Maps", "Which material every pixel shows, which the studio knows of its landscapes")
        }
        MadeOf::Outlines => ("Outlines", "The outlines of the pictures, found by the studio"),
        MadeOf::Grey => ("Grey", "The pictures without their colours"),
        MadeOf::Halves => ("Halves", "The left half of every file; the right half is the picture"),
        MadeOf::Folder => ("Another folder", "Pictures of the same names in another folder"),
    };
    (made_of, label, about)
}

/// The ways to make squares of pictures: label and what they do.
const FRAMINGS: [(Framing, &str, &str); 3] = [
    (Framing::Crop, "Crop", "The middle square of each picture; what lies beside it is left out"),
    (Framing::Fit, "Fit", "The whole of each picture, between bars of the colour of its edges"),
    (Framing::Tiles, "Tiles", "Squares side by side, as large as they are: for enlargers"),
];

/// Lays the panel out.
pub fn show(ui: &mut Ui, workshop: &Workshop, desk: &Desk, out: &mut Vec<Wish>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 12));
    let mut asked = Vec::new();
    let form = |ui: &mut Ui| {
        let area = ScrollArea::vertical().id_salt("training setup").auto_shrink(false);
        area.show(ui, |ui| frame.show(ui, |ui| form(ui, workshop, desk, out)));
    };
    ends::column(ui, form, |ui| {
        fields::rule(ui);
        frame.show(ui, |ui| start(ui, workshop, desk, &mut asked));
    });
    out.append(&mut asked);
}

/// Everything that is chosen.
fn form(ui: &mut Ui, workshop: &Workshop, desk: &Desk, out: &mut Vec<Wish>) {
    let mut setup = workshop.setup.clone();
    let mut look = pictures(ui, workshop, desk, &mut setup, out);
    ui.add_space(theme::SPACE);
    recipes(ui, workshop, desk, &mut setup);
    ui.add_space(theme::SPACE);
    effort(ui, desk, &mut setup);
    more(ui, &mut setup);
    if let Some(wrong) = setup.wrong() {
        remark(ui, &wrong, true);
    }
    ui.add_space(theme::SPACE);
    look |= place::show(ui, workshop, desk, &mut setup, out);
    if setup != workshop.setup {
        out.push(Wish::Set(Box::new(setup)));
    }
    if look {
        out.push(Wish::Look);
    }
}

/// What begins the training, and what stands in its way.
fn start(ui: &mut Ui, workshop: &Workshop, desk: &Desk, out: &mut Vec<Wish>) {
    place::remedies(ui, workshop, out);
    let tooltip = "Train in the background; you can go on painting meanwhile";
    if main_button(ui, "Start training", tooltip, why_not(workshop, desk).as_deref()) {
        out.push(Wish::Start);
    }
}

/// Why no training can be started; `None` when one can.
fn why_not(workshop: &Workshop, desk: &Desk) -> Option<String> {
    if workshop.setup.source().is_none() {
        return Some("Choose a folder of pictures first".into());
    }
    match &workshop.preview {
        Some(Err(why)) => return Some(why.clone()),
        None => return Some("The pictures are still being looked at".into()),
        Some(Ok(_)) => {}
    }
    let blocked = workshop.setup.recipe.blocked(desk.model.as_deref()).map(str::to_owned);
    blocked.or_else(|| workshop.setup.wrong()).or_else(|| place::why_not(workshop))
}

/// The data; true when what was typed is complete.
fn pictures(ui: &mut Ui, workshop: &Workshop, desk: &Desk, setup: &mut Setup, out: &mut Vec<Wish>) -> bool {
    heading(ui, "Learn from", "");
    if let Some(data) = segments(ui, setup.data, &DATA) {
        setup.data = data;
    }
    let mut complete = false;
    if setup.recipe.about().needs_pairs {
        ui.horizontal(|ui| {
            ui.label("Made of");
            let choices: Vec<_> = MadeOf::of(setup.data).iter().copied().map(input).collect();
            if let Some(made_of) = segments(ui, setup.made_of(), &choices) {
                setup.made_of = made_of;
            }
        });
        if setup.made_of() == MadeOf::Folder {
            complete = INPUTS.show(ui, workshop, desk, &mut setup.inputs, out);
        }
    }
    complete
        | match setup.data {
            DataKind::Folder => {
                let complete = FOLDER.show(ui, workshop, desk, &mut setup.folder, out);
                ui.horizontal(|ui| {
                    ui.label("Pictures that are not square");
                    if let Some(framing) = segments(ui, setup.framing, &FRAMINGS) {
                        setup.framing = framing;
                    }
                });
                complete
            }
            DataKind::World(world) => {
                ui.horizontal(|ui| {
                    let label = ui.label("Number of pictures");
                    let range = LEAST_PICTURES..=Setup::MOST_PICTURES;
                    let count =
                        DragValue::new(&mut setup.count).range(range).speed(50.0).update_while_editing(false);
                    ui.add(count).labelled_by(label.id).on_hover_text(
                        "More pictures make a model that repeats itself less, and take more memory",
                    );
                });
                factors::varied(ui, world, setup);
                false
            }
        }
}

fn recipes(ui: &mut Ui, workshop: &Workshop, desk: &Desk, setup: &mut Setup) {
    heading(ui, "Recipe", "what the model is good for");
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for kind in RecipeKind::ways() {
            let blocked = kind.blocked(desk.model.as_deref());
            let chosen = setup.recipe.way() == kind;
            ui.add_enabled_ui(blocked.is_none() || chosen, |ui| {
                let label = match (kind, &desk.model) {
                    (kind, Some(model)) if !kind.makes_a_new_model() => format!("Encoder for {}", model.name),
                    _ => kind.about().title.to_owned(),
                };
                let radio = ui.radio(chosen, label);
                if radio.clicked() && !chosen {
                    setup.recipe = kind;
                }
                let about = if chosen { setup.recipe.about().purpose } else { kind.about().purpose };
                radio.on_hover_text(about).on_disabled_hover_text(blocked.unwrap_or_default());
                ui.indent(kind.about().key, |ui| {
                    ui.add(egui::Label::new(RichText::new(about).small().weak()).wrap());
                    if chosen && kind.group().count() > 1 {
                        group(ui, workshop, setup);
                    }
                });
            });
            ui.add_space(2.0);
        }
    });
}

/// The choice among those that learn in the same way, and what the chosen one needs.
fn group(ui: &mut Ui, workshop: &Workshop, setup: &mut Setup) {
    ui.add_space(4.0);
    let choice = |kind: RecipeKind| {
        let about = kind.about();
        (kind, about.group.map_or(about.title, |(_, name)| name), about.purpose)
    };
    let choices: Vec<_> = setup.recipe.group().map(choice).collect();
    if let Some(kind) = segments(ui, setup.recipe, &choices) {
        setup.recipe = kind;
    }
    if setup.recipe.is_labelled() {
        factors::classes(ui, workshop, setup);
    }
}

fn effort(ui: &mut Ui, desk: &Desk, setup: &mut Setup) {
    heading(ui, "Size and time", "");
    Grid::new("effort").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
        ui.label("Size");
        if setup.recipe.makes_a_new_model() {
            let sizes = Setup::SIZES.map(|size| (size, size.to_string()));
            let tooltip = "Pixels a side; twice the size takes about four times as long to learn";
            let choices: Vec<(usize, &str, &str)> =
                sizes.iter().map(|(size, label)| (*size, label.as_str(), tooltip)).collect();
            if let Some(size) = segments(ui, setup.size, &choices) {
                setup.size = size;
            }
        } else {
            let size = desk.model.as_ref().map_or(0, |model| model.sides[0]);
            ui.label(RichText::new(format!("{size} × {size} pixels, as the open model")).weak());
        }
        ui.end_row();
        let label = ui.label("Time");
        ui.horizontal(|ui| {
            let time = DragValue::new(&mut setup.minutes)
                .range(Setup::MINUTES)
                .speed(0.5)
                .custom_formatter(|minutes, _| {
                    let tenths = (10.0 * minutes).round() / 10.0;
                    tenths.to_string()
                })
                .suffix(" min")
                .update_while_editing(false);
            ui.add(time).labelled_by(label.id).on_hover_text(
                "How long it trains; pauses do not count. It can be stopped and gone on with later",
            );
            let presets = [(10.0, "10 min"), (60.0, "1 h"), (480.0, "8 h")];
            for (minutes, name) in presets {
                let on = (setup.minutes - minutes).abs() < 0.01;
                if ui.selectable_label(on, name).on_hover_text(format!("Train for {name}")).clicked() {
                    setup.minutes = minutes;
                }
            }
        });
        ui.end_row();
    });
}

fn more(ui: &mut Ui, setup: &mut Setup) {
    let header = CollapsingHeader::new("More").show(ui, |ui| {
        Grid::new("more").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
            for setting in setup.recipe.form() {
                if let Some(value) = setup.settings.get(setting.key).cloned() {
                    let value = field(ui, setting, value);
                    setup.settings.set(setting.key, value);
                }
            }
        });
        let defaults = setup.recipe.defaults();
        let reset = ui.add_enabled(setup.settings != defaults, egui::Button::new("Usual settings"));
        if reset.on_hover_text("Back to what the recipe usually has").clicked() {
            setup.settings = defaults;
        }
    });
    header.header_response.on_hover_text("Settings that the recipe has good values for");
}

/// A row of the form.
fn field(ui: &mut Ui, setting: &Setting, mut value: Value) -> Value {
    let label = ui.label(setting.title);
    let response = match (&mut value, setting.kind) {
        (Value::Count(count), Kind::Count { least, most }) => {
            let speed = if most > 10_000 { 0.1 } else { 0.25 };
            ui.add(DragValue::new(count).range(least..=most).speed(speed))
        }
        (Value::Count(count), _) => ui.add(DragValue::new(count).speed(0.25)),
        (Value::Number(number), Kind::Number { least, most }) => {
            ui.add(DragValue::new(number).range(least..=most).speed(0.05))
        }
        (Value::Number(number), _) => ui.add(DragValue::new(number).speed(0.05)),
        (Value::Switch(on), _) => ui.checkbox(on, if *on { "on" } else { "off" }),
        (Value::Choice(name), _) => {
            let chosen = name.clone();
            egui::ComboBox::from_id_salt(setting.key)
                .selected_text(chosen)
                .show_ui(ui, |ui| {
                    for (choice, about) in setting.choices() {
                        ui.selectable_value(name, (*choice).to_owned(), *choice).on_hover_text(*about);
                    }
                })
                .response
        }
    };
    response.labelled_by(label.id).on_hover_text(setting.help);
    ui.end_row();
    value
}
