//! The trainer of encoders, for a generator small enough for a test.

use std::path::Path;

use super::*;
use crate::model::Ability;
use crate::open::open_best;
use crate::train::AdamConfig;
use crate::train::recipes::gan::tests::pictures;
use crate::train::{Gan, GanConfig, save, save_weights};

/// A generator of discs in a file.
fn generator(folder: &Path) -> ModelSource {
    let path = folder.join("generator.safetensors");
    let config = GanConfig {
        size: 16,
        latent: 4,
        width: 8,
        critic_width: 8,
        batch: 8,
        seed: 3,
        ..GanConfig::default()
    };
    let mut gan = Gan::new(config).unwrap();
    for _ in 0..60 {
        gan.step(&pictures(8, 16), 0.0).unwrap();
    }
    save_weights(&gan, &path).unwrap();
    ModelSource::Path(path)
}

fn tiny() -> EncoderConfig {
    let adam = AdamConfig { learning_rate: 2e-3, ..EncoderConfig::default().adam };
    EncoderConfig { width: 8, batch: 16, adam, ema: 0.9, seed: 3, ..EncoderConfig::default() }
}

#[test]
fn latents_of_made_pictures_are_learned_and_the_generator_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let source = generator(folder.path());
    let set = pictures(8, 16);
    let mut training = EncoderTraining::new(tiny(), &source).unwrap();
    let value = |report: &Report| report.values[0].1;
    let first = value(&training.step(&set, 0.0).unwrap());
    let mut last = first;
    for step in 0..400 {
        last = value(&training.step(&set, step as f32 / 400.0).unwrap());
    }
    assert!(last < 0.4 * first, "{first} {last}");

    let path = folder.path().join("both.safetensors");
    save_weights(&training, &path).unwrap();
    let bytes = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let tensor = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
            (name, (view.shape().to_vec(), view.data().to_vec()))
        };
        file.tensors().into_iter().map(tensor).collect::<std::collections::BTreeMap<_, _>>()
    };
    let ModelSource::Path(before) = &source else { panic!() };
    let (before, after) = (bytes(before), bytes(&path));
    assert!(before.iter().all(|(name, tensor)| after[name] == *tensor));
    let model = open_best(&ModelSource::Path(path.clone()), None).unwrap();
    assert!(model.info.can(Ability::Encode));
    // It can be trained anew: the old encoder is left behind.
    let again = EncoderTraining::new(tiny(), &ModelSource::Path(path)).unwrap();
    assert_eq!(again.part.weights.iter().count(), before.len());
}

#[test]
fn a_stylegan2_gets_one_and_makes_the_same_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints/stylegan2");
    let source = ModelSource::Path(data.join("rosinality_64px.converted.pt"));
    let mut training = EncoderTraining::new(EncoderConfig { batch: 2, ..tiny() }, &source).unwrap();
    training.step(&pictures(4, 64), 0.0).unwrap();
    let path = folder.path().join("both.safetensors");
    save_weights(&training, &path).unwrap();
    let (before, after) =
        (open_best(&source, None).unwrap(), open_best(&ModelSource::Path(path), None).unwrap());
    assert!(!before.info.can(Ability::Encode) && after.info.can(Ability::Encode));
    let latents = [before.info.latents.draw(&mut Rng::new(4))];
    let [before, after] = [before, after].map(|model| model.pictures(&latents).unwrap().remove(0));
    // The file's numbers are float32, those that are given away float16.
    assert!(before.peak_ratio(&after) > 40.0, "{}", before.peak_ratio(&after));
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let source = generator(folder.path());
    let set = pictures(20, 16);
    let mut straight = EncoderTraining::new(tiny(), &source).unwrap();
    for _ in 0..4 {
        straight.step(&set, 0.1).unwrap();
    }
    save(&mut straight, &path, "a note").unwrap();
    let (mut resumed, note) = EncoderTraining::load(&path).unwrap();
    assert_eq!(note, "a note");
    for _ in 0..4 {
        assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
    }
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());
    let error = Gan::load(&path).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("recipe encoder, not gan"), "{error}");
}

#[test]
fn wrong_settings_pictures_and_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = generator(folder.path());
    for config in [
        EncoderConfig { width: 0, ..tiny() },
        EncoderConfig { pixels: f32::NAN, ..tiny() },
        EncoderConfig { ema: 1.0, ..tiny() },
    ] {
        assert!(matches!(EncoderTraining::new(config, &source), Err(Error::Invalid(_))));
    }
    let mut training = EncoderTraining::new(tiny(), &source).unwrap();
    assert!(matches!(training.step(&pictures(2, 8), 0.0), Err(Error::Invalid(_))));
    // Any generator of square pictures in colour can get one.
    let vae = crate::train::Vae::new(crate::train::VaeConfig { size: 16, ..Default::default() }).unwrap();
    let path = folder.path().join("vae.safetensors");
    save_weights(&vae, &path).unwrap();
    let mut training = EncoderTraining::new(tiny(), &ModelSource::Path(path)).unwrap();
    training.step(&pictures(8, 16), 0.0).unwrap();
}
