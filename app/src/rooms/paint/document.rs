//! What is undone and what will be saved: strokes, candidates, anchor, settings. Knows no window.

use std::sync::Arc;

use latent_engine::model::Latent;
use latent_engine::search::constraint::Stroke;
use latent_engine::search::{Candidate, SolveSettings};

use super::base::{Base, Photo};
use super::drawn::Drawn;
use crate::link::models::OpenModel;
use crate::link::request::Question;

/// How many of the last candidates a growing stroke starts from.
const STARTS: usize = 4;

/// A latent that a person sets by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The picture that it began with.
    pub from: Candidate,
    /// The latent as it is set now.
    pub latent: Latent,
    /// The newest picture that was made on the way there, with its own latent.
    pub shown: Candidate,
}

impl Edit {
    /// An edit that has changed nothing yet.
    #[must_use]
    pub fn of(from: Candidate) -> Self {
        Self { latent: from.latent.clone(), shown: from.clone(), from }
    }

    /// Sets the latent.
    pub fn set(&mut self, latent: Latent) {
        if latent == self.from.latent {
            // This picture is known.
            self.shown = self.from.clone();
        }
        self.latent = latent;
    }

    /// True when the picture of the latent as it is set now is there.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.latent == self.shown.latent
    }
}

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Iterations done.
    pub iteration: usize,
    /// Iterations until it comes to rest; 0 where nothing is searched.
    pub iterations: usize,
    /// Iterations per second.
    pub per_second: f32,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Better pictures may come.
    Open,
    /// The pictures are the last ones.
    Settled,
    /// A person stopped it.
    Stopped,
    /// It can't be answered.
    Failed,
}

/// The document. A clone is cheap: strokes, latents and pictures are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The model in use; `None` until one has opened.
    pub model: Option<Arc<OpenModel>>,
    /// The strokes in the order they were drawn.
    pub strokes: Vec<Drawn>,
    /// The pictures to choose from, best first.
    pub candidates: Arc<[Candidate]>,
    /// Which of them is on the canvas.
    pub selected: usize,
    /// True when a person chose it, so that newer pictures should follow the choice.
    pub picked: bool,
    /// The latent of the picture that the first stroke was drawn on, where a person had chosen it: there the search
    /// starts.
    pub begun: Option<Latent>,
    /// True when the candidates answer to the strokes: then they are where the next search starts.
    pub searched: bool,
    /// The newest question that something became of. Where it is not the one that the strokes ask now, or is
    /// open, pictures are wanted.
    pub asked: Option<(Question, Standing)>,
    /// How far its search came.
    pub progress: Progress,
    /// The latent that a person set by hand; its picture is on the canvas instead of the candidate's.
    pub edit: Option<Edit>,
    /// How many latents were drawn at random for it, so that each is another one.
    pub draws: u64,
    /// What is painted over, where a picture is held.
    pub base: Option<Base>,
    /// The latent that the picture was fixed at.
    pub anchor: Option<Latent>,
    /// The picture from before the strokes since the last Fix: where the morph starts.
    pub before: Option<Candidate>,
    /// How to search; its seed is the document's seed.
    pub settings: SolveSettings,
}

impl Document {
    /// The picture on the canvas: that of the latent set by hand, or else the chosen candidate.
    #[must_use]
    pub fn candidate(&self) -> Option<&Candidate> {
        self.edit.as_ref().map(|edit| &edit.shown).or_else(|| self.candidates.get(self.selected))
    }

    /// The strokes that count.
    #[must_use]
    pub fn shown_strokes(&self) -> Vec<Arc<Stroke>> {
        self.strokes.iter().filter(|drawn| !drawn.hidden).map(|drawn| drawn.stroke.clone()).collect()
    }

    /// Keeps a picture: what is searched from now on stays near it.
    pub fn fix(&mut self, picture: Candidate) {
        self.anchor = Some(picture.latent.clone());
        self.before = Some(picture.clone());
        self.candidates = vec![picture].into();
        (self.selected, self.picked) = (0, false);
        self.ask_anew();
        (self.edit, self.begun) = (None, None);
    }

    /// The strokes are searched as if they had just been drawn.
    pub fn ask_anew(&mut self) {
        (self.searched, self.asked, self.progress) = (false, None, Progress::default());
    }

