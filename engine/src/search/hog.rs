//! A histogram of oriented gradients that can be differentiated, as iGAN's edge term uses it.
//!
//! With the Sobel responses gx, gy of the grey picture (0 to 1), orientation k at angle t = pi k / 8 collects at
//! every pixel `max(0, l1 |cos t gx + sin t gy| - l2 sqrt(gx^2 + gy^2 + 0.001))` with a = cos(pi / 8),
//! l1 = 1 / (1 - a), l2 = a / (1 - a): 1 along the orientation, 0 from the neighbouring ones on (soft binning).
//! Cells of 8 x 8 pixels collect their bins through a bilinear window of 16 x 16 pixels around them.

use std::ops::Range;

use crate::ValueRange;

/// Orientations per cell.
pub const ORIENTATIONS: usize = 8;
/// Pixels a side of a cell.
pub const CELL: usize = 8;
/// Keeps the root differentiable where the picture is flat.
const FLAT: f32 = 1e-3;
/// A window reaches half a cell beyond its cell on every side.
const REACH: usize = CELL / 2;

/// The histogram of pictures of one size.
#[derive(Clone, Debug)]
pub struct Hog {
    /// Height and width in pixels.
    size: [usize; 2],
    /// A model's units to light of 0 to 1.
    light_per_unit: f32,
    light_at_zero: f32,
    /// cos and sin of every orientation.
    directions: [(f32, f32); ORIENTATIONS],
    l1: f32,
    l2: f32,
    /// The window along one axis; the window is its outer product.
    ramp: [f32; 2 * CELL],
}

/// The Sobel responses of a picture.
struct Slopes {
    gx: Vec<f32>,
    gy: Vec<f32>,
}

impl Hog {
    /// The histogram of pictures of a height and width in a value range.
    #[must_use]
    pub fn new(size: [usize; 2], range: ValueRange) -> Self {
        let step = std::f32::consts::PI / ORIENTATIONS as f32;
        let a = step.cos();
        let middle = (2 * CELL + 1) as f32 / 2.0;
        Self {
            size,
            light_per_unit: range.light_per_unit(),
            light_at_zero: range.to_light(0.0),
            directions: std::array::from_fn(|k| ((step * k as f32).cos(), (step * k as f32).sin())),
            l1: 1.0 / (1.0 - a),
            l2: a / (1.0 - a),
            ramp: std::array::from_fn(|i| 1.0 - ((i + 1) as f32 - middle).abs() / CELL as f32),
        }
    }

    /// Rows and columns of cells.
    #[must_use]
    pub fn cells(&self) -> [usize; 2] {
        // A convolution of width 16, stride 8, padding 4.
        self.size.map(|side| (side + 2 * REACH).saturating_sub(2 * CELL) / CELL + usize::from(side >= CELL))
    }

