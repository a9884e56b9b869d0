//! Random pictures of the model in use, for its panel: what it makes when nothing is asked of it.

use std::sync::Arc;

use latent_engine::model::Latent;
use latent_engine::rng::Rng;
use latent_engine::search::Candidate;

use super::Paint;
use super::document::Edit;
use crate::link::models::{ModelKey, OpenModel};

/// How many there are.
pub const COUNT: usize = 8;

/// Sets their random numbers apart from those of the sliders.
const STREAM: u64 = 0x0073_616d_706c_6573;

/// The random pictures.
#[derive(Debug, Default)]
pub struct Samples {
    /// The newest that came, the model that made them, and the round.
    made: Option<(ModelKey, u64, Arc<[Candidate]>)>,
    /// How often others were asked for.
    round: u64,
}

impl Samples {
    /// Those of a model that there are.
    pub fn of(&self, model: ModelKey) -> &[Candidate] {
        match &self.made {
            Some((key, round, pictures)) if (*key, *round) == (model, self.round) => pictures,
            _ => &[],
        }
    }

    /// The latents to ask for, where there are no pictures.
    pub fn missing(&self, model: &OpenModel, seed: u64) -> Option<Vec<Latent>> {
        if self.made.as_ref().is_some_and(|(key, round, _)| (*key, *round) == (model.key, self.round)) {
            return None;
        }
        let mut rng = Rng::stream(seed ^ STREAM, self.round);
        Some((0..COUNT).map(|_| model.latents.draw(&mut rng)).collect())
    }

    /// They came; none where they can't be made.
    pub fn take(&mut self, model: ModelKey, pictures: Vec<Candidate>) {
        self.made = Some((model, self.round, pictures.into()));
    }

    /// Others are wanted.
    pub fn renew(&mut self) {
        self.round += 1;
    }
}

impl Paint {
    /// The random pictures of the model in use that there are.
    pub(crate) fn samples(&self) -> &[Candidate] {
        self.document.model.as_ref().map_or(&[], |model| self.samples.of(model.key))
    }

    /// Goes on from a random picture as if its latent had been set by hand.
    pub(crate) fn use_sample(&mut self, i: usize) {
        let Some(sample) = self.samples().get(i).cloned() else { return };
        if self.is_drawing() {
            return;
        }
        self.history.record("random picture", self.document.clone());
        let shown = self.shown_candidate();
        self.document.before = self.document.before.take().or(shown);
        self.set_by_hand(Edit::of(sample));
    }
}
