//! `latent-studio train`: a new model from pictures.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use latent_engine::model::open_best;
use latent_engine::train::{
    AdamConfig, EncoderConfig, GanConfig, IanConfig, Progress, Provenance, Recipe, RunOptions, VaeConfig,
    write_model_folder,
};

use super::CliError;
use super::data::{Data, Drawn};
use super::model::named;
use super::output::check_folder;
use super::render::Varied;

/// Seed of the world that models learn from; other seeds show scenes that no bundled model has seen.
const WORLD_SEED: u64 = 1;
/// More pictures of a world than this fill the memory.
const MOST_PICTURES: usize = 1_000_000;

/// What is trained, and how.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecipeName {
    /// A DCGAN: hinge loss, spectral norm, augmentation, moving average
    Gan,
    /// A beta-VAE: few latents, of which each tends to mean one thing
    Vae,
    /// An introspective adversarial network: a DCGAN with an encoder, for editing photos
    Ian,
    /// An encoder for the generator of --model, which stays as it is
    Encoder,
}

/// The arguments of `train`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder of pictures (PNG, JPEG, WebP), or one of the studio's own worlds: "landscape", "creature", "portrait".
    /// A folder of such a name is ./landscape
    #[arg(long)]
    data: PathBuf,
    /// How to train
    #[arg(long, value_enum, default_value = "gan")]
    recipe: RecipeName,
    /// The model that gets an encoder (recipe encoder only): a bundled model, a model folder or a checkpoint file
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Model folder to write
    #[arg(long)]
    out: PathBuf,
    /// How long, resumed runs included
    #[arg(long, default_value_t = 60.0)]
    minutes: f32,
    /// Go on where the last run into the same folder stopped
    #[arg(long)]
    resume: bool,
    /// Pixels a side: a power of two; what the model has where an encoder is trained
    #[arg(long, default_value_t = 64)]
    size: usize,
    /// Channels of the generator's last hidden layer
    #[arg(long, default_value_t = 32)]
    width: usize,
    /// The same for the discriminator; the generator's when left out
    #[arg(long)]
    critic_width: Option<usize>,
    /// The same for a VAE's encoder; the decoder's when left out
    #[arg(long)]
    encoder_width: Option<usize>,
    /// Numbers in a latent; 100 for a GAN, 10 for a VAE, 64 for an IAN when left out
    #[arg(long)]
    latent: Option<usize>,
    /// Pictures in a step; 32 for a GAN or an IAN, 64 for a VAE when left out
    #[arg(long)]
    batch: Option<usize>,
    /// How strongly the latents of a VAE are kept apart; 1 is a plain VAE
    #[arg(long, default_value_t = VaeConfig::default().beta)]
    beta: f32,
    /// Beta at the start; from a large one, the latents of a VAE come into use one after the other
    #[arg(long, default_value_t = VaeConfig::default().beta_start)]
    beta_start: f32,
    /// Share of the run after which beta has its final value
    #[arg(long, default_value_t = VaeConfig::default().settle)]
    settle: f32,
    /// Step size of a VAE's optimizer; 0.0005 when left out
    #[arg(long)]
    learning_rate: Option<f32>,
    /// How many pictures of a world to learn from
    #[arg(long, default_value_t = 20_000)]
    pictures: usize,
    #[command(flatten)]
    varied: Varied,
    /// Seed of every random draw
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(arguments.minutes > 0.0 && arguments.minutes.is_finite()) {
        return Err(CliError::Arguments("--minutes must be more than 0".into()));
    }
    if !(1..=MOST_PICTURES).contains(&arguments.pictures) {
        return Err(CliError::Arguments(format!("--pictures must be 1 to {MOST_PICTURES}")));
    }
    if arguments.model.is_some() != matches!(arguments.recipe, RecipeName::Encoder) {
        return Err(CliError::Arguments(
            "--recipe encoder and --model, the model that gets the encoder, go together".into(),
        ));
    }
    let recipe = recipe(arguments)?;
    recipe.check()?;
    check_folder(&arguments.out)?;
    let run_folder = arguments.out.join("run");
    if !arguments.resume && run_folder.join("state.safetensors").exists() {
        return Err(CliError::Arguments(format!(
            "{} holds a training already: add --resume to go on with it, or name another folder",
            arguments.out.display()
        )));
    }
    let size = match &recipe {
        Recipe::Encoder(_, model) => open_best(model, None)?.info.size,
        _ => arguments.size,
    };
    let drawn = Drawn { varied: &arguments.varied, seed: WORLD_SEED, count: arguments.pictures };
    let Data { pictures, name: data, .. } = Data::load(&arguments.data, size, &drawn)?;

    let mut options = RunOptions::new(pictures, recipe, run_folder, arguments.minutes);
    options.resume = arguments.resume;
    let progress = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{prefix:12} {bar:32} {percent}% {msg}") {
        progress.set_style(style);
    }
    progress.set_prefix("train");
    let minutes = f64::from(arguments.minutes);
    let finished = latent_engine::train::run(&options, &mut |now| {
        progress.set_position((1000.0 * now.progress) as u64);
        progress.set_message(message(now, minutes));
        ControlFlow::Continue(())
    })?;
    progress.finish_and_clear();
    let title =
        arguments.out.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned());
    let command = std::env::args().skip(1).fold("latent-studio".to_owned(), |all, a| all + " " + &a);
    write_model_folder(&arguments.out, &finished, &Provenance { title, data, command })?;
    println!("{}: {} steps, {:.0} minutes", arguments.out.display(), finished.steps, finished.seconds / 60.0);
    Ok(())
}

