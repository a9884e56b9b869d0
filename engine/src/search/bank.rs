//! A bank of random latents whose pictures are known: where a search starts without asking the model.
//!
//! The bank keeps of every picture a small version and its edge histogram, transposed, so that scoring all
//! entries against the strokes streams over the few rows that the strokes touch.

use std::sync::Arc;

use candle_core::Tensor;
use rayon::prelude::*;

use crate::model::{LIGHT, Latent, Model};
use crate::rng::Rng;
use crate::search::constraint::Constraints;
use crate::search::terms::{Edges, Hog};
use crate::search::{Candidate, Weights};
use crate::{Error, Picture, Result};

/// Entries of a whole bank.
pub const BANK_SIZE: usize = 4096;
/// Entries of a light model made at once.
const CHUNK: usize = 64;
/// Pixels a side of the small versions.
const SMALL: usize = 32;
/// A whole bank is made for pictures of this many pixels a side; larger ones get fewer entries, so that their
/// pictures take no more than 50 MB.
const LARGEST_WHOLE: usize = 64;
/// The least that a search can begin with.
const LEAST: usize = 16;
/// The bank is the model's own, whatever the seed of a search: it is made once.
const BANK_SEED: u64 = 0x6c61_7465_6e74;

/// Random latents with what is known of their pictures.
pub struct Bank {
    model: Model,
    latents: Vec<Latent>,
    /// Whole pictures, to be shown before a search has looked at them; none where they would take too much
    /// memory.
    pictures: Vec<Arc<Picture>>,
    rng: Rng,
    capacity: usize,
    /// Pixels a side of the small versions.
    side: usize,
    hog: Hog,
    /// `[pixel][channel][entry]`, 0 to 255.
    colours: Vec<u8>,
    /// `[cell][orientation][entry]`.
    histograms: Vec<f32>,
}

impl Bank {
    /// An empty bank of a model: [`BANK_SIZE`] entries, fewer where its pictures are larger than 64 x 64 or cost
    /// more than those of the generator that the engine is built around ([`LIGHT`]), so that time and memory
    /// stay about the same.
    #[must_use]
    pub fn of(model: Model) -> Self {
        let side = model.info.sides[0].max(LARGEST_WHOLE);
        let by_memory = BANK_SIZE * LARGEST_WHOLE * LARGEST_WHOLE / (side * side);
        let by_time = BANK_SIZE as f64 * LIGHT / model.operations();
        Self::new(model, by_memory.min(by_time as usize).max(LEAST))
    }

    /// An empty bank of a model that takes up to `capacity` entries.
    #[must_use]
    pub fn new(model: Model, capacity: usize) -> Self {
        let size = model.info.sides[0];
        let side = if size.is_multiple_of(SMALL) { SMALL } else { size };
        let hog = Hog::new(size, model.range);
        let bins = hog.cells() * hog.cells() * crate::search::terms::ORIENTATIONS;
        Self {
            latents: Vec::with_capacity(capacity),
            pictures: Vec::new(),
            rng: Rng::new(BANK_SEED),
            capacity,
            side,
            hog,
            colours: vec![0; 3 * side * side * capacity],
            histograms: vec![0.0; bins * capacity],
            model,
        }
    }

