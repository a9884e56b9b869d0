//! `latent-studio transfer`: a change between two small pictures, made in the large photo that they are of.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use latent_engine::Picture;
use latent_engine::edit::{Crop, Mask, Transfer};
use latent_engine::enlarge::{Way, enlarge};
use latent_engine::model::Model;
use latent_engine::open::open_best;
use serde::Serialize;

use super::console::{answer, report, to_json};
use super::frame::Frame;
use super::model::named;
use super::output::Out;
use super::{CliError, input};

/// The arguments of `transfer`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The photo to change (PNG, JPEG, WebP or GIF), turned as its EXIF data says; - is standard input
    #[arg(long)]
    photo: PathBuf,
    /// A small picture of the photo, or of the part in the frame: before the change
    #[arg(long)]
    before: PathBuf,
    /// The same after the change
    #[arg(long)]
    after: PathBuf,
    /// The part of the photo that the small pictures show: its middle and its shorter side in pixels, degrees clockwise; the
    /// largest part from the middle when left out
    #[arg(long, value_name = "X,Y,SIDE[,ANGLE]", allow_hyphen_values = true)]
    frame: Option<Frame>,
    /// How much of the change: 0 is nothing of it, 1 all of it, more exaggerates
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    strength: f32,
    /// Where: white all of the change, black nothing of it; a picture of the frame, of any size
    #[arg(long)]
    mask: Option<PathBuf>,
    /// An enlarger for what is new in the picture, as in portrait-enlarger: a bundled one, a model folder or a checkpoint file
    #[arg(long)]
    enlarger: Option<String>,
    #[command(flatten)]
    out: Out,
    /// Say what was done as a JSON object
    #[arg(long)]
    json: bool,
}

/// Largest strength.
const MOST: f32 = 4.0;

/// What `--json` says.
#[derive(Serialize)]
struct Done<'a> {
    out: &'a str,
    width: usize,
    height: usize,
    /// Mean difference from the photo over the whole of it, of levels from 0 to 255.
    change: f64,
    /// Seconds to explain the change, and to make it in the photo.
    explained: f64,
    made: f64,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = arguments.out.picture()?;
    let strength = arguments.strength;
    if !(0.0..=MOST).contains(&strength) {
        return Err(CliError::Arguments(format!("--strength must be 0 to {MOST}")));
    }
    let enlarger = arguments.enlarger.as_deref().map(enlarger).transpose()?;
    let small = |path: &Path| input::photo(path, [255; 3]);
    let (before, after) = (small(&arguments.before)?, small(&arguments.after)?);
    let size = |picture: &Picture| format!("{} x {} pixels", picture.width(), picture.height());
    if (before.width(), before.height()) != (after.width(), after.height()) {
        return Err(CliError::Arguments(format!(
            "--before has {} and --after {}: they must be of one size",
            size(&before),
            size(&after)
        )));
    }
    let photo = input::photo(&arguments.photo, [255; 3])?;
    let sides = [before.height(), before.width()];
    let crop = match arguments.frame {
        Some(frame) => frame.on(&photo, sides)?,
        None => Crop::middle(&photo, sides),
    };
    let mask = match &arguments.mask {
        Some(path) => Mask::from_picture(&input::photo(path, input::BLACK)?),
        None => Mask::everywhere(sides),
    };
    let start = Instant::now();
    let mut larger = |picture: &Picture| match &enlarger {
        Some(model) => enlarge(model, picture, Way::Sharp, &mut |_, _| ControlFlow::Continue(())),
        None => Err(latent_engine::Error::Invalid("there is no enlarger".into())),
    };
    let larger = enlarger.is_some().then_some(&mut larger as &mut latent_engine::edit::Enlarge<'_>);
    let transfer = Transfer::between(&before, &after, larger)?;
    let explained = start.elapsed().as_secs_f64();
    let made = transfer.apply(&photo, &crop, &mask, strength)?;
    let seconds = start.elapsed().as_secs_f64() - explained;
    target.write_picture(&made)?;
    let levels: u64 = made.rgb().iter().zip(photo.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let change = levels as f64 / made.rgb().len() as f64;
    let (width, height) = (made.width(), made.height());
    if arguments.json {
        let out = &target.name();
        return answer(to_json(&Done { out, width, height, change, explained, made: seconds })?);
    }
    report(format_args!("{}: {}, changed by {change:.2} of 255 in the mean", target.name(), size(&made)))
}

fn enlarger(name: &str) -> Result<Model, CliError> {
    let model = open_best(&named(name)?, None)?;
    model.enlarger()?;
    Ok(model)
}
