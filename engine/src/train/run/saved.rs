//! What a folder holds before a training is begun in it.

use std::path::{Path, PathBuf};

use super::note::Note;
use crate::checkpoint::WEIGHTS_FILE;
use crate::train::core::setting::Settings;
use crate::train::core::state::{self, Header};
use crate::train::recipes;
use crate::train::recipes::recipe::check_changes;
use crate::{Error, Result};

/// A training that a folder holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedTraining {
    /// The recipe's key.
    pub recipe: String,
    /// The recipe's settings.
    pub settings: Settings,
    /// Steps done.
    pub steps: u64,
    /// Seconds of training, and what else its runs noted.
    pub note: Note,
}

impl SavedTraining {
    /// Refuses to go on with it in another way than it was begun: by another recipe, for another model, with other
    /// settings than those that may change.
    ///
    /// # Errors
    /// [`Error::Invalid`] with both.
    pub fn check(&self, recipe: Option<&str>, changes: &Settings) -> Result<()> {
        if let Some(wanted) = recipe.filter(|wanted| *wanted != self.recipe) {
            let found = &self.recipe;
            return Err(Error::Invalid(format!(
                "this is a training by the recipe {found}, not {wanted}: go on with {found}, or begin another one"
            )));
        }
        let recipe = recipes::recipe(&self.recipe)?;
        check_changes(&recipe.settings(), &self.settings, changes)
    }
}

/// What is in a folder that a model shall go to.
#[derive(Clone, Debug, PartialEq)]
pub enum FolderState {
    /// It is not there yet, or empty.
    Free,
    /// A training that can be gone on with.
    Training(SavedTraining),
    /// A model without its training.
    Model,
    /// Other files.
    Other,
}

/// Where in a model folder its training is.
pub(crate) fn run_folder(folder: &Path) -> PathBuf {
    folder.join("run")
}

/// Where in the folder of a run its state is.
pub(crate) fn state_in(run: &Path) -> PathBuf {
    run.join("state.safetensors")
}

/// Looks what is in the folder that a model shall go to; reads no weights.
///
/// # Errors
/// [`Error::Io`] when it can't be read, [`Error::Checkpoint`] when its training is damaged, [`Error::Invalid`] when it
/// is a file.
pub fn look_into(folder: &Path) -> Result<FolderState> {
    let mut entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(FolderState::Free),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            let folder = folder.display();
            return Err(Error::Invalid(format!("{folder} is a file, not a folder: choose another name")));
        }
        Err(error) => return Err(Error::io(folder, error)),
    };
    let run = run_folder(folder);
    let state = state_in(&run);
    if state.is_file() {
        let Header { recipe, config, steps, note, .. } = state::header(&state)?;
        let settings = recipes::recipe(&recipe)?.saved_settings(&config)?;
        let note = Note::read(&note).unwrap_or_default();
        return Ok(FolderState::Training(SavedTraining { recipe, settings, steps, note }));
    }
    if folder.join(WEIGHTS_FILE).is_file() {
        return Ok(FolderState::Model);
    }
    // What a run leaves that was cut off before its first checkpoint is in nobody's way.
    let other = |entry: std::io::Result<std::fs::DirEntry>| entry.map_or(true, |entry| entry.path() != run);
    Ok(if entries.any(other) { FolderState::Other } else { FolderState::Free })
}
