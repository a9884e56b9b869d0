//! The enlarger that pictures go through: a row of the model's panel.

use egui::{ComboBox, RichText, Ui};
use latent_engine::model::ModelSource;
use latent_engine::open::bundled_enlargers;

use crate::kit::words::source_name;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;

const TOOLTIP: &str = "What makes the pictures on the canvas, and saved ones, larger than the model does. Open or drop an \
                       enlarger's file to add another one";
const NONE: &str = "none";

/// Lays the row out.
pub fn show(ui: &mut Ui, paint: &Paint, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Enlarger").weak());
        let now = paint.enlarger_source();
        let name = now.map_or(NONE.into(), source_name);
        let list =
            ComboBox::from_id_salt("enlarger").selected_text(name).width(ui.available_width().min(180.0));
        let shown = list.show_ui(ui, |ui| {
            if ui.selectable_label(now.is_none(), NONE).clicked() {
                out.push(Command::SetEnlarger(None));
            }
            for source in offered(paint) {
                let chosen = now == Some(&source);
                if ui.selectable_label(chosen, source_name(&source)).clicked() && !chosen {
                    out.push(Command::SetEnlarger(Some(source)));
                }
            }
        });
        shown.response.accessible_name("Enlarger").on_hover_text(TOOLTIP);
    });
}

/// The one that the model names, those inside the program, and the one in use, each once.
fn offered(paint: &Paint) -> Vec<ModelSource> {
    let model = paint.document.model.as_ref();
    let named = model.and_then(|model| model.info.enlarger.clone());
    let bundled = bundled_enlargers().map(|name| ModelSource::Bundled(name.into()));
    let mut all: Vec<ModelSource> = Vec::new();
    for source in named.into_iter().chain(bundled).chain(paint.enlarger_source().cloned()) {
        if !all.contains(&source) {
            all.push(source);
        }
    }
    all
}
