//! `latent-studio generate`: random pictures, or those of given latents.

use std::path::PathBuf;
use std::sync::Arc;

use latent_engine::checkpoint::npy;
use latent_engine::model::Latent;
use latent_engine::rng::Rng;

use super::CliError;
use super::model::ModelArguments;
use super::output::{check_picture, check_writable, is_npy, write_grid};

/// Most pictures at once: they are all in memory.
const MOST: usize = 4096;

/// The arguments of `generate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Latents to make pictures of (.npy, N x L)
    #[arg(long, conflicts_with_all = ["count", "seed"])]
    latents: Option<PathBuf>,
    /// How many random pictures
    #[arg(long, default_value_t = 64)]
    count: usize,
    /// Seed of the random latents
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Latents are multiplied by this: below 1 more typical, above 1 more extreme pictures
    #[arg(long, default_value_t = 1.0)]
    truncation: f32,
    /// A grid of pictures (.png), or the numbers themselves (.npy)
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(1..=MOST).contains(&arguments.count) {
        return Err(CliError::Arguments(format!("--count must be 1 to {MOST}")));
    }
    if !arguments.truncation.is_finite() {
        return Err(CliError::Arguments("--truncation must be a finite number".into()));
    }
    if is_npy(&arguments.out) {
        check_writable(&arguments.out)?;
    } else {
        check_picture(&arguments.out)?;
    }
    let model = arguments.model.open()?;
    let latents = match &arguments.latents {
        Some(path) => npy::read_latents(path)?,
        None => {
            let mut rng = Rng::new(arguments.seed);
            (0..arguments.count).map(|_| model.info.latents.draw(&mut rng)).collect()
        }
    };
    let scaled: Vec<Latent> = latents.iter().map(|latent| scale(latent, arguments.truncation)).collect();
    if is_npy(&arguments.out) {
        npy::write_tensor(&arguments.out, &model.generate(&scaled)?)?;
    } else {
        let pictures: Vec<_> = model.pictures(&scaled)?.into_iter().map(Arc::new).collect();
        write_grid(&arguments.out, &pictures)?;
    }
    println!("{}: {} pictures", arguments.out.display(), scaled.len());
    Ok(())
}

fn scale(latent: &Latent, factor: f32) -> Latent {
    // Not multiplied by 1: the very same latents, bit for bit.
    if factor == 1.0 {
        return latent.clone();
    }
    latent.values().iter().map(|v| factor * v).collect::<Vec<_>>().into()
}
