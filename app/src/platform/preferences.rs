//! How the window looks on this computer: kept in a small file, which a thread of its own writes.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, unbounded};
use serde::{Deserialize, Serialize};

/// The name of the file in the configuration folder.
const FILE: &str = "window.toml";

/// How the window looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The dark theme.
    pub dark: bool,
    /// How large text and buttons are; 1 is as the system has it.
    pub scale: f32,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { dark: true, scale: 1.0 }
    }
}

impl Preferences {
    /// How large text and buttons can be.
    const SCALES: [f32; 9] = [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

    /// What was kept in this folder; `usual` where there is nothing, or nothing that can be read.
    pub fn load(folder: Option<&Path>, usual: Self) -> Self {
        let Some(file) = folder.map(|folder| folder.join(FILE)) else { return usual };
        let kept = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str::<Self>(&text).map_err(|error| error.to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return usual,
            Err(error) => Err(error.to_string()),
        };
        let least = Self::SCALES[0];
        match kept {
            Ok(kept) if kept.scale.is_finite() => {
                Self { scale: kept.scale.clamp(least, Self::SCALES[Self::SCALES.len() - 1]), ..kept }
            }
            Ok(kept) => Self { scale: usual.scale, ..kept },
            Err(why) => {
                tracing::warn!(file = %file.display(), why, "how the window looked can't be read");
                usual
            }
        }
    }

    /// The next larger size of text and buttons; `None` at the end.
    pub fn larger(scale: f32) -> Option<f32> {
        Self::SCALES.into_iter().find(|other| *other > scale + 0.01)
    }

    /// The next smaller one.
    pub fn smaller(scale: f32) -> Option<f32> {
        Self::SCALES.into_iter().rev().find(|other| *other < scale - 0.01)
    }
}

/// Keeps preferences in their file.
pub struct Keeper {
    kept: Preferences,
    writer: Option<(Sender<Preferences>, JoinHandle<()>)>,
}

impl Keeper {
    /// Keeps what changes from here on in a folder; without one nothing is kept.
    pub fn new(folder: Option<PathBuf>, kept: Preferences) -> Self {
        let writer = folder.and_then(|folder| {
            let (wishes, inbox) = unbounded();
            let work = move || {
                for preferences in inbox {
                    if let Err(error) = write(&folder.join(FILE), &preferences) {
                        tracing::warn!(error, "how the window looks is not kept");
                    }
                }
            };
            match std::thread::Builder::new().name("preferences".into()).spawn(work) {
                Ok(thread) => Some((wishes, thread)),
                Err(error) => {
                    tracing::warn!(%error, "how the window looks is not kept");
                    None
                }
            }
        });
        Self { kept, writer }
    }

    /// Keeps them, where they changed; never waits.
    pub fn keep(&mut self, now: Preferences) {
        if now != std::mem::replace(&mut self.kept, now)
            && let Some((wishes, _)) = &self.writer
        {
            wishes.send(now).ok();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some((wishes, thread)) = self.writer.take() {
            drop(wishes);
            // A theme that was chosen right before the end counts, too.
            thread.join().ok();
        }
    }
}

fn write(file: &Path, preferences: &Preferences) -> Result<(), String> {
    let text = toml::to_string(preferences).map_err(|error| error.to_string())?;
    super::write_whole(file, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_the_next_time() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("not/yet");
        let usual = Preferences::default();
        assert_eq!(Preferences::load(Some(&folder), usual), usual);
        let mut keeper = Keeper::new(Some(folder.clone()), usual);
        let chosen = Preferences { dark: false, scale: 1.5 };
        keeper.keep(chosen);
        drop(keeper);
        assert_eq!(Preferences::load(Some(&folder), usual), chosen);
    }

    #[test]
    fn a_damaged_file_changes_nothing_and_a_strange_size_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let usual = Preferences::default();
        for (text, expected) in [
            ("dark = 3", usual),
            ("dark = false\nscale = 100.0", Preferences { dark: false, scale: 2.5 }),
            ("scale = nan", usual),
        ] {
            std::fs::write(dir.path().join(FILE), text).unwrap();
            assert_eq!(Preferences::load(Some(dir.path()), usual), expected, "{text}");
        }
    }

    #[test]
    fn sizes_go_step_by_step_to_their_ends() {
        assert_eq!((Preferences::larger(1.0), Preferences::smaller(1.0)), (Some(1.1), Some(0.9)));
        assert_eq!((Preferences::larger(2.5), Preferences::smaller(0.75)), (None, None));
    }
}
