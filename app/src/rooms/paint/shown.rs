//! What is on the canvas.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::model::Latent;
use latent_engine::search::Candidate;

use super::Paint;
use super::document::Edit;
use super::morph::FRAMES;

/// Frames of a playing morph in a second.
const PLAYED_PER_SECOND: f64 = 10.0;

/// What a person wants to see.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Showing {
    /// The chosen picture.
    #[default]
    Newest,
    /// The candidates' mean.
    Mean,
    /// A picture on the way from the old picture to the new one.
    Way {
        /// Which one.
        frame: usize,
        /// When the first one was shown, or would have been, on the window's clock; `None` while it does not play.
        since: Option<f64>,
    },
}

/// What is on the canvas.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// There is no picture yet.
    Nothing,
    /// The chosen candidate.
    Candidate(&'a Candidate),
    /// The picture of the latent that was set by hand.
    Edited(&'a Edit),
    /// The mean of the candidates, which has no latent.
    Mean(&'a Arc<Picture>),
    /// A picture on the way from the old picture to the new one.
    Frame(&'a Candidate),
}

impl<'a> Shown<'a> {
    /// The picture.
    #[must_use]
    pub fn picture(self) -> Option<&'a Arc<Picture>> {
        match self {
            Self::Nothing => None,
            Self::Candidate(candidate) | Self::Frame(candidate) => Some(&candidate.picture),
            Self::Edited(edit) => Some(&edit.shown.picture),
            Self::Mean(picture) => Some(picture),
        }
    }
}

impl Paint {
    /// What is on the canvas. What is wanted and has not come yet leaves the newest picture there.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        match (self.showing, &self.mean) {
            (Showing::Way { frame, .. }, _) => {
                if let Some(frame) = self.morph.frames().get(frame) {
                    return Shown::Frame(frame);
                }
            }
            (Showing::Mean, Some((_, mean))) if !self.document.candidates.is_empty() => {
                return Shown::Mean(mean);
            }
            (Showing::Mean | Showing::Newest, _) => {}
        }
        match (&self.document.edit, self.document.candidate()) {
            (Some(edit), _) => Shown::Edited(edit),
            (None, Some(candidate)) => Shown::Candidate(candidate),
            (None, None) => Shown::Nothing,
        }
    }

    /// The picture on the canvas at the model's size: over a picture that is held, that one with the change.
    #[must_use]
    pub fn shown_picture(&self) -> Option<Arc<Picture>> {
        self.shown().picture().map(|picture| self.seen(picture))
    }

    /// The picture on the canvas with its latent; in place of a mean, which has none, the chosen one.
    #[must_use]
    pub fn shown_candidate(&self) -> Option<Candidate> {
        let Shown::Frame(frame) = self.shown() else { return self.document.candidate().cloned() };
        Some(Candidate { spread: self.document.spread(&frame.latent), ..frame.clone() })
    }

    /// The latent that the sliders show, and the one that they began with.
    pub(crate) fn slider_latents(&self) -> Option<(Latent, Latent)> {
        if let Shown::Edited(edit) = self.shown() {
            return Some((edit.latent.clone(), edit.from.latent.clone()));
        }
        self.shown_candidate().map(|shown| (shown.latent.clone(), shown.latent))
    }

    /// True when the morph from the old picture to the chosen one can be scrubbed.
    #[must_use]
    pub fn has_morph(&self) -> bool {
        self.morph.ends(&self.document).is_some_and(|ends| self.morph.is_made_for(&ends))
    }

    /// The shown frame of the morph; `None` when something else is shown.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        match self.showing {
            Showing::Way { frame, since } => (since.is_none() || self.has_morph()).then_some(frame),
            Showing::Newest | Showing::Mean => None,
        }
    }

    /// True while the morph plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        matches!(self.showing, Showing::Way { since: Some(_), .. })
    }

    /// Shows a frame of the morph, at rest; `None` is the newest picture.
    pub(crate) fn scrub(&mut self, frame: Option<usize>) {
        match frame {
            Some(frame) => self.show_way(frame.min(FRAMES - 1), None),
            None => self.showing = Showing::Newest,
        }
    }

    /// Plays the morph, from where it was left; pauses one that plays.
    pub(crate) fn toggle_play(&mut self, now: f64) {
        match self.showing {
            Showing::Way { frame, since: Some(_) } => self.show_way(frame, None),
            Showing::Way { frame, since: None } if frame + 1 < FRAMES => {
                self.show_way(frame, Some(now - frame as f64 / PLAYED_PER_SECOND));
            }
            Showing::Way { .. } | Showing::Newest | Showing::Mean => self.show_way(0, Some(now)),
        }
    }

    fn show_way(&mut self, frame: usize, since: Option<f64>) {
        if !matches!(self.showing, Showing::Way { .. }) {
            self.morph.hold(&self.document);
        }
        self.showing = Showing::Way { frame, since };
    }

    /// Moves a playing morph on; says in how many seconds it wants to be moved again.
    pub(crate) fn tick(&mut self, now: f64) -> Option<f64> {
        let Showing::Way { frame, since } = self.showing else { return None };
        if self.morph.ends(&self.document).is_none() {
            // There is no way any more.
            self.showing = Showing::Newest;
            return None;
        }
        let since = since?;
        if !self.has_morph() {
            // The clock starts when the frames have come; whoever brings them asks for a frame of the window.
            self.showing = Showing::Way { frame, since: Some(now - frame as f64 / PLAYED_PER_SECOND) };
            return None;
        }
        let frame = ((now - since) * PLAYED_PER_SECOND) as usize;
        if frame >= self.morph.frames().len() {
            self.showing = Showing::Newest;
            return None;
        }
        self.showing = Showing::Way { frame, since: Some(since) };
        Some((frame + 1) as f64 / PLAYED_PER_SECOND - (now - since))
    }
}
