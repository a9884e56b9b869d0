//! Shared noise: periodic 256x256 tiles of several spectra, computed once for the whole program.
//!
//! A Fourier transform per picture would cost more than the picture. So a few dozen tiles are made from a
//! fixed seed, and every picture looks at them at its own place, angle and scale (`Patch`).

use super::palette::smooth;
use crate::rng::Rng;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::sync::{Arc, OnceLock};

/// Cells along a side of a tile; a power of two, so that wrapping is a mask.
const SIDE: usize = 256;
/// Coarser copies kept of each tile: 256, 128, ..., 8 cells a side.
const LEVELS: usize = 6;
/// A multiple of `SIDE` that makes every coordinate positive, where rounding down is a plain cast.
const BIAS: f32 = 8192.0;
/// The tiles never depend on a picture's seed.
const TILE_SEED: u64 = 0x6c61_6e64_7363_6170;

/// A periodic field of noise with coarser copies for distant ground.
pub(super) struct Tile {
    levels: Vec<Vec<f32>>,
}

impl Tile {
    fn new(finest: Vec<f32>) -> Self {
        let mut levels = vec![finest];
        for level in 1..LEVELS {
            let fine = &levels[level - 1];
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
            levels.push(coarse);
        }
        Self { levels }
    }

    /// Bilinear value at (u, v) in cells of the finest level; `level` 0 is the finest.
    #[inline]
    fn at(&self, u: f32, v: f32, level: usize) -> f32 {
        let values = &self.levels[level];
        let n = SIDE >> level;
        let scale = 1.0 / (1_u32 << level) as f32;
        // The centres of coarse cells lie between fine ones.
        let shift = 0.5 * scale - 0.5 + BIAS;
        let (u, v) = (u * scale + shift, v * scale + shift);
        let (u0, v0) = (u as u32, v as u32);
        let (fu, fv) = (u - u0 as f32, v - v0 as f32);
        let mask = n - 1;
        let (c0, r0) = (u0 as usize & mask, v0 as usize & mask);
        let (c1, r1) = ((c0 + 1) & mask, (r0 + 1) & mask);
        let top = values[r0 * n + c0] * (1.0 - fu) + values[r0 * n + c1] * fu;
        let bottom = values[r1 * n + c0] * (1.0 - fu) + values[r1 * n + c1] * fu;
        top * (1.0 - fv) + bottom * fv
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
        Tiles {
            hills: tiles(maker.fields(0, 8, power(3.8))),
            ridges: tiles(maker.fields(1, 8, band).into_iter().map(|f| ridged(f, &mut rng)).collect()),
            heaps: tiles(maker.fields(5, 6, |f| f.powf(-1.7) * (1.0 - (-(f / 9.0).powi(3)).exp()))),
            clouds: tiles(maker.fields(2, 8, power(3.2))),
            detail: tiles(maker.fields(3, 4, power(2.0))),
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
    let offsets: Vec<f32> = (0..10).map(|_| rng.uniform(0.0, SIDE as f32)).collect();
    let mut field: Vec<f32> = (0..SIDE * SIDE)
        .map(|i| {
            let (mut sum, mut weight, mut amplitude) = (0.0, 1.0, 1.0);
            for octave in 0..4_usize {
                let zoom = (1_u32 << octave) as f32;
                let u = (i % SIDE) as f32 * zoom + offsets[2 * octave];
                let v = (i / SIDE) as f32 * zoom + offsets[2 * octave + 1];
                let n = band.at(u, v, 0);
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

/// A picture's own view of a tile: position in the world to noise.
pub(super) struct Patch {
    tile: &'static Tile,
    scale: f32,
    cos: f32,
    sin: f32,
    offset: (f32, f32),
}

impl Patch {
    /// A random tile of `tiles` at a random place and angle; a cell is `cell` world units wide.
    pub(super) fn draw(tiles: &'static [Tile], cell: f32, rng: &mut Rng) -> Self {
        let tile = &tiles[rng.below(tiles.len())];
        let (sin, cos) = rng.uniform(0.0, std::f32::consts::TAU).sin_cos();
        let offset = (rng.uniform(0.0, SIDE as f32), rng.uniform(0.0, SIDE as f32));
        let scale = 1.0 / cell;
        Self { tile, scale, cos: cos * scale, sin: sin * scale, offset }
    }

    /// The level of the tile for samples `spacing` world units apart.
    #[inline]
    pub(super) fn level(&self, spacing: f32) -> usize {
        let cells = spacing * self.scale;
        (0..LEVELS - 1).find(|&level| cells < 1.5 * (1_u32 << level) as f32).unwrap_or(LEVELS - 1)
    }

    /// The noise at world position (x, y).
    #[inline]
    pub(super) fn at(&self, x: f32, y: f32, level: usize) -> f32 {
        let u = self.cos * x - self.sin * y + self.offset.0;
        let v = self.sin * x + self.cos * y + self.offset.1;
        self.tile.at(u, v, level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_have_their_moments_and_no_seam() {
        let noise = tiles();
        for tile in noise.hills.iter().chain(&noise.heaps).chain(&noise.clouds).chain(&noise.detail) {
            let cells = &tile.levels[0];
            let mean = cells.iter().sum::<f32>() / cells.len() as f32;
            let power = cells.iter().map(|x| x * x).sum::<f32>() / cells.len() as f32;
            assert!(mean.abs() < 0.01 && (power - 1.0).abs() < 0.01, "{mean} {power}");
            for level in 0..LEVELS {
                let side = SIDE as f32;
                assert!((tile.at(3.3, 7.7, level) - tile.at(3.3 + side, 7.7 - side, level)).abs() < 0.05);
            }
        }
        let ridges = noise.ridges.iter().flat_map(|tile| &tile.levels[0]);
        assert!(ridges.clone().all(|x| (0.0..=1.0).contains(x)));
    }

    #[test]
    fn coarse_levels_agree_with_the_finest() {
        let tile = &tiles().hills[0];
        for i in 0..100 {
            let (u, v) = (2.31 * i as f32, 1.77 * i as f32);
            assert!((tile.at(u, v, 0) - tile.at(u, v, 2)).abs() < 0.15);
        }
    }
}
