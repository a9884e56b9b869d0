//! Where the pictures of a training come from: a folder, or a world that draws them.

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::class_folders::{read_classes, sorted};
use super::files::{self, Skipped, check_memory};
use super::framing::Framing;
use super::pairs::{self, Pairing};
use super::set::PictureSet;
use crate::data::{ClassFactors, Vary, WorldName};
use crate::{Error, Picture, Result};

/// Fewer pictures than this are refused: there is nothing to learn from them but themselves.
pub const LEAST_PICTURES: usize = 16;
/// With fewer than this a model mostly repeats its pictures.
pub const FEW_PICTURES: usize = 500;
/// Pictures of a world whose classes are looked at before they are all drawn.
const SORTED: usize = 1000;
/// Pictures drawn between two looks at whether anybody still wants them.
const CHUNK: usize = 256;

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PictureSource {
    /// Every PNG, JPEG and WebP picture in a folder and the folders below it.
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// How its pictures become squares.
        framing: Framing,
        /// The folders in it are classes, see [`PictureSet::from_class_folders`].
        classes: bool,
    },
    /// The first pictures of a world.
    World {
        /// Which world.
        world: WorldName,
        /// How many, at least [`LEAST_PICTURES`].
        count: usize,
        /// Seed of the world.
        seed: u64,
        /// The factors that vary, at least one; `None` for all.
        vary: Option<Vec<String>>,
        /// The factor that makes classes of the pictures, see [`ClassFactors`].
        classes: Option<String>,
    },
    /// Pictures with what each is to be made of.
    Pairs {
        /// The pictures.
        of: Box<PictureSource>,
        /// Where their inputs come from.
        from: Pairing,
    },
}

/// Pictures to learn from.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// The pictures.
    pub set: PictureSet,
    /// Files that could not be used.
    pub skipped: Vec<Skipped>,
    /// What to call them: "312 pictures of /home/me/cats".
    pub name: String,
}

/// What is seen of pictures before they are all read.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Some of them, from all over the folder.
    pub pictures: Vec<Arc<Picture>>,
    /// How many there are; in a folder, those that turn out to be damaged included.
    pub count: usize,
    /// Damaged files among those that were looked at.
    pub skipped: Vec<Skipped>,
    /// The names of their classes; empty where they have none.
    pub classes: Vec<String>,
}

impl PictureSource {
    /// How pictures become squares; `None` where they are drawn as squares.
    #[must_use]
    pub fn framing(&self) -> Option<Framing> {
        match self {
            Self::Folder { framing, .. } => Some(*framing),
            Self::World { .. } => None,
            Self::Pairs { of, .. } => of.framing(),
        }
    }

    /// How many pictures there are, as far as that is known before they are read.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a folder without pictures.
    pub fn count(&self) -> Result<usize> {
        match self {
            Self::Folder { folder, .. } => {
                Ok(files::list(folder, &mut || ControlFlow::Continue(()))?.pictures.len())
            }
            Self::World { count, .. } => Ok(*count),
            // Inputs take as much memory as pictures.
            Self::Pairs { of, .. } => Ok(2 * of.count()?),
        }
    }

    /// Refuses a folder for a model that lies in the folder of the pictures: it would learn from its own sheets.
    ///
    /// # Errors
    /// [`Error::Invalid`] with both.
    pub fn check_out(&self, out: &Path) -> Result<()> {
        let folder = match self {
            Self::Folder { folder, .. } => folder,
            Self::World { .. } => return Ok(()),
            Self::Pairs { of, from: Pairing::Folder { folder } } => {
                of.check_out(out)?;
                folder
            }
            Self::Pairs { of, .. } => return of.check_out(out),
        };
        if real(out).starts_with(real(folder)) {
            return Err(Error::Invalid(format!(
                "{} lies in {}, whose pictures are learned from: the model would learn from its own sample sheets; \
                 choose a folder elsewhere",
                out.display(),
                folder.display()
            )));
        }
        Ok(())
    }

