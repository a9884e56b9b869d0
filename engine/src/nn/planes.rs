//! Weights as [`super::winograd`] multiplies by them.

use rayon::prelude::*;

use super::columns::Windows;
use super::matmul::Matrix;
use super::minimal_filter::{MOST_TAPS, RESULTS, of_taps, products};
use super::phases::{AxisPhase, Direction, axis_phases};

/// Channels must be a multiple of this: as many as the widest registers hold.
const LANES: usize = 16;
/// Largest product of both numbers of channels, for every tile of a map and at all: beyond it, reading the transformed
/// weights, which are twice as many, takes longer than it saves where few maps are made at once.
const MOST_WEIGHTS_PER_TILE: usize = 1 << 13;
const MOST_WEIGHTS: usize = 1 << 17;
/// Largest part of the multiplications of the plain way that is still worth the additions.
const WORTH: f64 = 0.75;

/// A pair of phases, one along each axis.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    pub rows: AxisPhase,
    pub columns: AxisPhase,
    /// Index of its first matrix.
    pub first_plane: usize,
}

impl Phase {
    /// How many matrices it has.
    pub fn planes(&self) -> usize {
        products(self.rows.taps.len()) * products(self.columns.taps.len())
    }
}

/// Transformed weights: for every product of a tile a matrix from the channels of the input to those of the result.
#[derive(Debug)]
pub(crate) struct Planes {
    values: Vec<f32>,
    pub direction: Direction,
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the result.
    pub outputs: usize,
    pub phases: Vec<Phase>,
}

/// Tiles of the results of one map.
pub(crate) fn tiles(windows: &Windows, direction: Direction) -> usize {
    let (height, width) = match direction {
        Direction::Spread => (windows.image_height / windows.stride, windows.image_width / windows.stride),
        Direction::Gather => (windows.grid_height, windows.grid_width),
    };
    height.div_ceil(RESULTS) * width.div_ceil(RESULTS)
}

/// Pairs of phases, and the number of their matrices.
fn pairs(windows: &Windows, direction: Direction) -> (Vec<Phase>, usize) {
    let axes = axis_phases(windows, direction);
    let mut planes = 0;
    let pairs = axes.iter().flat_map(|rows| axes.iter().map(move |columns| (rows, columns)));
    let phases = pairs.map(|(rows, columns)| {
        let phase = Phase { rows: rows.clone(), columns: columns.clone(), first_plane: planes };
        planes += phase.planes();
        phase
    });
    (phases.collect(), planes)
}

impl Planes {
    /// Whether a convolution can go this way, and is better off.
    pub fn suit(windows: &Windows, features: usize, direction: Direction) -> bool {
        let &Windows { kernel, stride, channels, .. } = windows;
        if !(stride..=MOST_TAPS * stride).contains(&kernel)
            || !channels.is_multiple_of(LANES)
            || !features.is_multiple_of(LANES)
            || channels * features > MOST_WEIGHTS.min(MOST_WEIGHTS_PER_TILE * tiles(windows, direction))
        {
            return false;
        }
        // Rows of tiles must make bands of equal height, phases be equally wide.
        let fits = match direction {
            Direction::Spread => {
                windows.image_height.is_multiple_of(RESULTS * stride)
                    && windows.image_width.is_multiple_of(stride)
            }
            Direction::Gather => windows.grid_height.is_multiple_of(RESULTS),
        };
        let multiplications = pairs(windows, direction).1 as f64;
        fits && multiplications < WORTH * (RESULTS * RESULTS * kernel * kernel) as f64
    }

    /// The weights as the kernels of [`super::lowering`] take them: features x `window_len` for
    /// [`Direction::Spread`], `window_len` x features for [`Direction::Gather`].
    pub fn new(windows: &Windows, features: usize, direction: Direction, weights: Matrix<'_>) -> Self {
        let (phases, planes) = pairs(windows, direction);
        let channels = windows.channels;
        let (inputs, outputs) = match direction {
            Direction::Spread => (features, channels),
            Direction::Gather => (channels, features),
        };
        let mut values = vec![0.0; planes * inputs * outputs];
        for phase in &phases {
            let by_row = of_taps(phase.rows.taps.len());
            let by_column = of_taps(phase.columns.taps.len());
            values[phase.first_plane * inputs * outputs..][..phase.planes() * inputs * outputs]
                .par_chunks_exact_mut(inputs * outputs)
                .enumerate()
                .for_each(|(plane, out)| {
                    let (row, column) = (by_row[plane / by_column.len()], by_column[plane % by_column.len()]);
                    for (y, of_row) in phase.rows.taps.iter().zip(row) {
                        for (x, of_column) in phase.columns.taps.iter().zip(column) {
                            let at = (y * windows.kernel + x) * channels;
                            let place = match direction {
                                Direction::Spread => weights.block(0..features, at..at + channels),
                                Direction::Gather => weights.block(at..at + channels, 0..features),
                            };
                            place.add_to(of_row * of_column, out);
                        }
                    }
                });
        }
        Self { values, direction, inputs, outputs, phases }
    }

    /// One matrix.
    pub fn matrix(&self, plane: usize) -> Matrix<'_> {
        let len = self.inputs * self.outputs;
        Matrix::new(&self.values[plane * len..][..len], self.inputs, self.outputs)
    }
}
