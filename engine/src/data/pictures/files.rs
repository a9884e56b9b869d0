//! The picture files of a folder: which there are, and their pictures.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::framing::Framing;
use crate::{Error, Picture, Result};

/// How the names of files end that may be pictures.
const ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "webp"];
/// Files looked at in one folder and the folders below it; a whole disk has more.
const MOST_FILES: usize = 2_000_000;
/// Files read between two looks at whether anybody still wants them.
const CHUNK: usize = 64;

/// More bytes of pictures than this leave a laptop no memory for anything else.
const MOST_BYTES: usize = 6 << 30;

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: String,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    folder: PathBuf,
    /// The files that may be pictures, by name.
    pub pictures: Vec<PathBuf>,
    /// How many other files there are.
    pub others: usize,
    /// Folders below it that can't be read, and what is named like a picture and is no file.
    pub skipped: Vec<Skipped>,
}

/// Pictures, one after the other.
#[derive(Debug, Default)]
pub(crate) struct ReadPictures {
    pub rgb: Vec<u8>,
    /// How many of them were smaller than they are now.
    pub enlarged: usize,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// Every PNG, JPEG and WebP file in a folder and the folders below it, in the order of their names.
pub(crate) fn list(folder: &Path, go_on: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Found> {
    let invalid = |why: String| Err(Error::Invalid(format!("{} {why}", folder.display())));
    match std::fs::metadata(folder) {
        Ok(data) if data.is_dir() => {}
        Ok(_) => return invalid("is a file: choose the folder that it lies in".into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return invalid("is not there: choose a folder with pictures in it".into());
        }
        Err(error) => return Err(Error::io(folder, error)),
    }
    let mut found = Found { folder: folder.to_owned(), ..Found::default() };
    collect(folder, &mut found, go_on)?;
    found.pictures.sort();
    Ok(found)
}

/// The pictures of these files as squares of `size` pixels a side. Files that can't be read are left out and listed.
/// `progress` hears how many files are done; when it breaks, this ends with [`Error::Cancelled`].
pub(crate) fn read(
    paths: &[PathBuf],
    size: usize,
    framing: Framing,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<ReadPictures> {
    let mut all = ReadPictures::default();
    // Grown by doubling, pictures would take twice their memory for a while.
    all.rgb.reserve_exact(paths.len().saturating_mul(size * size * 3));
    let mut done = 0;
    for chunk in paths.chunks(CHUNK) {
        let pictures: Vec<Result<(Vec<Picture>, bool), Skipped>> =
            chunk.par_iter().map(|path| read_one(path, size, framing)).collect();
        for picture in pictures {
            match picture {
                Ok((squares, small)) => {
                    all.enlarged += if small { squares.len() } else { 0 };
                    squares.iter().for_each(|square| all.rgb.extend_from_slice(square.rgb()));
                }
                Err(file) => all.skipped.push(file),
            }
        }
        done += chunk.len();
        // How many tiles there are is only known now.
        check_memory(all.rgb.len() / (size * size * 3), size)?;
        if progress(done).is_break() {
            return Err(Error::Cancelled);
        }
    }
    Ok(all)
}

impl Found {
    /// Where they were found.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The refusal of a folder none of whose files is a picture that can be read.
    pub fn nothing_to_learn_from(&self, damaged: usize) -> Error {
        let folder = self.folder.display();
        let why = match (damaged, self.others) {
            (0, 0) if !self.skipped.is_empty() => {
                format!("{} of its folders and files can't be read", self.skipped.len())
            }
            (0, 0) => "it is empty".to_owned(),
            (0, others) => format!("its files ({others}) are of other kinds"),
            (damaged, _) => format!("{damaged} could not be read"),
        };
        Error::Invalid(format!(
            "{folder} has no PNG, JPEG or WebP picture to train on: {why}; choose another folder"
        ))
    }
}

/// The squares of a picture, and whether it was smaller than they are.
fn read_one(path: &Path, size: usize, framing: Framing) -> Result<(Vec<Picture>, bool), Skipped> {
    let skipped = |why: String| Skipped { path: path.to_owned(), why };
    let squares = |picture: Picture| {
        let small = framing.enlarges(&picture, size);
        Ok((framing.squares(&picture, size)?, small))
    };
    match Picture::open(path).and_then(squares) {
        Ok(squares) => Ok(squares),
        Err(Error::Picture { why, .. }) => Err(skipped(why)),
        Err(Error::Io { source, .. }) => Err(skipped(source.to_string())),
        Err(error) => Err(skipped(error.to_string())),
    }
}

/// Refuses pictures that would take too much memory.
pub(super) fn check_memory(count: usize, size: usize) -> Result<()> {
    let bytes = count.saturating_mul(size * size * 3);
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let gigabytes = bytes as f64 / 1e9;
    Err(Error::Invalid(format!(
        "{count} pictures of {size} pixels would take {gigabytes:.0} GB of memory: choose a smaller size or fewer \
         pictures"
    )))
}

fn collect(folder: &Path, found: &mut Found, go_on: &mut dyn FnMut() -> ControlFlow<()>) -> Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        // One folder that can't be read is no reason to learn from none.
        Err(error) if folder != found.folder => {
            found.skipped.push(Skipped { path: folder.to_owned(), why: error.to_string() });
            return Ok(());
        }
        Err(error) => return Err(Error::io(folder, error)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.skipped.push(Skipped { path: folder.to_owned(), why: error.to_string() });
                continue;
            }
        };
        if go_on().is_break() {
            return Err(Error::Cancelled);
        }
        if found.pictures.len() + found.others >= MOST_FILES {
            return Err(Error::Invalid(format!(
                "{} has more than {MOST_FILES} files in it and below it: choose a folder that holds little else \
                 than pictures",
                found.folder.display()
            )));
        }
        let path = entry.path();
        // Links are not followed, so there is no way round in circles.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, found, go_on)?;
        } else {
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
            if ENDINGS.contains(&ending.as_str()) {
                // Reading a pipe or a device may never end.
                if std::fs::metadata(&path).is_ok_and(|data| !data.is_file()) {
                    found.skipped.push(Skipped { path, why: "it is not a file".into() });
                } else {
                    found.pictures.push(path);
                }
            } else {
                found.others += 1;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_can_not_be_read_is_left_out_and_listed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in ["open", "closed"] {
            std::fs::create_dir(at.join(name)).unwrap();
            Picture::filled(4, 4, [9; 3]).save(at.join(name).join("a.png")).unwrap();
        }
        // A folder that is named like a picture.
        std::os::unix::fs::symlink(at.join("open"), at.join("link.png")).unwrap();
        std::fs::set_permissions(at.join("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
        let found = list(at, &mut || ControlFlow::Continue(()));
        // Whoever may read everything reads this, too.
        let all = std::fs::read_dir(at.join("closed")).is_ok();
        std::fs::set_permissions(at.join("closed"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let found = found.unwrap();
        assert_eq!(found.pictures.len(), if all { 2 } else { 1 });
        let skipped: Vec<&Path> = found.skipped.iter().map(|s| s.path.as_path()).collect();
        assert!(skipped.contains(&at.join("link.png").as_path()), "{skipped:?}");
        assert!(all || skipped.contains(&at.join("closed").as_path()), "{skipped:?}");
    }
}
