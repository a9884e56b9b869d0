//! The log of a run: one JSON object per line, and the curves that it tells when a run goes on.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::curves::Curves;
use super::run::Progress;
use crate::{Error, Result};

/// What a line holds beside the values that a recipe watches.
const OTHER: [&str; 4] = ["step", "seconds", "progress", "pictures_per_second"];

/// The log, open for writing.
pub(super) struct Log {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Log {
    /// The log in the folder of a run: a new one, or after what there is.
    pub fn open(folder: &Path, append: bool) -> Result<Self> {
        let path = path_in(folder);
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        let file = options.open(&path).map_err(|e| Error::io(&path, e))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    pub fn line(&mut self, progress: &Progress) -> Result<()> {
        let line = serde_json::to_string(progress).map_err(|e| Error::Invalid(e.to_string()))?;
        writeln!(self.file, "{line}").and_then(|()| self.file.flush()).map_err(|e| Error::io(&self.path, e))
    }
}

/// The curves up to a step, as the log of a run tells them; none where there is no log that can be read.
pub(super) fn curves(folder: &Path, until: u64) -> Curves {
    let mut curves = Curves::default();
    let text = std::fs::read_to_string(path_in(folder)).unwrap_or_default();
    for line in text.lines() {
        let Ok(row) = serde_json::from_str::<Map<String, Value>>(line) else { continue };
        // What came after the last checkpoint was lost with its steps, and is measured again.
        let Some(step) = row.get("step").and_then(Value::as_u64).filter(|step| *step <= until) else {
            continue;
        };
        for (name, value) in row.iter().filter(|(name, _)| !OTHER.contains(&name.as_str())) {
            if let Some(value) = value.as_f64() {
                curves.add(name, step, value as f32);
            }
        }
    }
    curves
}

/// Takes the log of a run away that came to nothing.
pub(super) fn remove(folder: &Path) {
    std::fs::remove_file(path_in(folder)).ok();
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("log.jsonl")
}
