//! Pictures with what they are to be made of: pairs of files, halves of files, what a world knows of its pictures, or what
//! can be made of the pictures themselves.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::files::{self, Found, Skipped, check_memory};
use super::framing::Framing;
use super::inputs::{Inputs, Style};
use super::set::PictureSet;
use crate::data::{Landscape, Vary, WorldName, landscape};
use crate::model::Label;
use crate::{Error, Picture, Result};

/// Pairs read or drawn between two looks at whether anybody still wants them.
const CHUNK: usize = 64;

/// Where the inputs of pictures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pairing {
    /// Pictures of the same names in another folder.
    Folder {
        /// Which folder.
        folder: PathBuf,
    },
    /// The left half of every file; the picture is its right half, as in the data of pix2pix.
    Halves,
    /// What a world shows at every pixel, and how it is lit.
    Maps,
    /// The outlines of the pictures, dark on white.
    Outlines,
    /// The pictures without their colours.
    Grey,
}

impl Pairing {
    /// What it is called in sentences about pictures: "with their label maps".
    pub(super) fn about(&self) -> String {
        match self {
            Self::Folder { folder } => format!("made of those of {}", folder.display()),
            Self::Halves => "made of the halves beside them".into(),
            Self::Maps => "made of their label maps".into(),
            Self::Outlines => "made of their outlines".into(),
            Self::Grey => "made of themselves in grey".into(),
        }
    }
}

/// A picture and its input.
type Pair = [Picture; 2];

/// Pairs as they are read.
pub(super) struct ReadPairs {
    pub set: PictureSet,
    pub skipped: Vec<Skipped>,
}

