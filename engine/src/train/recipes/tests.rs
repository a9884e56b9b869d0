//! What is true of every recipe of the registry.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Need, Plan, RECIPES, recipe};
use crate::data::{Inputs, PictureSet};
use crate::model::ModelSource;
use crate::train::core::setting::{Settings, Value};
use crate::train::core::state::SavedState;
use crate::train::core::trainer::{Trainer, save_weights};
use crate::train::recipes::gan::tests::pictures;
use crate::train::run::claim::{Claim, ModelFolder};
use crate::train::run::clock::Clock;
use crate::train::run::runner::{Begun, RunOptions, run};

/// Steps of a training that shall be made again: past an IAN's warm-up, a VAE's beta and the fall of the learning rate.
const STEPS: u64 = 8;

fn sorted() -> PictureSet {
    let set = pictures(12, 16);
    // Made of themselves, for those that learn from pairs.
    let inputs = (0..set.len()).flat_map(|index| set.picture(index).to_vec()).collect();
    set.with_classes(vec!["a".into(), "b".into()], (0..12).map(|index| index % 2).collect())
        .unwrap()
        .with_inputs(Inputs::of_pictures(inputs))
        .unwrap()
}

/// A plan of every recipe, small enough for a test.
fn plans(folder: &Path) -> Vec<Plan> {
    let generator = folder.join("generator.safetensors");
    let gan = small(Plan::usual(recipe("gan").unwrap())).begin(&sorted()).unwrap();
    save_weights(&*gan, &generator).unwrap();
    let of = |recipe: &'static dyn super::Recipe| match recipe.about().needs_model {
        Need::Must => small(Plan::usual(recipe)).for_model(ModelSource::Path(generator.clone())),
        Need::Never | Need::May => small(Plan::usual(recipe)),
    };
    RECIPES.iter().map(|recipe| of(*recipe)).collect()
}

fn small(plan: Plan) -> Plan {
    let known: Vec<&str> = plan.recipe.settings().iter().map(|setting| setting.key).collect();
    [("size", 16), ("latent", 4), ("width", 8), ("batch", 4)]
        .into_iter()
        .filter(|(key, _)| known.contains(key))
        .fold(plan, |plan, (key, count)| plan.with_count(key, count))
}

/// The bytes of what a training gives away and of its state.
fn bits(folder: &Path) -> [Vec<u8>; 2] {
    ["run/weights.safetensors", "run/state.safetensors"].map(|name| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut tensors = file.tensors();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        // The header of a state also has the time that it took.
        tensors.iter().flat_map(|(_, view)| view.data().to_vec()).collect()
    })
}

