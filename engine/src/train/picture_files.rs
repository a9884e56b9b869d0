//! Pictures of a folder, and of a folder whose folders are classes.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::pictures::PictureSet;
use crate::{Error, Picture, Result};

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: String,
}

impl PictureSet {
    /// The pictures of a folder whose folders are classes, called by their names, in the order of the names; each as
    /// [`PictureSet::from_folder`] reads it. Hidden folders and such without a picture are no classes.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder can't be read, [`Error::Invalid`] when there are fewer than two classes, or pictures
    /// that are in none.
    pub fn from_class_folders(folder: &Path, size: usize) -> Result<(Self, Vec<Skipped>)> {
        let (mut folders, mut outside) = (Vec::new(), 0);
        for Entry { path, is_folder } in entries(folder)? {
            if is_folder {
                folders.push(path);
            } else {
                outside += usize::from(is_picture(&path));
            }
        }
        folders.sort();
        if outside > 0 {
            return Err(Error::Invalid(format!(
                "{} has pictures ({outside}) that are in none of its folders: each class is a folder of its own",
                folder.display()
            )));
        }
        let (mut pictures, mut classes, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        let (mut skipped, mut small) = (Vec::new(), 0);
        for class in folders {
            let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let Read { rgb, enlarged, skipped: damaged } = read(pictures_below(&class)?, size);
            skipped.extend(damaged);
            small += enlarged;
            if rgb.is_empty() {
                continue;
            }
            let each = size * size * 3;
            labels.extend(std::iter::repeat_n(classes.len(), rgb.len() / each));
            pictures.extend(rgb.chunks_exact(each).map(<[u8]>::to_vec));
            classes.push(name);
        }
        match classes.as_slice() {
            [] => Err(nothing_in(folder, &skipped)),
            [only] => Err(Error::Invalid(format!(
                "{} has one folder with pictures, {only}: two classes are the least",
                folder.display()
            ))),
            _ => {
                let set = Self::from_rgb(size, pictures)?.with_classes(classes, labels)?;
                Ok((set.with_enlarged(small), skipped))
            }
        }
    }
}

/// What files have of pictures.
pub(super) struct Read {
    /// The bytes of the pictures, the largest square of each resized, one after the other.
    pub rgb: Vec<u8>,
    /// How many of them were smaller than that.
    pub enlarged: usize,
    /// The files that can't be read.
    pub skipped: Vec<Skipped>,
}

/// Reads pictures at a size.
pub(super) fn read(paths: Vec<PathBuf>, size: usize) -> Read {
    let read: Vec<Result<(Vec<u8>, bool), Skipped>> = paths
        .into_par_iter()
        .map(|path| match Picture::open(&path) {
            Ok(picture) => {
                let small = picture.width().min(picture.height()) < size;
                Ok((picture.square(size).into_rgb(), small))
            }
            Err(Error::Picture { why, .. }) => Err(Skipped { path, why }),
            Err(Error::Io { source, .. }) => Err(Skipped { path, why: source.to_string() }),
            Err(error) => Err(Skipped { path, why: error.to_string() }),
        })
        .collect();
    let mut all = Read { rgb: Vec::new(), enlarged: 0, skipped: Vec::new() };
    for picture in read {
        match picture {
            Ok((rgb, small)) => {
                all.rgb.extend_from_slice(&rgb);
                all.enlarged += usize::from(small);
            }
            Err(file) => all.skipped.push(file),
        }
    }
    all
}

/// Why a folder can't be used that no picture was found in.
pub(super) fn nothing_in(folder: &Path, skipped: &[Skipped]) -> Error {
    let damaged = match skipped.len() {
        0 => String::new(),
        n => format!(" ({n} could not be read)"),
    };
    Error::Invalid(format!("{} has no PNG, JPEG or WebP picture to train on{damaged}", folder.display()))
}

/// Every picture in a folder and the folders below it, in the order of the names.
pub(super) fn pictures_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    Ok(paths)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for Entry { path, is_folder } in entries(folder)? {
        if is_folder {
            collect(&path, paths)?;
        } else if is_picture(&path) {
            paths.push(path);
        }
    }
    Ok(())
}

/// Something in a folder. Links are not followed, so there is no way round in circles.
struct Entry {
    path: PathBuf,
    is_folder: bool,
}

fn entries(folder: &Path) -> Result<Vec<Entry>> {
    let io = |e| Error::io(folder, e);
    let entry = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.map_err(io)?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        Ok(Entry { path: entry.path(), is_folder })
    };
    std::fs::read_dir(folder).map_err(io)?.map(entry).collect()
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    ["png", "jpg", "jpeg", "webp"].contains(&extension.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn save(folder: &Path, name: &str, colour: [u8; 3]) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(10, 10, image::Rgb(colour)).save(path).unwrap();
    }

    #[test]
    fn folders_are_classes() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        save(at, "red/a.png", [255, 0, 0]);
        save(at, "red/more/b.png", [255, 0, 0]);
        save(at, "blue/c.png", [0, 0, 255]);
        save(at, ".hidden/d.png", [0; 3]);
        std::fs::create_dir(at.join("empty")).unwrap();
        let (set, skipped) = PictureSet::from_class_folders(at, 4).unwrap();
        assert_eq!(
            (set.len(), set.classes(), skipped.len()),
            (3, &["blue".to_owned(), "red".to_owned()][..], 0)
        );
        let (pictures, labels) = set.resized(2).unwrap().labelled_batch(&mut Rng::new(1), 20, true).unwrap();
        let pictures = pictures.flatten_from(1).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(labels.len(), 20);
        for (picture, label) in pictures.iter().zip(labels) {
            // The red channel of a blue picture is black.
            assert_eq!(picture[0], [-1.0, 1.0][label]);
        }
    }

    #[test]
    fn folders_that_are_no_classes_are_refused_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let refusal = || PictureSet::from_class_folders(at, 4).unwrap_err().to_string();
        assert!(refusal().contains("no PNG"), "{}", refusal());
        save(at, "red/a.png", [255, 0, 0]);
        assert!(refusal().contains("one folder with pictures, red"), "{}", refusal());
        save(at, "stray.png", [0; 3]);
        assert!(refusal().contains("pictures (1) that are in none"), "{}", refusal());
    }
}
