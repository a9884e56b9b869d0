//! The way from the old picture to the new one: which frames there are, which one is shown, playing.

use std::sync::Arc;

use crate::link::engine_link::MorphFrames;
use latent_engine::Picture;
use latent_engine::model::Latent;
use latent_engine::search::ways::Interpolation;

use crate::rooms::paint::document::Document;

/// Frames of a morph, both ends included (iGAN's).
pub const FRAMES: usize = 16;

const PLAYED_PER_SECOND: f64 = 10.0;

/// What a morph was made for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ends {
    pub from: Latent,
    pub to: Latent,
    pub way: Interpolation,
}

/// The morph of the current pictures.
#[derive(Debug, Default)]
pub struct Morph {
    /// The way between the two ends.
    pub way: Interpolation,
    frames: Option<MorphFrames>,
    /// What was asked for last: `frames` show it once they have come.
    asked: Option<Ends>,
    answered: bool,
    /// The shown frame; `None` is the newest picture.
    position: Option<usize>,
    /// When playing began; negative infinity until the frames have come.
    playing: Option<f64>,
}

impl Morph {
    /// The ends that the document has now, if it has two different ones.
    pub fn ends(&self, document: &Document) -> Option<Ends> {
        let (from, to) = (document.before.as_ref()?, document.candidate()?);
        (from.latent != to.latent).then(|| Ends {
            from: from.latent.clone(),
            to: to.latent.clone(),
            way: self.way,
        })
    }

    /// The ends to ask for, when they were not asked for yet.
    pub fn missing(&self, document: &Document) -> Option<Ends> {
        self.ends(document).filter(|ends| self.asked.as_ref() != Some(ends))
    }

    /// True when the frames belong to the document as it is now.
    pub fn is_current(&self, document: &Document) -> bool {
        self.answered && self.asked.is_some() && self.asked == self.ends(document)
    }

    /// These ends were asked for.
    pub fn ask(&mut self, ends: Ends) {
        self.asked = Some(ends);
        self.answered = false;
    }

    /// They came.
    pub fn take(&mut self, frames: MorphFrames) {
        self.frames = (!frames.pictures.is_empty()).then_some(frames);
        self.answered = true;
    }

    /// The frames that there are, perhaps of the picture before.
    pub fn pictures(&self) -> &[Arc<Picture>] {
        self.frames.as_ref().map_or(&[], |frames| &frames.pictures)
    }

    /// The shown frame's number.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// The shown frame; `None` when the newest picture is shown.
    pub fn shown(&self) -> Option<(&Latent, &Arc<Picture>)> {
        let (frames, i) = (self.frames.as_ref()?, self.position?);
        Some((frames.latents.get(i)?, frames.pictures.get(i)?))
    }

    /// Shows a frame and stops playing; `None` is the newest picture.
    pub fn show(&mut self, position: Option<usize>) {
        self.position = position.map(|i| i.min(FRAMES - 1));
        self.playing = None;
    }

    /// Starts or stops playing.
    pub fn toggle_play(&mut self, now: f64) {
        if self.playing.is_some() {
            self.show(None);
        } else {
            self.playing = Some(now);
        }
    }

    /// True while it plays.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Moves the playing morph on; says in how many seconds it wants to be moved again.
    pub fn tick(&mut self, now: f64, document: &Document) -> Option<f64> {
        let since = self.playing?;
        if !self.is_current(document) {
            // The clock starts when the frames have come.
            self.playing = Some(now);
            return self.ends(document).map(|_| 1.0 / PLAYED_PER_SECOND);
        }
        let i = ((now - since) * PLAYED_PER_SECOND) as usize;
        if i >= self.pictures().len() {
            self.show(None);
            return None;
        }
        self.position = Some(i);
        Some((i + 1) as f64 / PLAYED_PER_SECOND - (now - since))
    }

    /// Nothing to morph any more.
    pub fn clear(&mut self) {
        *self = Self { way: self.way, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use latent_engine::service::JobId;

    use super::*;
    use crate::link::scripted::candidate;

    fn document() -> Document {
        Document {
            candidates: vec![candidate(2.0)].into(),
            before: Some(candidate(1.0)),
            ..Document::default()
        }
    }

    fn frames() -> MorphFrames {
        MorphFrames {
            job: JobId(1),
            latents: (0..FRAMES).map(|i| vec![i as f32].into()).collect(),
            pictures: (0..FRAMES).map(|i| Arc::new(Picture::filled(1, 1, [i as u8; 3]))).collect(),
        }
    }

    #[test]
    fn it_plays_once_at_ten_frames_a_second_and_ends_at_the_newest_picture() {
        let (mut morph, document) = (Morph::default(), document());
        morph.ask(morph.missing(&document).unwrap());
        morph.toggle_play(0.0);
        assert!(morph.tick(5.0, &document).is_some(), "waits for the frames");
        morph.take(frames());
        assert!(morph.missing(&document).is_none());
        morph.tick(5.25, &document);
        assert_eq!(morph.position(), Some(2));
        assert_eq!(morph.tick(6.7, &document), None);
        assert_eq!((morph.position(), morph.is_playing()), (None, false));
    }

    #[test]
    fn a_new_choice_or_another_way_makes_it_missing_again() {
        let (mut morph, mut document) = (Morph::default(), document());
        morph.ask(morph.missing(&document).unwrap());
        morph.take(frames());
        morph.way = Interpolation::Spherical;
        assert!(morph.missing(&document).is_some());
        morph.way = Interpolation::Linear;
        document.candidates = vec![candidate(3.0)].into();
        assert!(morph.missing(&document).is_some() && !morph.is_current(&document));
        document.before = None;
        assert!(morph.missing(&document).is_none());
    }
}
