//! The trainer as a whole, on networks small enough for a test.

use std::path::Path;

use candle_core::{Device, Tensor};

use crate::Error;
use crate::data::PictureSet;
use crate::rng::Rng;
use crate::train::*;
use crate::{Picture, ValueRange};

/// Discs of two colours on a plain ground.
pub(crate) fn pictures(count: usize, size: usize) -> PictureSet {
    let mut rng = Rng::new(11);
    let draw = |_| {
        let (x, y) = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7));
        let ground: [u8; 3] = if rng.chance(0.5) { [200, 40, 40] } else { [180, 60, 20] };
        let mut rgb = Vec::new();
        for i in 0..size * size {
            let (dx, dy) = ((i % size) as f32 / size as f32 - x, (i / size) as f32 / size as f32 - y);
            rgb.extend(if dx * dx + dy * dy < 0.05 { [30, 60, 220] } else { ground });
        }
        rgb
    };
    PictureSet::from_rgb(size, (0..count).map(draw)).unwrap()
}

pub(crate) fn tiny() -> GanConfig {
    let mut config = GanConfig {
        size: 16,
        latent: 6,
        width: 8,
        critic_width: 8,
        batch: 8,
        seed: 3,
        ..GanConfig::default()
    };
    config.generator.learning_rate = 1e-3;
    config.discriminator.learning_rate = 1e-3;
    config.ema = 0.95;
    config
}

pub(crate) fn values(t: &Tensor) -> Vec<f32> {
    t.flatten_all().unwrap().to_vec1().unwrap()
}

/// Mean of each colour over all pictures.
fn mean_colour(t: &Tensor) -> Vec<f32> {
    t.mean((0, 1, 2)).unwrap().to_vec1().unwrap()
}

/// How far the mean colour of random pictures is from that of the set; the range of a channel is 2.
pub(crate) fn colour_distance(gan: &Gan, set: &PictureSet) -> f32 {
    let target = mean_colour(&set.batch(&mut Rng::new(1), 64, false).unwrap());
    let samples = gan.samples(64, 5).unwrap();
    let tensors: Vec<Tensor> =
        samples.iter().map(|p| p.to_tensor(ValueRange::SignedUnit, &Device::Cpu).unwrap()).collect();
    let colour = mean_colour(&Tensor::cat(&tensors, 0).unwrap().permute((0, 2, 3, 1)).unwrap());
    colour.iter().zip(&target).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

#[test]
fn samples_take_the_colours_of_the_pictures() {
    let set = pictures(8, 16);
    let mut gan = Gan::new(tiny()).unwrap();
    let before = colour_distance(&gan, &set);
    for _ in 0..400 {
        gan.step(&set, 0.0).unwrap();
    }
    let after = colour_distance(&gan, &set);
    assert!(after < 0.4 * before && after < 0.3, "{before} {after}");
}

#[test]
fn every_variable_of_a_network_has_a_gradient_of_its_own_loss() {
    let set = pictures(8, 16);
    let mut gan = Gan::new(tiny()).unwrap();
    // Logits of both kinds on one side: else the bias before them is pulled equally to both.
    let bias = gan.discriminator_vars().last().unwrap();
    bias.set(&(bias.ones_like().unwrap() * 5.0).unwrap()).unwrap();
    let [of_discriminator, of_generator] = gan.gradients(&set).unwrap();
    let largest = |gradient: Option<&Tensor>| {
        gradient.map_or(0.0, |g| values(g).iter().fold(0.0, |m: f32, v| m.max(v.abs())))
    };
    for (index, var) in gan.discriminator_vars().iter().enumerate() {
        assert!(largest(of_discriminator.get(var)) > 0.0, "discriminator, variable {index}");
        assert!(of_generator.get(var).is_none(), "the generator's loss, discriminator, variable {index}");
    }
    for (index, var) in gan.generator_vars().iter().enumerate() {
        assert!(largest(of_generator.get(var)) > 0.0, "generator, variable {index}");
        assert!(of_discriminator.get(var).is_none(), "the discriminator's loss, generator, variable {index}");
    }
}

#[test]
fn a_step_that_fails_leaves_the_weights_as_they_were() {
    let set = pictures(8, 16);
    let mut gan = Gan::new(tiny()).unwrap();
    gan.step(&set, 0.0).unwrap();
    gan.fail_after_the_discriminator();
    let before: Vec<Vec<f32>> = gan.all_vars().map(|v| values(v)).collect();
    assert!(matches!(gan.step(&set, 0.0), Err(Error::NonFinite { .. })));
    for (index, (var, before)) in gan.all_vars().zip(before).enumerate() {
        assert_eq!(values(var), before, "variable {index}");
    }
}

#[test]
fn a_resumed_training_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let set = pictures(20, 16);
    let mut straight = Gan::new(tiny()).unwrap();
    let mut first = Gan::new(tiny()).unwrap();
    for _ in 0..5 {
        straight.step(&set, 0.1).unwrap();
        first.step(&set, 0.1).unwrap();
    }
    save(&mut first, &path, "a note").unwrap();
    drop(first);
    let (mut resumed, note) = Gan::load(&path).unwrap();
    assert_eq!(note, "a note");
    for _ in 0..5 {
        assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
    }
    for (a, b) in straight.all_vars().zip(resumed.all_vars()) {
        assert_eq!(values(a), values(b));
    }
    assert_eq!(straight.samples(2, 1).unwrap(), resumed.samples(2, 1).unwrap());
}