/// The settings that were asked for; what was left out is the recipe's own.
fn recipe(arguments: &Arguments) -> Result<Recipe, CliError> {
    let &Arguments { size, width, seed, beta, beta_start, settle, .. } = arguments;
    Ok(match arguments.recipe {
        RecipeName::Gan => {
            let own = GanConfig::default();
            Recipe::Gan(GanConfig {
                size,
                latent: arguments.latent.unwrap_or(own.latent),
                width,
                critic_width: arguments.critic_width.unwrap_or(width),
                batch: arguments.batch.unwrap_or(own.batch),
                seed,
                ..own
            })
        }
        RecipeName::Vae => {
            let own = VaeConfig::default();
            let latent = arguments.latent.unwrap_or(own.latent);
            let batch = arguments.batch.unwrap_or(own.batch);
            let encoder_width = arguments.encoder_width.unwrap_or(width);
            let learning_rate = arguments.learning_rate.unwrap_or(own.adam.learning_rate);
            let adam = AdamConfig { learning_rate, ..own.adam };
            Recipe::Vae(VaeConfig {
                size,
                latent,
                width,
                encoder_width,
                batch,
                beta,
                beta_start,
                settle,
                adam,
                seed,
                ..own
            })
        }
        RecipeName::Ian => {
            let own = IanConfig::default();
            Recipe::Ian(IanConfig {
                size,
                latent: arguments.latent.unwrap_or(own.latent),
                width,
                critic_width: arguments.critic_width.unwrap_or(width),
                batch: arguments.batch.unwrap_or(own.batch),
                seed,
                ..own
            })
        }
        RecipeName::Encoder => {
            let own = EncoderConfig::default();
            let batch = arguments.batch.unwrap_or(own.batch);
            let model = arguments.model.as_deref().unwrap_or_default();
            Recipe::Encoder(EncoderConfig { width, batch, seed, ..own }, named(model)?)
        }
    })
}

fn message(now: &Progress, minutes: f64) -> String {
    format!(
        "step {}, {:.0} pictures/s, {:.0} min left{}",
        now.report.step,
        now.pictures_per_second,
        (minutes - now.seconds / 60.0).max(0.0),
        now.report
            .values
            .iter()
            .fold(String::new(), |all, (name, value)| all + &format!(", {name} {value:.2}"))
    )
}
