//! Makes a model folder of a training's result: weights, description, card and sample sheet.

use std::fmt::Write as _;
use std::path::Path;

use super::clock::Clock;
use super::runner::Finished;
use crate::checkpoint::{ModelFile, WEIGHTS_FILE, write_description};
use crate::{Error, Result, file};

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
        file::write(&folder.join(name), &bytes)?;
    }
    let file = ModelFile {
        title: provenance.title.clone(),
        family: finished.description.family.into(),
        made_by: provenance.command.clone(),
        latents: Vec::new(),
        classes: finished.description.classes.clone(),
        enlarger: None,
        assumptions: finished.description.assumptions.clone(),
        architecture: finished.description.architecture.clone(),
    };
    write_description(folder, &file)?;
    file::write(&folder.join("CARD.md"), card(finished, provenance).as_bytes())
}

fn card(finished: &Finished, provenance: &Provenance) -> String {
    let mut card = format!("# {}\n\n![What it makes](samples.png)\n\n", provenance.title);
    let steps = format!("{} of {} pictures", finished.steps, finished.batch);
    let minutes = format!("{:.0} minutes", finished.seconds / 60.0);
    let clock = match finished.clock {
        Clock::Minutes(all) => {
            format!(
                "{all} minutes: how many steps that is depends on the machine, so the same seed makes a like model"
            )
        }
        Clock::Steps(all) => format!("{all} steps: the same seed makes the same model on the same machine"),
    };
    let rest = [
        ("Learned from", provenance.data.clone()),
        ("Command", format!("`{}`", provenance.command)),
        ("Steps", steps),
        ("Time", minutes),
        ("Clock", clock),
        ("Weights", "the moving average, float16 where its numbers fit".into()),
    ];
    card.push_str("| | |\n|---|---|\n");
    for (name, value) in finished.description.rows.iter().chain(&rest) {
        // Writing to a string can't fail.
        writeln!(card, "| {name} | {value} |").ok();
    }
    card
}