#[test]
fn the_export_has_the_names_of_its_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let mut gan = Gan::new(tiny()).unwrap();
    gan.step(&pictures(8, 16), 0.0).unwrap();
    save_weights(&gan, &path).unwrap();
    let tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
    let shape = |name: &str| tensors[name].dims().to_vec();
    assert_eq!(shape("generator.up0.weight"), [6, 4, 4, 16]);
    assert_eq!(shape("generator.up1.weight"), [16, 4, 4, 8]);
    assert_eq!(shape("generator.up2.weight"), [8, 4, 4, 3]);
    for name in ["gamma", "beta", "mean", "variance"] {
        assert_eq!(shape(&format!("generator.norm0.{name}")), [16]);
        assert_eq!(shape(&format!("generator.norm1.{name}")), [8]);
    }
    assert_eq!(tensors.len(), 11);
}

#[test]
fn exported_tensors_give_the_samples_with_candles_own_operations() {
    let mut gan = Gan::new(tiny()).unwrap();
    for _ in 0..20 {
        gan.step(&pictures(8, 16), 0.0).unwrap();
    }
    let tensors = gan.export().unwrap();
    let get = |name: &str| &tensors.iter().find(|t| t.name == name).unwrap().tensor;
    let mut x = Tensor::from_vec(Rng::new(4).normals(5 * 6), (5, 6, 1, 1), &Device::Cpu).unwrap();
    for layer in 0..3 {
        let (padding, stride) = if layer == 0 { (0, 1) } else { (1, 2) };
        let weight = get(&format!("generator.up{layer}.weight")).permute((0, 3, 1, 2)).unwrap();
        let weight = weight.contiguous().unwrap();
        x = x.conv_transpose2d(&weight, padding, 0, stride, 1).unwrap();
        if layer == 2 {
            break;
        }
        let part = |name: &str| {
            let t = get(&format!("generator.norm{layer}.{name}"));
            t.reshape((1, t.elem_count(), 1, 1)).unwrap()
        };
        let deviation = (part("variance") + 1e-5).unwrap().sqrt().unwrap();
        x = x.broadcast_sub(&part("mean")).unwrap().broadcast_div(&deviation).unwrap();
        x = x.broadcast_mul(&part("gamma")).unwrap().broadcast_add(&part("beta")).unwrap().relu().unwrap();
    }
    let expected = Picture::from_tensor(&x.tanh().unwrap(), ValueRange::SignedUnit).unwrap();
    for (sample, expected) in gan.samples(5, 4).unwrap().iter().zip(&expected) {
        let close = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 1;
        assert!(sample.rgb().iter().zip(expected.rgb()).all(close));
    }
}

#[test]
fn a_failed_save_leaves_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let mut gan = Gan::new(tiny()).unwrap();
    save(&mut gan, &path, "good").unwrap();
    let mut protected = std::fs::metadata(&path).unwrap().permissions();
    protected.set_readonly(true);
    std::fs::set_permissions(&path, protected).unwrap();
    assert!(matches!(save(&mut gan, &path, "bad"), Err(Error::Io { .. })));
    assert_eq!(Gan::load(&path).unwrap().1, "good");
}

#[test]
fn files_that_are_no_state_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let mut gan = Gan::new(tiny()).unwrap();
    save(&mut gan, &path, "").unwrap();
    let whole = std::fs::read(&path).unwrap();
    for (name, bytes) in
        [("empty", &whole[..0]), ("short", &whole[..whole.len() / 2]), ("text", b"hello there")]
    {
        let other = folder.path().join(name);
        std::fs::write(&other, bytes).unwrap();
        assert!(matches!(Gan::load(&other), Err(Error::Checkpoint { .. })), "{name}");
    }
    let weights = folder.path().join("weights");
    save_weights(&gan, &weights).unwrap();
    let error = Gan::load(&weights).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("not a saved training"), "{error}");
    assert!(matches!(Gan::load(Path::new("/no/such/file")), Err(Error::Io { .. })));
}

#[test]
fn wrong_settings_and_pictures_are_refused() {
    for config in [
        GanConfig { size: 48, ..tiny() },
        GanConfig { width: 0, ..tiny() },
        GanConfig { batch: 0, ..tiny() },
        GanConfig { ema: 1.0, ..tiny() },
        // As they may stand in a state that somebody edited.
        GanConfig { augmentation: Augmentation { shift: f32::NAN, ..Augmentation::NONE }, ..tiny() },
        GanConfig { augmentation: Augmentation { cutout: 1.5, ..Augmentation::NONE }, ..tiny() },
        GanConfig { generator: AdamConfig { learning_rate: 0.0, ..tiny().generator }, ..tiny() },
        GanConfig { discriminator: AdamConfig { beta2: 1.0, ..tiny().generator }, ..tiny() },
        GanConfig { generator: AdamConfig { eps: f32::INFINITY, ..tiny().generator }, ..tiny() },
    ] {
        assert!(matches!(Gan::new(config), Err(Error::Invalid(_))));
    }
    let mut gan = Gan::new(tiny()).unwrap();
    assert!(matches!(gan.step(&pictures(2, 8), 0.0), Err(Error::Invalid(_))));
}

#[test]
fn a_loss_that_is_not_finite_stops_the_training_by_name() {
    let mut gan = Gan::new(tiny()).unwrap();
    gan.poison().unwrap();
    let error = gan.step(&pictures(8, 16), 0.0).unwrap_err();
    assert!(matches!(error, Error::NonFinite { .. }), "{error}");
}
