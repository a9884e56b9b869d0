//! `latent-studio evaluate`: how good a model is.

mod enlarger;
mod transfer;

use std::path::{Path, PathBuf};

use latent_engine::checkpoint::WEIGHTS_FILE;
use latent_engine::data::WorldName;
use latent_engine::data::{Framing, PictureSet};
use latent_engine::evaluate::{
    Disentanglement, Distances, Editing, FEW_IN_A_SET, FeatureNetwork, LEAST_IN_A_SET, Reconstruction,
    Report, Sets, disentanglement, distances, editing, encode, reconstruction, varying,
};
use latent_engine::model::{Ability, Model};
use latent_engine::search::Bank;
use latent_engine::train::available_memory;

use super::console::{answer, note};
use super::data::{Data, Drawn, Framed};
use super::memory::check_memory;
use super::model::{Assumed, ModelName};
use super::output::{bar, fill_bank};
use super::render::Varied;
use super::{CliError, whole};

/// Seed of the world that models are compared with; they learn from another one.
const HELD_OUT_SEED: u64 = 2;
/// More pictures in a set take long and say little more.
const MOST: usize = 50_000;
/// Most evaluations of a search.
const MOST_EVALUATIONS: usize = 1_000_000;
/// Of each picture of a set so many are in memory: the model's, two real ones, and copies of them on the way.
const COPIES: f64 = 8.0;
/// What the measures take beside the pictures.
const BESIDE: f64 = 600e6;
/// Of more latents than this nobody expects that each means one thing; only `--json` lists them then.
const NAMEABLE: usize = 32;

/// The arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelName,
    #[command(flatten)]
    assumed: Assumed,
    /// Real pictures that the model did not learn from: a folder, or one of the studio's own worlds ("landscape",
    /// "creature", "portrait"). Only for a model that has the name of a world it can be left out
    #[arg(long)]
    data: Option<PathBuf>,
    #[command(flatten)]
    varied: Varied,
    #[command(flatten)]
    framed: Framed,
    /// Pictures in each of the three sets: the model's, held-out ones, more of these for the floor
    #[arg(long, default_value_t = 2000, allow_negative_numbers = true, value_parser = whole)]
    count: usize,
    /// How many pictures the model has to find again; 0 skips that
    #[arg(long, default_value_t = 32, allow_negative_numbers = true, value_parser = whole)]
    reconstructions: usize,
    /// Evaluations that each search for a picture may spend
    #[arg(long, default_value_t = 60, allow_negative_numbers = true, value_parser = whole)]
    evaluations: usize,
    /// How many strokes are painted; 0 skips that
    #[arg(long, default_value_t = 32, allow_negative_numbers = true, value_parser = whole)]
    strokes: usize,
    /// Seed of the model's pictures
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Of an enlarger: measure instead how well changes of small pictures of a world are made in large ones with it, of so
    /// many pixels a side
    #[arg(long, value_name = "SIDE", num_args = 0..=1, default_missing_value = "256", allow_negative_numbers = true, value_parser = whole)]
    transfer: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    if !(LEAST_IN_A_SET..=MOST).contains(&arguments.count) {
        return Err(CliError::Arguments(format!("--count must be {LEAST_IN_A_SET} to {MOST}")));
    }
    if !(1..=MOST_EVALUATIONS).contains(&arguments.evaluations) {
        return Err(CliError::Arguments(format!("--evaluations must be 1 to {MOST_EVALUATIONS}")));
    }
    for (count, name) in [(arguments.reconstructions, "--reconstructions"), (arguments.strokes, "--strokes")]
    {
        if count > MOST {
            return Err(CliError::Arguments(format!("{name} must be 0 to {MOST}")));
        }
    }
    let model = arguments.assumed.open(arguments.model.get())?;
    if let Some(large) = arguments.transfer {
        return transfer::run(arguments, &model, large);
    }
    if model.info.can(Ability::Enlarge) && !model.info.can(Ability::Decode) {
        return enlarger::run(arguments, &model);
    }
    check_fits(arguments.count, model.info.square()?)?;
    let data = real_pictures(arguments, &model)?;
    let sets = Sets::new(&model, &data.pictures, arguments.count, arguments.seed)?;
    let distances = distances(&FeatureNetwork::bundled()?, &sets)?;
    let disentanglement = knowledge(&model, &data)?;
    let (reconstruction, editing) = searches(arguments, &model, &data.pictures)?;
    let name = model.info.name.clone();
    let report = Report { model: name, data: data.name, distances, disentanglement, reconstruction, editing };
    if arguments.json {
        let text = serde_json::to_string_pretty(&report);
        answer(text.map_err(|e| CliError::Arguments(format!("the report: {e}")))?)?;
    } else {
        print(&report)?;
    }
    Ok(())
}

