//! The pictures that a subcommand learns from or compares with.

use std::path::Path;

use clap::ValueEnum;
use latent_engine::data::{AnyFactors, WorldName};
use latent_engine::data::{Framing, PictureSet, Skipped};

use super::CliError;
use super::console::note;
use super::output::bar;
use super::render::{Varied, check_size};

/// How pictures that are not square become squares.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FramingName {
    /// The largest square from the middle
    Crop,
    /// The whole picture, between bars of the colour of its edges
    Fit,
    /// Squares side by side, as large as they are: for enlargers
    Tiles,
}

/// How the pictures of a folder become squares.
#[derive(Debug, clap::Args)]
pub(super) struct Framed {
    /// How pictures of a folder that are not square become squares; crop when left out, and where a training is resumed
    /// what it was begun with
    #[arg(long, value_enum)]
    framing: Option<FramingName>,
}

impl Framed {
    /// What was asked for.
    pub(super) fn asked(&self) -> Option<Framing> {
        self.framing.map(|name| match name {
            FramingName::Crop => Framing::Crop,
            FramingName::Fit => Framing::Fit,
            FramingName::Tiles => Framing::Tiles,
        })
    }

    /// Refuses to frame what is drawn as a square.
    fn check(&self, place: &Path) -> Result<(), CliError> {
        match (self.framing, world_of(place)) {
            (Some(_), Some(world)) => Err(CliError::Arguments(format!(
                "--framing is for a folder of pictures: those of the {} world are drawn as squares",
                world.name()
            ))),
            _ => Ok(()),
        }
    }
}

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

/// Which pictures of a world, or how those of a folder are read.
pub(super) struct Drawn<'a> {
    pub varied: &'a Varied,
    pub framed: &'a Framed,
    /// The framing of a folder where none was asked for.
    pub usual: Framing,
    pub seed: u64,
    pub count: usize,
}

impl Drawn<'_> {
    fn framing(&self) -> Framing {
        self.framed.asked().unwrap_or(self.usual)
    }
}

/// The world of this name. It wins over a folder of the same name: `--out` may just have made that folder, and `./NAME`
/// means it.
fn world_of(place: &Path) -> Option<WorldName> {
    place.to_str().and_then(WorldName::from_name)
}

impl Data {
    /// The pictures of a folder, or those that a world draws.
    pub(super) fn load(place: &Path, size: usize, drawn: &Drawn<'_>) -> Result<Self, CliError> {
        drawn.framed.check(place)?;
        match world_of(place) {
            Some(world) => Self::draw(world, size, drawn),
            None if drawn.varied.is_all() => {
                Self::of_folder(place, PictureSet::from_folder(place, size, drawn.framing())?)
            }
            None => {
                Err(CliError::Arguments("--vary is for the studio's own worlds, not for a folder".into()))
            }
        }
    }

    fn of_folder(folder: &Path, (pictures, skipped): (PictureSet, Vec<Skipped>)) -> Result<Self, CliError> {
        for file in &skipped {
            note(format_args!("skipped {}: {}", file.path.display(), file.why));
        }
        let (small, all, size) = (pictures.enlarged(), pictures.len(), pictures.size());
        if (1..all).contains(&small) {
            note(format_args!(
                "{small} of {all} pictures are smaller than {size} x {size} pixels and were enlarged"
            ));
        }
        let name = format!("{} pictures of {}", pictures.len(), folder.display());
        Ok(Self { pictures, factors: Vec::new(), name })
    }

    fn draw(world: WorldName, size: usize, drawn: &Drawn<'_>) -> Result<Self, CliError> {
        let &Drawn { varied, seed, count, .. } = drawn;
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
