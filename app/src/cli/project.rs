//! `latent-studio project`: the latent whose picture comes nearest to a photo.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::ValueEnum;
use latent_engine::checkpoint::npy;
use latent_engine::edit::{Method, ProjectionSettings, middle, project};
use latent_engine::search::Bank;
use serde::Serialize;

use super::console::{answer, report, to_json};
use super::input;
use super::model::ModelArguments;
use super::output::{Out, bar, check_writable, fill_bank};
use super::{CliError, whole};

/// The method's name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum MethodName {
    /// What the model's encoder says, at once
    Encoder,
    /// A search from the nearest pictures that the model makes at random
    Optimize,
    /// A search from what the encoder says and from around it
    Hybrid,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Encoder => Self::Encoder,
            MethodName::Optimize => Self::Optimize,
            MethodName::Hybrid => Self::Hybrid,
        }
    }
}

/// The arguments of `project`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The photo (PNG, JPEG, WebP or GIF), turned as its EXIF data says; the largest part from its middle that has the shape
    /// of the model's pictures is used. - is standard input
    #[arg(long)]
    image: PathBuf,
    /// The colour behind what is transparent in the photo, as in ff8800
    #[arg(long, value_name = "RRGGBB", default_value = "ffffff", value_parser = colour)]
    background: [u8; 3],
    /// How the latent is found; hybrid where the model has an encoder, else optimize
    #[arg(long, value_enum)]
    method: Option<MethodName>,
    /// Evaluations that each search may spend
    #[arg(long, default_value_t = ProjectionSettings::default().iterations, allow_negative_numbers = true, value_parser = whole)]
    iters: usize,
    /// Seed of every random draw: with 0 the search begins with the nearest of all known pictures, with any other with
    /// those of a random half; beside an encoder, the places around its answer
    #[arg(long, default_value_t = ProjectionSettings::default().seed, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    out: Out,
    /// Its latent (.npy, 1 x L)
    #[arg(long)]
    latents: Option<PathBuf>,
    /// Say what was found as a JSON object
    #[arg(long)]
    json: bool,
}

/// Most evaluations of a search.
pub(super) const MOST_ITERATIONS: usize = 1_000_000;

/// What `--json` says.
#[derive(Serialize)]
struct Found<'a> {
    out: &'a str,
    /// Root mean square over all channels, light of 0 to 1.
    error: f32,
}

/// Understands `ff8800` and `#ff8800`.
fn colour(text: &str) -> Result<[u8; 3], String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number = u32::from_str_radix(digits, 16)
        .ok()
        .filter(|_| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let [_, rgb @ ..] = number.ok_or("a colour has six hexadecimal digits, as in ff8800")?.to_be_bytes();
    Ok(rgb)
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = arguments.out.picture()?;
    arguments.latents.as_deref().map_or(Ok(()), check_writable)?;
    if !(1..=MOST_ITERATIONS).contains(&arguments.iters) {
        return Err(CliError::Arguments(format!("--iters must be 1 to {MOST_ITERATIONS}")));
    }
    let photo = input::photo(&arguments.image, arguments.background)?;
    let model = arguments.model.open()?;
    let photo = middle(&photo, model.info.sides)?;
    let method = arguments.method.map_or_else(|| Method::best_for(&model.info), Method::from);
    let mut bank = Bank::of(model.clone());
    if method == Method::Optimize {
        fill_bank(&mut bank)?;
    }
    let settings = ProjectionSettings {
        method,
        iterations: arguments.iters,
        seed: arguments.seed,
        ..ProjectionSettings::default()
    };
    let progress = bar(settings.iterations, "projection");
    let found = project(&model, &bank, &photo, &settings, |spent| {
        progress.set_position(spent as u64);
        ControlFlow::Continue(())
    })?;
    progress.finish_and_clear();
    target.write_picture(&found.picture)?;
    if let Some(path) = &arguments.latents {
        npy::write_latents(path, std::slice::from_ref(&found.latent))?;
    }
    let (name, error) = (target.name(), found.error);
    if arguments.json {
        return answer(to_json(&Found { out: &name, error })?);
    }
    report(format_args!("{name}: differs from the photo by {error:.4} (root mean square)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_hexadecimal() {
        assert_eq!(colour("#ff8800"), Ok([255, 136, 0]));
        assert_eq!(colour("00000a"), Ok([0, 0, 10]));
        for nonsense in ["", "fff", "#ff88000", "red", "+12345", "ÿÿÿ"] {
            assert!(colour(nonsense).is_err(), "{nonsense}");
        }
    }
}
