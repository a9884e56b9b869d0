//! The GAN trainer with the networks that add to the picture at every size: what it gives away, and how they grow.

use candle_core::Tensor;

use super::tests::{colour_distance, pictures, values};
use crate::model::{Ability, ModelSource};
use crate::nn::graph::Norms;
use crate::open::open_best;
use crate::rng::Rng;
use crate::train::*;

fn tiny(size: usize) -> GanConfig {
    let adam = |config: AdamConfig| AdamConfig { learning_rate: 1e-3, ..config };
    let config = GanConfig::default().skip(size);
    GanConfig {
        latent: 6,
        // As wide in all that two sizes have in common.
        width: 128 / size,
        critic_width: 128 / size,
        batch: 8,
        seed: 3,
        generator: adam(config.generator),
        discriminator: adam(config.discriminator),
        ema: 0.95,
        ..config
    }
}

fn trained(size: usize, steps: usize) -> Gan {
    let set = pictures(8, size);
    let mut gan = Gan::new(tiny(size)).unwrap();
    (0..steps).for_each(|_| drop(gan.step(&set, 0.0).unwrap()));
    gan
}

/// The model of a training as a file.
fn file(gan: &Gan, folder: &tempfile::TempDir) -> ModelSource {
    let path = folder.path().join("weights.safetensors");
    save_weights(gan, &path).unwrap();
    ModelSource::Path(path)
}

fn largest(difference: candle_core::Result<Tensor>) -> f32 {
    values(&difference.unwrap()).iter().fold(0.0, |most, value| most.max(value.abs()))
}

#[test]
fn samples_take_the_colours_of_the_pictures() {
    let set = pictures(8, 16);
    let before = colour_distance(&Gan::new(tiny(16)).unwrap(), &set);
    let after = colour_distance(&trained(16, 250), &set);
    assert!(after < 0.4 * before && after < 0.3, "{before} {after}");
}

#[test]
fn every_weight_learns_and_a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = pictures(20, 16);
    for loss in [Loss::Hinge, Loss::NonSaturating, Loss::Wasserstein] {
        let GanConfig { loss, regularizer, .. } = GanConfig::for_loss(loss);
        let mut straight = Gan::new(GanConfig { loss, regularizer, ..tiny(16) }).unwrap();
        let began: Vec<Vec<f32>> = straight.all_vars().map(|var| values(var)).collect();
        (0..4).for_each(|_| drop(straight.step(&set, 0.1).unwrap()));
        // What is added to all verdicts alike is of no use to some losses.
        let learns = began.len() - 1;
        for (index, (var, began)) in straight.all_vars().zip(&began).take(learns).enumerate() {
            assert_ne!(values(var), *began, "{loss:?}, variable {index}");
        }
        save(&mut straight, &path, "").unwrap();
        let mut resumed = Gan::load(&path).unwrap().0;
        for _ in 0..4 {
            assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
        }
        for (a, b) in straight.all_vars().zip(resumed.all_vars()) {
            assert_eq!(values(a), values(b));
        }
        assert_eq!(straight.samples(2, 1).unwrap(), resumed.samples(2, 1).unwrap());
    }
}

#[test]
fn the_critic_that_is_given_away_judges_as_the_training_does() {
    let folder = tempfile::tempdir().unwrap();
    let gan = trained(16, 40);
    let model = open_best(&file(&gan, &folder), None).unwrap();
    assert!(model.info.can(Ability::Judge));
    let real = pictures(8, 16).batch(&mut Rng::new(1), 8, false).unwrap();
    let first = real.permute((0, 3, 1, 2)).unwrap();
    let scores = values(&model.critic().unwrap().score(&first).unwrap());
    // Alone, a picture has the score that it has among others.
    let alone = values(&model.critic().unwrap().score(&first.narrow(0, 2, 1).unwrap()).unwrap());
    assert!((alone[0] - scores[2]).abs() < 1e-4, "{alone:?} {scores:?}");
    // The training compares what it judges: with the pictures that it makes itself, the two agree in the mean.
    let made = gan.samples(64, 9).unwrap();
    let made: Vec<Tensor> = made.iter().map(|p| model.picture_tensor(p).unwrap()).collect();
    let made = Tensor::cat(&made, 0).unwrap();
    let mean = |all: &[f32]| all.iter().sum::<f32>() / all.len() as f32;
    let given = mean(&values(&model.critic().unwrap().score(&made).unwrap()));
    let own = mean(&gan.verdict(&made.permute((0, 2, 3, 1)).unwrap()).unwrap());
    let spread = scores.iter().map(|s| (s - given).abs()).fold(0.0, f32::max);
    assert!((given - own).abs() < 0.05 * (1.0 + spread), "{given} {own}");
}

