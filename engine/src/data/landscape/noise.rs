//! Shared noise: periodic 256x256 tiles of several spectra, computed once for the whole program.
//!
//! A Fourier transform per picture would cost more than the picture. So a few dozen tiles are made from a
//! fixed seed, and every picture looks at them at its own place, angle and scale (`Patch`).

use crate::data::curves::{lerp, smooth};
use crate::rng::Rng;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::sync::{Arc, OnceLock};

/// Cells along a side of a tile; a power of two, so that wrapping is a mask.
const SIDE: usize = 256;
/// Coarser copies kept of each tile: 256, 128, ..., 8 cells a side.
const LEVELS: usize = 6;
/// Added to a coordinate, this leaves ten bits of fraction at the end of the number's bits and the whole cell
/// above them: no rounding down, no conversion. It is a multiple of `SIDE`; coordinates stay within 4096.
const BIAS: f32 = 12_288.0;
const FRACTION_BITS: u32 = 10;
/// The tiles never depend on a picture's seed.
const TILE_SEED: u64 = 0x6c61_6e64_7363_6170;

/// A periodic field of noise with coarser copies for distant ground.
pub(super) struct Tile {
    levels: Vec<Level>,
}

/// One copy of a tile; a row and a column more than its side, so that a neighbour needs no wrapping.
struct Level {
    cells: Vec<f32>,
    side: usize,
}

impl Level {
    fn new(field: &[f32], side: usize) -> Self {
        let padded = side + 1;
        let cells =
            (0..padded * padded).map(|i| field[i / padded % side * side + i % padded % side]).collect();
        Self { cells, side }
    }
}

impl Tile {
    fn new(finest: Vec<f32>) -> Self {
        let mut levels = vec![Level::new(&finest, SIDE)];
        let mut fine = finest;
        for level in 1..LEVELS {
            let (n, m) = (SIDE >> (level - 1), SIDE >> level);
            let mut coarse = vec![0.0; m * m];
            for (i, value) in coarse.iter_mut().enumerate() {
                // The tent filter [1 3 3 1]: a plain mean of four would keep blocks in the far hills.
                let (row, column) = (2 * (i / m) + n - 1, 2 * (i % m) + n - 1);
                let weights = [0.125, 0.375, 0.375, 0.125];
                for (a, wa) in weights.iter().enumerate() {
                    for (b, wb) in weights.iter().enumerate() {
                        *value += wa * wb * fine[(row + a) % n * n + (column + b) % n];
                    }
                }
            }
            levels.push(Level::new(&coarse, m));
            fine = coarse;
        }
        Self { levels }
    }
}

/// All tiles. Every kind has mean 0 and deviation 1, except ridges: 0 (valley) to 1 (crest).
pub(super) struct Tiles {
    /// Smooth ground, spectrum 1/f^3.8.
    pub hills: Vec<Tile>,
    /// Mountains with crests and side valleys.
    pub ridges: Vec<Tile>,
    /// Clouds with nothing larger than an eighth of the tile: many of one size.
    pub heaps: Vec<Tile>,
    /// Layers of cloud and patches, spectrum 1/f^3.2.
    pub clouds: Vec<Tile>,
    /// Fine texture, spectrum 1/f^2.
    pub detail: Vec<Tile>,
    /// Grains, blades and leaves: nothing larger than a twentieth of the tile, so that repetition is not seen.
    pub grit: Vec<Tile>,
    /// A wood from above: height of the crowns, 0 (gap) to 1, of pointed trees and of round ones.
    pub cones: Vec<Tile>,
    pub domes: Vec<Tile>,
    /// One value for each of these trees, -1..1.
    pub tints: Vec<Tile>,
}

