//! How good an enlarger is.

use latent_engine::data::Framing;
use latent_engine::evaluate::{Enlargement, FeatureNetwork, enlargements};
use latent_engine::model::Model;
use serde::Serialize;

use super::{Arguments, HELD_OUT_SEED, check_folder};
use crate::cli::CliError;
use crate::cli::console::{answer, to_json};
use crate::cli::data::{Data, Drawn};

/// Side of the pictures that are made small and large again.
const SIDE: usize = 256;
/// Most of them: more take long and say the same.
const MOST: usize = 64;

/// What `--json` says.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    data: &'a str,
    pictures: usize,
    ways: &'a [Enlargement],
}

/// Measures an enlarger by pictures that it has to make large again.
pub(super) fn run(arguments: &Arguments, model: &Model) -> Result<(), CliError> {
    let Some(place) = &arguments.data else {
        return Err(CliError::Arguments(
            "an enlarger can't be measured alone: name with --data a folder of pictures that it did not learn from, or \
             one of the studio's worlds"
                .into(),
        ));
    };
    if latent_engine::data::WorldName::from_name(&place.to_string_lossy()).is_none() {
        check_folder(place, model)?;
    }
    let Arguments { varied, framed, .. } = arguments;
    let count = arguments.count.min(MOST);
    let drawn = Drawn { varied, framed, usual: Framing::Tiles, seed: HELD_OUT_SEED, count };
    let data = Data::load(place, SIDE, &drawn)?;
    let all = data.pictures.len();
    // Evenly from all of them.
    let shown = all.min(MOST);
    let originals: Vec<_> =
        (0..shown).map(|i| data.pictures.to_picture(i * all / shown)).collect::<Result<_, _>>()?;
    let ways = enlargements(&FeatureNetwork::bundled()?, model, &originals)?;
    let name = &model.info.name;
    if arguments.json {
        return answer(to_json(&Report { model: name, data: &data.name, pictures: shown, ways: &ways })?);
    }
    answer(format_args!(
        "{name}: {shown} parts of {SIDE} x {SIDE} pixels from {}, made {} times smaller and larger again",
        data.name,
        model.enlarger()?.factor()
    ))?;
    answer("                      PSNR      SSIM    patches")?;
    for Enlargement { way, peak_ratio, similarity, patch_distance } in &ways {
        answer(format_args!("  {:14} {peak_ratio:9.2} {similarity:9.4} {patch_distance:10.3}", way.label()))?;
    }
    Ok(())
}