/// The pairs of a folder. Files that have no partner, or can't be read, are left out and listed.
///
/// # Errors
/// [`Error::Invalid`] when there is no pair, [`Error::Cancelled`] when `progress` breaks.
pub(super) fn of_folder(
    found: &Found,
    pairing: &Pairing,
    size: usize,
    framing: Framing,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<ReadPairs> {
    let mut skipped = found.skipped.clone();
    let (files, partners) = match pairing {
        Pairing::Maps => return Err(no_maps(found.folder())),
        Pairing::Folder { folder } => {
            let others = files::list(folder, &mut || progress(0, 0))?;
            let by_name: BTreeMap<PathBuf, &PathBuf> =
                others.pictures.iter().map(|path| (stem(folder, path), path)).collect();
            let mut pairs = (Vec::new(), Vec::new());
            for path in &found.pictures {
                match by_name.get(&stem(found.folder(), path)) {
                    Some(partner) => {
                        pairs.0.push(path.clone());
                        pairs.1.push((*partner).clone());
                    }
                    None => {
                        let why = format!("{} has no picture of this name", folder.display());
                        skipped.push(Skipped { path: path.clone(), why });
                    }
                }
            }
            skipped.extend(others.skipped);
            pairs
        }
        Pairing::Halves | Pairing::Outlines | Pairing::Grey => (found.pictures.clone(), Vec::new()),
    };
    check_memory(2 * files.len(), size)?;
    let (mut pictures, mut inputs) = (Vec::new(), Vec::new());
    for (first, chunk) in (0..).step_by(CHUNK).zip(files.chunks(CHUNK)) {
        let read = chunk.par_iter().enumerate().map(|(i, path)| {
            let partner = partners.get(first + i).map(PathBuf::as_path);
            read_pair(path, partner, pairing, size, framing).map_err(|error| {
                let why = match error {
                    Error::Picture { why, .. } => why,
                    error => error.to_string(),
                };
                Skipped { path: path.clone(), why }
            })
        });
        for pair in read.collect::<Vec<Result<Pair, Skipped>>>() {
            match pair {
                Ok([picture, input]) => {
                    pictures.extend_from_slice(picture.rgb());
                    inputs.extend_from_slice(input.rgb());
                }
                Err(file) => skipped.push(file),
            }
        }
        if progress(first + chunk.len(), files.len()).is_break() {
            return Err(Error::Cancelled);
        }
    }
    if pictures.is_empty() {
        let why = skipped
            .first()
            .map_or_else(String::new, |file| format!(": {}: {}", file.path.display(), file.why));
        return Err(Error::Invalid(format!(
            "{} has no pair of pictures to learn from{why}",
            found.folder().display()
        )));
    }
    let set =
        PictureSet::of_bytes(size, pictures).of_files(framing, 0).with_inputs(Inputs::of_pictures(inputs))?;
    Ok(ReadPairs { set, skipped })
}

/// The name of a file below a folder, without its ending.
fn stem(folder: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(folder).unwrap_or(path).with_extension("")
}

fn read_pair(
    path: &Path,
    partner: Option<&Path>,
    pairing: &Pairing,
    size: usize,
    framing: Framing,
) -> Result<Pair> {
    let square = |picture: &Picture| -> Result<Picture> {
        let squares = framing.squares(picture, size)?;
        squares.into_iter().next().ok_or_else(|| Error::Invalid("is too small".into()))
    };
    let picture = Picture::open(path)?;
    if let Some(partner) = partner {
        return Ok([square(&picture)?, square(&Picture::open(partner)?)?]);
    }
    if *pairing == Pairing::Halves {
        let (height, half) = (picture.height(), picture.width() / 2);
        let part = |left| picture.part(left, 0, half, height).and_then(|part| square(&part));
        return Ok([part(picture.width() - half)?, part(0)?]);
    }
    let picture = square(&picture)?;
    let input = if *pairing == Pairing::Grey { grey(&picture) } else { outlines(&picture) };
    Ok([picture, input])
}

/// The pairs of a world: pictures with their maps, or with what can be made of them.
///
/// # Errors
/// [`Error::Invalid`] for a world without maps; [`Error::Cancelled`] when `progress` breaks.
pub(super) fn of_world(
    world: WorldName,
    pairing: &Pairing,
    vary: &Vary,
    [seed, count]: [u64; 2],
    size: usize,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<PictureSet> {
    let all = count as usize;
    check_memory(2 * all, size)?;
    let maps = *pairing == Pairing::Maps;
    if maps && world != WorldName::Landscape {
        return Err(Error::Invalid(format!(
            "the {} world has no maps of labels: the landscape world has",
            world.name()
        )));
    }
    if let Pairing::Folder { .. } | Pairing::Halves = pairing {
        return Err(Error::Invalid(format!("the pictures of the {} world are in no folder", world.name())));
    }
    let mut style = Style { names: Vec::new(), values: Vec::new() };
    if maps {
        style.names = landscape::STYLE.map(str::to_owned).into();
    }
    let (mut pictures, mut inputs) = (Vec::new(), Vec::new());
    for first in (0..count).step_by(CHUNK) {
        if progress(first as usize, all).is_break() {
            return Err(Error::Cancelled);
        }
        let now = CHUNK.min((count - first) as usize);
        let scenes = world.render_many(vary, seed, first, now, size)?;
        if maps {
            for map in Landscape::label_maps(vary, seed, first, now, size)? {
                inputs.extend(map.iter().flat_map(|label| label.colour()));
            }
        }
        for scene in scenes {
            if let (true, crate::data::AnyFactors::Landscape(factors)) = (maps, &scene.factors) {
                style.values.extend(landscape::style(factors));
            }
            let picture = Picture::new(size, size, scene.rgb)?;
            match pairing {
                Pairing::Grey => inputs.extend_from_slice(grey(&picture).rgb()),
                Pairing::Outlines => inputs.extend_from_slice(outlines(&picture).rgb()),
                _ => {}
            }
            pictures.extend_from_slice(picture.rgb());
        }
    }
    let inputs = Inputs::of_pictures(inputs).with_style(style);
    let inputs = if maps { inputs.with_labels(labels()) } else { inputs };
    PictureSet::of_bytes(size, pictures).with_inputs(inputs)
}

/// The labels of the landscape world.
fn labels() -> Vec<Label> {
    let label = |label: landscape::Label| Label { name: label.name().to_owned(), colour: label.colour() };
    landscape::Label::ALL.map(label).into()
}

fn no_maps(folder: &Path) -> Error {
    Error::Invalid(format!("{} has no maps of labels: worlds have", folder.display()))
}

fn grey(picture: &Picture) -> Picture {
    let bytes = picture.lightness().into_iter().flat_map(|light| [(light * 255.0).round() as u8; 3]);
    let mut grey = picture.clone();
    grey.rgb_mut().iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    grey
}

/// Where lightness changes fast, dark on white: Sobel's filter, over the contrast of the picture.
fn outlines(picture: &Picture) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let light = picture.lightness();
    let at = |x: isize, y: isize| {
        let inside = |v: isize, side: usize| v.clamp(0, side as isize - 1) as usize;
        light[inside(y, height) * width + inside(x, width)]
    };
    let slopes: Vec<f32> = (0..height as isize)
        .flat_map(|y| (0..width as isize).map(move |x| (x, y)))
        .map(|(x, y)| {
            let side = |dx: isize, dy: isize| {
                at(x + dx - dy, y + dy - dx) + 2.0 * at(x + dx, y + dy) + at(x + dx + dy, y + dy + dx)
            };
            let (across, down) = (side(1, 0) - side(-1, 0), side(0, 1) - side(0, -1));
            (across * across + down * down).sqrt()
        })
        .collect();
    let mean = slopes.iter().sum::<f32>() / slopes.len().max(1) as f32;
    let mut lines = picture.clone();
    for (pixel, slope) in lines.rgb_mut().chunks_exact_mut(3).zip(slopes) {
        // An outline is three times as steep as the picture is on the whole.
        let ink = ((slope / (3.0 * mean.max(0.02)) - 0.6) * 2.5).clamp(0.0, 1.0);
        pixel.fill((255.0 * (1.0 - ink)).round() as u8);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go_on(_: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn pairs_are_found_by_their_names_and_lonely_files_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        for path in [&a, &b] {
            std::fs::create_dir(path).unwrap();
        }
        for (i, name) in ["one", "two"].into_iter().enumerate() {
            Picture::filled(4, 4, [i as u8; 3]).save(a.join(format!("{name}.png"))).unwrap();
            Picture::filled(4, 4, [9 + i as u8; 3]).save(b.join(format!("{name}.webp"))).unwrap();
        }
        Picture::filled(4, 4, [0; 3]).save(b.join("alone.png")).unwrap();
        let found = files::list(&b, &mut || ControlFlow::Continue(())).unwrap();
        let read = of_folder(&found, &Pairing::Folder { folder: a }, 4, Framing::Crop, &mut go_on).unwrap();
        assert_eq!(read.set.len(), 2);
        for i in 0..2 {
            assert_eq!((read.set.picture(i)[0], read.set.input(i).unwrap()[0]), (9 + i as u8, i as u8));
        }
        assert_eq!(read.skipped.len(), 1);
        assert!(read.skipped[0].path.ends_with("alone.png"), "{:?}", read.skipped);
    }

    #[test]
    fn halves_are_input_and_picture() {
        let folder = tempfile::tempdir().unwrap();
        let mut both = Picture::filled(8, 4, [10; 3]);
        for row in both.rgb_mut().chunks_exact_mut(24) {
            row[12..].fill(200);
        }
        both.save(folder.path().join("pair.png")).unwrap();
        let found = files::list(folder.path(), &mut || ControlFlow::Continue(())).unwrap();
        let read = of_folder(&found, &Pairing::Halves, 4, Framing::Crop, &mut go_on).unwrap();
        assert!(read.set.picture(0).iter().all(|byte| *byte == 200));
        assert!(read.set.input(0).unwrap().iter().all(|byte| *byte == 10));
    }

    #[test]
    fn a_world_tells_labels_and_style_and_what_is_held_out_keeps_them() {
        let set =
            of_world(WorldName::Landscape, &Pairing::Maps, &Vary::all(), [3, 6], 16, &mut go_on).unwrap();
        let inputs = set.inputs().unwrap();
        assert_eq!(inputs.style_names().len(), set.style(5).len());
        let colours: Vec<[u8; 3]> = inputs.labels().iter().map(|label| label.colour).collect();
        assert!(set.input(5).unwrap().chunks_exact(3).all(|pixel| colours.iter().any(|c| c == pixel)));
        let (_, held) = set.held_out(3).unwrap();
        assert_eq!((held.input(1), held.style(1)), (set.input(5), set.style(5)));
        assert!(of_world(WorldName::Portrait, &Pairing::Maps, &Vary::all(), [3, 6], 16, &mut go_on).is_err());
    }

    #[test]
    fn outlines_are_where_the_picture_changes() {
        let mut picture = Picture::filled(12, 12, [30; 3]);
        for row in picture.rgb_mut().chunks_exact_mut(36) {
            row[18..].fill(220);
        }
        let lines = outlines(&picture);
        assert!(lines.pixel(5, 6)[0] < 60 && lines.pixel(6, 6)[0] < 60);
        assert!(lines.pixel(1, 6)[0] == 255 && lines.pixel(10, 6)[0] == 255);
    }
}
