//! A bank of random latents whose pictures are known: where a search starts without asking the model.

mod index;

use std::sync::Arc;

pub use index::{PictureIndex, Small, WantedRow};

use super::terms::{Estimates, Objective};
use super::{Candidate, DrawRequest, Task, TermCost};
use crate::model::{LIGHT, Latent, Model};
use crate::rng::Rng;
use crate::{Picture, Result};

/// Entries of a whole bank.
pub const BANK_SIZE: usize = 4096;
/// Entries of a light model made at once.
const CHUNK: usize = 64;
/// Pixels of the pictures of all entries together: those of a whole bank of 64 x 64 pixels, 50 MB.
const MOST_PIXELS: usize = BANK_SIZE * 64 * 64;
/// Bytes that a bank takes at most, as long as that leaves room for the least number of entries.
const MOST_BYTES: usize = 80 << 20;
/// The least that a search can begin with.
const LEAST: usize = 16;
/// The bank is the model's own, whatever the seed of a search: it is made once.
const BANK_SEED: u64 = 0x6c61_7465_6e74;
/// Entries that are looked at for each one that is chosen: the best of them that differ.
const CONSIDERED: usize = 16;
/// How much two chosen entries differ, of 255 in the mean; fewer demands where the bank has not enough different
/// pictures that agree with the strokes.
const DIFFERENT: [f32; 3] = [14.0, 7.0, 0.0];

/// Random latents with what is known of their pictures.
pub struct Bank {
    model: Model,
    index: PictureIndex,
    /// Whole pictures, to be shown before a search has looked at them; none where they would take too much
    /// memory.
    pictures: Vec<Arc<Picture>>,
    rng: Rng,
}

/// An entry of a bank that agrees with a task, and about what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The entry's number.
    pub entry: usize,
    /// About the whole cost.
    pub cost: f32,
    /// The parts of the cost.
    pub terms: Vec<TermCost>,
}

impl Bank {
    /// An empty bank of a model: [`BANK_SIZE`] entries, fewer where its pictures are larger than 64 x 64, its latents
    /// are long, or a picture costs more than one of the generator that the engine is built around ([`LIGHT`]), so
    /// that time and memory stay about the same: 80 MiB at most, or what 16 entries take.
    #[must_use]
    pub fn of(model: Model) -> Self {
        let [height, width] = model.info.sides;
        let pixels = (height * width).max(1);
        let by_pixels = MOST_PIXELS / pixels;
        let by_time = (BANK_SIZE as f64 * LIGHT / model.operations()) as usize;
        let known = PictureIndex::bytes_per_picture([height, width], model.info.latents.len());
        let by_memory = MOST_BYTES / (known + 3 * pixels);
        Self::new(model, by_pixels.min(by_time).min(by_memory).clamp(LEAST, BANK_SIZE))
    }

    /// An empty bank of a model that takes up to `capacity` entries.
    #[must_use]
    pub fn new(model: Model, capacity: usize) -> Self {
        let index = PictureIndex::new(model.info.sides, model.range, capacity);
        Self { model, index, pictures: Vec::new(), rng: Rng::new(BANK_SEED) }
    }

