//! `latent-studio evaluate`: how good a model is, in numbers.

use std::io::Write as _;

use latent_engine::Picture;
use latent_engine::data::WorldName;
use latent_engine::evaluate::encoder::{encode, varying};
use latent_engine::evaluate::factors::{Disentanglement, disentanglement};
use serde::Serialize;

use super::CliError;
use super::model::open_named;
use super::render::{Varied, check_size, world_parser};

/// The arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A bundled model, a model folder or a checkpoint file, with an encoder
    model: String,
    /// The world whose pictures it learned from
    #[arg(long, value_parser = world_parser(), default_value = "creature")]
    world: WorldName,
    #[command(flatten)]
    varied: Varied,
    /// How many pictures to look at
    #[arg(long, default_value_t = 4000)]
    count: usize,
    /// Seed of the world; training uses 1
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Serialize)]
struct Evaluation {
    model: String,
    pictures: usize,
    /// Root mean square difference of pictures and what becomes of them, 1 from black to white.
    reconstruction_error: f64,
    #[serde(flatten)]
    disentanglement: Disentanglement,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let &Arguments { world, count, seed, .. } = arguments;
    let model = open_named(&arguments.model)?;
    let size = model.info.size;
    check_size(world, size)?;
    let scenes = world.render_many(&arguments.varied.of(world)?, seed, 0, count, size)?;
    let factors = varying(&scenes);
    let pictures = scenes
        .into_iter()
        .map(|scene| Picture::new(size, size, scene.rgb))
        .collect::<latent_engine::Result<Vec<_>>>()?;
    let encoded = encode(&model, &pictures)?;
    let evaluation = Evaluation {
        model: model.info.name.clone(),
        pictures: count,
        reconstruction_error: encoded.error,
        disentanglement: disentanglement(&encoded.latents, &factors)?,
    };
    let text = if arguments.json {
        serde_json::to_string(&evaluation).map_err(|e| CliError::Arguments(e.to_string()))?
    } else {
        describe(&evaluation)
    };
    writeln!(std::io::stdout(), "{text}").ok();
    Ok(())
}

fn describe(evaluation: &Evaluation) -> String {
    let Disentanglement { mutual_information_gap, active_units, variances, factors } =
        &evaluation.disentanglement;
    let mut lines = vec![
        format!("{}, over {} pictures that it has not seen", evaluation.model, evaluation.pictures),
        format!("  reconstruction error    {:.4} (root mean square)", evaluation.reconstruction_error),
        format!("  active units            {active_units} of {}", variances.len()),
        format!("  mutual information gap  {mutual_information_gap:.2}"),
        String::new(),
        "  factor          latent          explains  next            explains   gap".into(),
    ];
    lines.extend(factors.iter().map(|f| {
        format!(
            "  {:14}  {:14}  {:7.0}%  {:14}  {:7.0}%  {:.2}",
            f.factor,
            f.latent,
            100.0 * f.explained,
            f.second,
            100.0 * f.second_explained,
            f.gap
        )
    }));
    lines.join("\n")
}
