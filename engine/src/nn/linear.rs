//! The linear part of a layer, gone through either way.

use super::columns::Windows;
use super::finish::Finish;
use super::lowering::{gather, spread};
use super::matmul::Matrix;
use super::phases::Direction;
use super::planes::{Planes, tiles};
use super::winograd;

/// Tiles from which on it is worth to transform weights for a single use.
const SINGLE_USE_TILES: usize = 256;

/// A convolution (windows over its input) or a transposed one (windows over its output).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    pub windows: Windows,
    /// Channels of the grid: the output's in a convolution, the input's in a transposed one.
    pub features: usize,
    pub transposed: bool,
}

/// Weights, as a pass in some direction takes them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weights<'a> {
    /// features x `window_len` for [`Direction::Spread`], `window_len` x features for [`Direction::Gather`].
    Plain(Matrix<'a>),
    Transformed(&'a Planes),
}

impl Linear {
    /// Height, width and channels of a map that comes out.
    pub fn output_shape(&self) -> [usize; 3] {
        let w = &self.windows;
        if self.transposed {
            [w.image_height, w.image_width, w.channels]
        } else {
            [w.grid_height, w.grid_width, self.features]
        }
    }

    /// The way of the forward pass.
    pub fn forward(&self) -> Direction {
        if self.transposed { Direction::Spread } else { Direction::Gather }
    }

    /// The way of the input's gradient.
    pub fn backward(&self) -> Direction {
        if self.transposed { Direction::Gather } else { Direction::Spread }
    }

    /// Weights of the forward pass: Cin x k x k x Cout where transposed, else k x k x Cin x Cout.
    pub fn weights<'a>(&self, values: &'a [f32]) -> Matrix<'a> {
        let (features, window) = (self.features, self.windows.window_len());
        if self.transposed {
            Matrix::new(values, features, window)
        } else {
            Matrix::new(values, window, features)
        }
    }

    /// Whether transformed weights are better in a direction. This follows from the shape of a single map alone: what
    /// a model makes of one must not depend on how many there are.
    pub fn suits_planes(&self, direction: Direction) -> bool {
        Planes::suit(&self.windows, self.features, direction)
    }

    /// Whether so many maps are enough for weights to be transformed for them alone.
    pub fn pays_planes(&self, direction: Direction, count: usize) -> bool {
        count * tiles(&self.windows, direction) >= SINGLE_USE_TILES
    }

    /// Transformed weights, from those that the plain way takes in this direction.
    pub fn planes(&self, direction: Direction, weights: Matrix<'_>) -> Planes {
        Planes::new(&self.windows, self.features, direction, weights)
    }

    /// Goes one way: `out`, whose content does not matter, gets what the maps in `input` become.
    pub fn run(
        &self,
        direction: Direction,
        input: &[f32],
        weights: Weights<'_>,
        finish: Finish<'_>,
        out: &mut [f32],
    ) {
        match (weights, direction) {
            (Weights::Transformed(planes), _) => {
                winograd::convolve(&self.windows, planes, input, finish, out);
            }
            (Weights::Plain(weights), Direction::Spread) => {
                spread(&self.windows, input, weights, self.features, finish, out);
            }
            (Weights::Plain(weights), Direction::Gather) => {
                gather(&self.windows, input, weights, self.features, finish, out);
            }
        }
    }
}
