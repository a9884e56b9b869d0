//! `latent-studio project`: the latent whose picture comes nearest to a photo.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::ValueEnum;
use latent_engine::Picture;
use latent_engine::checkpoint::npy;
use latent_engine::edit::{Method, ProjectionSettings, project};
use latent_engine::search::Bank;

use super::CliError;
use super::model::ModelArguments;
use super::output::{bar, check_picture, check_writable, fill_bank};

/// The method's name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodName {
    /// What the model's encoder says, at once
    Encoder,
    /// A search from the nearest pictures that the model makes at random
    Optimize,
    /// A search that also starts from what the encoder says
    Hybrid,
}

/// The arguments of `project`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The photo; the largest square from its middle is used
    #[arg(long)]
    image: PathBuf,
    /// How the latent is found; hybrid where the model has an encoder, else optimize
    #[arg(long, value_enum)]
    method: Option<MethodName>,
    /// Evaluations that each search may spend
    #[arg(long, default_value_t = ProjectionSettings::default().iterations)]
    iters: usize,
    /// The picture that was found
    #[arg(long)]
    out: PathBuf,
    /// Its latent (.npy, 1 x L)
    #[arg(long)]
    latents: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    check_picture(&arguments.out)?;
    arguments.latents.as_deref().map_or(Ok(()), check_writable)?;
    if arguments.iters == 0 {
        return Err(CliError::Arguments("--iters must be at least 1".into()));
    }
    let photo = Picture::open(&arguments.image)?;
    let model = arguments.model.open()?;
    let photo = photo.square(model.info.square()?);
    let method = match arguments.method {
        Some(MethodName::Encoder) => Method::Encoder,
        Some(MethodName::Optimize) => Method::Optimize,
        Some(MethodName::Hybrid) => Method::Hybrid,
        None if model.info.can(Ability::Encode) => Method::Hybrid,
        None => Method::Optimize,
    };
    let mut bank = Bank::of(model.clone());
    if method != Method::Encoder {
        fill_bank(&mut bank)?;
    }
    let settings =
        ProjectionSettings { method, iterations: arguments.iters, ..ProjectionSettings::default() };
    let progress = bar(settings.iterations, "projection");
    let found = project(&model, &bank, &photo, &settings, |spent| {
        progress.set_position(spent as u64);
        ControlFlow::Continue(())
    })?;
    progress.finish_and_clear();
    found.picture.save(&arguments.out)?;
    if let Some(path) = &arguments.latents {
        npy::write_latents(path, std::slice::from_ref(&found.latent))?;
    }
    println!("{}: differs from the photo by {:.4} (root mean square)", arguments.out.display(), found.error);
    Ok(())
}
