//! The log of a run, a JSON object for a line, in which each step stands once however often the run was cut off.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::run::Progress;
use crate::checkpoint::write::write_atomically;
use crate::{Error, Result};

/// A log that lines are added to.
pub(super) struct Log {
    path: PathBuf,
    file: BufWriter<File>,
}

/// What has to be known of a line.
#[derive(Deserialize)]
struct Line {
    step: u64,
}

impl Log {
    /// A log that goes on after so many steps. What it has of later ones, or half a line, is from a run that was cut off
    /// after its last checkpoint; without any steps it is a new log.
    pub fn after(path: &Path, steps: u64) -> Result<Self> {
        let before = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Error::io(path, e)),
        };
        let holds = |line: &&str| {
            line.ends_with('\n') && serde_json::from_str::<Line>(line).is_ok_and(|line| line.step <= steps)
        };
        let kept: String =
            if steps == 0 { String::new() } else { before.split_inclusive('\n').filter(holds).collect() };
        if kept != before {
            write_atomically(path, kept.as_bytes())?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(|e| Error::io(path, e))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Adds a line.
    pub fn line(&mut self, progress: &Progress) -> Result<()> {
        let line = serde_json::to_string(progress).map_err(|e| Error::Invalid(e.to_string()))?;
        writeln!(self.file, "{line}").and_then(|()| self.file.flush()).map_err(|e| Error::io(&self.path, e))
    }
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
            let report = Report { step, values: vec![("loss", 0.5)] };
            log.line(&Progress { report, seconds: 1.0, progress: 0.1, pictures_per_second: 9.0 }).unwrap();
        };
        let steps = || -> Vec<u64> {
            let text = std::fs::read_to_string(&path).unwrap();
            text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().step).collect()
        };
        let mut log = Log::after(&path, 0).unwrap();
        [50, 100, 150].into_iter().for_each(|step| add(&mut log, step));
        drop(log);
        // Killed while it wrote a line.
        let half = std::fs::read_to_string(&path).unwrap() + "{\"step\": 200, \"se";
        std::fs::write(&path, half).unwrap();
        let mut log = Log::after(&path, 120).unwrap();
        add(&mut log, 150);
        assert_eq!(steps(), [50, 100, 150]);
        drop(log);
        Log::after(&path, 0).unwrap();
        assert!(steps().is_empty());
    }
}