    /// All pictures, as [`load`](Self::load) reads them, however few they are.
    ///
    /// # Errors
    /// As there.
    pub fn load_any(
        &self,
        size: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Pictures> {
        self.read(size, 1, progress)
    }

    /// All pictures, `size` pixels a side. `progress` hears how many of how many are done; when it breaks, this ends
    /// with [`Error::Cancelled`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for a folder without pictures, too few of them, or more than fit into memory;
    /// [`Error::Io`] for a folder that can't be read.
    pub fn load(
        &self,
        size: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Pictures> {
        self.read(size, LEAST_PICTURES, progress)
    }

    fn read(
        &self,
        size: usize,
        least: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Pictures> {
        match self {
            Self::Folder { folder, framing, classes } => {
                let found = files::list(folder, &mut || progress(0, 0))?;
                let all = found.pictures.len();
                check_memory(all, size)?;
                let mut read_so_many = |done| progress(done, all);
                let (set, skipped) = if *classes {
                    read_classes(&found, &sorted(&found)?, size, *framing, &mut read_so_many)?
                } else {
                    let read = files::read(&found.pictures, size, *framing, &mut read_so_many)?;
                    if read.rgb.is_empty() {
                        return Err(found.nothing_to_learn_from(read.skipped.len()));
                    }
                    (PictureSet::of_bytes(size, read.rgb).of_files(*framing, read.enlarged), read.skipped)
                };
                check_count(set.len(), least, &format!("{} has", folder.display()))?;
                let skipped = found.skipped.iter().cloned().chain(skipped).collect();
                let name = format!("{} pictures of {}", set.len(), folder.display());
                Ok(Pictures { set, skipped, name })
            }
            Self::World { world, count, seed, vary, classes } => {
                let (world, count, seed) = (*world, *count, *seed);
                check_world(world, size)?;
                check_count(count, least, "there would be")?;
                check_memory(count, size)?;
                let varied = varied(world, vary.as_deref())?;
                let sorting = sorting(world, classes.as_deref())?;
                let mut rgb = Vec::with_capacity(count * size * size * 3);
                let mut factors = Vec::new();
                for first in (0..count).step_by(CHUNK) {
                    if progress(first, count).is_break() {
                        return Err(Error::Cancelled);
                    }
                    let now = CHUNK.min(count - first);
                    for scene in world.render_many(&varied, seed, first as u64, now, size)? {
                        rgb.extend_from_slice(&scene.rgb);
                        if sorting.is_some() {
                            factors.push(scene.factors);
                        }
                    }
                }
                let mut set = PictureSet::of_bytes(size, rgb);
                let mut name =
                    Self::World { world, count, seed, vary: vary.clone(), classes: None }.to_string();
                if let Some((known, factor)) = sorting {
                    let (names, labels) = known.classes(factor, &factors)?;
                    name += &format!(", {} classes by {factor}", names.len());
                    set = set.with_classes(names, labels)?;
                }
                Ok(Pictures { set, skipped: Vec::new(), name })
            }
            Self::Pairs { of, from } => of.read_pairs(from, size, least, progress),
        }
    }

    fn read_pairs(
        &self,
        pairing: &Pairing,
        size: usize,
        least: usize,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Pictures> {
        let (set, skipped) = match self {
            Self::Folder { folder, framing, .. } => {
                let found = files::list(folder, &mut || progress(0, 0))?;
                let read = pairs::of_folder(&found, pairing, size, *framing, progress)?;
                check_count(read.set.len(), least, &format!("{} has", folder.display()))?;
                (read.set, read.skipped)
            }
            Self::World { world, count, seed, vary, .. } => {
                check_world(*world, size)?;
                check_count(*count, least, "there would be")?;
                let varied = varied(*world, vary.as_deref())?;
                let which = [*seed, *count as u64];
                (pairs::of_world(*world, pairing, &varied, which, size, progress)?, Vec::new())
            }
            Self::Pairs { .. } => return Err(Error::Invalid("pairs are not made of pairs".into())),
        };
        let name = match self {
            Self::Folder { folder, .. } => format!("{} pictures of {}", set.len(), folder.display()),
            _ => self.to_string(),
        };
        Ok(Pictures { set, skipped, name: format!("{name}, {}", pairing.about()) })
    }

    /// At most `count` of the pictures, `size` pixels a side. `go_on` is asked now and then; when it breaks, this ends
    /// with [`Error::Cancelled`].
    ///
    /// # Errors
    /// As [`load`](Self::load), without regard to memory.
    pub fn preview(
        &self,
        count: usize,
        size: usize,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Preview> {
        match self {
            Self::Folder { folder, framing, classes } => {
                let found = files::list(folder, go_on)?;
                let all = found.pictures.len();
                let shown = count.min(all);
                let spread: Vec<PathBuf> =
                    (0..shown).map(|i| found.pictures[i * all / shown].clone()).collect();
                // A look at pictures is one at wholes, however they are cut up later.
                let framing = if *framing == Framing::Tiles { Framing::Crop } else { *framing };
                let read = files::read(&spread, size, framing, &mut |_| go_on())?;
                if read.rgb.is_empty() && shown == all {
                    return Err(found.nothing_to_learn_from(read.skipped.len()));
                }
                let classes = if *classes { sorted(&found)? } else { Vec::new() };
                check_count(all, LEAST_PICTURES, &format!("{} has", folder.display()))?;
                let set = PictureSet::of_bytes(size, read.rgb);
                let pictures = (0..set.len()).map(|i| set.to_picture(i).map(Arc::new));
                Ok(Preview {
                    pictures: pictures.collect::<Result<_>>()?,
                    count: all,
                    skipped: read.skipped,
                    classes: classes.into_iter().map(|(name, _)| name).collect(),
                })
            }
            Self::World { world, count: all, seed, vary, classes } => {
                let (world, all, seed) = (*world, *all, *seed);
                check_count(all, LEAST_PICTURES, "there would be")?;
                let varied = varied(world, vary.as_deref())?;
                let sorting = sorting(world, classes.as_deref())?;
                let size = size.clamp(*world.sizes().start(), *world.sizes().end());
                let scenes = world.render_many(&varied, seed, 0, count.min(all), size)?;
                let classes = match sorting {
                    None => Vec::new(),
                    // Where the factor varies, a rare class may be in none of the few pictures that are shown.
                    Some((known, factor))
                        if vary.as_ref().is_none_or(|vary| vary.iter().any(|name| name == factor)) =>
                    {
                        let drawn: Vec<_> =
                            (0..all.min(SORTED) as u64).map(|i| world.draw(seed, i)).collect();
                        known.classes(factor, &drawn)?.0
                    }
                    Some((known, factor)) => {
                        let shown: Vec<_> = scenes.iter().map(|scene| scene.factors.clone()).collect();
                        known.classes(factor, &shown)?.0
                    }
                };
                let pictures =
                    scenes.into_iter().map(|scene| Picture::new(size, size, scene.rgb).map(Arc::new));
                let pictures = pictures.collect::<Result<_>>()?;
                Ok(Preview { pictures, count: all, skipped: Vec::new(), classes })
            }
            Self::Pairs { of, .. } => of.preview(count, size, go_on),
        }
    }
}

impl fmt::Display for PictureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { folder, .. } => write!(f, "the pictures of {}", folder.display()),
            Self::World { world, count, seed, vary, classes } => {
                write!(f, "{count} pictures of the {} world, seed {seed}", world.name())?;
                if let Some(vary) = vary {
                    write!(f, ", that differ in {}", vary.join(", "))?;
                }
                match classes {
                    Some(factor) => write!(f, ", classes by {factor}"),
                    None => Ok(()),
                }
            }
            Self::Pairs { of, from } => write!(f, "{of}, {}", from.about()),
        }
    }
}

/// A path without links and steps back, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in whole.ancestors() {
        if let Ok(real) = there.canonicalize() {
            return real.join(whole.strip_prefix(there).unwrap_or(Path::new("")));
        }
    }
    whole
}

