//! What the system gives: files and dialogs, lists and looks that are kept, threads.

pub mod files;
pub mod library;
pub mod preferences;
pub mod threads;

use std::path::Path;

/// Writes a small file all at once or not at all: another window may be reading it. Makes its folder where there is none.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let fresh = file.with_extension(format!("{}.new", std::process::id()));
    file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(&fresh, text)?;
    std::fs::rename(&fresh, file)
}
