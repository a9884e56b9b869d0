//! What is known of many pictures, so that strokes can be scored against all of them in a moment: a small version
//! and the edge histogram of each, transposed, so that a score streams over the few rows that the strokes touch.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use crate::model::Latent;
use crate::search::hog::{Hog, ORIENTATIONS};
use crate::{Error, Result, ValueRange};

/// Small versions have about this many pixels along the longer side, and fewer than twice as many.
const SMALL: usize = 32;
/// Entries that are scored by one thread in one go.
const BLOCK: usize = 1024;
/// Pictures are told apart by a pixel of every square of this side, so that a comparison costs a ninth.
const SPARSE: usize = 3;

/// Pictures of one size by what is known of them.
pub struct PictureIndex {
    range: ValueRange,
    capacity: usize,
    small: Small,
    hog: Hog,
    latents: Vec<Latent>,
    /// `[pixel][channel][entry]`, 0 to 255.
    colours: Vec<u8>,
    /// `[cell][orientation][entry]`.
    histograms: Vec<f32>,
}

/// How pictures become small: blocks of pixels become one each, those at the lower and right border may be cut off.
#[derive(Clone, Copy, Debug)]
pub struct Small {
    /// Height and width of the pictures.
    size: [usize; 2],
    /// Pixels a side of a block.
    block: usize,
}

/// What a row of the index should be, and what a squared difference of one costs.
#[derive(Clone, Copy, Debug)]
pub struct WantedRow {
    /// Its place: `3 * pixel + channel` of the small version, or `ORIENTATIONS * cell + orientation`.
    pub row: usize,
    /// The wanted value.
    pub value: f32,
    /// The cost of a squared difference of one.
    pub scale: f32,
}

impl Small {
    /// For pictures of a height and width.
    #[must_use]
    pub fn of(size: [usize; 2]) -> Self {
        Self { size, block: (size[0].max(size[1]) / SMALL).max(1) }
    }

    /// Height and width of the small version.
    #[must_use]
    pub fn size(self) -> [usize; 2] {
        self.size.map(|side| side.div_ceil(self.block))
    }

    /// How many pixels a small version has.
    #[must_use]
    pub fn pixels(self) -> usize {
        let [height, width] = self.size();
        height * width
    }

    /// The pixel of the small version that pixel `index` of a picture goes to.
    #[must_use]
    pub fn pixel_of(self, index: usize) -> usize {
        let width = self.size[1];
        index / width / self.block * self.size()[1] + index % width / self.block
    }

    /// A picture (C x H x W) in small, `[pixel][channel]`: means of blocks; a grey picture becomes three channels.
    fn shrink(self, planes: &[f32], channels: usize) -> Vec<f32> {
        let [height, width] = self.size;
        let mut small = vec![0f32; 3 * self.pixels()];
        for (i, out) in small.iter_mut().enumerate() {
            let (pixel, c) = (i / 3, (i % 3).min(channels - 1));
            let columns = self.size()[1];
            let (y, x) = (pixel / columns * self.block, pixel % columns * self.block);
            let (bottom, right) = ((y + self.block).min(height), (x + self.block).min(width));
            let plane = &planes[c * height * width..][..height * width];
            let sum: f32 =
                (y..bottom).map(|y| plane[y * width + x..y * width + right].iter().sum::<f32>()).sum();
            *out = sum / ((bottom - y) * (right - x)) as f32;
        }
        small
    }
}

impl PictureIndex {
    /// An empty index of up to `capacity` pictures of a height and width.
    #[must_use]
    pub fn new(size: [usize; 2], range: ValueRange, capacity: usize) -> Self {
        let (small, hog) = (Small::of(size), Hog::new(size, range));
        Self {
            range,
            capacity,
            small,
            latents: Vec::with_capacity(capacity),
            colours: vec![0; 3 * small.pixels() * capacity],
            histograms: vec![0.0; hog.cell_count() * ORIENTATIONS * capacity],
            hog,
        }
    }

    /// The bytes that an index keeps of each picture of a size, latents of `latent` numbers included.
    #[must_use]
    pub fn bytes_per_picture(size: [usize; 2], latent: usize) -> usize {
        let bins = Hog::new(size, ValueRange::default()).cell_count() * ORIENTATIONS;
        3 * Small::of(size).pixels() + (bins + latent) * size_of::<f32>()
    }

