//! Pictures of a folder whose folders are classes.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::files::{Found, Skipped, list, read};
use super::framing::Framing;
use super::set::PictureSet;
use crate::{Error, Result};

/// A class and the files in its folder that may be pictures.
pub(crate) type Class = (String, Vec<PathBuf>);

impl PictureSet {
    /// The pictures of a folder whose folders are classes, called by their names, in the order of the names; each as
    /// [`PictureSet::from_folder`] reads it. Hidden folders and such without a picture are no classes.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder can't be read, [`Error::Invalid`] when there are fewer than two classes, or pictures
    /// that are in none.
    pub fn from_class_folders(folder: &Path, size: usize, framing: Framing) -> Result<(Self, Vec<Skipped>)> {
        let on = ControlFlow::Continue(());
        let found = list(folder, &mut || on)?;
        read_classes(&found, &sorted(&found)?, size, framing, &mut |_| on)
    }
}

/// The classes of a folder by the names of its files; damaged ones are not found out.
pub(crate) fn sorted(found: &Found) -> Result<Vec<Class>> {
    let folder = found.folder();
    let outside = found.pictures.iter().filter(|path| path.parent() == Some(folder)).count();
    if outside > 0 {
        return Err(Error::Invalid(format!(
            "{} has pictures ({outside}) that are in none of its folders: each class is a folder of its own",
            folder.display()
        )));
    }
    let mut classes = Vec::new();
    for class in folders(folder)? {
        let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let paths: Vec<PathBuf> =
            found.pictures.iter().filter(|path| path.starts_with(&class)).cloned().collect();
        if !name.starts_with('.') && !paths.is_empty() {
            classes.push((name, paths));
        }
    }
    let names: Vec<String> = classes.iter().map(|(name, _)| name.clone()).collect();
    check_count(found, 0, &names)?;
    Ok(classes)
}

/// The pictures of classes; `progress` hears how many files are done.
pub(crate) fn read_classes(
    found: &Found,
    classes: &[Class],
    size: usize,
    framing: Framing,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<(PictureSet, Vec<Skipped>)> {
    let (mut rgb, mut names, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let (mut skipped, mut enlarged, mut done) = (Vec::new(), 0, 0);
    for (name, paths) in classes {
        let of_class = read(paths, size, framing, &mut |now| progress(done + now))?;
        done += paths.len();
        skipped.extend(of_class.skipped);
        enlarged += of_class.enlarged;
        if of_class.rgb.is_empty() {
            continue;
        }
        labels.extend(std::iter::repeat_n(names.len(), of_class.rgb.len() / (size * size * 3)));
        rgb.extend(of_class.rgb);
        names.push(name.clone());
    }
    check_count(found, skipped.len(), &names)?;
    let set = PictureSet::of_bytes(size, rgb).of_files(framing, enlarged).with_classes(names, labels)?;
    Ok((set, skipped))
}

fn check_count(found: &Found, damaged: usize, classes: &[String]) -> Result<()> {
    match classes {
        [] => Err(found.nothing_to_learn_from(damaged)),
        [only] => Err(Error::Invalid(format!(
            "{} has one folder with pictures, {only}: two classes are the least",
            found.folder().display()
        ))),
        _ => Ok(()),
    }
}

/// The folders in a folder, by name. Links are not followed, so there is no way round in circles.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let io = |e| Error::io(folder, e);
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
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
        let (set, skipped) = PictureSet::from_class_folders(at, 4, Framing::Crop).unwrap();
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
        let refusal = || PictureSet::from_class_folders(at, 4, Framing::Crop).unwrap_err().to_string();
        assert!(refusal().contains("no PNG"), "{}", refusal());
        save(at, "red/a.png", [255, 0, 0]);
        assert!(refusal().contains("one folder with pictures, red"), "{}", refusal());
        save(at, "stray.png", [0; 3]);
        assert!(refusal().contains("pictures (1) that are in none"), "{}", refusal());
    }
}
