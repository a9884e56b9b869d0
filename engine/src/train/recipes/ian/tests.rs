//! The trainer of introspective adversarial networks on networks small enough for a test.

use super::super::state::ITERATIONS;
use super::*;
use crate::model::{ModelSource, open_best};
use crate::train::recipes::gan::tests::pictures;
use crate::train::{Gan, Keep, Recipe, save_weights};
use crate::{Error, ValueRange};

fn tiny() -> IanConfig {
    let adam = AdamConfig { learning_rate: 2e-3, ..IanConfig::default().critic };
    IanConfig {
        size: 16,
        latent: 6,
        width: 8,
        critic_width: 8,
        batch: 8,
        generator: adam,
        critic: adam,
        ema: 0.9,
        flip: false,
        seed: 3,
        ..IanConfig::default()
    }
}

fn values(vars: &[candle_core::Var]) -> Vec<Vec<f32>> {
    vars.iter().map(|v| v.flatten_all().unwrap().to_vec1().unwrap()).collect()
}

#[test]
fn eight_pictures_are_learned_by_heart() {
    let set = pictures(8, 16);
    let mut ian = Ian::new(tiny()).unwrap();
    let shown = set.batch(&mut Rng::new(1), 16, false).unwrap().permute((0, 3, 1, 2)).unwrap();
    let shown = shown.contiguous().unwrap();
    let shown_pictures = Picture::from_tensor(&shown, ValueRange::SignedUnit).unwrap();
    // As a user meets it: the exported model's encoder and generator.
    let distance = |ian: &Ian| {
        let model = ian.model().unwrap();
        let latents = model.encoder().unwrap().encode(&shown).unwrap();
        let made =
            Picture::from_tensor(&model.decoder().unwrap().decode(&latents).unwrap(), model.range).unwrap();
        let all = made.iter().zip(&shown_pictures).flat_map(|(a, b)| a.rgb().iter().zip(b.rgb()));
        all.map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / (16 * 16 * 16 * 3) as f32
    };
    let before = distance(&ian);
    for step in 0..500 {
        ian.step(&set, step as f32 / 500.0).unwrap();
    }
    let after = distance(&ian);
    assert!(after < 0.2 * before && after < 15.0, "{before} {after}");
}

#[test]
fn every_variable_is_trained() {
    let set = pictures(8, 16);
    let mut ian = Ian::new(tiny()).unwrap();
    let before = [values(&ian.generator.vars), values(&ian.critic.vars)];
    for _ in 0..60 {
        ian.step(&set, 0.65).unwrap();
    }
    let after = [values(&ian.generator.vars), values(&ian.critic.vars)];
    for (network, (before, after)) in before.iter().zip(&after).enumerate() {
        for (index, (before, after)) in before.iter().zip(after).enumerate() {
            assert_ne!(before, after, "network {network}, variable {index}");
        }
    }
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = pictures(20, 16);
    let mut straight = Ian::new(tiny()).unwrap();
    for _ in 0..10 {
        straight.step(&set, 0.1).unwrap();
    }
    straight.save(&path, "a note").unwrap();
    let (mut resumed, note) = Ian::load(&path).unwrap();
    assert_eq!(note, "a note");
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());
    for _ in 0..4 {
        assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
    }
    assert_eq!(values(&straight.generator.vars), values(&resumed.generator.vars));
    assert_eq!(values(&straight.critic.vars), values(&resumed.critic.vars));
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());

    let error = Gan::load(&path).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("recipe ian, not gan"), "{error}");
    let gan = Gan::new(crate::train::GanConfig { size: 16, ..Default::default() }).unwrap();
    gan.save(&path, "").unwrap();
    let error = Recipe::Ian(tiny()).resume(&path).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("recipe gan, not ian"), "{error}");
}

#[test]
fn the_exported_file_opens_with_its_encoder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let set = pictures(8, 16);
    let mut ian = Ian::new(tiny()).unwrap();
    for step in 0..30 {
        ian.step(&set, step as f32 / 30.0).unwrap();
    }
    save_weights(&ian, &path).unwrap();
    let opened = open_best(&ModelSource::Path(path), None).unwrap();
    assert_eq!(opened.info.summary.as_ref().unwrap().family_key, "dcgan_encoder");
    // The trainer's own encoder, with the spectral norms that it would use now, on averaged weights.
    let shown = set.batch(&mut Rng::new(1), 4, false).unwrap();
    let mut vectors = ian.vectors.clone();
    for (weights, vectors) in ian.critic_average.iter().step_by(2).zip(&mut vectors) {
        (0..ITERATIONS).for_each(|_| vectors.iterate(weights).unwrap());
    }
    let critic = normalized(&ian.critic_average, &vectors).unwrap();
    let (mean, _) = Critic::of(&critic).encode(&shown).unwrap();
    let shown = shown.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    let found = opened.encoder().unwrap().encode(&shown).unwrap();
    let error = (&mean - &found).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    let size = mean.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    assert!(error < 0.01 * size.max(0.1), "{error} {size}");
}

#[test]
fn wrong_settings_and_pictures_are_refused() {
    for config in [
        IanConfig { size: 48, ..tiny() },
        IanConfig { latent: 0, ..tiny() },
        IanConfig { pixels: -1.0, ..tiny() },
        IanConfig { divergence: f32::NAN, ..tiny() },
        IanConfig { clip: 0.0, ..tiny() },
        IanConfig { warm_up: 1.0, ..tiny() },
        IanConfig { ema: 1.0, ..tiny() },
    ] {
        assert!(matches!(Ian::new(config), Err(Error::Invalid(_))));
    }
    let mut ian = Ian::new(tiny()).unwrap();
    assert!(matches!(ian.step(&pictures(2, 8), 0.0), Err(Error::Invalid(_))));
}

#[test]
fn a_number_that_is_none_changes_nothing() {
    let set = pictures(8, 16);
    let mut ian = Ian::new(tiny()).unwrap();
    let var = &ian.generator.vars[0];
    var.set(&(var.as_tensor() * f64::NAN).unwrap()).unwrap();
    let before = values(&ian.critic.vars);
    assert!(matches!(ian.step(&set, 0.0), Err(Error::NonFinite { .. })));
    assert_eq!(values(&ian.critic.vars), before);
}
