//! Random pictures of the model in use, for its panel: what it makes when nothing is asked of it.

use std::sync::Arc;

use latent_engine::model::{Latent, LatentSpec};
use latent_engine::rng::Rng;
use latent_engine::search::Candidate;

use crate::rooms::paint::document::Edit;
use crate::shell::session::Session;

/// How many there are.
pub const COUNT: usize = 8;

/// Sets their random numbers apart from those of the sliders.
const STREAM: u64 = 0x0073_616d_706c_6573;

/// The random pictures.
#[derive(Debug, Default)]
pub struct Samples {
    /// `None` until some were asked for and came.
    pictures: Option<Arc<[Candidate]>>,
    /// How often others were asked for.
    round: u64,
}

impl Samples {
    /// Those that there are.
    pub fn pictures(&self) -> &[Candidate] {
        self.pictures.as_deref().unwrap_or_default()
    }

    /// The latents to ask for, where there are no pictures.
    pub fn missing(&self, spec: &LatentSpec, seed: u64) -> Option<Vec<Latent>> {
        if self.pictures.is_some() {
            return None;
        }
        let mut rng = Rng::stream(seed ^ STREAM, self.round);
        Some((0..COUNT).map(|_| spec.draw(&mut rng)).collect())
    }

    /// They came; none where they can't be made.
    pub fn take(&mut self, pictures: Vec<Candidate>) {
        self.pictures = Some(pictures.into());
    }

    /// Others are wanted.
    pub fn renew(&mut self) {
        self.round += 1;
        self.pictures = None;
    }

    /// The model is another one.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Session {
    /// Goes on from a random picture as if its latent had been set by hand.
    pub(crate) fn use_sample(&mut self, i: usize) {
        let Some(sample) = self.paint.samples.pictures().get(i).cloned() else { return };
        if self.paint.is_drawing() {
            return;
        }
        self.paint.history.record("random picture", self.paint.document.clone());
        let shown = self.paint.shown_candidate();
        let document = &mut self.paint.document;
        document.before = document.before.take().or(shown);
        document.edit = Some(Edit::of(sample));
        self.show_edit();
    }
}
