//! The pictures that a subcommand learns from or compares with.

use std::path::Path;

use latent_engine::data::{AnyFactors, WorldName};
use latent_engine::train::PictureSet;

use super::CliError;
use super::output::bar;
use super::render::{Varied, check_size};

/// Pictures drawn between two looks at the progress bar.
const CHUNK: usize = 256;

/// Pictures of one size.
pub(super) struct Data {
    pub pictures: PictureSet,
    /// What a world made each of them from; empty for a folder.
    pub factors: Vec<AnyFactors>,
    /// What to call them.
    pub name: String,
}

/// Which pictures of a world.
pub(super) struct Drawn<'a> {
    pub varied: &'a Varied,
    pub seed: u64,
    pub count: usize,
}

impl Data {
    /// The pictures of a folder, or those that a world draws.
    pub(super) fn load(place: &Path, size: usize, drawn: &Drawn<'_>) -> Result<Self, CliError> {
        // A world wins over a folder of the same name: `--out` may just have made that folder, and `./NAME` means it.
        match place.to_str().and_then(WorldName::from_name) {
            Some(world) => Self::draw(world, size, drawn),
            None if drawn.varied.is_all() => Self::read(place, size),
            None => {
                Err(CliError::Arguments("--vary is for the studio's own worlds, not for a folder".into()))
            }
        }
    }

    fn read(folder: &Path, size: usize) -> Result<Self, CliError> {
        let (pictures, skipped) = PictureSet::from_folder(folder, size)?;
        for file in &skipped {
            eprintln!("skipped {}: {}", file.path.display(), file.why);
        }
        let name = format!("{} pictures of {}", pictures.len(), folder.display());
        Ok(Self { pictures, factors: Vec::new(), name })
    }

    fn draw(world: WorldName, size: usize, drawn: &Drawn<'_>) -> Result<Self, CliError> {
        let &Drawn { varied, seed, count } = drawn;
        check_size(world, size)?;
        let vary = varied.of(world)?;
        let progress = bar(count, world.name());
        let mut pictures = Vec::with_capacity(count);
        let mut factors = Vec::with_capacity(count);
        for first in (0..count).step_by(CHUNK) {
            let now = CHUNK.min(count - first);
            for scene in world.render_many(&vary, seed, first as u64, now, size)? {
                pictures.push(scene.rgb);
                factors.push(scene.factors);
            }
            progress.inc(now as u64);
        }
        progress.finish_and_clear();
        let mut name = format!("{count} pictures of the {} world, seed {seed}", world.name());
        if !varied.is_all() {
            name += &format!(", that differ in {}", varied.names());
        }
        Ok(Self { pictures: PictureSet::from_rgb(size, pictures)?, factors, name })
    }
}
