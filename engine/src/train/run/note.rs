//! What a run notes in the state of its training beside what the trainer needs.

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use crate::data::PictureSource;
use crate::model::ModelSource;
use crate::{Error, Result};

/// What a resumed run has to know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Seconds of training so far.
    pub seconds: f64,
    /// How long it was to last.
    pub clock: Option<Clock>,
    /// What it learns from, where that was not handed to it.
    pub source: Option<PictureSource>,
    /// How many pictures that were.
    pub pictures: usize,
    /// The model that it was begun for.
    pub model: Option<ModelSource>,
}

impl Note {
    /// As it stands in files.
    pub(crate) fn to_text(&self) -> String {
        // Plain fields always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What stands in a file.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Refuses other pictures than those so far: a model would unlearn what it knows.
    ///
    /// # Errors
    /// [`Error::Invalid`] with both.
    pub fn check_source(&self, now: &PictureSource) -> Result<()> {
        let Some(before) = &self.source else { return Ok(()) };
        if before == now {
            return Ok(());
        }
        if let (
            PictureSource::Folder { folder: a, framing: before, classes: c },
            PictureSource::Folder { folder: b, framing: now, classes: d },
        ) = (before, now)
            && (a, c) == (b, d)
        {
            return Err(Error::Invalid(format!(
                "this training learned from pictures with the framing {before}, not {now}: go on with {before}"
            )));
        }
        Err(Error::Invalid(format!(
            "this training learned from {before}, not from {now}: go on with those, or begin another one"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Framing, WorldName};

    #[test]
    fn a_note_is_read_as_it_was_written_and_other_pictures_are_refused() {
        let folder =
            |name: &str, framing| PictureSource::Folder { folder: name.into(), framing, classes: false };
        let world = |count| PictureSource::World {
            world: WorldName::Creature,
            count,
            seed: 1,
            vary: Some(vec!["hue".into()]),
            classes: None,
        };
        for source in [folder("/cats", Framing::Fit), world(50)] {
            let note = Note {
                seconds: 12.5,
                clock: Some(Clock::Steps(9)),
                pictures: 7,
                source: Some(source.clone()),
                model: Some(ModelSource::Bundled("landscape".into())),
            };
            assert_eq!(Note::read(&note.to_text()), Some(note.clone()));
            assert!(note.check_source(&source).is_ok());
            for (other, words) in [
                (
                    folder("/cats", Framing::Crop),
                    if source == world(50) { "/cats" } else { "framing fit, not crop" },
                ),
                (folder("/dogs", Framing::Fit), "/dogs"),
                (world(60), "60 pictures of the creature world"),
            ] {
                let error = note.check_source(&other).unwrap_err().to_string();
                assert!(error.contains(words), "{error}");
            }
        }
        assert!(Note::default().check_source(&world(1)).is_ok());
        assert_eq!(Note::read("soon"), None);
    }
}
