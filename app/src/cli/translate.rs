//! `latent-studio translate`: a picture made of another one, or of a map of labels.

use std::path::PathBuf;

use latent_engine::checkpoint::npy;
use latent_engine::model::{Model, Port};
use latent_engine::translate::translate;

use super::console::{note, report};
use super::model::ModelArguments;
use super::output::Out;
use super::{CliError, input};

/// The arguments of `translate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The picture or map of labels (PNG, JPEG, WebP or GIF), of any sides, turned as its EXIF data says; - is standard input.
    /// `inspect` says what labels there are and which colours stand for them
    #[arg(long)]
    image: PathBuf,
    /// What is known of the whole picture: a file (.npy, 1 x K), or factors by name, as in "haze=0.8,season=0.1"; what is not
    /// said is as usual. `inspect` says what factors there are
    #[arg(long, value_name = "STYLE")]
    style: Option<String>,
    #[command(flatten)]
    out: Out,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = arguments.out.picture()?;
    let picture = input::photo(&arguments.image, [255; 3])?;
    let model = arguments.model.open()?;
    let style = arguments.style.as_deref().map(|text| style(text, &model)).transpose()?;
    let made = translate(&model, &picture, style.as_deref())?;
    if let Some((pixels, [r, g, b])) = made.strange {
        note(format_args!(
            "{pixels} pixels have colours that stand for no label, #{r:02x}{g:02x}{b:02x} the first of them: each counts as \
             the label whose colour is nearest"
        ));
    }
    target.write_picture(&made.picture)?;
    report(format_args!("{}: {} x {} pixels", target.name(), made.picture.width(), made.picture.height()))
}

/// The numbers of a style: those of a file, or the usual ones with some changed by name.
fn style(text: &str, model: &Model) -> Result<Vec<f32>, CliError> {
    let Some(Port::Style { factors }) = model.translator()?.style() else {
        return Err(CliError::Arguments(format!("--style: {} takes no style", model.info.name)));
    };
    if !text.contains('=') {
        let latents = npy::read_latents(text.as_ref())?;
        return match latents.as_slice() {
            [one] if one.len() == factors.len() => Ok(one.clone()),
            _ => Err(CliError::Arguments(format!(
                "--style: {text} holds no style of {} numbers",
                factors.len()
            ))),
        };
    }
    let mut values: Vec<f32> = factors.iter().map(|factor| factor.usual).collect();
    for part in text.split(',') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let Some(at) = factors.iter().position(|factor| factor.name == name.trim()) else {
            let known: Vec<&str> = factors.iter().map(|factor| factor.name.as_str()).collect();
            return Err(CliError::Arguments(format!(
                "--style: there is no factor \"{}\"; there are {}",
                name.trim(),
                known.join(", ")
            )));
        };
        let factor = &factors[at];
        let number = value.trim().parse::<f32>().ok().filter(|v| (factor.least..=factor.most).contains(v));
        values[at] = number.ok_or_else(|| {
            CliError::Arguments(format!(
                "--style: {} is a number from {:.2} to {:.2}, not \"{}\"",
                factor.name,
                factor.least,
                factor.most,
                value.trim()
            ))
        })?;
    }
    Ok(values)
}
