//! What a folder holds before a training is begun in it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::note::Note;
use super::runner::state_in;
use crate::checkpoint::WEIGHTS_FILE;
use crate::data::Framing;
use crate::train::core::state;
use crate::{Error, Result};

/// A training that a folder holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedTraining {
    /// The recipe's name in files: "gan", "vae", ...
    pub recipe: String,
    /// Steps done.
    pub steps: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// How its pictures became squares; `None` where they were drawn as squares.
    pub framing: Option<Framing>,
}

impl SavedTraining {
    /// Refuses to go on with pictures that become squares in another way.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the right one.
    pub fn check_framing(&self, framing: Option<Framing>) -> Result<()> {
        Note { seconds: self.seconds, framing: self.framing }.check(framing)
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

/// The part of a state's header that all recipes have.
#[derive(Deserialize)]
struct Header {
    steps: u64,
    note: String,
}

/// Where in a model folder its training is.
pub(crate) fn run_folder(folder: &Path) -> PathBuf {
    folder.join("run")
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
    let state = state_in(&run_folder(folder));
    if state.is_file() {
        let (recipe, header) = state::header::<Header>(&state)?;
        let Note { seconds, framing } = Note::read(&header.note).unwrap_or(Note::NEW);
        return Ok(FolderState::Training(SavedTraining { recipe, steps: header.steps, seconds, framing }));
    }
    if folder.join(WEIGHTS_FILE).is_file() {
        return Ok(FolderState::Model);
    }
    Ok(if entries.next().is_some() { FolderState::Other } else { FolderState::Free })
}
