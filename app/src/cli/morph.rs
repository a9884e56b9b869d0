//! `latent-studio morph`: the way from one latent to another.

use std::path::{Path, PathBuf};

use latent_engine::model::Latent;
use latent_engine::picture::PictureFormat;
use latent_engine::search::ways::{Interpolation, interpolate};

use super::console::report;
use super::enlarge::Enlarged;
use super::input;
use super::model::ModelArguments;
use super::output::{Format, Out, WayName, sheet};
use super::{CliError, whole};

/// Time between two pictures of an animation, in milliseconds: what a GIF can say, near 16 a second.
const FRAME_MS: u32 = 60;

/// The arguments of `morph`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Where it starts: the first latent of this file (.npy); - is standard input
    #[arg(long)]
    from: PathBuf,
    /// Where it ends: the first latent of this file (.npy)
    #[arg(long)]
    to: PathBuf,
    /// How many pictures, both ends included
    #[arg(long, default_value_t = 16, allow_negative_numbers = true, value_parser = whole)]
    frames: usize,
    /// The way between them
    #[arg(long, value_enum, default_value = "linear")]
    way: WayName,
    // A .gif is an animation; every other format has the pictures in a row.
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    enlarged: Enlarged,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(2..=1024).contains(&arguments.frames) {
        return Err(CliError::Arguments("--frames must be 2 to 1024".into()));
    }
    let target = arguments.out.picture()?;
    let (from, to) = (first_latent(&arguments.from)?, first_latent(&arguments.to)?);
    let model = arguments.model.open()?;
    let developer = arguments.enlarged.open(&model)?;
    // Both are checked against the model before anything is made of them.
    model.latent_tensor([from.values(), to.values()])?;
    let latents = interpolate(&from, &to, arguments.frames, Interpolation::from(arguments.way));
    if target.format == Format::Picture(PictureFormat::Gif) {
        target.write_animation(&model, &developer, &latents, FRAME_MS)?;
    } else {
        let sides = developer.sides(model.info.sides)?;
        target.check_sheet(latents.len(), latents.len(), sides, "--frames")?;
        target.write_picture(&sheet(&model, &developer, &latents, latents.len())?)?;
    }
    report(format_args!("{}: {} pictures", target.name(), latents.len()))
}

fn first_latent(path: &Path) -> Result<Latent, CliError> {
    let mut latents = input::latents(path)?;
    if latents.is_empty() {
        return Err(CliError::Arguments(format!("{} holds no latent", path.display())));
    }
    Ok(latents.swap_remove(0))
}
