//! What a run notes in the state of its training beside what the trainer needs.

use serde::{Deserialize, Serialize};

use crate::data::Framing;
use crate::{Error, Result};

/// What a resumed run has to know.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// Seconds of training so far.
    pub seconds: f64,
    /// How the pictures became squares, where they are those of a folder.
    pub framing: Option<Framing>,
}

impl Note {
    /// The note of a training that has not begun.
    pub const NEW: Self = Self { seconds: 0.0, framing: None };

    /// As it stands in files.
    pub fn to_text(self) -> String {
        // Two plain fields always have a JSON form.
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// What stands in a file.
    pub fn read(text: &str) -> Option<Self> {
        // Runs from before there was a choice noted the seconds alone, and cropped what they took from folders.
        let old = |seconds: f64| Self { seconds, framing: Some(Framing::Crop) };
        text.parse().ok().map(old).or_else(|| serde_json::from_str(text).ok())
    }

    /// Refuses pictures that became squares in another way than those so far: a model would unlearn what it knows of the
    /// places of things.
    pub fn check(&self, framing: Option<Framing>) -> Result<()> {
        match (self.framing, framing) {
            (Some(before), Some(now)) if before != now => Err(Error::Invalid(format!(
                "this training learned from pictures with the framing {before}, not {now}: go on with {before}"
            ))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_any_age_are_read_and_another_framing_is_refused() {
        let note = Note { seconds: 12.5, framing: Some(Framing::Fit) };
        assert_eq!(Note::read(&note.to_text()), Some(note));
        assert_eq!(Note::read(&Note::NEW.to_text()), Some(Note::NEW));
        let old = Note::read("812.25").unwrap();
        assert_eq!(old.seconds, 812.25);
        assert!(old.check(Some(Framing::Crop)).is_ok() && old.check(None).is_ok());
        let error = old.check(Some(Framing::Fit)).unwrap_err().to_string();
        assert!(error.contains("framing crop, not fit"), "{error}");
        assert!(Note::NEW.check(Some(Framing::Fit)).is_ok(), "a world's pictures have none");
        assert_eq!(Note::read("soon"), None);
    }
}
