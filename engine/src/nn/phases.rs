//! Strided convolutions as sums of dense ones: positions of the image that have the same remainder by the stride
//! are a phase, and a phase only meets the places of the kernel that have one remainder too ("sub-pixel
//! convolution", Shi et al. 2016).

use super::columns::Windows;

/// Which way a convolution goes over the windows of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the image to the grid.
    Gather,
    /// From the grid to the image.
    Spread,
}

/// One phase of the image along one axis. Its results are
/// `sum over j of input[result + first + j] * kernel[taps[j]]`, zero outside the input, where the inputs (gather)
/// or the results (spread) are the positions `stride * i + phase` of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AxisPhase {
    /// Remainder of the phase's positions.
    pub phase: usize,
    /// The input under the first tap, seen from the result.
    pub first: isize,
    /// Places in the kernel, in the order of the inputs; none where the kernel is smaller than the stride.
    pub taps: Vec<usize>,
}

/// The phases of an axis, both axes being alike.
pub(crate) fn axis_phases(windows: &Windows, direction: Direction) -> Vec<AxisPhase> {
    let Windows { kernel, stride, padding, .. } = *windows;
    let phases = (0..stride).map(|phase| {
        // Image position stride * q + phase lies under kernel place `remainder + stride * t` of grid place
        // `q + whole - t`.
        let (whole, remainder) = ((phase + padding) / stride, (phase + padding) % stride);
        let mut taps: Vec<usize> = (remainder..kernel).step_by(stride).collect();
        let first = match direction {
            Direction::Gather => -(whole as isize),
            Direction::Spread => {
                taps.reverse();
                whole as isize + 1 - taps.len() as isize
            }
        };
        AxisPhase { phase, first, taps }
    });
    phases.collect()
}

/// Positions of a map, channels last, that lie at equal distances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lattice {
    /// Where the first one begins.
    start: usize,
    /// From one row to the next.
    row: usize,
    /// From one column to the next.
    column: usize,
    pub height: usize,
    pub width: usize,
}

impl Lattice {
    /// All positions of a grid of `features` channels.
    pub fn grid(windows: &Windows, features: usize) -> Self {
        let (height, width) = (windows.grid_height, windows.grid_width);
        Self { start: 0, row: width * features, column: features, height, width }
    }

    /// Those of a phase of the image.
    pub fn phase(windows: &Windows, rows: &AxisPhase, columns: &AxisPhase) -> Self {
        let Windows { image_height, image_width, channels, stride, .. } = *windows;
        Self {
            start: (rows.phase * image_width + columns.phase) * channels,
            row: stride * image_width * channels,
            column: stride * channels,
            // An image smaller than the stride has no position of the last phases.
            height: image_height.saturating_sub(rows.phase).div_ceil(stride),
            width: image_width.saturating_sub(columns.phase).div_ceil(stride),
        }
    }

    /// Where the values of a position begin, if there is one.
    pub fn at(&self, y: isize, x: isize) -> Option<usize> {
        let y = usize::try_from(y).ok().filter(|&y| y < self.height)?;
        let x = usize::try_from(x).ok().filter(|&x| x < self.width)?;
        Some(self.start + y * self.row + x * self.column)
    }
}
