//! Makes a model folder of a training's result: weights, description, card and sample sheet.

use std::fmt::Write as _;
use std::path::Path;

use super::run::Finished;
use crate::checkpoint::write::write_atomically;
use crate::checkpoint::{ModelFile, WEIGHTS_FILE, write_description};
use crate::{Error, Result};

/// What a card tells beside the numbers of the run.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The name of the model, for people.
    pub title: String,
    /// What it learned from.
    pub data: String,
    /// The command that made it.
    pub command: String,
}

/// Writes a model folder that the studio opens by its path.
///
/// # Errors
/// [`Error::Io`] when a file can't be read or written.
pub fn write_model_folder(folder: &Path, finished: &Finished, provenance: &Provenance) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    for (from, name) in [(&finished.weights, WEIGHTS_FILE), (&finished.samples, "samples.png")] {
        let bytes = std::fs::read(from).map_err(|e| Error::io(from, e))?;
        write_atomically(&folder.join(name), &bytes)?;
    }
    let file = ModelFile {
        title: provenance.title.clone(),
        family: "dcgan".into(),
        made_by: provenance.command.clone(),
        assumptions: [("prior", "normal"), ("range", "signed_unit")]
            .map(|(k, v)| (k.into(), v.into()))
            .into(),
    };
    write_description(folder, &file)?;
    write_atomically(&folder.join("CARD.md"), card(finished, provenance).as_bytes())
}

fn card(finished: &Finished, provenance: &Provenance) -> String {
    let config = &finished.config;
    let mut card = format!("# {}\n\n![64 random pictures](samples.png)\n\n", provenance.title);
    let shown = (finished.steps, config.batch);
    let rows = [
        (
            "Family",
            format!("DCGAN, {0}x{0}, width {1}, {2} latents", config.size, config.width, config.latent),
        ),
        (
            "Recipe",
            "GAN: hinge loss, spectral norm and augmentation in the discriminator, moving average".into(),
        ),
        ("Learned from", provenance.data.clone()),
        ("Command", format!("`{}`", provenance.command)),
        ("Seed", config.seed.to_string()),
        ("Steps", format!("{} of {} pictures", shown.0, shown.1)),
        ("Time", format!("{:.0} minutes", finished.seconds / 60.0)),
        ("Weights", "float16, the moving average".into()),
    ];
    card.push_str("| | |\n|---|---|\n");
    for (name, value) in rows {
        // Writing to a string can't fail.
        writeln!(card, "| {name} | {value} |").ok();
    }
    card
}