    /// Another model: its latents are other ones, so that of what was found only the strokes go on to mean
    /// something.
    pub fn move_to(&mut self, model: Arc<OpenModel>) {
        let (strokes, settings) = (std::mem::take(&mut self.strokes), self.settings);
        // A photo stays; where it lies among the new model's pictures is found anew.
        let photo = self.base.take().filter(|base| base.photo().is_some()).map(|mut base| {
            if let Some(photo) = base.photo_mut() {
                let crop = photo.crop.filter(|_| self.model.is_some());
                *photo = Photo { crop, ..Photo::new(photo.picture.clone(), photo.name.clone()) };
            }
            base
        });
        *self = Self { model: Some(model), strokes, settings, base: photo, ..Self::default() };
    }

    /// The same model, opened again: what was asked of the old one counts as asked of it.
    pub fn go_on_with(&mut self, model: Arc<OpenModel>) {
        if let Some((question, _)) = &mut self.asked {
            question.set_model(model.key);
        }
        self.model = Some(model);
    }

    /// What became of the strokes' question as it is now.
    #[must_use]
    pub fn standing(&self, question: &Question) -> Standing {
        let asked = self.asked.as_ref().filter(|(asked, _)| asked == question);
        asked.map_or(Standing::Open, |(_, standing)| *standing)
    }

    /// True when there is something that would be missed: strokes, a fixed picture, latents set by hand.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let held = self.anchor.is_some() || self.base.is_some();
        !self.strokes.is_empty() || held || self.edit.is_some()
    }

    /// Newer candidates of the same search. A choice is kept by following the picture most like it, for
    /// the order may have changed.
    pub fn follow(&mut self, candidates: Vec<Candidate>) {
        let chosen = if self.picked { self.candidate().map(|c| c.latent.clone()) } else { None };
        self.selected = chosen.map_or(0, |latent| nearest(&candidates, &latent));
        self.candidates = candidates.into();
    }

    /// Latents that the next search starts from beside those that it finds by itself.
    #[must_use]
    pub fn starts(&self) -> Vec<Latent> {
        if self.searched {
            self.candidates.iter().take(STARTS).map(|c| c.latent.clone()).collect()
        } else {
            self.anchor.iter().chain(&self.begun).cloned().collect()
        }
    }

    /// How far a latent lies from the middle of the prior, where 1 is typical.
    #[must_use]
    pub fn spread(&self, latent: &Latent) -> f32 {
        let typical = self.model.as_ref().map_or(1.0, |model| model.latents.prior_rms());
        latent.rms() / typical.max(f32::MIN_POSITIVE)
    }
}

fn nearest(candidates: &[Candidate], latent: &Latent) -> usize {
    let distance = |candidate: &Candidate| -> f32 {
        candidate.latent.values().iter().zip(latent.values()).map(|(a, b)| (a - b).powi(2)).sum()
    };
    let by_distance = |(_, a): &(usize, f32), (_, b): &(usize, f32)| a.total_cmp(b);
    candidates.iter().map(distance).enumerate().min_by(by_distance).map_or(0, |(i, _)| i)
}

#[cfg(test)]
mod tests {
    use latent_engine::Picture;

    use super::*;

    fn candidate(value: f32, cost: f32) -> Candidate {
        Candidate {
            latent: vec![value, -value].into(),
            picture: Arc::new(Picture::filled(2, 2, [(value * 10.0) as u8; 3])),
            cost,
            terms: vec![],
            spread: 1.0,
        }
    }

    #[test]
    fn a_choice_follows_its_picture_through_a_new_order() {
        let mut document = Document::default();
        document.follow(vec![candidate(1.0, 0.1), candidate(2.0, 0.2), candidate(3.0, 0.3)]);
        (document.selected, document.picked) = (2, true);
        document.follow(vec![candidate(2.9, 0.1), candidate(1.0, 0.2)]);
        assert_eq!(document.selected, 0);
        document.picked = false;
        document.selected = 1;
        document.follow(vec![candidate(5.0, 0.1), candidate(1.0, 0.2)]);
        assert_eq!(document.selected, 0, "without a choice the best one is shown");
    }

    #[test]
    fn a_search_starts_from_the_last_answers_or_the_anchor() {
        let mut document = Document::default();
        document.follow((0..6).map(|i| candidate(i as f32, 0.0)).collect());
        assert!(document.starts().is_empty(), "random pictures are no answers");
        document.anchor = Some(vec![7.0, 7.0].into());
        assert_eq!(document.starts(), [Latent::from(vec![7.0, 7.0])]);
        document.searched = true;
        assert_eq!(document.starts().len(), STARTS);
    }
}