/// What varies in a world.
fn varied(world: WorldName, names: Option<&[String]>) -> Result<Vary> {
    match names {
        None => Ok(Vary::all()),
        Some([]) => Err(Error::Invalid(format!(
            "all pictures of the {} world would be the same: let at least one of its factors vary",
            world.name()
        ))),
        Some(names) => world.vary(names),
    }
}

/// What sorts the pictures of a world, where anything does.
fn sorting(world: WorldName, factor: Option<&str>) -> Result<Option<(ClassFactors, &str)>> {
    let Some(factor) = factor else { return Ok(None) };
    let known = ClassFactors::of(world)?;
    known.check(factor)?;
    Ok(Some((known, factor)))
}

fn check_count(count: usize, least: usize, who: &str) -> Result<()> {
    if count >= least {
        return Ok(());
    }
    let pictures = if count == 1 { "picture" } else { "pictures" };
    Err(Error::Invalid(format!(
        "{who} {count} {pictures}, which is too few to learn from: at least {LEAST_PICTURES} are needed, and \
         {FEW_PICTURES} or more make a good model"
    )))
}

fn check_world(world: WorldName, size: usize) -> Result<()> {
    let sizes = world.sizes();
    if sizes.contains(&size) {
        return Ok(());
    }
    let (name, least, most) = (world.name(), sizes.start(), sizes.end());
    Err(Error::Invalid(format!("pictures of the {name} world are {least} to {most} pixels wide, not {size}")))
}

#[cfg(test)]
mod tests;