    /// The model whose pictures these are.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How many entries a complete bank has.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.index.capacity()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True while there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// True when nothing is left to add.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.len() >= self.capacity()
    }

    /// The latent of an entry.
    #[must_use]
    pub fn latent(&self, entry: usize) -> &Latent {
        &self.index.latents()[entry]
    }

    /// What is known of the pictures.
    #[must_use]
    pub fn index(&self) -> &PictureIndex {
        &self.index
    }

    /// Adds the next few entries.
    ///
    /// # Errors
    /// [`crate::Error::NonFinite`] when the model makes no pictures of random latents.
    pub fn extend(&mut self) -> Result<()> {
        let count = self.model.at_once(CHUNK).min(self.capacity() - self.len());
        if count == 0 {
            return Ok(());
        }
        let spec = &self.model.info.latents;
        let fresh: Vec<Latent> = (0..count).map(|_| spec.draw(&mut self.rng)).collect();
        let pictures = self.model.generate(&fresh)?;
        self.index.extend(fresh, &pictures)?;
        let [height, width] = self.model.info.sides;
        if self.capacity() * height * width <= MOST_PIXELS {
            let pictures = Picture::from_tensor(&pictures, self.model.range)?;
            self.pictures.extend(pictures.into_iter().map(Arc::new));
        }
        Ok(())
    }

    /// Up to `count` entries that agree best with an objective, best first, no two of which look alike. Entries that
    /// are not `allowed` are never chosen; they are asked in their order.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn best(
        &self,
        objective: &Objective,
        count: usize,
        allowed: impl FnMut(&usize) -> bool,
    ) -> Result<Vec<Match>> {
        let Estimates { total, terms } = objective.estimates(&self.index)?;
        let order = (0..self.len()).filter(allowed).filter(|&entry| total[entry].is_finite()).collect();
        let matched = |entry: usize| Match {
            entry,
            cost: total[entry],
            terms: terms
                .iter()
                .map(|(name, costs)| TermCost { name: (*name).into(), cost: costs[entry] })
                .collect(),
        };
        Ok(self.different(order, &total, count).into_iter().map(matched).collect())
    }

    /// The best of these entries that differ.
    fn different(&self, mut order: Vec<usize>, costs: &[f32], count: usize) -> Vec<usize> {
        let count = count.min(order.len());
        let considered = (CONSIDERED * count).clamp(1, order.len().max(1)) - 1;
        if considered < order.len() {
            order.select_nth_unstable_by(considered, |&a, &b| costs[a].total_cmp(&costs[b]).then(a.cmp(&b)));
            order.truncate(considered + 1);
        }
        order.sort_by(|&a, &b| costs[a].total_cmp(&costs[b]).then(a.cmp(&b)));
        let mut chosen: Vec<usize> = Vec::with_capacity(count);
        for least in DIFFERENT {
            for &entry in &order {
                if chosen.len() == count {
                    return chosen;
                }
                let differs = |&other: &usize| other != entry && self.index.difference(entry, other) >= least;
                if chosen.iter().all(differs) {
                    chosen.push(entry);
                }
            }
        }
        chosen
    }

    /// A match as the window may see it; `None` where its picture was not kept.
    #[must_use]
    pub fn candidate(&self, matched: &Match) -> Option<Candidate> {
        let picture = self.pictures.get(matched.entry)?.clone();
        Some(self.shown(matched, picture))
    }

    /// What the bank knows of a request while it is being made: its best pictures so far, best first.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the request does not fit the model, [`crate::Error::NonFinite`] when a picture
    /// that was not kept can't be made again.
    pub fn preview(&self, request: &DrawRequest) -> Result<Vec<Candidate>> {
        let task = Task { model: &self.model, request };
        let objective = Objective::new(&task, &request.settings.weights)?;
        let matches = self.best(&objective, request.settings.top_k.max(1), |_| true)?;
        let kept: Vec<Candidate> = matches.iter().filter_map(|matched| self.candidate(matched)).collect();
        if kept.len() == matches.len() {
            return Ok(kept);
        }
        let latents: Vec<Latent> = matches.iter().map(|matched| self.latent(matched.entry).clone()).collect();
        let pictures = self.model.pictures(&latents)?;
        Ok(matches
            .iter()
            .zip(pictures)
            .map(|(matched, picture)| self.shown(matched, picture.into()))
            .collect())
    }

    fn shown(&self, matched: &Match, picture: Arc<Picture>) -> Candidate {
        let latent = self.latent(matched.entry).clone();
        let spread = latent.rms() / self.model.info.latents.prior_rms();
        Candidate { latent, picture, cost: matched.cost, terms: matched.terms.clone(), spread }
    }
}

#[cfg(test)]
mod tests;