fn train(folder: &Path, plan: Option<&Plan>, until: u64) {
    let set = sorted();
    let claim = if plan.is_some() { Claim::New } else { Claim::Resume };
    let claimed = ModelFolder::claim(folder, claim).unwrap();
    let begun = match plan {
        Some(plan) => Begun::begin(plan, &set).unwrap(),
        None => Begun::resume(&claimed, &Settings::default()).unwrap(),
    };
    run(RunOptions::new(set, Clock::Steps(STEPS)), begun, claimed, &mut |now| {
        if now.report.step == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
}

#[test]
fn the_same_seed_and_steps_make_the_same_weights_bit_for_bit_also_with_a_pause() {
    let dir = tempfile::tempdir().unwrap();
    for plan in plans(dir.path()) {
        let key = plan.recipe.about().key;
        let at = |name: &str| dir.path().join(format!("{key}-{name}"));
        train(&at("once"), Some(&plan), 0);
        train(&at("again"), Some(&plan), 0);
        train(&at("paused"), Some(&plan), STEPS / 2);
        train(&at("paused"), None, 0);
        let once = bits(&at("once"));
        assert!(once == bits(&at("again")), "{key}: the second time");
        assert!(once == bits(&at("paused")), "{key}: with a pause in the middle");
        let other = plan.clone().with_count("seed", 77);
        train(&at("other"), Some(&other), 0);
        assert!(once != bits(&at("other")), "{key}: another seed");
    }
}

#[test]
fn every_recipe_is_found_by_its_key_and_its_usual_settings_can_be_trained() {
    for known in RECIPES {
        let about = known.about();
        assert_eq!(recipe(about.key).unwrap().about().key, about.key);
        assert!(about.purpose.ends_with('.') && !about.title.is_empty() && !about.sheet.is_empty());
        known.check(&Settings::default()).unwrap();
        let usual = known.complete(&Settings::default()).unwrap();
        for setting in known.settings() {
            // What has a value by itself is within what it may be.
            if let Some(value) = usual.get(setting.key) {
                setting.check(value).unwrap();
            }
            assert!(!setting.help.ends_with('.') && !setting.title.is_empty(), "{}", setting.key);
        }
        // Told again as they are, they change nothing.
        assert_eq!(known.complete(&usual).unwrap(), usual, "{}", about.key);
        let foreign = Settings::default().with("nose", Value::Switch(true));
        let refusal = known.check(&foreign).unwrap_err().to_string();
        assert!(refusal.contains(about.key) && refusal.contains("--nose"), "{refusal}");
    }
    assert!(recipe("diffusion").unwrap_err().to_string().contains("infogan, vae"));
}

#[test]
fn a_part_of_a_training_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    for plan in plans(dir.path()) {
        let mut trainer = plan.begin(&sorted()).unwrap();
        let mut names: Vec<&str> = trainer.parts().iter().map(|(name, _)| *name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}", plan.recipe.about().key);
    }
}

#[test]
fn settings_that_go_with_others_follow_them() {
    let gan = recipe("gan").unwrap();
    let settings =
        Settings::default().with("loss", Value::Choice("wasserstein".into())).with_count("width", 16);
    let all = gan.complete(&settings).unwrap();
    assert_eq!(all.get("regularizer"), Some(&Value::Choice("gradient-penalty".into())));
    assert_eq!(all.get("critic-steps"), Some(&Value::Count(5)));
    assert_eq!(all.get("penalty"), Some(&Value::Number(10.0)));
    assert_eq!(all.get("critic-width"), Some(&Value::Count(16)));
    let refusal = gan.check(&Settings::default().with("penalty", Value::Number(1.0))).unwrap_err();
    assert!(refusal.to_string().contains("spectral norm has no weight"), "{refusal}");
    let faster = gan.complete(&Settings::default().with("learning-rate", Value::Number(3e-4))).unwrap();
    assert_eq!(faster.get("learning-rate"), Some(&Value::Number(3e-4)));
}

#[test]
fn a_state_of_an_older_version_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.safetensors");
    let tensor = candle_core::Tensor::zeros(1, candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
    let metadata = std::collections::HashMap::from([("latent-studio.gan".to_owned(), "{}".to_owned())]);
    safetensors::serialize_to_file([("a", tensor)], Some(metadata), &path).unwrap();
    let error = SavedState::read(&path).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("older version") && error.contains("its model opens"), "{error}");
}

#[test]
fn a_number_without_room_in_float16_is_kept_in_float32() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weights.safetensors");
    let huge = Huge(plans(dir.path()).remove(0).begin(&sorted()).unwrap());
    save_weights(&huge, &path).unwrap();
    let tensors = candle_core::safetensors::load(&path, &candle_core::Device::Cpu).unwrap();
    let variance = &tensors["generator.norm4.variance"];
    assert_eq!(variance.dtype(), candle_core::DType::F32);
    assert_eq!(variance.to_vec1::<f32>().unwrap()[0], 1e6);
    assert_eq!(tensors["generator.up4.weight"].dtype(), candle_core::DType::F16);
    crate::open::open_best(&ModelSource::Path(path), None).unwrap();
}

/// A training whose model has a variance beyond float16.
struct Huge(Box<dyn Trainer>);

impl Trainer for Huge {
    fn recipe(&self) -> &'static str {
        self.0.recipe()
    }

    fn config(&self) -> crate::Result<serde_json::Value> {
        self.0.config()
    }

    fn parts(&mut self) -> crate::train::Parts<'_> {
        self.0.parts()
    }

    fn export(&self) -> crate::Result<Vec<crate::train::NamedTensor>> {
        let mut tensors = self.0.export()?;
        for named in tensors.iter_mut().filter(|named| named.name == "generator.norm4.variance") {
            named.tensor = (named.tensor.zeros_like()? + 1e6)?;
        }
        Ok(tensors)
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> crate::Result<crate::train::Report> {
        self.0.step(pictures, progress)
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn steps(&self) -> u64 {
        self.0.steps()
    }

    fn batch(&self) -> usize {
        self.0.batch()
    }

    fn sheet(&self, pictures: &PictureSet) -> crate::Result<crate::Picture> {
        self.0.sheet(pictures)
    }

    fn description(&self) -> crate::train::Description {
        self.0.description()
    }
}
