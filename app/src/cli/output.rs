//! Where results go: checked before the work begins, written at its end.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use latent_engine::Picture;
use latent_engine::search::Bank;
use latent_engine::search::ways::Interpolation;

use super::CliError;

/// Space between the pictures of a grid, in pixels.
pub(super) const GAP: usize = 2;

/// Makes sure that a file can be written there, so that a long search is not lost at its end.
pub(super) fn check_writable(path: &Path) -> Result<(), CliError> {
    let refuse = |source| CliError::Io { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(CliError::Arguments(format!("{} is a folder; name a file in it", path.display())));
    }
    let existed = path.exists();
    std::fs::OpenOptions::new().append(true).create(true).open(path).map_err(refuse)?;
    if !existed {
        std::fs::remove_file(path).map_err(refuse)?;
    }
    Ok(())
}

/// Makes sure that a picture can be written there.
pub(super) fn check_picture(path: &Path) -> Result<(), CliError> {
    let known = image::ImageFormat::from_path(path).is_ok_and(|format| format.can_write());
    if !known {
        return Err(CliError::Arguments(format!(
            "{} has no ending of a picture that can be written; try .png",
            path.display()
        )));
    }
    check_writable(path)
}

/// Makes sure that the folder is there and can be written.
pub(super) fn check_folder(path: &Path) -> Result<(), CliError> {
    let refuse = |source| CliError::Io { path: path.to_owned(), source };
    std::fs::create_dir_all(path).map_err(refuse)?;
    let probe = path.join(".latent-studio-probe");
    std::fs::write(&probe, b"").map_err(refuse)?;
    std::fs::remove_file(&probe).map_err(refuse)
}

/// Writes pictures as one grid, as square as it gets.
pub(super) fn write_grid<P: AsRef<Picture>>(path: &Path, pictures: &[P]) -> Result<(), CliError> {
    let columns = (pictures.len() as f32).sqrt().ceil() as usize;
    let gap = if pictures.len() > 1 { GAP } else { 0 };
    Ok(Picture::grid(pictures, columns, gap)?.save(path)?)
}

/// Writes pictures side by side.
pub(super) fn write_row(path: &Path, pictures: &[Picture]) -> Result<(), CliError> {
    Ok(Picture::grid(pictures, pictures.len(), GAP)?.save(path)?)
}

/// The name of a way between latents on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WayName {
    /// Straight
    Linear,
    /// Along an arc, which keeps the distance from the middle
    Spherical,
}

impl From<WayName> for Interpolation {
    fn from(name: WayName) -> Self {
        match name {
            WayName::Linear => Self::Linear,
            WayName::Spherical => Self::Spherical,
        }
    }
}

/// True for a name that ends in `.npy`.
pub(super) fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"))
}

/// A progress bar on the terminal; nothing where there is none.
pub(super) fn bar(length: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:32} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(what);
    bar
}

/// Makes the pictures of a bank, with a progress bar.
pub(super) fn fill_bank(bank: &mut Bank) -> Result<(), CliError> {
    let progress = bar(bank.capacity(), "bank");
    while !bank.is_complete() {
        bank.extend()?;
        progress.set_position(bank.len() as u64);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Reads a picture and says so when it is not of the model's size.
pub(super) fn open_picture(path: &PathBuf, size: usize) -> Result<Picture, CliError> {
    let picture = Picture::open(path)?;
    if (picture.width(), picture.height()) != (size, size) {
        eprintln!(
            "{} is {}x{}; it is used at the model's size, {size}x{size}",
            path.display(),
            picture.width(),
            picture.height()
        );
    }
    Ok(picture)
}
