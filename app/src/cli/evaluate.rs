//! `latent-studio evaluate`: how good a model is.

use std::path::PathBuf;

use latent_engine::data::WorldName;
use latent_engine::data::{Framing, PictureSet};
use latent_engine::evaluate::{
    Disentanglement, Editing, FeatureNetwork, Reconstruction, Report, Sets, disentanglement, distances,
    editing, encode, reconstruction, varying,
};
use latent_engine::model::Model;
use latent_engine::search::Bank;

use super::CliError;
use super::data::{Data, Drawn, Framed};
use super::model::Assumed;
use super::output::{bar, fill_bank};
use super::render::Varied;

/// Seed of the world that models are compared with; they learn from another one.
const HELD_OUT_SEED: u64 = 2;
/// More pictures in a set take long and say little more.
const MOST: usize = 50_000;
/// Of more latents than this nobody expects that each means one thing; only `--json` lists them then.
const NAMEABLE: usize = 32;
/// Neighbourhoods of precision and recall need some.
const LEAST: usize = 16;

/// The arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A bundled model, a model folder or a checkpoint file
    model: String,
    #[command(flatten)]
    assumed: Assumed,
    /// Real pictures that the model did not learn from: a folder, or one of the studio's own worlds ("landscape",
    /// "creature", "portrait"). Left out: the world of the model's name
    #[arg(long)]
    data: Option<PathBuf>,
    #[command(flatten)]
    varied: Varied,
    #[command(flatten)]
    framed: Framed,
    /// Pictures in each of the three sets: the model's, held-out ones, more of these for the floor
    #[arg(long, default_value_t = 2000)]
    count: usize,
    /// How many pictures the model has to find again; 0 skips that
    #[arg(long, default_value_t = 32)]
    reconstructions: usize,
    /// Evaluations that each search for a picture may spend
    #[arg(long, default_value_t = 60)]
    evaluations: usize,
    /// How many strokes are painted; 0 skips that
    #[arg(long, default_value_t = 32)]
    strokes: usize,
    /// Seed of the model's pictures
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(LEAST..=MOST).contains(&arguments.count) {
        return Err(CliError::Arguments(format!("--count must be {LEAST} to {MOST}")));
    }
    if arguments.evaluations == 0 {
        return Err(CliError::Arguments("--evaluations must be at least 1".into()));
    }
    let model = arguments.assumed.open(&arguments.model)?;
    let data = real_pictures(arguments, &model)?;
    let sets = Sets::new(&model, &data.pictures, arguments.count, arguments.seed)?;
    let distances = distances(&FeatureNetwork::bundled()?, &sets)?;
    let disentanglement = knowledge(&model, &data)?;
    let (reconstruction, editing) = searches(arguments, &model, &data.pictures)?;
    let name = model.info.name.clone();
    let report = Report { model: name, data: data.name, distances, disentanglement, reconstruction, editing };
    if arguments.json {
        let text = serde_json::to_string_pretty(&report);
        println!("{}", text.map_err(|e| CliError::Arguments(format!("the report: {e}")))?);
    } else {
        print(&report);
    }
    Ok(())
}

/// Twice as many pictures as a set has: one half to compare with, one for the floor.
fn real_pictures(arguments: &Arguments, model: &Model) -> Result<Data, CliError> {
    let count = 2 * arguments.count;
    let place = arguments.data.clone().unwrap_or_else(|| model.info.name.clone().into());
    if !place.exists() && place.to_str().and_then(WorldName::from_name).is_none() {
        return Err(CliError::Arguments(format!(
            "\"{}\" is neither a folder nor a world; name with --data what real pictures look like",
            place.display()
        )));
    }
    let Arguments { varied, framed, .. } = arguments;
    let drawn = Drawn { varied, framed, usual: Framing::default(), seed: HELD_OUT_SEED, count };
    Data::load(&place, model.info.size, &drawn)
}

/// What single latents know of the factors, where there is an encoder and the factors are known.
fn knowledge(model: &Model, data: &Data) -> Result<Option<Disentanglement>, CliError> {
    let factors = varying(&data.factors);
    if model.encoder.is_none() || factors.is_empty() {
        return Ok(None);
    }
    Ok(Some(disentanglement(&encode(model, &data.pictures)?, &factors)?))
}

fn searches(
    arguments: &Arguments,
    model: &Model,
    real: &PictureSet,
) -> Result<(Option<Reconstruction>, Option<Editing>), CliError> {
    if arguments.reconstructions + arguments.strokes == 0 {
        return Ok((None, None));
    }
    let mut bank = Bank::of(model.clone());
    fill_bank(&mut bank)?;
    let mut found = None;
    if arguments.reconstructions > 0 {
        let progress = bar(arguments.reconstructions, "find again");
        let done = |count| progress.set_position(count as u64);
        found =
            Some(reconstruction(model, &bank, real, arguments.reconstructions, arguments.evaluations, done)?);
        progress.finish_and_clear();
    }
    let mut painted = None;
    if arguments.strokes > 0 {
        let progress = bar(arguments.strokes, "strokes");
        let done = |count| progress.set_position(count as u64);
        painted = Some(editing(model, &bank, real, arguments.strokes, done)?);
        progress.finish_and_clear();
    }
    Ok((found, painted))
}

fn print(report: &Report) {
    let distances = &report.distances;
    println!("{} against {}, {} pictures in a set", report.model, report.data, distances.pictures);
    println!("                               model      floor");
    let frechet = &distances.frechet;
    println!(
        "  Fréchet distance        {:10.3} {:10.3}   {:.1} floors",
        frechet.model, frechet.floor, distances.frechet_floors
    );
    let wasserstein = &distances.sliced_wasserstein;
    for (scale, (model, floor)) in wasserstein.model.iter().zip(&wasserstein.floor).enumerate() {
        println!("  sliced Wasserstein /{:<3} {model:10.1} {floor:10.1}", 1 << scale);
    }
    let [model, floor] = [&distances.precision_recall.model, &distances.precision_recall.floor];
    println!("  precision               {:10.2} {:10.2}", model.precision, floor.precision);
    println!("  recall                  {:10.2} {:10.2}", model.recall, floor.recall);
    if let Some(known) = &report.disentanglement {
        print_knowledge(known);
    }
    if let Some(found) = &report.reconstruction {
        println!("finding {} pictures again, {} evaluations", found.pictures, found.evaluations);
        let named =
            [("encoder", found.encoder), ("optimizer", Some(found.optimizer)), ("hybrid", found.hybrid)];
        for (name, error) in named {
            if let Some(error) = error {
                println!("  {name:23} {error:10.4}");
            }
        }
    }
    if let Some(edits) = &report.editing {
        println!("{} strokes on random pictures", edits.strokes);
        println!("  off the colour inside   {:10.4}   before {:.4}", edits.inside, edits.inside_before);
        println!("  changed outside         {:10.4}", edits.outside);
    }
}

fn print_knowledge(known: &Disentanglement) {
    println!("what single latents know of the factors");
    println!("  active units            {:10} of {}", known.active_units, known.variances.len());
    println!("  mutual information gap  {:10.2}", known.mutual_information_gap);
    if known.variances.len() > NAMEABLE {
        return;
    }
    println!("  factor             latent          explains  next            explains   gap");
    for f in &known.factors {
        println!(
            "  {:17}  {:14}  {:7.0}%  {:14}  {:7.0}%  {:.2}",
            f.factor,
            f.latent,
            100.0 * f.explained,
            f.second,
            100.0 * f.second_explained,
            f.gap
        );
    }
}
