//! Where the pictures of a training come from: a folder, or a world that draws them.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use super::framing::Framing;
use super::picture_files;
use super::pictures::{PictureSet, Skipped};
use crate::data::{Vary, WorldName};
use crate::{Error, Picture, Result};

/// Fewer pictures than this are refused: there is nothing to learn from them but themselves.
pub const LEAST_PICTURES: usize = 16;
/// With fewer than this a model mostly repeats its pictures.
pub const FEW_PICTURES: usize = 500;
/// More bytes of pictures than this leave a laptop no memory for anything else.
const MOST_BYTES: usize = 6 << 30;
/// Pictures drawn between two looks at whether anybody still wants them.
const CHUNK: usize = 256;

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureSource {
    /// Every PNG, JPEG and WebP picture in a folder and the folders below it.
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// How its pictures become squares.
        framing: Framing,
    },
    /// The first pictures of a world.
    World {
        /// Which world.
        world: WorldName,
        /// How many, at least [`LEAST_PICTURES`].
        count: usize,
        /// Seed of the world.
        seed: u64,
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
}

impl PictureSource {
    /// How pictures become squares; `None` where they are drawn as squares.
    #[must_use]
    pub fn framing(&self) -> Option<Framing> {
        match self {
            Self::Folder { framing, .. } => Some(*framing),
            Self::World { .. } => None,
        }
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
        match self {
            Self::Folder { folder, framing } => {
                let found = picture_files::list(folder, &mut || progress(0, 0))?;
                let all = found.pictures.len();
                check_memory(all, size)?;
                let read =
                    picture_files::read(&found.pictures, size, *framing, &mut |done| progress(done, all))?;
                if read.rgb.is_empty() {
                    return Err(found.nothing_to_learn_from(read.skipped.len()));
                }
                let set = PictureSet::of_bytes(size, read.rgb).of_files(*framing, read.enlarged);
                check_count(set.len(), &format!("{} has", folder.display()))?;
                let name = format!("{} pictures of {}", set.len(), folder.display());
                Ok(Pictures { set, skipped: read.skipped, name })
            }
            &Self::World { world, count, seed } => {
                check_world(world, size)?;
                check_count(count, "there would be")?;
                check_memory(count, size)?;
                let mut rgb = Vec::with_capacity(count * size * size * 3);
                for first in (0..count).step_by(CHUNK) {
                    if progress(first, count).is_break() {
                        return Err(Error::Cancelled);
                    }
                    let now = CHUNK.min(count - first);
                    for scene in world.render_many(&Vary::all(), seed, first as u64, now, size)? {
                        rgb.extend_from_slice(&scene.rgb);
                    }
                }
                let name = format!("{count} pictures of the {} world, seed {seed}", world.name());
                Ok(Pictures { set: PictureSet::of_bytes(size, rgb), skipped: Vec::new(), name })
            }
        }
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
            Self::Folder { folder, framing } => {
                let found = picture_files::list(folder, go_on)?;
                let all = found.pictures.len();
                let shown = count.min(all);
                let spread: Vec<PathBuf> =
                    (0..shown).map(|i| found.pictures[i * all / shown].clone()).collect();
                let read = picture_files::read(&spread, size, *framing, &mut |_| go_on())?;
                if read.rgb.is_empty() && shown == all {
                    return Err(found.nothing_to_learn_from(read.skipped.len()));
                }
                check_count(all, &format!("{} has", folder.display()))?;
                let set = PictureSet::of_bytes(size, read.rgb);
                let pictures = (0..set.len()).map(|i| set.to_picture(i).map(Arc::new));
                Ok(Preview { pictures: pictures.collect::<Result<_>>()?, count: all, skipped: read.skipped })
            }
            &Self::World { world, count: all, seed } => {
                check_count(all, "there would be")?;
                let size = size.clamp(*world.sizes().start(), *world.sizes().end());
                let scenes = world.render_many(&Vary::all(), seed, 0, count.min(all), size)?;
                let pictures =
                    scenes.into_iter().map(|scene| Picture::new(size, size, scene.rgb).map(Arc::new));
                Ok(Preview { pictures: pictures.collect::<Result<_>>()?, count: all, skipped: Vec::new() })
            }
        }
    }
}