#[test]
fn a_training_begins_with_a_smaller_model_as_that_was() {
    let folder = tempfile::tempdir().unwrap();
    let small = trained(16, 40);
    let source = file(&small, &folder);
    let plan = Plan::usual(recipe("gan").unwrap()).with_count("size", 32).with_count("width", 4);
    let plan = plan.with_count("latent", 6).with_count("batch", 8).for_model(source.clone());
    let set = pictures(8, 32);
    let mut grown = Gan::grown(tiny(32), &source).unwrap();

    // Its pictures are those of the smaller one, doubled.
    let before = open_best(&source, None).unwrap();
    let z = Tensor::from_vec(Rng::new(5).normals(16 * 6), (16, 6), &candle_core::Device::Cpu).unwrap();
    let halved = |x: &Tensor| x.avg_pool2d(2).unwrap();
    let run = |gan: &Gan, of: &Tensor| {
        let results = gan.generator.graph.run(&gan.generator.frozen(), &[of], Norms::Batch, &["picture"]);
        results.unwrap().get("picture").unwrap().permute((0, 3, 1, 2)).unwrap().contiguous().unwrap()
    };
    let seed = Gan::grown(tiny(16), &source).unwrap();
    let [small_pictures, pictures_twice] = [run(&seed, &z), run(&grown, &z)];
    let doubled = crate::nn::resample(
        &small_pictures.permute((0, 2, 3, 1)).unwrap().contiguous().unwrap(),
        &crate::nn::Resampling::doubling(),
    );
    let doubled = doubled.unwrap().permute((0, 3, 1, 2)).unwrap();
    assert!(largest(&doubled - &pictures_twice) < 1e-5);
    assert_eq!(before.info.latents.len(), 6);

    // Its verdict is that of the smaller one on the picture half as large.
    let real = set.batch(&mut Rng::new(1), 8, false).unwrap();
    let half = halved(&real.permute((0, 3, 1, 2)).unwrap()).permute((0, 2, 3, 1)).unwrap();
    let [now, then] = [grown.verdict(&real).unwrap(), seed.verdict(&half.contiguous().unwrap()).unwrap()];
    for (now, then) in now.iter().zip(&then) {
        assert!((now - then).abs() < 0.02 * (1.0 + then.abs()), "{now} {then}");
    }

    // And it learns, all of it.
    let began: Vec<Vec<f32>> = grown.all_vars().map(|var| values(var)).collect();
    (0..3).for_each(|_| drop(grown.step(&set, 0.0).unwrap()));
    for (index, (var, began)) in grown.all_vars().zip(&began).take(began.len() - 1).enumerate() {
        assert_ne!(values(var), *began, "variable {index}");
    }
    assert_eq!(plan.begin(&set).unwrap().model().unwrap().info.sides, [32, 32]);

    // Of other widths, or of another kind, it can't.
    let wide = GanConfig { width: 8, ..tiny(32) };
    let error = Gan::grown(wide, &source).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("half of it"), "{error}");
    let landscape = ModelSource::Bundled("landscape".into());
    let error = Gan::grown(tiny(32), &landscape).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("another architecture"), "{error}");
}

#[test]
fn an_encoder_leaves_the_critic_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let source = file(&trained(16, 2), &folder);
    let config = EncoderConfig { width: 4, batch: 4, ..EncoderConfig::default() };
    let mut training = EncoderTraining::new(config, &source).unwrap();
    training.step(&pictures(8, 16), 0.0).unwrap();
    let state = folder.path().join("state.safetensors");
    save(&mut training, &state, "").unwrap();
    let training = EncoderTraining::load(&state).unwrap().0;
    let path = folder.path().join("both.safetensors");
    save_weights(&training, &path).unwrap();
    let [before, after] = [&source, &ModelSource::Path(path)].map(|source| open_best(source, None).unwrap());
    assert!(after.info.can(Ability::Encode));
    let picture = before.generate(&[before.info.latents.draw(&mut Rng::new(1))]).unwrap();
    let score = |model: &crate::model::Model| values(&model.critic().unwrap().score(&picture).unwrap());
    assert_eq!(score(&before), score(&after));
}
