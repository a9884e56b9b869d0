//! The log of a run, a JSON object for a line, in which each step stands once however often the run was cut off; and
//! the curves that it tells when a run goes on.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::curves::Curves;
use super::progress::{LOG_EVERY, Progress};
use crate::{Error, Result, file};

/// What a line holds beside the values that a recipe watches.
const OTHER: [&str; 4] = ["step", "seconds", "progress", "pictures_per_second"];

/// The log, open for writing.
pub(crate) struct Log {
    path: PathBuf,
    file: BufWriter<File>,
}

/// What has to be known of a line.
#[derive(Deserialize)]
struct Line {
    step: u64,
}

impl Log {
    /// The log in the folder of a run, which goes on after so many steps. What it has of later ones, or half a line,
    /// is from a run that was cut off after its last checkpoint; without any steps it is a new log.
    pub fn after(folder: &Path, steps: u64) -> Result<Self> {
        let path = path_in(folder);
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Error::io(&path, e)),
        };
        let holds = |line: &&str| {
            line.ends_with('\n') && serde_json::from_str::<Line>(line).is_ok_and(|line| line.step <= steps)
        };
        let kept: String =
            if steps == 0 { String::new() } else { before.split_inclusive('\n').filter(holds).collect() };
        if kept != before {
            file::write(&path, kept.as_bytes())?;
        }
        let file =
            OpenOptions::new().create(true).append(true).open(&path).map_err(|e| Error::io(&path, e))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    /// Adds a line.
    pub fn line(&mut self, progress: &Progress) -> Result<()> {
        let line = serde_json::to_string(progress).map_err(|e| Error::Invalid(e.to_string()))?;
        writeln!(self.file, "{line}").and_then(|()| self.file.flush()).map_err(|e| Error::io(&self.path, e))
    }
}

/// The curves up to a step, as the log of a run tells them; none where there is no log that can be read.
pub(crate) fn curves(folder: &Path, until: u64) -> Curves {
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
    curves.thin(LOG_EVERY);
    curves
}

/// Takes the log of a run away that came to nothing.
pub(crate) fn remove(folder: &Path) {
    std::fs::remove_file(path_in(folder)).ok();
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("log.jsonl")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Report;

    #[test]
    fn lines_after_the_last_checkpoint_are_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let add = |log: &mut Log, step| {
            let report = Report::new(step, [("loss", 0.5)]);
            log.line(&Progress { report, seconds: 1.0, progress: 0.1, pictures_per_second: 9.0 }).unwrap();
        };
        let steps = || -> Vec<u64> {
            let text = std::fs::read_to_string(&path).unwrap();
            text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().step).collect()
        };
        let mut log = Log::after(folder.path(), 0).unwrap();
        [50, 100, 150].into_iter().for_each(|step| add(&mut log, step));
        drop(log);
        // Killed while it wrote a line.
        let half = std::fs::read_to_string(&path).unwrap() + "{\"step\": 200, \"se";
        std::fs::write(&path, half).unwrap();
        let mut log = Log::after(folder.path(), 120).unwrap();
        add(&mut log, 150);
        assert_eq!(steps(), [50, 100, 150]);
        drop(log);
        Log::after(folder.path(), 0).unwrap();
        assert!(steps().is_empty());
    }
}