/// Refuses sets of pictures that would not fit into the memory that is there, where that is known.
fn check_fits(count: usize, size: usize) -> Result<(), CliError> {
    let Some(available) = available_memory() else { return Ok(()) };
    let bytes = |count: usize| BESIDE + COPIES * (3 * size * size) as f64 * count as f64;
    check_memory("--count", count, 0.9 * available as f64, bytes)
}

/// Twice as many pictures as a set has: one half to compare with, one for the floor.
fn real_pictures(arguments: &Arguments, model: &Model) -> Result<Data, CliError> {
    let count = 2 * arguments.count;
    let name = &model.info.name;
    let place = match &arguments.data {
        Some(place) => place.clone(),
        None if WorldName::from_name(name).is_some() => name.into(),
        None => {
            return Err(CliError::Arguments(format!(
                "\"{name}\" can't be measured alone: name with --data a folder of real pictures that it did not learn \
                 from, or one of the studio's worlds"
            )));
        }
    };
    if place.to_str().and_then(WorldName::from_name).is_none() {
        check_folder(&place, model)?;
    }
    let Arguments { varied, framed, .. } = arguments;
    let drawn = Drawn { varied, framed, usual: Framing::default(), seed: HELD_OUT_SEED, count };
    Data::load(&place, model.info.square()?, &drawn)
}

/// Refuses what is no folder of real pictures, and says so when the model has learned from them.
fn check_folder(place: &Path, model: &Model) -> Result<(), CliError> {
    let refuse = |why: &str| Err(CliError::Arguments(format!("{} {why}", place.display())));
    if !place.exists() {
        return refuse("is neither a folder nor a world; name with --data what real pictures look like");
    }
    if place.join(WEIGHTS_FILE).is_file() {
        return refuse(
            "is a model folder: its pictures are made ones; name with --data a folder of real pictures",
        );
    }
    let command = model.info.summary.as_ref().map_or("", |summary| &summary.made_by);
    if learned_from(command).is_some_and(|learned| is_same(&learned, place)) {
        note(format_args!(
            "{} is what {} learned from: a model that only knows its pictures by heart looks good there. For a fair \
             measure keep some pictures back and name them with --data",
            place.display(),
            model.info.name
        ));
    }
    Ok(())
}

/// The folder or world that a model learned from, by the command that made it.
fn learned_from(command: &str) -> Option<PathBuf> {
    let after = command.split_once("--data").map(|(_, after)| after.trim_start_matches(['=', ' ']))?;
    let place = match after.chars().next()? {
        quote @ ('\'' | '"') => after[1..].split(quote).next()?,
        // A command that was written down without quotes: names with spaces end at the next option.
        _ => after.split(" --").next()?.trim_end(),
    };
    Some(place.into())
}

/// True when one folder is the other or lies in it.
fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a.starts_with(&b) || b.starts_with(&a),
        _ => a == b,
    }
}

