//! How well an enlarger helps to make changes of small pictures in large ones.

use std::ops::ControlFlow;

use latent_engine::Picture;
use latent_engine::data::WorldName;
use latent_engine::enlarge::{Way, enlarge};
use latent_engine::evaluate::{Kind, Transferred, changes, transferred};
use latent_engine::model::{Ability, Model};
use serde::Serialize;

use super::{Arguments, HELD_OUT_SEED};
use crate::cli::CliError;
use crate::cli::console::{answer, to_json};
use crate::cli::output::bar;

/// Side of the small pictures: that of the bundled models' pictures.
const SMALL: usize = 64;
/// Largest side that every world draws.
const LARGEST: usize = 512;
/// Most pairs of each change: more take long and say the same.
const MOST: usize = 16;

/// What `--json` says.
#[derive(Serialize)]
struct Report<'a> {
    enlarger: &'a str,
    world: &'a str,
    small: usize,
    large: usize,
    pairs: usize,
    changes: &'a [Transferred],
}

/// Measures changes of a world's pictures that are transferred with an enlarger.
pub(super) fn run(arguments: &Arguments, model: &Model, large: usize) -> Result<(), CliError> {
    if !model.info.can(Ability::Enlarge) {
        return Err(CliError::Arguments(format!(
            "--transfer: {} is no enlarger; take one, as in evaluate portrait-enlarger --data portrait --transfer",
            model.info.name
        )));
    }
    if !(SMALL..=LARGEST).contains(&large) {
        return Err(CliError::Arguments(format!("--transfer must be {SMALL} to {LARGEST}")));
    }
    let place = arguments.data.as_ref().map(|place| place.to_string_lossy().into_owned());
    let world = place.as_deref().and_then(WorldName::from_name);
    let Some(world) = world.filter(|world| changes(*world).next().is_some()) else {
        return Err(CliError::Arguments(
            "--transfer: name with --data the portrait or the landscape world, whose changes are known at every size".into(),
        ));
    };
    let pairs = arguments.count.min(MOST);
    let mut larger =
        |picture: &Picture| enlarge(model, picture, Way::Sharp, &mut |_, _| ControlFlow::Continue(()));
    let progress = bar(changes(world).count(), "changes");
    let mut told = Vec::new();
    for change in changes(world) {
        told.push(transferred(change, HELD_OUT_SEED, pairs, [SMALL, large], &mut larger)?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let (enlarger, world) = (&model.info.name, world.name());
    if arguments.json {
        return answer(to_json(&Report { enlarger, world, small: SMALL, large, pairs, changes: &told })?);
    }
    answer(format_args!(
        "{enlarger}: changes of {SMALL} x {SMALL} pixels made in {large} x {large}, {pairs} pairs each of the {world} world, \
         seed {HELD_OUT_SEED}"
    ))?;
    answer("  change              before     added      ours     ratio     sharpness (added)")?;
    for t in &told {
        let kind = match t.kind {
            Kind::Colour => "colour",
            Kind::Shape => "shape",
        };
        answer(format_args!(
            "  {:10} {kind:7} {:8.3} {:9.3} {:9.3} {:9.2} {:9.2} ({:.2})",
            t.change, t.change_levels, t.added_levels, t.levels, t.ratio, t.sharpness, t.added_sharpness
        ))?;
    }
    Ok(())
}