fn check_count(count: usize, who: &str) -> Result<()> {
    if count >= LEAST_PICTURES {
        return Ok(());
    }
    let pictures = if count == 1 { "picture" } else { "pictures" };
    Err(Error::Invalid(format!(
        "{who} {count} {pictures}, which is too few to learn from: at least {LEAST_PICTURES} are needed, and \
         {FEW_PICTURES} or more make a good model"
    )))
}

fn check_memory(count: usize, size: usize) -> Result<()> {
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

fn check_world(world: WorldName, size: usize) -> Result<()> {
    let sizes = world.sizes();
    if sizes.contains(&size) {
        return Ok(());
    }
    let (name, least, most) = (world.name(), sizes.start(), sizes.end());
    Err(Error::Invalid(format!("pictures of the {name} world are {least} to {most} pixels wide, not {size}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: ControlFlow<()> = ControlFlow::Continue(());

    fn folder_of(count: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..count {
            let colour = [i as u8, 0, 200];
            Picture::filled(20, 12, colour).save(folder.path().join(format!("{i:03}.png"))).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_previewed_and_read() {
        let folder = folder_of(40);
        std::fs::write(folder.path().join("000.jpg"), "no picture").unwrap();
        let source = PictureSource::Folder { folder: folder.path().to_owned(), framing: Framing::Crop };
        let preview = source.preview(10, 8, &mut || ON).unwrap();
        assert_eq!((preview.count, preview.pictures.len(), preview.skipped.len()), (41, 9, 1));
        let last = preview.pictures[8].pixel(0, 0)[0];
        assert!(last > 30, "they come from all over the folder: {last}");
        let mut heard = Vec::new();
        let all = source
            .load(8, &mut |done, of| {
                heard.push((done, of));
                ON
            })
            .unwrap();
        assert_eq!((all.set.len(), all.skipped.len(), heard.last()), (40, 1, Some(&(41, 41))));
        let stopped = source.load(8, &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }

    #[test]
    fn a_world_draws_as_many_as_it_is_asked_for() {
        let source = PictureSource::World { world: WorldName::Creature, count: 20, seed: 1 };
        assert_eq!(source.preview(6, 32, &mut || ON).unwrap().pictures.len(), 6);
        let all = source.load(16, &mut |_, _| ON).unwrap();
        assert_eq!((all.set.len(), all.set.size()), (20, 16));
        assert!(source.load(8, &mut |_, _| ON).is_err());
    }

    #[test]
    fn what_can_not_be_learned_from_is_refused_in_a_sentence() {
        let refusal = |folder: &std::path::Path| {
            let source = PictureSource::Folder { folder: folder.to_owned(), framing: Framing::Fit };
            let both = [
                source.preview(10, 8, &mut || ON).unwrap_err().to_string(),
                source.load(8, &mut |_, _| ON).unwrap_err().to_string(),
            ];
            assert_eq!(both[0], both[1]);
            let [said, _] = both;
            assert!(said.contains(folder.to_str().unwrap()), "{said}");
            said
        };
        let folder = tempfile::tempdir().unwrap();
        assert!(refusal(folder.path()).contains("is empty"));
        assert!(refusal(&folder.path().join("none")).contains("is not there"));
        std::fs::write(folder.path().join("a.txt"), "text").unwrap();
        assert!(refusal(folder.path()).contains("other kinds"));
        assert!(refusal(&folder.path().join("a.txt")).contains("is a file"));
        std::fs::write(folder.path().join("a.png"), "text").unwrap();
        assert!(refusal(folder.path()).contains("1 could not be read"));
        assert!(refusal(folder_of(3).path()).contains("too few"));
        let source = PictureSource::World { world: WorldName::Landscape, count: usize::MAX / 2, seed: 1 };
        assert!(source.load(64, &mut |_, _| ON).unwrap_err().to_string().contains("GB"));
    }
}
