//! What a subcommand reads: files, or standard input where the name is `-`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use latent_engine::checkpoint::npy;
use latent_engine::file;
use latent_engine::model::Latent;
use latent_engine::{Error, Picture};

use super::CliError;
use super::console::note;
use super::output::DASH;

/// Most bytes that are read from standard input.
const MOST_BYTES: u64 = 1 << 29;
/// Most bytes of a file that somebody wrote by hand.
const MOST_SMALL: u64 = 1 << 24;
/// How standard input is called in messages.
const INPUT: &str = "standard input";
/// Behind what is transparent in strokes and masks, where black means nothing.
pub(super) const BLACK: [u8; 3] = [0; 3];

/// A photo; what is transparent lies over `ground`.
pub(super) fn photo(path: &Path, ground: [u8; 3]) -> Result<Picture, CliError> {
    Ok(if is_input(path) {
        Picture::decode_over(&standard_input()?, Path::new(INPUT), ground)?
    } else {
        Picture::open_over(path, ground)?
    })
}

/// Strokes, a mask or edges; says so when they are not of the model's size.
pub(super) fn strokes(path: &Path, sides: [usize; 2]) -> Result<Picture, CliError> {
    let picture = photo(path, BLACK)?;
    note_of_size(path, &picture, sides);
    Ok(picture)
}

/// Says so when a picture is not of the model's size.
pub(super) fn note_of_size(path: &Path, picture: &Picture, [tall, wide]: [usize; 2]) {
    let (width, height) = (picture.width(), picture.height());
    if (width, height) != (wide, tall) {
        let name = if is_input(path) { Path::new(INPUT) } else { path }.display();
        note(format_args!("{name} is {width}x{height}; it is used at the model's size, {wide}x{tall}"));
    }
}

/// Latents (.npy, N x L or L).
pub(super) fn latents(path: &Path) -> Result<Vec<Latent>, CliError> {
    let rows = if is_input(path) {
        npy::decode_latents(standard_input()?, Path::new(INPUT))?
    } else {
        npy::read_latents(path)?
    };
    Ok(rows.into_iter().map(Latent::from).collect())
}

/// The bytes of a file that has few.
pub(super) fn small_file(path: &Path) -> Result<Vec<u8>, CliError> {
    Ok(file::read(path, MOST_SMALL).map_err(|error| match error {
        Error::Invalid(why) => Error::Invalid(format!("{}: {why}", path.display())),
        other => other,
    })?)
}

fn is_input(path: &Path) -> bool {
    path.as_os_str() == DASH
}

fn standard_input() -> Result<Vec<u8>, CliError> {
    static READ: AtomicBool = AtomicBool::new(false);
    if READ.swap(true, Ordering::Relaxed) {
        return Err(CliError::Arguments(
            "standard input can be read once only: name a file for the others".into(),
        ));
    }
    let bytes = file::read_at_most(std::io::stdin().lock(), MOST_BYTES).map_err(|e| Error::io(INPUT, e))?;
    bytes.ok_or_else(|| CliError::Arguments(format!("{INPUT}: {}", file::too_large(MOST_BYTES))))
}
