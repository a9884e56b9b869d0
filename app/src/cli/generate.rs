//! `latent-studio generate`: random pictures, or those of given latents.

use std::path::PathBuf;

use latent_engine::checkpoint::npy;
use latent_engine::model::{Latent, Model};
use latent_engine::rng::Rng;

use super::console::report;
use super::enlarge::Enlarged;
use super::input;
use super::model::ModelArguments;
use super::output::{Format, Out, Target, at_once, bar, sheet, square};
use super::{CliError, whole};

/// Most pictures at once.
const MOST: usize = 4096;

/// The arguments of `generate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Latents to make pictures of (.npy, N x L); - is standard input
    #[arg(long, conflicts_with_all = ["count", "seed"])]
    latents: Option<PathBuf>,
    /// How many random pictures
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = whole)]
    count: usize,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Latents are multiplied by this: below 1 more typical, above 1 more extreme pictures
    #[arg(long, default_value_t = 1.0)]
    truncation: f32,
    #[command(flatten)]
    enlarged: Enlarged,
    #[command(flatten)]
    out: Out,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(1..=MOST).contains(&arguments.count) {
        return Err(CliError::Arguments(format!("--count must be 1 to {MOST}")));
    }
    if !arguments.truncation.is_finite() {
        return Err(CliError::Arguments("--truncation must be a finite number".into()));
    }
    let target = arguments.out.target()?;
    let model = arguments.model.open()?;
    let developer = arguments.enlarged.open(&model)?;
    let latents = match &arguments.latents {
        Some(path) => input::latents(path)?,
        None => {
            let mut rng = Rng::new(arguments.seed);
            (0..arguments.count).map(|_| model.info.latents.draw(&mut rng)).collect()
        }
    };
    if latents.is_empty() {
        return Err(CliError::Arguments("--latents: the file holds no latent".into()));
    }
    let scaled: Vec<Latent> = latents.iter().map(|latent| scale(latent, arguments.truncation)).collect();
    if target.format == Format::Npy {
        write_numbers(&target, &model, &scaled)?;
    } else {
        let option = if arguments.latents.is_some() { "a file of latents with" } else { "--count" };
        let sides = developer.sides(model.info.sides)?;
        target.check_sheet(scaled.len(), square(scaled.len()), sides, option)?;
        target.write_picture(&sheet(&model, &developer, &scaled, square(scaled.len()))?)?;
    }
    report(format_args!("{}: {} pictures", target.name(), scaled.len()))
}

/// The model's own numbers, a few pictures at a time: together they may be more than the memory holds.
fn write_numbers(target: &Target, model: &Model, latents: &[Latent]) -> Result<(), CliError> {
    let progress = bar(latents.len(), "pictures");
    let mut file = target.begin()?;
    let mut begun = false;
    for chunk in latents.chunks(at_once(model)) {
        let pictures = model.generate(chunk)?;
        if !begun {
            let shape: Vec<usize> = [&[latents.len()], &pictures.dims()[1..]].concat();
            file.write(&npy::header(&shape))?;
            begun = true;
        }
        file.write(&npy::numbers(&pictures)?)?;
        progress.inc(chunk.len() as u64);
    }
    progress.finish_and_clear();
    file.finish()
}

fn scale(latent: &Latent, factor: f32) -> Latent {
    // Not multiplied by 1: the very same latents, bit for bit.
    if factor == 1.0 {
        return latent.clone();
    }
    latent.values().iter().map(|v| factor * v).collect::<Vec<_>>().into()
}
