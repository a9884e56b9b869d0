//! `latent-studio render`: the pictures of a procedural world.

use std::path::PathBuf;

use clap::ValueEnum;
use latent_engine::Picture;
use latent_engine::data::landscape;
use serde::Serialize;

use super::CliError;
use super::output::{bar, check_folder};

/// Pictures drawn between two looks at the progress bar.
const CHUNK: usize = 64;

/// The worlds that the studio draws itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum World {
    /// Mountains, meadows, lakes and skies
    Landscape,
}

/// The arguments of `render`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which world
    world: World,
    /// How many pictures
    #[arg(long, default_value_t = 64)]
    count: usize,
    /// Pixels a side, 8 to 1024
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
    factors: &'a landscape::Factors,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if arguments.count == 0 {
        return Err(CliError::Arguments("--count must be at least 1".into()));
    }
    if !(8..=1024).contains(&arguments.size) {
        return Err(CliError::Arguments("--size must be 8 to 1024".into()));
    }
    check_folder(&arguments.out)?;
    let World::Landscape = arguments.world;
    let progress = bar(arguments.count, "render");
    let mut rows = String::new();
    for first in (0..arguments.count).step_by(CHUNK) {
        let count = CHUNK.min(arguments.count - first);
        for (i, scene) in landscape::render_many(arguments.seed, first as u64, count, arguments.size)
            .into_iter()
            .enumerate()
        {
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
