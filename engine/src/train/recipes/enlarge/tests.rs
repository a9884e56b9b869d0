//! The trainer of enlargers, small enough for a test.

use super::*;
use crate::model::Ability;
use crate::model::ModelSource;
use crate::open::open_best;
use crate::train::core::adam::AdamConfig;
use crate::train::core::setting::Settings;
use crate::train::core::state::{SavedState, save};
use crate::train::core::trainer::save_weights;
use crate::train::recipes::enlarge::recipe::ENLARGE;
use crate::train::recipes::recipe::load;

fn tiny() -> EnlargeConfig {
    EnlargeConfig {
        size: 32,
        factor: 2,
        width: 8,
        blocks: 2,
        critic_width: 8,
        patch: 32,
        batch: 4,
        adversarial: 0.5,
        ema: 0.9,
        seed: 5,
        ..EnlargeConfig::default()
    }
}

/// Discs with sharp edges on plain grounds.
fn discs() -> PictureSet {
    let mut rng = Rng::new(7);
    let pictures = (0..24).map(|_| {
        let colour = |rng: &mut Rng| [(); 3].map(|()| rng.below(256) as u8);
        let (ground, disc) = (colour(&mut rng), colour(&mut rng));
        let [x, y, r] = [rng.uniform(8.0, 24.0), rng.uniform(8.0, 24.0), rng.uniform(4.0, 10.0)];
        let pixel = move |i: usize| {
            let (dx, dy) = ((i % 32) as f32 - x, (i / 32) as f32 - y);
            if dx * dx + dy * dy < r * r { disc } else { ground }
        };
        (0..32 * 32).flat_map(pixel).collect()
    });
    PictureSet::from_rgb(32, pictures).unwrap()
}

#[test]
fn edges_become_sharper_than_a_filter_makes_them() {
    let set = discs();
    let adam = AdamConfig { learning_rate: 3e-3, ..EnlargeConfig::default().adam };
    let config = EnlargeConfig { adversarial: 0.0, damage: 0.0, batch: 8, adam, ..tiny() };
    let mut training = EnlargeTraining::new(config).unwrap();
    for step in 0..400 {
        training.step(&set, step as f32 / 400.0).unwrap();
    }
    let measured = training.measure(&set, 1.0).unwrap();
    let of = |name: &str| measured.iter().find(|(n, _)| *n == name).unwrap().1;
    assert!(of("held_out_decibels") > of("held_out_bicubic") + 0.5, "{measured:?}");
}

#[test]
fn both_networks_are_given_away_and_open_as_one_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let set = discs();
    let mut training = EnlargeTraining::new(tiny()).unwrap();
    for progress in [0.0, 0.2, 0.6, 0.8, 0.9] {
        training.step(&set, progress).unwrap();
    }
    save_weights(&training, &path).unwrap();
    let model = open_best(&ModelSource::Path(path), None).unwrap();
    let enlarger = model.enlarger().unwrap();
    assert_eq!(enlarger.factor(), 2);
    assert!(model.decoder().is_err() && model.info.why_not(Ability::Decode).unwrap().contains("enlarger"));
    // As the training makes it, but for float16.
    let Pairs { small, .. } = training.fixed(1, 3, &set).unwrap();
    let nchw = small.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    for (average, large) in [
        (&training.average, enlarger.enlarge(&nchw).unwrap()),
        (&training.faithful, enlarger.faithful().unwrap().enlarge(&nchw).unwrap()),
    ] {
        let expected = training.enlarge(&training.enlarger.averaged(average), &small).unwrap();
        let difference = (large - expected.permute((0, 3, 1, 2)).unwrap()).unwrap().abs().unwrap();
        let most: f32 = difference.max_all().unwrap().to_scalar().unwrap();
        assert!(most < 5e-3, "{most}");
    }
    let sheet = training.sheet(&set).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (5 * 32, SHOWN * 32));
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = discs();
    let mut straight = EnlargeTraining::new(tiny()).unwrap();
    for progress in [0.1, 0.4, 0.6] {
        straight.step(&set, progress).unwrap();
    }
    save(&mut straight, &path, "a note").unwrap();
    let mut resumed = load(&ENLARGE, SavedState::read(&path).unwrap(), &Settings::default()).unwrap();
    for progress in [0.7, 0.8] {
        assert_eq!(straight.step(&set, progress).unwrap(), resumed.step(&set, progress).unwrap());
    }
    assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for config in [
        EnlargeConfig { factor: 3, ..tiny() },
        EnlargeConfig { patch: 64, ..tiny() },
        EnlargeConfig { patch: 20, ..tiny() },
        EnlargeConfig { adversarial: 1.5, ..tiny() },
        EnlargeConfig { width: 0, ..tiny() },
    ] {
        assert!(EnlargeTraining::new(config).is_err());
    }
    let mut training = EnlargeTraining::new(tiny()).unwrap();
    assert!(training.step(&PictureSet::from_rgb(8, [vec![0; 192]]).unwrap(), 0.0).is_err());
}
