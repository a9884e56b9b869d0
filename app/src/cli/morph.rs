//! `latent-studio morph`: the way from one latent to another.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};
use latent_engine::Picture;
use latent_engine::checkpoint::npy;
use latent_engine::model::Latent;
use latent_engine::search::ways::{Interpolation, interpolate};

use super::CliError;
use super::model::ModelArguments;
use super::output::{WayName, check_picture, write_row};

/// Time between two pictures of an animation, in milliseconds: what a GIF can say, near 16 a second.
const FRAME_MS: u32 = 60;

/// The arguments of `morph`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// Where it starts: the first latent of this file (.npy)
    #[arg(long)]
    from: PathBuf,
    /// Where it ends: the first latent of this file (.npy)
    #[arg(long)]
    to: PathBuf,
    /// How many pictures, both ends included
    #[arg(long, default_value_t = 16)]
    frames: usize,
    /// The way between them
    #[arg(long, value_enum, default_value = "linear")]
    way: WayName,
    /// An animation (.gif), or the pictures in a row
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    check_picture(&arguments.out)?;
    if !(2..=1024).contains(&arguments.frames) {
        return Err(CliError::Arguments("--frames must be 2 to 1024".into()));
    }
    let (from, to) = (first_latent(&arguments.from)?, first_latent(&arguments.to)?);
    let model = arguments.model.open()?;
    // Both are checked against the model before anything is made of them.
    model.latent_tensor([from.values(), to.values()])?;
    let latents = interpolate(&from, &to, arguments.frames, Interpolation::from(arguments.way));
    let pictures = model.pictures(&latents)?;
    let animated = arguments.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("gif"));
    if animated {
        write_gif(&arguments.out, &pictures)?;
    } else {
        write_row(&arguments.out, &pictures)?;
    }
    println!("{}: {} pictures", arguments.out.display(), pictures.len());
    Ok(())
}

fn first_latent(path: &Path) -> Result<Latent, CliError> {
    let mut latents = npy::read_latents(path)?;
    if latents.is_empty() {
        return Err(CliError::Arguments(format!("{} holds no latent", path.display())));
    }
    Ok(latents.swap_remove(0))
}

/// An animation that runs for ever.
fn write_gif(path: &Path, pictures: &[Picture]) -> Result<(), CliError> {
    let failed = |source| CliError::Io { path: path.to_owned(), source };
    let file = File::create(path).map_err(failed)?;
    let mut encoder = GifEncoder::new(BufWriter::new(file));
    let encoded = encoder.set_repeat(Repeat::Infinite).and_then(|()| {
        encoder.encode_frames(pictures.iter().map(|picture| {
            let rgba = picture.rgb().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
            let (width, height) = (picture.width() as u32, picture.height() as u32);
            let image = RgbaImage::from_raw(width, height, rgba).unwrap_or_default();
            Frame::from_parts(image, 0, 0, Delay::from_numer_denom_ms(FRAME_MS, 1))
        }))
    });
    encoded.map_err(|error| match error {
        image::ImageError::IoError(source) => failed(source),
        other => CliError::Arguments(format!("{}: {other}", path.display())),
    })
}
