//! Files of the maps that belong to landscapes.

use std::path::Path;

use latent_engine::data::landscape::{GROUND, Label, Maps};
use latent_engine::picture::save_map;
use latent_engine::{Picture, file};

use super::CliError;

/// Height that the value 0 of a height map stands for, world units, and the height of a step.
const LOWEST: f64 = -100.0;
const STEP: f64 = 0.01;

/// Writes NAME.labels.png, NAME.height.png and NAME.plan.png.
pub(super) fn save_maps(maps: &Maps, size: usize, folder: &Path, name: &str) -> latent_engine::Result<()> {
    for (labels, kind) in [(&maps.labels, "labels"), (&maps.plan, "plan")] {
        let colours = labels.iter().flat_map(|label| label.colour()).collect();
        Picture::new(size, size, colours)?.save(folder.join(format!("{name}.{kind}.png")))?;
    }
    let path = folder.join(format!("{name}.height.png"));
    // A float becomes the nearest value that there is.
    let values: Vec<u16> =
        maps.heights.iter().map(|height| ((f64::from(*height) - LOWEST) / STEP).round() as u16).collect();
    save_map(values, size, &path)
}

/// Writes maps.json: what colours and heights mean.
pub(super) fn save_legend(folder: &Path) -> Result<(), CliError> {
    let labels = Label::ALL.map(|label| serde_json::json!({ "name": label, "colour": label.colour() }));
    let legend = serde_json::json!({
        "labels": labels,
        "height": { "lowest": LOWEST, "step": STEP },
        "ground": { "side": GROUND, "camera": "middle of the lower edge, looking up" },
    });
    Ok(file::write(&folder.join("maps.json"), format!("{legend:#}\n").as_bytes())?)
}
