//! `latent-studio enlarge`: a picture made larger, and what other subcommands know of it.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::ValueEnum;
use latent_engine::Picture;
use latent_engine::enlarge::{Way, enlarge};
use latent_engine::model::{Model, ModelSource};
use latent_engine::open::open_best;

use super::console::report;
use super::model::{Assumed, named};
use super::output::{Out, bar};
use super::{CliError, input};

/// How pictures become larger, on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum WayName {
    /// Pixels become squares
    Nearest,
    /// A cubic filter
    Bicubic,
    /// The network that stays true to the picture (SRResNet)
    Faithful,
    /// The network that learned from a critic (SRGAN)
    Sharp,
}

/// The arguments of `enlarge`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// An enlarger: a bundled one, a model folder or a checkpoint file
    #[arg(long, default_value = "photo-enlarger")]
    model: String,
    #[command(flatten)]
    assumed: Assumed,
    /// The picture (PNG, JPEG, WebP or GIF), of any size, turned as its EXIF data says; - is standard input
    #[arg(long)]
    image: PathBuf,
    /// How many times larger a side becomes: as the enlarger has learned it when left out; less is made smaller again
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(2..=16))]
    factor: Option<u32>,
    /// How
    #[arg(long, value_enum, default_value = "sharp")]
    way: WayName,
    #[command(flatten)]
    out: Out,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = arguments.out.picture()?;
    let model = arguments.assumed.open(&arguments.model)?;
    let learned = model.enlarger()?.factor();
    let factor = arguments.factor.map_or(learned, |factor| factor as usize);
    if factor > learned {
        return Err(CliError::Arguments(format!(
            "--factor {factor}: {} makes pictures {learned} times larger; enlarge the result once more",
            arguments.model
        )));
    }
    let picture = input::photo(&arguments.image, [255; 3])?;
    let way = match arguments.way {
        WayName::Nearest => Way::Nearest,
        WayName::Bicubic => Way::Bicubic,
        WayName::Faithful => Way::Faithful,
        WayName::Sharp => Way::Sharp,
    };
    let mut progress = None;
    let mut large = enlarge(&model, &picture, way, &mut |done, all| {
        progress.get_or_insert_with(|| bar(all, "tiles")).set_position(done as u64);
        ControlFlow::Continue(())
    })?;
    if let Some(progress) = progress {
        progress.finish_and_clear();
    }
    if factor < learned {
        large = large.resized_bicubic(picture.width() * factor, picture.height() * factor);
    }
    target.write_picture(&large)?;
    report(format_args!("{}: {} x {} pixels", target.name(), large.width(), large.height()))
}

/// What becomes of pictures before they are written.
#[derive(Debug, clap::Args)]
pub(super) struct Enlarged {
    /// Make the pictures larger: by the enlarger that the model names, or by the one that is named here
    #[arg(long, value_name = "ENLARGER", num_args = 0..=1, default_missing_value = "")]
    enlarge: Option<String>,
}

impl Enlarged {
    /// The enlarger, where one was asked for.
    pub(super) fn open(&self, model: &Model) -> Result<Developer, CliError> {
        let source: Option<ModelSource> = match self.enlarge.as_deref() {
            None => None,
            Some("") => Some(model.info.enlarger.clone().ok_or_else(|| {
                CliError::Arguments(format!(
                    "--enlarge: {} names no enlarger: name one, as in --enlarge photo-enlarger",
                    model.info.name
                ))
            })?),
            Some(name) => Some(named(name)?),
        };
        let enlarger = source.map(|source| open_best(&source, None)).transpose()?;
        if let Some(enlarger) = &enlarger {
            enlarger.enlarger()?;
        }
        Ok(Developer(enlarger))
    }
}

/// Makes pictures larger, or leaves them as they are.
pub(super) struct Developer(Option<Model>);

impl Developer {
    /// The sides of a picture after it.
    pub(super) fn sides(&self, [height, width]: [usize; 2]) -> Result<[usize; 2], CliError> {
        let factor = self.0.as_ref().map_or(Ok(1), |model| model.enlarger().map(|e| e.factor()))?;
        Ok([height * factor, width * factor])
    }

    /// A picture after it.
    pub(super) fn develop(&self, picture: Picture) -> latent_engine::Result<Picture> {
        match &self.0 {
            None => Ok(picture),
            Some(model) => enlarge(model, &picture, Way::Sharp, &mut |_, _| ControlFlow::Continue(())),
        }
    }
}