    /// The model whose pictures these are.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How many entries a complete bank has.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.latents.len()
    }

    /// True while there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.latents.is_empty()
    }

    /// True when nothing is left to add.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.len() >= self.capacity
    }

    /// The latent of an entry.
    #[must_use]
    pub fn latent(&self, entry: usize) -> &Latent {
        &self.latents[entry]
    }

    /// An entry as the window may see it, with a cost that was found by [`Self::scores`]. `None` where its
    /// picture was not kept.
    #[must_use]
    pub fn candidate(&self, entry: usize, cost: f32) -> Option<Candidate> {
        let latent = self.latents.get(entry)?.clone();
        let picture = self.pictures.get(entry)?.clone();
        let spread = latent.rms() / self.model.info.latents.prior_rms();
        Some(Candidate { latent, picture, cost, terms: Vec::new(), spread })
    }

    /// Adds the next few entries.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when the model makes no pictures of random latents.
    pub fn extend(&mut self) -> Result<()> {
        let count = self.model.at_once(CHUNK).min(self.capacity - self.len());
        if count == 0 {
            return Ok(());
        }
        let spec = &self.model.info.latents;
        let fresh: Vec<Latent> = (0..count).map(|_| spec.draw(&mut self.rng)).collect();
        let pictures = self.model.generate(&fresh)?;
        self.file(&pictures)?;
        if self.capacity * self.model.info.sides[0].pow(2) <= BANK_SIZE * LARGEST_WHOLE.pow(2) {
            let pictures = Picture::from_tensor(&pictures, self.model.range)?;
            self.pictures.extend(pictures.into_iter().map(Arc::new));
        }
        self.latents.extend(fresh);
        Ok(())
    }

    /// Files what is known of new pictures, N x C x S x S.
    fn file(&mut self, pictures: &Tensor) -> Result<()> {
        let (count, channels, size, _) = pictures.dims4()?;
        let values = pictures.flatten_all()?.to_vec1::<f32>()?;
        if values.iter().any(|v| !v.is_finite()) {
            return Err(Error::NonFinite { what: "the model's picture of a random latent" });
        }
        let all_cells = vec![true; self.hog.cells() * self.hog.cells()];
        let (side, range, hog) = (self.side, self.model.range, &self.hog);
        let known: Vec<(Vec<u8>, Vec<f32>)> = values
            .par_chunks_exact(channels * size * size)
            .map(|planes| {
                let small = shrink(planes, channels, size, side);
                let bytes = small.into_iter().map(|v| range.to_byte(v)).collect();
                (bytes, hog.histogram(planes, &all_cells))
            })
            .collect();
        debug_assert_eq!(known.len(), count);
        for (i, (bytes, bins)) in known.into_iter().enumerate() {
            let entry = self.latents.len() + i;
            for (row, byte) in self.colours.chunks_exact_mut(self.capacity).zip(bytes) {
                row[entry] = byte;
            }
            for (row, bin) in self.histograms.chunks_exact_mut(self.capacity).zip(bins) {
                row[entry] = bin;
            }
        }
        Ok(())
    }

    /// What the strokes cost every entry, about: colours are compared at the small size.
    #[must_use]
    pub fn scores(&self, constraints: &Constraints, weights: &Weights) -> Vec<f32> {
        let mut scores = vec![0f32; self.len()];
        let wanted = small_colours(constraints, self.side);
        let total: f32 = wanted.iter().map(|w| w.mask).sum();
        let per_unit = 1.0 / (255.0 * self.model.range.light_per_unit());
        let colour_scale = weights.colour * per_unit * per_unit / (3.0 * total.max(1e-5));
        let edges = constraints.has_edge().then(|| Edges::new(constraints, self.model.range));
        // Entries are divided among the threads, so every sum is made by one thread in one order.
        scores.par_chunks_mut(1024).enumerate().for_each(|(block, scores)| {
            let first = block * 1024;
            for pixel in &wanted {
                for (c, target) in pixel.colour.into_iter().enumerate() {
                    let row = &self.colours[(3 * pixel.index + c) * self.capacity + first..][..scores.len()];
                    let scale = colour_scale * pixel.mask;
                    for (score, &byte) in scores.iter_mut().zip(row) {
                        let error = f32::from(byte) - target;
                        *score += scale * error * error;
                    }
                }
            }
            if let Some(edges) = &edges {
                let scale = weights.edges * edges.scale();
                for (bin, target) in edges.wanted_bins() {
                    let row = &self.histograms[bin * self.capacity + first..][..scores.len()];
                    for (score, value) in scores.iter_mut().zip(row) {
                        *score += scale * (value - target).powi(2);
                    }
                }
            }
        });
        scores
    }

    /// Up to `count` entries, best first, no two of which look alike; an infinite score is never chosen.
    #[must_use]
    pub fn best_different(&self, scores: &[f32], count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..scores.len()).filter(|&i| scores[i].is_finite()).collect();
        let count = count.min(order.len());
        let considered = (16 * count).clamp(1, order.len().max(1)) - 1;
        if considered < order.len() {
            order.select_nth_unstable_by(considered, |&a, &b| scores[a].total_cmp(&scores[b]));
            order.truncate(considered + 1);
        }
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(a.cmp(&b)));
        let mut chosen: Vec<usize> = Vec::with_capacity(count);
        // Fewer demands where the bank has not enough different pictures that agree with the strokes.
        for least in [14.0, 7.0, 0.0] {
            for &entry in &order {
                if chosen.len() == count {
                    return chosen;
                }
                let differs = |&other: &usize| other != entry && self.difference(entry, other) >= least;
                if chosen.iter().all(differs) {
                    chosen.push(entry);
                }
            }
        }
        chosen
    }

    /// The mean difference of two entries' colours, of 255.
    fn difference(&self, a: usize, b: usize) -> f32 {
        // Every ninth row is enough to tell pictures apart, and shares no factor with the sides in use.
        let rows = self.colours.chunks_exact(self.capacity).step_by(9);
        let count = rows.len().max(1) as f32;
        rows.map(|row| f32::from(row[a].abs_diff(row[b]))).sum::<f32>() / count
    }
}

struct SmallPixel {
    index: usize,
    mask: f32,
    /// 0 to 255.
    colour: [f32; 3],
}

/// The wanted colours at the small size: means over the masked pixels of every block.
fn small_colours(constraints: &Constraints, side: usize) -> Vec<SmallPixel> {
    let block = constraints.size / side;
    let mut sums = vec![[0f32; 4]; side * side];
    for (i, &mask) in constraints.colour_mask.iter().enumerate().filter(|&(_, &mask)| mask > 0.0) {
        let (y, x) = (i / constraints.size / block, i % constraints.size / block);
        let sum = &mut sums[y.min(side - 1) * side + x.min(side - 1)];
        for (sum, wanted) in sum.iter_mut().zip(&constraints.colour[3 * i..3 * i + 3]) {
            *sum += mask * wanted;
        }
        sum[3] += mask;
    }
    let pixel = |(index, [r, g, b, mask]): (usize, [f32; 4])| {
        (mask > 0.0).then(|| SmallPixel { index, mask, colour: [r, g, b].map(|v| 255.0 * v / mask) })
    };
    sums.into_iter().enumerate().filter_map(pixel).collect()
}

/// A picture at the small size, `[pixel][channel]`: means of blocks; a grey picture becomes three channels.
fn shrink(planes: &[f32], channels: usize, size: usize, side: usize) -> Vec<f32> {
    let block = size / side;
    let mut small = vec![0f32; 3 * side * side];
    let scale = 1.0 / (block * block) as f32;
    for (i, out) in small.iter_mut().enumerate() {
        let (pixel, c) = (i / 3, (i % 3).min(channels - 1));
        let (y, x) = (pixel / side * block, pixel % side * block);
        let plane = &planes[c * size * size..][..size * size];
        *out =
            scale * (y..y + block).map(|y| plane[y * size + x..][..block].iter().sum::<f32>()).sum::<f32>();
    }
    small
}
