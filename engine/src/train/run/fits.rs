//! Whether a training fits into the memory that is there, and what would.

use crate::train::core::memory::Bytes;
use crate::train::core::setting::{Kind, Setting, Value};
use crate::train::recipes::Plan;
use crate::{Error, Result};

/// Of the memory that can be had, so much is left to everything else.
const LEFT: u64 = 10;

/// Refuses a training that does not fit into so many bytes, where that is known, with what would fit; `pictures` are as
/// many as there are to be of the plan's size.
///
/// # Errors
/// [`Error::Invalid`] for such a training, and what [`Plan::memory`] returns.
pub fn check_memory(plan: &Plan, pictures: u64, available: Option<u64>) -> Result<()> {
    let Some(available) = available else { return Ok(()) };
    let budget = available - available / LEFT;
    let needed = bytes(plan, pictures)?;
    if needed <= budget {
        return Ok(());
    }
    let remedy = match smaller(plan, pictures, budget) {
        Some(remedy) => format!("{remedy} would fit"),
        None => "nothing that this recipe can be set to would fit".into(),
    };
    Err(Error::Invalid(format!(
        "this training takes about {} of memory, and {} can be had: {remedy}",
        Bytes(needed),
        Bytes(available)
    )))
}

fn bytes(plan: &Plan, pictures: u64) -> Result<u64> {
    let side = plan.size()? as u64;
    Ok(plan.memory()?.bytes(pictures.saturating_mul(3 * side * side)))
}

/// The least change that makes a plan fit: one setting alone, fewer pictures alone, or all settings as the usual ones.
fn smaller(plan: &Plan, pictures: u64, budget: u64) -> Option<String> {
    let fits = |plan: &Plan, pictures| bytes(plan, pictures).is_ok_and(|bytes| bytes <= budget);
    for key in [Setting::BATCH.key, Setting::WIDTH.key] {
        if let Some(plan) = halved(plan, key).find(|plan| fits(plan, pictures)) {
            return Some(shown(&plan, &[key]));
        }
    }
    let mut fewer = pictures;
    while fewer > 2000 {
        fewer = fewer * 3 / 4;
        if fits(plan, fewer) {
            // A number that one would choose.
            let tidy = fewer / 1000 * 1000;
            return Some(format!("{tidy} pictures"));
        }
    }
    if let Some(plan) = halved(plan, Setting::SIZE.key).find(|plan| fits(plan, pictures)) {
        return Some(shown(&plan, &[Setting::SIZE.key]));
    }
    let usual = Plan { settings: Default::default(), ..plan.clone() };
    fits(&usual, pictures)
        .then(|| shown(&usual, &[Setting::SIZE.key, Setting::WIDTH.key, Setting::BATCH.key]))
}

/// A plan with a setting at half of what it is, a quarter, and so on.
fn halved<'a>(plan: &'a Plan, key: &'a str) -> impl Iterator<Item = Plan> + 'a {
    let setting = plan.recipe.settings().into_iter().find(|setting| setting.key == key);
    let value = plan.recipe.complete(&plan.settings).ok().and_then(|all| all.count(key)).unwrap_or(0);
    let least = match setting.map(|setting| setting.kind) {
        Some(Kind::Side { least }) => least,
        Some(Kind::Count { least, .. }) => usize::try_from(least).unwrap_or(1),
        _ => usize::MAX,
    };
    std::iter::successors(Some(value / 2), |value| Some(value / 2))
        .take_while(move |value| *value >= least.max(1))
        .map(move |value| plan.clone().with_count(key, value))
}

fn shown(plan: &Plan, keys: &[&str]) -> String {
    let all = plan.recipe.complete(&plan.settings).unwrap_or_default();
    let known =
        keys.iter().filter_map(|key| Some(format!("--{key} {}", all.get(key).map(Value::to_string)?)));
    known.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipes::{Need, RECIPES, recipe};

    const LAPTOP: Option<u64> = Some(6_000_000_000);

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        // Of networks whose width has no end.
        let gan = Plan::usual(recipe("gan").unwrap()).with("architecture", Value::Choice("dcgan".into()));
        check_memory(&gan, 20_000, LAPTOP).unwrap();
        let refusal = |plan: &Plan, pictures| check_memory(plan, pictures, LAPTOP).unwrap_err().to_string();
        let large = gan.clone().with_count("size", 256);
        for (plan, pictures, words) in [
            (large.clone().with_count("width", 1024), 1000, "--width "),
            (gan.clone().with_count("batch", 4096), 20_000, "--batch 2048 would fit"),
            (large, 40_000, "000 pictures would fit"),
        ] {
            let said = refusal(&plan, pictures);
            assert!(said.contains(words) && said.contains("6.0 GB can be had"), "{said}");
        }
        // What is said to fit does.
        let said = refusal(&gan.clone().with_count("batch", 4096), 20_000);
        let batch: usize = said.split("--batch ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        check_memory(&gan.clone().with_count("batch", batch), 20_000, LAPTOP).unwrap();
        assert!(check_memory(&gan.with_count("batch", 4096), 20_000, None).is_ok(), "nobody knows");
    }

    #[test]
    fn every_recipe_of_pictures_is_counted_and_grows_with_its_settings() {
        for recipe in RECIPES.iter().filter(|recipe| recipe.about().needs_model != Need::Must) {
            let usual = Plan::usual(*recipe);
            let at = |plan: &Plan| plan.memory().unwrap().bytes(0);
            assert!((220_000_000..3_000_000_000).contains(&at(&usual)), "{recipe:?} {}", at(&usual));
            let has = |key: &str| recipe.settings().iter().any(|setting| setting.key == key);
            // What is cut out of pictures counts, where that is so, not they.
            let side = if has("patch") { "patch" } else { "size" };
            for (key, value) in [("batch", 4000), ("width", 500), (side, 256)] {
                assert!(at(&usual.clone().with_count(key, value)) > 2 * at(&usual), "{recipe:?} {key}");
            }
            // As many weights as there are.
            let small = [("size", 16), ("width", 8), ("latent", 4)].into_iter().filter(|(key, _)| has(key));
            let small = small.fold(usual, |plan, (key, count)| plan.with_count(key, count));
            let memory = small.memory().unwrap();
            let mut trainer = match recipe.about().needs_classes {
                true => continue,
                false => {
                    let set = crate::train::recipes::gan::tests::pictures(2, 16);
                    let inputs = (0..set.len()).flat_map(|index| set.picture(index).to_vec()).collect();
                    let set = set.with_inputs(crate::data::Inputs::of_pictures(inputs)).unwrap();
                    small.begin(&set).unwrap()
                }
            };
            let learned: usize = trainer
                .parts()
                .iter()
                .map(|(_, part)| match part {
                    crate::train::Part::Network(network) => {
                        network.vars().iter().map(|v| v.elem_count()).sum()
                    }
                    _ => 0,
                })
                .sum();
            assert!(memory.learned >= learned as u64 && memory.learned < 2 * learned as u64, "{recipe:?}");
        }
    }
}
