//! The way from the old picture to the new one: where it leads, and the pictures on it.

use latent_engine::search::Candidate;
use latent_engine::search::ways::Interpolation;

use super::document::Document;
use crate::link::request::Ends;

/// Frames of a morph, both ends included (iGAN's).
pub const FRAMES: usize = 16;

/// The morph of the current pictures.
#[derive(Debug, Default)]
pub struct Morph {
    /// The way between the two ends.
    pub way: Interpolation,
    /// The newest frames and what they were made for; none where they can't be made.
    made: Option<(Ends, Vec<Candidate>)>,
    /// What is looked at while the pictures still change.
    held: Option<Ends>,
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

    /// True when the frames belong to these ends.
    pub fn is_made_for(&self, ends: &Ends) -> bool {
        self.made.as_ref().is_some_and(|(of, _)| of == ends)
    }

    /// The document's ends as they are now are looked at.
    pub fn hold(&mut self, document: &Document) {
        self.held = self.ends(document);
    }

    /// What is looked at while the pictures still change.
    pub fn held(&self) -> Option<&Ends> {
        self.held.as_ref()
    }

    /// They came; none where they can't be made.
    pub fn take(&mut self, ends: Ends, frames: Vec<Candidate>) {
        self.made = Some((ends, frames));
    }

    /// The frames that there are, perhaps of the picture before.
    pub fn frames(&self) -> &[Candidate] {
        self.made.as_ref().map_or(&[], |(_, frames)| frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::scripted::candidate;
    use crate::rooms::paint::Paint;
    use crate::rooms::paint::tools::Toolbox;

    fn paint() -> Paint {
        let document = Document {
            candidates: vec![candidate(2.0)].into(),
            before: Some(candidate(1.0)),
            ..Document::default()
        };
        Paint::new(document, Toolbox::new([0; 3]))
    }

    fn frames() -> Vec<Candidate> {
        (0..FRAMES).map(|i| candidate(i as f32)).collect()
    }

    fn come(paint: &mut Paint) {
        let ends = paint.morph.ends(&paint.document).unwrap();
        paint.morph.take(ends, frames());
    }

    #[test]
    fn it_plays_once_at_ten_frames_a_second_and_ends_at_the_newest_picture() {
        let mut paint = paint();
        paint.toggle_play(0.0);
        paint.tick(5.0);
        assert!(paint.is_playing() && paint.position().is_none(), "waits for the frames");
        come(&mut paint);
        paint.tick(5.25);
        assert_eq!(paint.position(), Some(2));
        assert_eq!(paint.tick(6.7), None);
        assert_eq!((paint.position(), paint.is_playing()), (None, false));
    }

    #[test]
    fn a_pause_stays_where_it_is_and_playing_goes_on_from_there() {
        let mut paint = paint();
        come(&mut paint);
        paint.toggle_play(1.0);
        paint.tick(1.55);
        paint.toggle_play(1.56);
        paint.tick(9.0);
        assert_eq!((paint.position(), paint.is_playing()), (Some(5), false));
        paint.toggle_play(20.0);
        paint.tick(20.15);
        assert_eq!((paint.position(), paint.is_playing()), (Some(6), true));
    }

    #[test]
    fn playing_ends_when_there_is_no_way_any_more() {
        let mut paint = paint();
        paint.toggle_play(0.0);
        paint.document.before = None;
        assert_eq!(paint.tick(0.1), None);
        assert!(!paint.is_playing());
    }

    #[test]
    fn a_new_choice_or_another_way_has_other_ends() {
        let mut paint = paint();
        come(&mut paint);
        assert!(paint.has_morph());
        paint.morph.way = Interpolation::Spherical;
        assert!(!paint.has_morph());
        paint.morph.way = Interpolation::Linear;
        paint.document.candidates = vec![candidate(3.0)].into();
        assert!(!paint.has_morph() && paint.morph.frames().len() == FRAMES);
        paint.document.before = None;
        assert!(paint.morph.ends(&paint.document).is_none());
    }
}
