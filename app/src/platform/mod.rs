//! What the system gives: files and dialogs, lists and looks that are kept, threads.

pub mod files;
pub mod library;
pub mod preferences;
pub mod threads;

use std::path::Path;

/// Writes a small file all at once or not at all: another window may be reading it. Makes its folder where there is none.
fn write_whole(file: &Path, text: &str) -> Result<(), String> {
    file.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|error| error.to_string())?;
    latent_engine::file::write(file, text.as_bytes()).map_err(|error| error.to_string())
}