/// The tiles, built at the first call (about 0.1 s).
pub(super) fn tiles() -> &'static Tiles {
    static TILES: OnceLock<Tiles> = OnceLock::new();
    TILES.get_or_init(|| {
        let maker = Maker { fft: FftPlanner::new().plan_fft_inverse(SIDE) };
        let power = |beta: f32| move |f: f32| f.powf(-0.5 * beta);
        // One band of frequencies around 5 cycles; the octaves of the ridges are zooms of it.
        let band = |f: f32| (-(f / 5.0).ln().powi(2) / 0.18).exp();
        let tiles = |fields: Vec<Vec<f32>>| fields.into_iter().map(Tile::new).collect();
        let mut rng = Rng::stream(TILE_SEED, 4);
        let [cones, domes, tints] = crowns(&mut Rng::stream(TILE_SEED, 7));
        Tiles {
            hills: tiles(maker.fields(0, 8, power(3.8))),
            ridges: tiles(maker.fields(1, 8, band).into_iter().map(|f| ridged(f, &mut rng)).collect()),
            heaps: tiles(maker.fields(5, 6, |f| f.powf(-1.7) * (1.0 - (-(f / 9.0).powi(3)).exp()))),
            clouds: tiles(maker.fields(2, 8, power(3.2))),
            detail: tiles(maker.fields(3, 4, power(2.0))),
            grit: tiles(maker.fields(6, 2, |f| f.powf(-0.8) * (1.0 - (-(f / 20.0).powi(3)).exp()))),
            cones: tiles(vec![cones]),
            domes: tiles(vec![domes]),
            tints: tiles(vec![tints]),
        }
    })
}

struct Maker {
    fft: Arc<dyn Fft<f32>>,
}

impl Maker {
    /// `count` (even) fields whose amplitude at frequency f (cycles per tile) is `amplitude(f)`.
    fn fields(&self, stream: u64, count: usize, amplitude: impl Fn(f32) -> f32) -> Vec<Vec<f32>> {
        let mut rng = Rng::stream(TILE_SEED, stream);
        let mut fields = Vec::with_capacity(count);
        for _ in 0..count / 2 {
            let mut spectrum: Vec<Complex<f32>> = (0..SIDE * SIDE)
                .map(|i| {
                    let signed = |k: usize| if k < SIDE / 2 { k as f32 } else { k as f32 - SIDE as f32 };
                    let frequency = signed(i / SIDE).hypot(signed(i % SIDE));
                    // The corners of the square of frequencies would favour the diagonals.
                    let inside = frequency > 0.0 && frequency < SIDE as f32 / 2.0;
                    let a = if inside { amplitude(frequency) } else { 0.0 };
                    Complex::new(a * rng.normal(), a * rng.normal())
                })
                .collect();
            for _ in 0..2 {
                self.fft.process(&mut spectrum);
                spectrum = (0..SIDE * SIDE).map(|i| spectrum[i % SIDE * SIDE + i / SIDE]).collect();
            }
            // An unconstrained complex spectrum gives two independent real fields.
            fields.push(standard(spectrum.iter().map(|z| z.re).collect()));
            fields.push(standard(spectrum.iter().map(|z| z.im).collect()));
        }
        fields
    }
}

/// Scaled to deviation 1 (the mean is 0 already).
fn standard(mut field: Vec<f32>) -> Vec<f32> {
    let power = field.iter().map(|x| x * x).sum::<f32>() / field.len() as f32;
    let scale = 1.0 / power.sqrt().max(1e-20);
    field.iter_mut().for_each(|x| *x *= scale);
    field
}

/// Crests where a band of noise crosses zero, octave over octave, finer ones only on the heights: valleys
/// stay smooth, as where water has filled them.
fn ridged(band: Vec<f32>, rng: &mut Rng) -> Vec<f32> {
    let band = Tile::new(band);
    let band = Lens::new(&band, 0, (1.0, 0.0), (0.0, 0.0));
    let offsets: Vec<f32> = (0..10).map(|_| rng.uniform(0.0, SIDE as f32)).collect();
    let mut field: Vec<f32> = (0..SIDE * SIDE)
        .map(|i| {
            let (mut sum, mut weight, mut amplitude) = (0.0, 1.0, 1.0);
            for octave in 0..4_usize {
                let zoom = (1_u32 << octave) as f32;
                let u = (i % SIDE) as f32 * zoom + offsets[2 * octave];
                let v = (i / SIDE) as f32 * zoom + offsets[2 * octave + 1];
                let n = band.at(u, v);
                // The small constant rounds the crest, so that it does not flicker between pixels.
                let signal = (1.0 - (n * n + 0.004).sqrt() / 1.9).max(0.0);
                sum += amplitude * weight * signal;
                weight = smooth(0.1, 1.0, signal);
                amplitude *= 0.42;
            }
            sum
        })
        .collect();
    let low = field.iter().copied().fold(f32::MAX, f32::min);
    let high = field.iter().copied().fold(f32::MIN, f32::max);
    field.iter_mut().for_each(|x| *x = (*x - low) / (high - low));
    field
}

