//! Windows of an image as rows of a matrix (im2col), and the way back (col2im), channels last.

use std::ops::Range;

/// How a grid of square windows lies over an image.
///
/// A convolution has its input as the image and its output as the grid; a transposed convolution the other
/// way round. Row `gy * grid_width + gx` of the column matrix holds the window of that grid cell as
/// kernel x kernel x channels values, zero where the window leaves the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    pub image_height: usize,
    pub image_width: usize,
    pub channels: usize,
    pub grid_height: usize,
    pub grid_width: usize,
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
}

impl Windows {
    /// A single window that is a vector.
    pub fn of_vector(channels: usize) -> Self {
        Self {
            image_height: 1,
            image_width: 1,
            channels,
            grid_height: 1,
            grid_width: 1,
            kernel: 1,
            stride: 1,
            padding: 0,
        }
    }

    /// Values of one image.
    pub fn image_len(&self) -> usize {
        self.image_height * self.image_width * self.channels
    }

    /// Grid cells of one image.
    pub fn cells(&self) -> usize {
        self.grid_height * self.grid_width
    }

    /// Values of one window.
    pub fn window_len(&self) -> usize {
        self.kernel * self.kernel * self.channels
    }

    /// True when the only window of an image is the image itself, so that columns and image are the same.
    pub fn is_identity(&self) -> bool {
        self.cells() == 1
            && self.padding == 0
            && self.image_height == self.kernel
            && self.image_width == self.kernel
    }

    /// Copies the windows of the grid rows `grid_rows` of one image into `columns`.
    pub fn unfold(&self, image: &[f32], grid_rows: Range<usize>, columns: &mut [f32]) {
        let run = self.kernel * self.channels;
        let mut window_rows = columns.chunks_exact_mut(run.max(1));
        for gy in grid_rows {
            for gx in 0..self.grid_width {
                let (first, last) = self.inside(gx);
                for ky in 0..self.kernel {
                    let Some(target) = window_rows.next() else { return };
                    let Some(y) = self.row(gy, ky).filter(|_| first < last) else {
                        target.fill(0.0);
                        continue;
                    };
                    let (low, high) = (first * self.channels, last * self.channels);
                    let start = self.start(y, gx, first);
                    target[..low].fill(0.0);
                    target[low..high].copy_from_slice(&image[start..start + high - low]);
                    target[high..].fill(0.0);
                }
            }
        }
    }

    /// Adds the windows of the grid rows `grid_rows` to the rows `image_rows` of one image; `band` holds
    /// those rows. Every value gets its terms in the order of the grid, however the rows are divided.
    pub fn fold(&self, columns: &[f32], grid_rows: Range<usize>, image_rows: Range<usize>, band: &mut [f32]) {
        let run = self.kernel * self.channels;
        let row_len = self.grid_width * self.kernel * run;
        let offset = image_rows.start * self.image_width * self.channels;
        for (gy, grid_row) in grid_rows.zip(columns.chunks_exact(row_len.max(1))) {
            for gx in 0..self.grid_width {
                let (first, last) = self.inside(gx);
                if first >= last {
                    continue;
                }
                let (low, high) = (first * self.channels, last * self.channels);
                for ky in 0..self.kernel {
                    let Some(y) = self.row(gy, ky).filter(|y| image_rows.contains(y)) else { continue };
                    let start = self.start(y, gx, first) - offset;
                    let source = &grid_row[(gx * self.kernel + ky) * run..][low..high];
                    for (sum, term) in band[start..start + high - low].iter_mut().zip(source) {
                        *sum += term;
                    }
                }
            }
        }
    }

    /// The image row under kernel row `ky` of grid row `gy`, if it lies in the image.
    fn row(&self, gy: usize, ky: usize) -> Option<usize> {
        (gy * self.stride + ky).checked_sub(self.padding).filter(|&y| y < self.image_height)
    }

    /// The kernel columns of grid column `gx` that lie in the image, as a half-open range.
    fn inside(&self, gx: usize) -> (usize, usize) {
        let left = gx * self.stride;
        let first = self.padding.saturating_sub(left);
        let last = (self.image_width + self.padding).saturating_sub(left).min(self.kernel);
        (first, last)
    }

    /// Where the value under kernel column `first` of grid column `gx` starts in image row `y`.
    fn start(&self, y: usize, gx: usize, first: usize) -> usize {
        (y * self.image_width + gx * self.stride + first - self.padding) * self.channels
    }
}
