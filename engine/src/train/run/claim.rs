//! The folder of a model while a training writes it: held by one program at a time, and left as it was found when nothing
//! came of the training.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::saved::{FolderState, look_into};
use super::{log, saved};
use crate::file::NewFolder;
use crate::{Error, Result};

/// The file that whoever trains into a folder holds. The system lets go of it when the program ends, however it ends.
const LOCK: &str = "lock";

/// What a training wants of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// That nothing is in it.
    New,
    /// To go on with the training in it.
    Resume,
    /// To write a model in the place of what is in it.
    Replace,
}

/// The folder of a model that is being trained.
#[derive(Debug)]
pub struct ModelFolder {
    folder: PathBuf,
    run: PathBuf,
    /// Taken away while the lock is held, so before it is let go of.
    _made: NewFolder,
    lock: Option<File>,
    /// A checkpoint is there that this training must not take away when it comes to nothing.
    keeps: bool,
}

impl ModelFolder {
    /// Takes the folder for a training, and makes it where it is not there.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it holds something else than was claimed, can't be written, or another program trains
    /// into it.
    pub fn claim(folder: &Path, claim: Claim) -> Result<Self> {
        check(folder, claim)?;
        let shown = folder.display();
        let run = saved::run_folder(folder);
        let refuse = |source: &dyn std::fmt::Display| {
            Error::Invalid(format!("{shown} can't be written: {source}; choose another folder for the model"))
        };
        let made = NewFolder::make(&run).map_err(|error| match error {
            Error::Io { source, .. } => refuse(&source),
            other => other,
        })?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(run.join(LOCK));
        let lock = lock.map_err(|source| refuse(&source))?;
        let mut claimed = Self { folder: folder.to_owned(), run, _made: made, lock: None, keeps: false };
        match lock.try_lock() {
            Ok(()) => claimed.lock = Some(lock),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Invalid(format!(
                    "another program trains into {shown} right now: wait until it has ended, or choose another folder"
                )));
            }
            // Some network disks have no locks; a training there is worth more than the guard.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "{shown} can't be locked");
                claimed.lock = Some(lock);
            }
        }
        // Somebody may have trained into it until this moment.
        check(folder, claim)?;
        claimed.keeps = claimed.state().is_file();
        Ok(claimed)
    }

    /// The model's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder in it that holds the training.
    #[must_use]
    pub fn run(&self) -> &Path {
        &self.run
    }

    /// Where the state is.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        saved::state_in(&self.run)
    }
}

impl Drop for ModelFolder {
    fn drop(&mut self) {
        // Only who holds it may take it away.
        if self.lock.is_some() && !self.keeps && !self.state().is_file() {
            // A log of steps that are lost is of no use, and would make the folder look taken.
            log::remove(&self.run);
            std::fs::remove_file(self.run.join(LOCK)).ok();
            // That of a program that was killed; what is not empty holds something that somebody wants.
            std::fs::remove_dir(&self.run).ok();
        }
    }
}

/// Refuses what is in a folder that a training claims.
fn check(folder: &Path, claim: Claim) -> Result<()> {
    let held = match (look_into(folder), claim) {
        // Damaged things may be replaced.
        (Err(Error::Checkpoint { .. }), Claim::Replace) => None,
        (Err(error), _) => return Err(error),
        (Ok(FolderState::Free), Claim::Resume) => Some("no training to go on with: start a new one"),
        (Ok(FolderState::Free), _)
        | (Ok(FolderState::Training(_)), Claim::Resume | Claim::Replace)
        | (Ok(FolderState::Model | FolderState::Other), Claim::Replace) => None,
        (Ok(FolderState::Training(_)), Claim::New) => {
            Some("a training: go on with it, or choose another folder")
        }
        (Ok(FolderState::Model), Claim::New) => Some("a model: give this one another name"),
        (Ok(FolderState::Other), Claim::New) => Some("other files: choose another folder"),
        (Ok(FolderState::Model | FolderState::Other), Claim::Resume) => {
            Some("no training to go on with: start a new one")
        }
    };
    match held {
        Some(held) => Err(Error::Invalid(format!("{} holds {held}", folder.display()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_training_and_left_as_it_was_found() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("mine");
        let first = ModelFolder::claim(&folder, Claim::New).unwrap();
        let refusal = ModelFolder::claim(&folder, Claim::New).unwrap_err().to_string();
        assert!(refusal.contains("another program trains into"), "{refusal}");
        assert!(folder.exists(), "whoever is refused takes nothing away");
        drop(first);
        assert!(!folder.exists());
        // The lock of a program that was killed is a file that nobody holds.
        std::fs::create_dir_all(folder.join("run")).unwrap();
        std::fs::write(folder.join("run").join(LOCK), b"").unwrap();
        let again = ModelFolder::claim(&folder, Claim::New).unwrap();
        std::fs::write(again.run().join("samples-0000min.png"), b"a sheet").unwrap();
        drop(again);
        assert!(folder.join("run").is_dir(), "what is not its own stays");
    }

    #[test]
    fn models_and_other_files_are_replaced_by_force_alone() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["weights.safetensors", "letter.txt"] {
            let folder = dir.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(name), b"dear painter").unwrap();
            for claim in [Claim::New, Claim::Resume] {
                assert!(ModelFolder::claim(&folder, claim).is_err(), "{name} {claim:?}");
                assert!(!folder.join("run").exists(), "a refusal leaves nothing behind");
            }
            drop(ModelFolder::claim(&folder, Claim::Replace).unwrap());
            assert!(folder.join(name).is_file() && !folder.join("run").exists());
        }
        assert!(ModelFolder::claim(&dir.path().join("none"), Claim::Resume).is_err());
    }
}
