//! The trainer of introspective adversarial networks on networks small enough for a test.

use super::*;
use crate::model::ModelSource;
use crate::open::open_best;
use crate::train::core::adam::AdamConfig;
use crate::train::recipes::gan::tests::pictures;
use crate::train::{Gan, save, save_weights};
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

fn values(vars: &[Var]) -> Vec<Vec<f32>> {
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

/// The largest gradient of each variable of the generator and of the other network, by parts: the layers that are shared,
/// the end that judges, the end that makes latents. In the warm-up nothing is judged.
fn reached(config: &IanConfig, warm: bool) -> [Vec<f32>; 4] {
    let mut ian = Ian::new(IanConfig { warm_up: 0.5, ..config.clone() }).unwrap();
    // So that generated pictures alone are beyond the hinge, and the bias before the logit has a gradient.
    let bias = ian.critic.variables.get("verdict.bias").unwrap();
    bias.set(&(bias.ones_like().unwrap() * 5.0).unwrap()).unwrap();
    ian.vectors.iterate(&ian.critic.frozen()).unwrap();
    let losses = ian.losses(&pictures(8, 16), if warm { 0.0 } else { 0.6 }).unwrap();
    let [of_generator, of_critic] = ian.gradients(&losses).unwrap();
    let largest = |network: &Network, gradients: &GradStore, part: &dyn Fn(&str) -> bool| -> Vec<f32> {
        let one = |(_, var): (&String, &Var)| {
            let gradient = gradients.get(var);
            gradient.map_or(0.0, |g| g.abs().unwrap().max_all().unwrap().to_scalar().unwrap())
        };
        network.names().iter().zip(network.vars()).filter(|(name, _)| part(name)).map(one).collect()
    };
    assert!(largest(&ian.critic, &of_generator, &|_| true).iter().all(|g| *g == 0.0));
    assert!(largest(&ian.generator, &of_critic, &|_| true).iter().all(|g| *g == 0.0));
    let of_part = |part: &str| largest(&ian.critic, &of_critic, &|name| name.starts_with(part));
    let generator = largest(&ian.generator, &of_generator, &|_| true);
    [generator, of_part("down"), of_part(VERDICT), of_part(LATENTS)]
}

#[test]
fn each_loss_reaches_the_networks_that_it_is_for_and_no_other() {
    let none = IanConfig { pixels: 0.0, features: 0.0, divergence: 0.0, judging: 0.0, ..tiny() };
    // The generator's own loss of the verdict always counts once there is a verdict.
    let cases: [(&str, IanConfig, bool, [bool; 4]); 5] = [
        ("pixels", IanConfig { pixels: 1.0, ..none.clone() }, true, [true, true, false, true]),
        ("divergence", IanConfig { divergence: 1.0, ..none.clone() }, true, [false, true, false, true]),
        ("the generator's", none.clone(), false, [true, false, false, false]),
        ("the discriminator's", IanConfig { judging: 1.0, ..none.clone() }, false, [true, true, true, false]),
        ("features", IanConfig { features: 1.0, ..none }, false, [true, true, false, true]),
    ];
    for (name, config, warm, expected) in cases {
        for (part, (gradients, reached)) in reached(&config, warm).iter().zip(expected).enumerate() {
            assert!(gradients.iter().all(|g| (*g != 0.0) == reached), "{name}, part {part}: {gradients:?}");
        }
    }
}

#[test]
fn every_variable_learns() {
    for gradients in reached(&tiny(), false) {
        assert!(gradients.iter().all(|g| *g > 0.0), "{gradients:?}");
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
    save(&mut straight, &path, "a note").unwrap();
    let (mut resumed, note) = Ian::load(&path).unwrap();
    assert_eq!(note, "a note");
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());
    for _ in 0..4 {
        assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
    }
    assert_eq!(values(straight.generator.vars()), values(resumed.generator.vars()));
    assert_eq!(values(straight.critic.vars()), values(resumed.critic.vars()));
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());

    let error = Gan::load(&path).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("recipe ian, not gan"), "{error}");
    let mut gan = Gan::new(crate::train::GanConfig { size: 16, ..Default::default() }).unwrap();
    save(&mut gan, &path, "").unwrap();
    let error = Ian::load(&path).map(|_| ()).unwrap_err();
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
    assert_eq!(opened.info.summary.as_ref().unwrap().family_key, "ian");
    // The trainer's own encoder, with the spectral norms that it would use now, on averaged weights.
    let shown = set.batch(&mut Rng::new(1), 4, false).unwrap();
    let (mean, _) = ian.averaged_critic().unwrap().encode(&shown).unwrap();
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
    let var = &ian.generator.vars()[0];
    var.set(&(var.as_tensor() * f64::NAN).unwrap()).unwrap();
    let before = values(ian.critic.vars());
    assert!(matches!(ian.step(&set, 0.0), Err(Error::NonFinite { .. })));
    assert_eq!(values(ian.critic.vars()), before);
}
