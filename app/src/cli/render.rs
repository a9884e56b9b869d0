//! `latent-studio render`: the pictures of a procedural world.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use latent_engine::Picture;
use latent_engine::data::{AnyFactors, WorldName};
use serde::Serialize;

use super::CliError;
use super::output::{bar, check_folder};

/// Pictures drawn between two looks at the progress bar.
const CHUNK: usize = 64;

/// The arguments of `render`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which world
    #[arg(value_parser = world_parser())]
    world: WorldName,
    /// How many pictures
    #[arg(long, default_value_t = 64)]
    count: usize,
    /// Pixels a side: landscape 8 to 1024, creature 16 to 256, portrait 16 to 512
    #[arg(long, default_value_t = 64)]
    size: usize,
    /// Seed of the world
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Folder for the pictures and factors.jsonl
    #[arg(long)]
    out: PathBuf,
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    #[serde(flatten)]
    factors: &'a AnyFactors,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if arguments.count == 0 {
        return Err(CliError::Arguments("--count must be at least 1".into()));
    }
    let world = arguments.world;
    check_size(world, arguments.size)?;
    check_folder(&arguments.out)?;
    let progress = bar(arguments.count, "render");
    let mut rows = String::new();
    for first in (0..arguments.count).step_by(CHUNK) {
        let count = CHUNK.min(arguments.count - first);
        let scenes = world.render_many(arguments.seed, first as u64, count, arguments.size);
        for (i, scene) in scenes.into_iter().enumerate() {
            let file = format!("{:06}.png", first + i);
            let picture = Picture::new(arguments.size, arguments.size, scene.rgb)?;
            picture.save(arguments.out.join(&file))?;
            let row = serde_json::to_string(&Row { file: &file, factors: &scene.factors });
            rows.push_str(&row.map_err(|e| CliError::Arguments(format!("factors of {file}: {e}")))?);
            rows.push('\n');
        }
        progress.inc(count as u64);
    }
    progress.finish_and_clear();
    let path = arguments.out.join("factors.jsonl");
    std::fs::write(&path, rows).map_err(|source| CliError::Io { path, source })?;
    println!("{}: {} pictures and factors.jsonl", arguments.out.display(), arguments.count);
    Ok(())
}

/// Understands the names of the worlds, and lists them in the help.
fn world_parser() -> impl TypedValueParser<Value = WorldName> {
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