    /// How many pictures there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.latents.len()
    }

    /// True while there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.latents.is_empty()
    }

    /// How many pictures fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The latents of the pictures.
    #[must_use]
    pub fn latents(&self) -> &[Latent] {
        &self.latents
    }

    /// The latents of the pictures, N x L.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn latent_tensor(&self) -> Result<Tensor> {
        let values: Vec<f32> =
            self.latents.iter().flat_map(|latent| latent.values().iter().copied()).collect();
        let length = self.latents.first().map_or(0, |latent| latent.values().len());
        Ok(Tensor::from_vec(values, (self.len(), length), &Device::Cpu)?)
    }

    /// How pictures become small.
    #[must_use]
    pub fn small(&self) -> Small {
        self.small
    }

    /// Adds pictures, N x C x H x W in the model's value range, with their latents.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is no number, [`Error::Shape`] when they have another size or don't fit in.
    pub fn extend(&mut self, latents: Vec<Latent>, pictures: &Tensor) -> Result<()> {
        let (count, channels, height, width) = pictures.dims4()?;
        if [height, width] != self.small.size || count != latents.len() || self.len() + count > self.capacity
        {
            return Err(Error::Shape {
                op: "index of pictures",
                left: pictures.dims().to_vec(),
                right: vec![self.capacity - self.len(), channels, self.small.size[0], self.small.size[1]],
                why: "pictures of the index's size with a latent each, and no more than it has room for"
                    .into(),
            });
        }
        let values = pictures.flatten_all()?.to_vec1::<f32>()?;
        if values.iter().any(|v| !v.is_finite()) {
            return Err(Error::NonFinite { what: "the model's picture of a random latent" });
        }
        let all_cells = vec![true; self.hog.cell_count()];
        let (small, range, hog) = (self.small, self.range, &self.hog);
        let known: Vec<(Vec<u8>, Vec<f32>)> = values
            .par_chunks_exact(channels * height * width)
            .map(|planes| {
                let bytes = small.shrink(planes, channels).into_iter().map(|v| range.to_byte(v)).collect();
                (bytes, hog.histogram(planes, &all_cells))
            })
            .collect();
        for (i, (bytes, bins)) in known.into_iter().enumerate() {
            let entry = self.latents.len() + i;
            for (row, byte) in self.colours.chunks_exact_mut(self.capacity).zip(bytes) {
                row[entry] = byte;
            }
            for (row, bin) in self.histograms.chunks_exact_mut(self.capacity).zip(bins) {
                row[entry] = bin;
            }
        }
        self.latents.extend(latents);
        Ok(())
    }

    /// What the colours of every picture cost at the small size; wanted values are 0 to 255.
    #[must_use]
    pub fn colour_costs(&self, wanted: &[WantedRow]) -> Vec<f32> {
        self.costs(&self.colours, wanted)
    }

    /// What the edge histogram of every picture costs.
    #[must_use]
    pub fn histogram_costs(&self, wanted: &[WantedRow]) -> Vec<f32> {
        self.costs(&self.histograms, wanted)
    }

    fn costs<T: Copy + Into<f32> + Sync>(&self, rows: &[T], wanted: &[WantedRow]) -> Vec<f32> {
        let mut costs = vec![0f32; self.len()];
        // Entries are divided among the threads, so every sum is made by one thread in one order.
        costs.par_chunks_mut(BLOCK).enumerate().for_each(|(block, costs)| {
            for &WantedRow { row, value, scale } in wanted {
                let row = &rows[row * self.capacity + block * BLOCK..][..costs.len()];
                for (cost, &is) in costs.iter_mut().zip(row) {
                    let error = is.into() - value;
                    *cost += scale * error * error;
                }
            }
        });
        costs
    }

    /// The mean difference of two pictures' colours, of 255.
    #[must_use]
    pub fn difference(&self, a: usize, b: usize) -> f32 {
        let [height, width] = self.small.size();
        let (mut sum, mut count) = (0u32, 0u32);
        for y in (0..height).step_by(SPARSE) {
            // Shifted from row to row, so that no column is left out.
            for x in (y / SPARSE % SPARSE..width).step_by(SPARSE) {
                for channel in 0..3 {
                    let row = &self.colours[(3 * (y * width + x) + channel) * self.capacity..];
                    sum += u32::from(row[a].abs_diff(row[b]));
                    count += 1;
                }
            }
        }
        sum as f32 / count.max(1) as f32
    }
}
