//! What is too much for a measurement, told before it starts.

use crate::cli::CliError;
use crate::cli::memory::check_memory;

/// Most numbers (4 bytes each) of a measurement.
const MOST_NUMBERS: f64 = 1e9;
/// A generator's weights are kept as they are and as its kernels want them.
pub(super) const WEIGHTS_KEPT: f64 = 3.0;
/// What is kept of a weight of the two networks in a training: the weight, its gradient, Adam's two means, and an
/// average.
const WEIGHTS_TRAINED: f64 = 10.0;
/// Windows of a convolution, gradients and copies beside every layer's result.
const COPIES: f64 = 8.0;

/// Weights of an iGAN-shaped generator.
pub(super) fn weights(width: usize) -> f64 {
    let width = width as f64;
    25.0 * (32.0 + 8.0 + 2.0) * width * width + (75.0 + 100.0 * 128.0) * width
}

/// What its layers make of one latent, with what a gradient needs.
pub(super) fn activations(width: usize) -> f64 {
    COPIES * (1920.0 * width as f64 + 3.0 * 4096.0)
}

/// The same for a model of which only the size is known: as many channels as usual.
pub(super) fn pixels_with_channels([height, width]: [usize; 2]) -> f64 {
    COPIES * 64.0 * (height * width) as f64
}

pub(super) fn check_training(width: usize, batch: usize) -> Result<(), CliError> {
    if width == 0 || batch == 0 {
        return Err(CliError::Arguments("--width and --batch must be at least 1".into()));
    }
    check_numbers("--width", width, |width| WEIGHTS_TRAINED * weights(width))?;
    check_numbers("--batch", batch, |batch| 4.0 * batch as f64 * activations(width))
}

/// Refuses so many numbers that they would not fit, and says what would.
pub(super) fn check_numbers(
    option: &str,
    asked: usize,
    numbers: impl Fn(usize) -> f64,
) -> Result<(), CliError> {
    check_memory(option, asked, 4.0 * MOST_NUMBERS, |count| 4.0 * numbers(count))
}

pub(super) fn check_seconds(seconds: f64) -> Result<(), CliError> {
    if (0.0..=3600.0).contains(&seconds) {
        return Ok(());
    }
    Err(CliError::Arguments("--seconds must be 0 to 3600".into()))
}

/// Most moves of a pointer: half an hour of them.
const MOST_MOVES: usize = 100_000;

pub(super) fn check_moves(moves: usize) -> Result<(), CliError> {
    if (1..=MOST_MOVES).contains(&moves) {
        return Ok(());
    }
    Err(CliError::Arguments(format!("--moves must be 1 to {MOST_MOVES}")))
}