/// What single latents know of the factors, where there is an encoder and the factors are known.
fn knowledge(model: &Model, data: &Data) -> Result<Option<Disentanglement>, CliError> {
    let factors = varying(&data.factors);
    if !model.info.can(Ability::Encode) || factors.is_empty() {
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

fn print(report: &Report) -> Result<(), CliError> {
    let distances = &report.distances;
    answer(format_args!(
        "{} against {}, {} pictures in a set",
        report.model, report.data, distances.pictures
    ))?;
    answer(format_args!("  {}", in_short(distances)))?;
    answer("                               model      floor")?;
    let frechet = &distances.frechet;
    answer(format_args!("  Fréchet distance        {:10.3} {:10.3}", frechet.model, frechet.floor))?;
    let wasserstein = &distances.sliced_wasserstein;
    for (scale, (model, floor)) in wasserstein.model.iter().zip(&wasserstein.floor).enumerate() {
        answer(format_args!("  sliced Wasserstein /{:<3} {model:10.1} {floor:10.1}", 1 << scale))?;
    }
    let [model, floor] = [&distances.precision_recall.model, &distances.precision_recall.floor];
    answer(format_args!("  precision               {:10.2} {:10.2}", model.precision, floor.precision))?;
    answer(format_args!("  recall                  {:10.2} {:10.2}", model.recall, floor.recall))?;
    if let Some(known) = &report.disentanglement {
        print_knowledge(known)?;
    }
    if let Some(found) = &report.reconstruction {
        answer(format_args!("finding {} pictures again, {} evaluations", found.pictures, found.evaluations))?;
        let named =
            [("encoder", found.encoder), ("optimizer", Some(found.optimizer)), ("hybrid", found.hybrid)];
        for (name, error) in named {
            if let Some(error) = error {
                answer(format_args!("  {name:23} {error:10.4}"))?;
            }
        }
    }
    if let Some(edits) = &report.editing {
        answer(format_args!("{} strokes on random pictures", edits.strokes))?;
        answer(format_args!(
            "  off the colour inside   {:10.4}   before {:.4}",
            edits.inside, edits.inside_before
        ))?;
        answer(format_args!("  changed outside         {:10.4}", edits.outside))?;
        let held = &edits.held;
        answer(format_args!("  the same over a picture that is held, in levels of 255"))?;
        answer(format_args!(
            "  off the colour inside   {:10.1}   before {:.1}",
            held.off_colour, held.off_colour_before
        ))?;
        answer(format_args!("  changed outside         {:10.1}", held.outside))?;
        let [inside, between, outside] = held.steps;
        answer(format_args!(
            "  steps of lightness      {inside:10.1}   between {between:.1}   outside {outside:.1}"
        ))?;
    }
    Ok(())
}

/// The two figures that belong together: a model of a single good picture is near and recalls nothing.
fn in_short(distances: &Distances) -> String {
    let [model, floor] = [&distances.precision_recall.model, &distances.precision_recall.floor];
    let floors = match distances.frechet_floors {
        Some(floors) => format!("{floors:.1} floors away"),
        None => "no floor: the real pictures are all alike".into(),
    };
    let few = if distances.pictures < FEW_IN_A_SET { "; few, so take it as a hint" } else { "" };
    format!(
        "{floors}, recall {:.2} of {:.2}, by {} pictures{few}",
        model.recall, floor.recall, distances.pictures
    )
}

fn print_knowledge(known: &Disentanglement) -> Result<(), CliError> {
    answer("what single latents know of the factors")?;
    answer(format_args!("  active units            {:10} of {}", known.active_units, known.variances.len()))?;
    answer(format_args!("  mutual information gap  {:10.2}", known.mutual_information_gap))?;
    if known.variances.len() > NAMEABLE {
        return Ok(());
    }
    answer("  factor             latent          explains  next            explains   gap")?;
    for f in &known.factors {
        answer(format_args!(
            "  {:17}  {:14}  {:7.0}%  {:14}  {:7.0}%  {:.2}",
            f.factor,
            f.latent,
            100.0 * f.explained,
            f.second,
            100.0 * f.second_explained,
            f.gap
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_tells_what_a_model_learned_from() {
        let of = |command: &str| learned_from(command).map(|place| place.display().to_string());
        let cases = [
            ("latent-studio train --data landscape --out x", Some("landscape")),
            ("latent-studio train --out x --data 'my cats' --seed 1", Some("my cats")),
            ("latent-studio train --data my cats --minutes 3", Some("my cats")),
            ("latent-studio train --data=/pictures/cats", Some("/pictures/cats")),
            ("latent-studio train --data", None),
            ("converted", None),
        ];
        for (command, place) in cases {
            assert_eq!(of(command).as_deref(), place, "{command}");
        }
    }

    #[test]
    fn a_folder_in_what_was_learned_from_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("cats");
        std::fs::create_dir(&below).unwrap();
        assert!(is_same(folder.path(), &below) && is_same(&below, folder.path()));
        assert!(
            is_same(&below.join("../cats"), &below) && !is_same(&below, &std::env::temp_dir().join("dogs"))
        );
    }
}