    /// How many cells there are.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        let [rows, columns] = self.cells();
        rows * columns
    }

    /// The rows and the columns of pixels that cell `cell` collects.
    #[must_use]
    pub fn reach(&self, cell: usize) -> [Range<usize>; 2] {
        let columns = self.cells()[1];
        [reach(cell / columns, self.size[0]), reach(cell % columns, self.size[1])]
    }

    /// The histogram of a picture (C x H x W): cells row by row, eight numbers each. Cells of which `wanted`
    /// is false stay 0.
    #[must_use]
    pub fn histogram(&self, planes: &[f32], wanted: &[bool]) -> Vec<f32> {
        let slopes = self.slopes(planes, self.rows(wanted));
        // Neighbouring windows overlap: the bins of a pixel are made once and collected up to four times.
        let width = self.size[1];
        let mut bins = vec![[0f32; ORIENTATIONS]; self.pixels()];
        for (at, _) in self.seen(wanted).iter().enumerate().filter(|&(_, &seen)| seen) {
            bins[at] = self.bins(slopes.gx[at], slopes.gy[at]);
        }
        let mut histogram = vec![0.0; wanted.len() * ORIENTATIONS];
        for (cell, sums) in histogram.chunks_exact_mut(ORIENTATIONS).enumerate().filter(|&(c, _)| wanted[c]) {
            let [rows, columns] = self.window(cell);
            for (y, weight_y) in rows {
                for (x, weight_x) in columns.clone() {
                    for (sum, bin) in sums.iter_mut().zip(&bins[y * width + x]) {
                        *sum += weight_y * weight_x * bin;
                    }
                }
            }
        }
        histogram
    }

    /// The bins of a pixel.
    fn bins(&self, gx: f32, gy: f32) -> [f32; ORIENTATIONS] {
        let floor = self.l2 * (gx * gx + gy * gy + FLAT).sqrt();
        self.directions.map(|(cos, sin)| (self.l1 * (cos * gx + sin * gy).abs() - floor).max(0.0))
    }

    /// Adds to `gradient` (C x H x W, like the picture) the gradient of a function of the histogram whose own
    /// gradient is `of_bins`; zeros in it cost nothing.
    pub fn backward(&self, planes: &[f32], of_bins: &[f32], gradient: &mut [f32]) {
        let asked: Vec<bool> =
            of_bins.chunks_exact(ORIENTATIONS).map(|bins| bins.iter().any(|&g| g != 0.0)).collect();
        let slopes = self.slopes(planes, self.rows(&asked));
        let (pixels, width) = (self.pixels(), self.size[1]);
        let mut of_pixels = vec![[0f32; ORIENTATIONS]; pixels];
        for (cell, of_cell) in of_bins.chunks_exact(ORIENTATIONS).enumerate().filter(|&(c, _)| asked[c]) {
            let [rows, columns] = self.window(cell);
            for (y, weight_y) in rows {
                for (x, weight_x) in columns.clone() {
                    for (sum, of_bin) in of_pixels[y * width + x].iter_mut().zip(of_cell) {
                        *sum += weight_y * weight_x * of_bin;
                    }
                }
            }
        }
        let (mut of_gx, mut of_gy) = (vec![0f32; pixels], vec![0f32; pixels]);
        for (at, _) in self.seen(&asked).iter().enumerate().filter(|&(_, &seen)| seen) {
            (of_gx[at], of_gy[at]) = self.bins_backward(slopes.gx[at], slopes.gy[at], &of_pixels[at]);
        }
        self.spread(&of_gx, &of_gy, self.rows(&asked), gradient);
    }

    /// The gradient of a pixel's slopes from that of its bins.
    fn bins_backward(&self, gx: f32, gy: f32, of_bins: &[f32; ORIENTATIONS]) -> (f32, f32) {
        let norm = (gx * gx + gy * gy + FLAT).sqrt();
        let (mut sum_x, mut sum_y, mut sum) = (0f32, 0f32, 0f32);
        for (of_bin, (cos, sin)) in of_bins.iter().zip(self.directions) {
            let along = cos * gx + sin * gy;
            if self.l1 * along.abs() > self.l2 * norm {
                let signed = of_bin * self.l1 * along.signum();
                sum_x += signed * cos;
                sum_y += signed * sin;
                sum += of_bin;
            }
        }
        let shrink = self.l2 * sum / norm;
        (sum_x - shrink * gx, sum_y - shrink * gy)
    }

    /// The pixels that the wanted cells look at.
    fn seen(&self, wanted: &[bool]) -> Vec<bool> {
        let mut seen = vec![false; self.pixels()];
        for cell in (0..wanted.len()).filter(|&cell| wanted[cell]) {
            let [rows, columns] = self.reach(cell);
            for y in rows {
                seen[y * self.size[1]..][columns.clone()].fill(true);
            }
        }
        seen
    }

    /// The rows and the columns of a cell's window and their weights.
    fn window(&self, cell: usize) -> [impl Iterator<Item = (usize, f32)> + Clone + use<>; 2] {
        let ramp = self.ramp;
        // Pixel p stands at p + REACH - CELL cell in the window.
        let along = |place: usize, side| reach(place, side).map(move |p| (p, ramp[p + REACH - CELL * place]));
        let columns = self.cells()[1];
        [along(cell / columns, self.size[0]), along(cell % columns, self.size[1])]
    }

    fn pixels(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// The rows of pixels that the wanted cells look at.
    fn rows(&self, wanted: &[bool]) -> Range<usize> {
        let columns = self.cells()[1].max(1);
        let mut rows =
            wanted.chunks(columns).enumerate().filter(|(_, row)| row.contains(&true)).map(|(y, _)| y);
        let Some(first) = rows.next() else { return 0..0 };
        let last = rows.next_back().unwrap_or(first);
        reach(first, self.size[0]).start..reach(last, self.size[0]).end
    }

    /// Sobel responses of the grey picture, /4, in the given rows; black surrounds the picture.
    fn slopes(&self, planes: &[f32], rows: Range<usize>) -> Slopes {
        let ([height, width], pixels) = (self.size, self.pixels());
        let channels = planes.len() / pixels;
        let scale = self.light_per_unit / channels as f32;
        // A border of one pixel, so that the stencil needs no case of its own there.
        let wide = width + 2;
        let mut grey = vec![0f32; wide * (height + 2)];
        for y in rows.start.saturating_sub(1)..(rows.end + 1).min(height) {
            let out = &mut grey[(y + 1) * wide + 1..][..width];
            out.fill(self.light_at_zero);
            for plane in planes.chunks_exact(pixels) {
                for (o, v) in out.iter_mut().zip(&plane[y * width..][..width]) {
                    *o += scale * v;
                }
            }
        }
        let (mut gx, mut gy) = (vec![0f32; pixels], vec![0f32; pixels]);
        for y in rows {
            let row = |i: usize| &grey[(y + i) * wide..][..wide];
            let (above, here, below) = (row(0), row(1), row(2));
            for x in 0..width {
                let (left, right) = (x, x + 2);
                let across = |i: usize| above[i] + 2.0 * here[i] + below[i];
                let along = |r: &[f32]| r[left] + 2.0 * r[x + 1] + r[right];
                gx[y * width + x] = (across(right) - across(left)) / 4.0;
                gy[y * width + x] = (along(below) - along(above)) / 4.0;
            }
        }
        Slopes { gx, gy }
    }

    /// The transpose of [`Self::slopes`].
    fn spread(&self, of_gx: &[f32], of_gy: &[f32], rows: Range<usize>, gradient: &mut [f32]) {
        let ([height, width], pixels) = (self.size, self.pixels());
        let wide = width + 2;
        let mut grey = vec![0f32; wide * (height + 2)];
        for y in rows {
            for x in 0..width {
                let (h, v) = (of_gx[y * width + x] / 4.0, of_gy[y * width + x] / 4.0);
                for (dy, smooth_y, step_y) in [(0, 1.0, -1.0), (1, 2.0, 0.0), (2, 1.0, 1.0)] {
                    let at = (y + dy) * wide + x;
                    grey[at] += v * step_y - h * smooth_y;
                    grey[at + 1] += 2.0 * v * step_y;
                    grey[at + 2] += v * step_y + h * smooth_y;
                }
            }
        }
        let channels = gradient.len() / pixels;
        let scale = self.light_per_unit / channels as f32;
        for plane in gradient.chunks_exact_mut(pixels) {
            for y in 0..height {
                let from = &grey[(y + 1) * wide + 1..][..width];
                for (g, v) in plane[y * width..][..width].iter_mut().zip(from) {
                    *g += scale * v;
                }
            }
        }
    }
}

/// The pixels along an axis of `side` pixels that the cell at a place collects.
fn reach(place: usize, side: usize) -> Range<usize> {
    (place * CELL).saturating_sub(REACH)..(place * CELL + CELL + REACH).min(side)
}
