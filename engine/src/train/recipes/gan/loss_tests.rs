//! The GAN trainer with every loss and regularizer, on networks small enough for a test.

use super::tests::{colour_distance, pictures, tiny, values};
use crate::Error;
use crate::train::*;

/// The settings that go with a loss, for tiny networks.
fn tiny_for(loss: Loss) -> GanConfig {
    let GanConfig { loss, regularizer, critic_steps, .. } = GanConfig::for_loss(loss);
    GanConfig { loss, regularizer, critic_steps: critic_steps.min(2), ..tiny() }
}

#[test]
fn samples_take_the_colours_of_the_pictures_with_every_loss() {
    let set = pictures(8, 16);
    for loss in [Loss::NonSaturating, Loss::Wasserstein] {
        let mut gan = Gan::new(tiny_for(loss)).unwrap();
        let before = colour_distance(&gan, &set);
        for _ in 0..400 {
            gan.step(&set, 0.0).unwrap();
        }
        let after = colour_distance(&gan, &set);
        assert!(after < 0.5 * before, "{loss:?}: {before} {after}");
    }
}

#[test]
fn a_penalty_holds_the_discriminators_slope() {
    let set = pictures(8, 16);
    let penalty = |weight| {
        let regularizer = Regularizer::GradientPenalty { weight, every: 1 };
        let mut gan = Gan::new(GanConfig { regularizer, ..tiny_for(Loss::Wasserstein) }).unwrap();
        let mut last = 0.0;
        for _ in 0..60 {
            let report = gan.step(&set, 0.0).unwrap();
            last = report.values.iter().find(|(name, _)| *name == "penalty").unwrap().1;
        }
        // The square of (slope - 1), whatever it weighs.
        last / weight
    };
    let (loose, held) = (penalty(1e-6), penalty(10.0));
    assert!(held < 0.3 && held < 0.1 * loose, "{held} {loose}");
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit_with_every_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = pictures(20, 16);
    for loss in [Loss::NonSaturating, Loss::Wasserstein] {
        // Saved between two lazy penalties: what was measured last is reported still.
        let mut config = tiny_for(loss);
        if let Regularizer::R1 { every, .. } = &mut config.regularizer {
            *every = 3;
        }
        let mut straight = Gan::new(config).unwrap();
        for _ in 0..5 {
            straight.step(&set, 0.1).unwrap();
        }
        save(&mut straight, &path, "").unwrap();
        let mut resumed = Gan::load(&path).unwrap().0;
        for _ in 0..5 {
            assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
        }
        for (a, b) in straight.all_vars().zip(resumed.all_vars()) {
            assert_eq!(values(a), values(b));
        }
    }
}

#[test]
fn settings_from_before_there_was_a_choice_mean_what_they_did() {
    let whole = serde_json::to_value(tiny()).unwrap();
    let mut old = whole.clone();
    for name in ["loss", "regularizer", "critic_steps"] {
        assert!(old.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    assert_eq!(serde_json::from_value::<GanConfig>(old).unwrap(), tiny());
}

#[test]
fn a_penalty_that_makes_no_sense_is_refused() {
    for regularizer in [
        Regularizer::R1 { weight: -1.0, every: 1 },
        Regularizer::GradientPenalty { weight: f32::NAN, every: 1 },
        Regularizer::R1 { weight: 1.0, every: 0 },
    ] {
        assert!(matches!(Gan::new(GanConfig { regularizer, ..tiny() }), Err(Error::Invalid(_))));
    }
    assert!(matches!(Gan::new(GanConfig { critic_steps: 0, ..tiny() }), Err(Error::Invalid(_))));
    assert!(Regularizer::SpectralNorm.weighing(1.0).is_err());
}