/// Crowns of trees that stand as close as they can: pointed ones, round ones, and a value for each tree.
fn crowns(rng: &mut Rng) -> [Vec<f32>; 3] {
    /// Trees along a side of the tile, and cells between two of them.
    const TREES: usize = 32;
    const APART: f32 = (SIDE / TREES) as f32;
    let trees: Vec<[f32; 4]> = (0..TREES * TREES)
        .map(|i| {
            let at = |k: usize, rng: &mut Rng| (k as f32 + rng.uniform(0.15, 0.85)) * APART;
            let (column, row) = (at(i % TREES, rng), at(i / TREES, rng));
            [column, row, rng.uniform(0.5, 1.0), rng.uniform(-1.0, 1.0)]
        })
        .collect();
    let cell = |i: usize| {
        let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
        let (column, row) = (i % SIDE * TREES / SIDE, i / SIDE * TREES / SIDE);
        let [mut cone, mut dome, mut tint] = [0.0_f32; 3];
        for k in 0..25 {
            let (a, b) = ((column + TREES + k % 5 - 2) % TREES, (row + TREES + k / 5 - 2) % TREES);
            let [tree_x, tree_y, height, own] = trees[b * TREES + a];
            let away = |d: f32| {
                let d = d.abs();
                d.min(SIDE as f32 - d) / (APART * (0.45 + 0.45 * height))
            };
            let (dx, dy) = (away(x - tree_x), away(y - tree_y));
            let square = dx * dx + dy * dy;
            let top = height * (1.0 - square.sqrt());
            if top > cone {
                (cone, tint) = (top, own);
            }
            dome = dome.max(height * (1.0 - square).max(0.0).sqrt());
        }
        [cone, dome, tint]
    };
    let cells: Vec<[f32; 3]> = (0..SIDE * SIDE).map(cell).collect();
    let mut fields = [0, 1, 2].map(|k| cells.iter().map(|cell| cell[k]).collect::<Vec<f32>>());
    let mean = fields[2].iter().sum::<f32>() / (SIDE * SIDE) as f32;
    fields[2].iter_mut().for_each(|tint| *tint -= mean);
    fields
}

/// One level of a tile, seen at a place, an angle and a scale.
#[derive(Clone, Copy)]
pub(super) struct Lens<'a> {
    cells: &'a [f32],
    mask: u32,
    cos: f32,
    sin: f32,
    offset: (f32, f32),
}

impl<'a> Lens<'a> {
    /// `turn`: cosine and sine times cells per unit; `offset` in cells of the finest level.
    fn new(tile: &'a Tile, level: usize, turn: (f32, f32), offset: (f32, f32)) -> Self {
        let Level { cells, side } = &tile.levels[level];
        let scale = *side as f32 / SIDE as f32;
        // The centres of coarse cells lie between fine ones.
        let shift = 0.5 * scale - 0.5 + BIAS;
        Self {
            cells,
            mask: *side as u32 - 1,
            cos: turn.0 * scale,
            sin: turn.1 * scale,
            offset: (offset.0 * scale + shift, offset.1 * scale + shift),
        }
    }

