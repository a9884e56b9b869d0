//! `latent-studio render`: the pictures of a procedural world.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use latent_engine::Picture;
use latent_engine::data::{AnyFactors, Landscape, Vary, WorldName};
use latent_engine::file::NewFolder;
use rayon::prelude::*;
use serde::Serialize;

use super::console::{report, to_json};
use super::maps::{save_legend, save_maps};
use super::output::{Pieces, bar, check_folder};
use super::{CliError, whole};

/// Pictures drawn between two looks at the progress bar.
const CHUNK: usize = 64;
/// Most pictures: a folder with more is of use to nobody.
const MOST: usize = 1_000_000;

/// The arguments of `render`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which world
    #[arg(value_parser = world_parser())]
    world: WorldName,
    /// How many pictures
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = whole)]
    count: usize,
    /// Pixels a side: landscape 8 to 1024, creature 16 to 256, portrait 16 to 512
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = whole)]
    size: usize,
    /// Seed of the world
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    varied: Varied,
    /// Landscapes only: beside every picture also what its pixels show (labels), and the land seen from above: height
    /// (16 bits) and plan. maps.json says what the colours and heights mean
    #[arg(long)]
    maps: bool,
    /// Folder for the pictures and factors.jsonl
    #[arg(long)]
    out: PathBuf,
}

/// Which factors of a world vary.
#[derive(Debug, clap::Args)]
pub(super) struct Varied {
    /// Only these factors of the world vary, all others hold a typical value; without this all vary. An unknown name
    /// is answered with those that there are
    #[arg(long, value_name = "FACTOR,...", value_delimiter = ',')]
    vary: Vec<String>,
}

impl Varied {
    /// What shall vary in the pictures of `world`.
    pub(super) fn of(&self, world: WorldName) -> Result<Vary, CliError> {
        if self.is_all() { Ok(Vary::all()) } else { Ok(world.vary(&self.vary)?) }
    }

    /// True when nothing was asked for.
    pub(super) fn is_all(&self) -> bool {
        self.vary.is_empty()
    }

    /// The names, for people.
    pub(super) fn names(&self) -> String {
        self.vary.join(", ")
    }
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    #[serde(flatten)]
    factors: &'a AnyFactors,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(1..=MOST).contains(&arguments.count) {
        return Err(CliError::Arguments(format!("--count must be 1 to {MOST}")));
    }
    let world = arguments.world;
    check_size(world, arguments.size)?;
    if arguments.maps && world != WorldName::Landscape {
        return Err(CliError::Arguments("--maps: only the landscape world has maps".into()));
    }
    let vary = arguments.varied.of(world)?;
    check_folder(&arguments.out)?;
    let _folder = NewFolder::make(&arguments.out)?;
    let progress = bar(arguments.count, "render");
    let mut rows = Pieces::begin(&arguments.out.join("factors.jsonl"))?;
    for first in (0..arguments.count).step_by(CHUNK) {
        let count = CHUNK.min(arguments.count - first);
        let scenes = world.render_many(&vary, arguments.seed, first as u64, count, arguments.size)?;
        for (i, scene) in scenes.iter().enumerate() {
            let row = Row { file: &format!("{:06}.png", first + i), factors: &scene.factors };
            rows.write((to_json(&row)? + "\n").as_bytes())?;
        }
        // Every file waits for the disk: side by side they wait together.
        scenes.into_par_iter().enumerate().try_for_each(|(i, scene)| {
            let picture = Picture::new(arguments.size, arguments.size, scene.rgb)?;
            picture.save(arguments.out.join(format!("{:06}.png", first + i)))
        })?;
        if arguments.maps {
            let maps = Landscape::maps(&vary, arguments.seed, first as u64, count, arguments.size)?;
            maps.par_iter().enumerate().try_for_each(|(i, maps)| {
                save_maps(maps, arguments.size, &arguments.out, &format!("{:06}", first + i))
            })?;
        }
        progress.inc(count as u64);
    }
    progress.finish_and_clear();
    if arguments.maps {
        save_legend(&arguments.out)?;
    }
    rows.finish()?;
    report(format_args!("{}: {} pictures and factors.jsonl", arguments.out.display(), arguments.count))
}

/// Understands the names of the worlds, and lists them in the help.
pub(super) fn world_parser() -> impl TypedValueParser<Value = WorldName> {
    let values = WorldName::ALL.map(|world| PossibleValue::new(world.name()).help(world.about()));
    PossibleValuesParser::new(values).try_map(|name| WorldName::from_name(&name).ok_or("no such world"))
}

/// Refuses a size that a world has no pictures of.
pub(super) fn check_size(world: WorldName, size: usize) -> Result<(), CliError> {
    let sizes = world.sizes();
    if sizes.contains(&size) {
        return Ok(());
    }
    let (name, least, most) = (world.name(), sizes.start(), sizes.end());
    Err(CliError::Arguments(format!("--size must be {least} to {most} for the {name} world")))
}
