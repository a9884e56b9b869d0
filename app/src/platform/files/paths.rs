//! What is done with a path on a disk, on a thread that may wait for it.

use std::path::{Path, PathBuf};

use latent_engine::Picture;

use super::form::{May, PathPurpose, Trouble};
use crate::kit::scale;

/// So many names are tried before the user is left to find one.
const NAMES: usize = 10_000;

/// A picture and how it is to be written.
pub struct Writing<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// Width and height of the file.
    pub sides: [usize; 2],
    /// Enlarge smoothly, else in squares.
    pub smooth: bool,
}

/// Writes a picture and says where; a path without an ending gets one.
pub fn write(writing: &Writing<'_>, path: &Path, may: May) -> Result<PathBuf, Trouble> {
    let mut path = complete(path);
    if path.is_dir() {
        return Err(Trouble::Other(format!("{} is a folder: add a name for the picture.", path.display())));
    }
    if path.exists() {
        match may {
            May::Replace => {}
            May::UseFreeName => path = free(&path),
            May::Ask | May::MakeFolder => return Err(Trouble::Exists { free: free(&path), path }),
        }
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        if may != May::MakeFolder {
            return Err(Trouble::NoFolder(folder.to_owned()));
        }
        std::fs::create_dir_all(folder).map_err(|error| {
            Trouble::Other(format!("The folder {} can't be made: {error}.", folder.display()))
        })?;
    }
    enlarged(writing)
        .save(&path)
        .map_err(|error| Trouble::Other(crate::kit::words::capital(&error.to_string())))?;
    Ok(path)
}

/// A path that something is read from or made in.
pub fn look(purpose: PathPurpose, path: &Path) -> Result<PathBuf, Trouble> {
    let path = at_home(path);
    let what = match purpose {
        PathPurpose::Open => "file or folder",
        PathPurpose::Photo => "file",
        PathPurpose::AddFolder | PathPurpose::LearnFrom | PathPurpose::MakeOf => "folder",
        PathPurpose::Save | PathPurpose::TrainInto => return Ok(path),
    };
    if path.exists() {
        Ok(path)
    } else {
        Err(Trouble::Other(format!("There is no {what} {}.", path.display())))
    }
}

/// The path itself where nothing is there, else a neighbour of its: `sky.png`, `sky-2.png`, `sky-3.png`, ...
pub fn free(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let others = (2..NAMES).map(|i| path.with_file_name(format!("{stem}-{i}{ending}")));
    let mut names = std::iter::once(path.to_owned()).chain(others);
    names.find(|name| !name.exists()).unwrap_or_else(|| path.to_owned())
}

fn complete(path: &Path) -> PathBuf {
    let path = at_home(path);
    if path.extension().is_none() && !path.is_dir() { path.with_extension("png") } else { path }
}

/// A path that begins with `~` lies at home, as in a shell.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

fn enlarged(writing: &Writing<'_>) -> Picture {
    let [width, height] = writing.sides;
    if [writing.picture.width(), writing.picture.height()] == writing.sides {
        return writing.picture.clone();
    }
    if writing.smooth {
        return scale::smooth(writing.picture, width, height);
    }
    // Whole squares, all of one size.
    let times = (width / writing.picture.width().max(1)).max(1);
    writing.picture.resized_nearest(writing.picture.width() * times, writing.picture.height() * times)
}