    /// Bilinear noise at (x, y).
    #[inline]
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let u = (self.cos * x - self.sin * y + self.offset.0).to_bits();
        let v = (self.sin * x + self.cos * y + self.offset.1).to_bits();
        let (column, row) = ((u >> FRACTION_BITS) & self.mask, (v >> FRACTION_BITS) & self.mask);
        let fraction =
            |bits: u32| (bits & ((1 << FRACTION_BITS) - 1)) as f32 * (1.0 / (1 << FRACTION_BITS) as f32);
        let stride = self.mask as usize + 2;
        let first = row as usize * stride + column as usize;
        let cells = &self.cells[first..first + stride + 2];
        let t = fraction(u);
        lerp(lerp(cells[0], cells[1], t), lerp(cells[stride], cells[stride + 1], t), fraction(v))
    }
}

/// A picture's own view of a tile: position in the world to noise.
pub(super) struct Patch {
    /// Finest first.
    lenses: [Lens<'static>; LEVELS],
    scale: f32,
}

impl Patch {
    /// A random tile of `tiles` at a random place and angle; a cell is `cell` world units wide.
    pub(super) fn draw(tiles: &'static [Tile], cell: f32, rng: &mut Rng) -> Self {
        let tile = &tiles[rng.below(tiles.len())];
        let (sin, cos) = rng.uniform(0.0, std::f32::consts::TAU).sin_cos();
        let offset = (rng.uniform(0.0, SIDE as f32), rng.uniform(0.0, SIDE as f32));
        let scale = 1.0 / cell;
        let turn = (cos * scale, sin * scale);
        Self { lenses: std::array::from_fn(|level| Lens::new(tile, level, turn, offset)), scale }
    }

    /// How much of the noise is drawn for samples `spacing` world units apart: less and less of it from half of `most`
    /// cells between two samples on, and nothing from `most`.
    #[inline]
    pub(super) fn seen(&self, spacing: f32, most: f32) -> f32 {
        (2.0 - 2.0 / most * spacing * self.scale).clamp(0.0, 1.0)
    }

    /// World units over which slopes of the noise for samples `spacing` apart are measured: its cells, or those.
    #[inline]
    pub(super) fn reach(&self, spacing: f32) -> f32 {
        (1.0 / self.scale).max(spacing)
    }

    /// The noise at its finest.
    #[inline]
    pub(super) fn finest(&self) -> &Lens<'static> {
        &self.lenses[0]
    }

    /// The noise for samples `spacing` world units apart: cells at least two thirds as wide as that.
    #[inline]
    pub(super) fn lens(&self, spacing: f32) -> &Lens<'static> {
        // The exponent of a float is the logarithm that a level is.
        let exponent = (spacing * self.scale * (2.0 / 1.5)).to_bits() >> 23;
        &self.lenses[(exponent.max(127) as usize - 127).min(LEVELS - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_have_their_moments_and_no_seam() {
        let noise = tiles();
        for tile in noise.hills.iter().chain(&noise.heaps).chain(&noise.clouds).chain(&noise.detail) {
            let cells = &tile.levels[0].cells;
            let mean = cells.iter().sum::<f32>() / cells.len() as f32;
            let power = cells.iter().map(|x| x * x).sum::<f32>() / cells.len() as f32;
            assert!(mean.abs() < 0.01 && (power - 1.0).abs() < 0.02, "{mean} {power}");
            for level in 0..LEVELS {
                let (lens, side) = (Lens::new(tile, level, (1.0, 0.0), (0.0, 0.0)), SIDE as f32);
                assert!((lens.at(3.3, 7.7) - lens.at(3.3 + side, 7.7 - side)).abs() < 0.05);
            }
        }
        let ridges = noise.ridges.iter().flat_map(|tile| &tile.levels[0].cells);
        assert!(ridges.clone().all(|x| (0.0..=1.0).contains(x)));
    }

    #[test]
    fn coarse_levels_agree_with_the_finest() {
        let lens = |level| Lens::new(&tiles().hills[0], level, (1.0, 0.0), (0.0, 0.0));
        for i in 0..100 {
            let (u, v) = (2.31 * i as f32, 1.77 * i as f32);
            assert!((lens(0).at(u, v) - lens(2).at(u, v)).abs() < 0.15);
        }
    }
}
