//! `latent-studio plane`: pictures between four latents.

use std::path::PathBuf;

use latent_engine::model::Latent;
use latent_engine::rng::Rng;
use latent_engine::search::ways::{Interpolation, plane};

use super::console::report;
use super::enlarge::Enlarged;
use super::input;
use super::model::ModelArguments;
use super::output::{Out, WayName, sheet};
use super::{CliError, whole};

/// The arguments of `plane`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The corners: four latents (.npy, 4 x L), upper left, upper right, lower left, lower right; random ones when
    /// left out
    #[arg(long)]
    corners: Option<PathBuf>,
    /// Seed of every random draw: the corners
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Pictures along each side
    #[arg(long, default_value_t = 8, allow_negative_numbers = true, value_parser = whole)]
    side: usize,
    /// The way between the corners
    #[arg(long, value_enum, default_value = "linear")]
    way: WayName,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    enlarged: Enlarged,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(2..=64).contains(&arguments.side) {
        return Err(CliError::Arguments("--side must be 2 to 64".into()));
    }
    let target = arguments.out.picture()?;
    let given = arguments.corners.as_deref().map(input::latents).transpose()?;
    let model = arguments.model.open()?;
    let developer = arguments.enlarged.open(&model)?;
    let spec = &model.info.latents;
    let mut rng = Rng::new(arguments.seed);
    let corners = given.unwrap_or_else(|| (0..4).map(|_| spec.draw(&mut rng)).collect());
    let corners: [Latent; 4] = corners.try_into().map_err(|given: Vec<Latent>| {
        CliError::Arguments(format!("--corners must hold 4 latents, not {}", given.len()))
    })?;
    model.latent_tensor(corners.iter().map(Latent::values))?;
    let way = Interpolation::from(arguments.way);
    let side = arguments.side;
    target.check_sheet(side * side, side, developer.sides(model.info.sides)?, "--side")?;
    target.write_picture(&sheet(&model, &developer, &plane(&corners, side, side, way), side)?)?;
    report(format_args!("{}: {} pictures", target.name(), side * side))
}
