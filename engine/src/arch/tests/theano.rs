//! iGAN, colour and grey, in the new layout and in the old one.

use candle_core::Tensor;

use super::*;
use crate::ValueRange;
use crate::model::Prior;

const LATENTS: usize = 5;
const WIDTH: usize = 3;
/// Kernels between the dense layer and the last; pictures of 16 x 16.
const LAYERS: usize = 1;

/// Where the lists of statistics are.
struct Keys {
    generator: &'static str,
    predictor: &'static str,
    discriminator: &'static str,
}

const NEW: Keys =
    Keys { generator: "gen_batchnorm", predictor: "predict_batchnorm", discriminator: "disc_batchnorm" };
const OLD: Keys = Keys {
    generator: "postlearn_params.1",
    predictor: "postlearn_predict_params",
    discriminator: "postlearn_params.0",
};

fn pack(channels: usize, keys: &Keys) -> Weights {
    let mut weights = Weights::new(3);
    let wide = 2 * WIDTH;
    let first = wide * 16;
    weights.add("gen_params.0", &[LATENTS, first]);
    weights.add("gen_params.1", &[first]);
    weights.add("gen_params.2", &[first]);
    weights.add("gen_params.3", &[wide, WIDTH, 5, 5]);
    weights.add("gen_params.4", &[WIDTH]);
    weights.add("gen_params.5", &[WIDTH]);
    weights.add("gen_params.6", &[WIDTH, channels, 5, 5]);
    for (i, count) in [first, WIDTH].into_iter().enumerate() {
        weights.add(&format!("{}.{i}", keys.generator), &[count]);
        weights.add_positive(&format!("{}.{}", keys.generator, LAYERS + 1 + i), count);
    }
    for (list, norms, outputs) in
        [("predict_params", keys.predictor, LATENTS), ("disc_params", keys.discriminator, 1)]
    {
        weights.add(&format!("{list}.0"), &[WIDTH, channels, 5, 5]);
        weights.add(&format!("{list}.1"), &[wide, WIDTH, 5, 5]);
        weights.add(&format!("{list}.2"), &[wide]);
        weights.add(&format!("{list}.3"), &[wide]);
        weights.add(&format!("{list}.4"), &[first, outputs]);
        weights.add(&format!("{norms}.0"), &[wide]);
        weights.add_positive(&format!("{norms}.1"), wide);
    }
    weights
}

fn turned(weight: &Tensor) -> Tensor {
    weight.flip(&[2, 3]).unwrap()
}

fn generator(weights: &Weights, channels: usize, z: &Tensor) -> Tensor {
    let x = z.clamp(-1f32, 1f32).unwrap().matmul(&weights.get("gen_params.0")).unwrap();
    let x = weights.norm(&x, ["gen_batchnorm.0", "gen_batchnorm.2", "gen_params.1", "gen_params.2"], 1e-8);
    let x = x.relu().unwrap().reshape(((), 2 * WIDTH, 4, 4)).unwrap();
    let deconv =
        |x: &Tensor, name: &str| x.conv_transpose2d(&turned(&weights.get(name)), 2, 1, 2, 1).unwrap();
    let x = deconv(&x, "gen_params.3");
    let x = weights.norm(&x, ["gen_batchnorm.1", "gen_batchnorm.3", "gen_params.4", "gen_params.5"], 1e-8);
    let x = deconv(&x.relu().unwrap(), "gen_params.6");
    if channels == 1 { sigmoid(&x) } else { x.tanh().unwrap() }
}

/// The last layer of the predictor or the discriminator, before its activation.
fn downwards(weights: &Weights, list: &str, norms: &str, pictures: &Tensor) -> Tensor {
    let name = |i: usize| format!("{list}.{i}");
    let conv = |x: &Tensor, i: usize| x.conv2d(&turned(&weights.get(&name(i))), 2, 2, 1, 1).unwrap();
    let x = conv(&leaky(&conv(pictures, 0), 0.2), 1);
    let (mean, variance) = (format!("{norms}.0"), format!("{norms}.1"));
    let x = weights.norm(&x, [&mean, &variance, &name(2), &name(3)], 1e-8);
    leaky(&x, 0.2).flatten_from(1).unwrap().matmul(&weights.get(&name(4))).unwrap()
}

#[test]
fn igan_agrees_with_its_layers_one_by_one() {
    for (channels, range) in [(3, ValueRange::SignedUnit), (1, ValueRange::UnitInverted)] {
        let weights = pack(channels, &NEW);
        let parts = weights.build(&[]).unwrap();
        assert_eq!(parts.range, range);
        assert_eq!(parts.latents.priors().next(), Some(Some(Prior::Uniform)));
        // Some of the latents are clipped.
        assert_twins(&parts, &noise(1, &[3, LATENTS]), |z| generator(&weights, channels, z));

        let pictures = noise(2, &[2, channels, 16, 16]);
        let codes = parts.abilities.encoder.unwrap().encode(&pictures).unwrap();
        let expected = downwards(&weights, "predict_params", "predict_batchnorm", &pictures);
        assert_close(&codes, &expected.tanh().unwrap());
        let scores = parts.abilities.critic.unwrap().score(&pictures).unwrap();
        let expected = downwards(&weights, "disc_params", "disc_batchnorm", &pictures);
        assert_close(&scores, &expected.flatten_all().unwrap());

        let mut weights = weights;
        assert!(weights.detect().unwrap().1.lacks.is_empty());
        weights.tensors.retain(|name, _| !name.starts_with("predict") && !name.starts_with("disc"));
        assert_eq!(weights.why_not(Ability::Encode).unwrap(), "its file has no predictor");
        assert_eq!(weights.why_not(Ability::Judge).unwrap(), "its file has no discriminator");
    }
}

#[test]
fn the_old_layout_of_igan_is_the_same_model() {
    let z = noise(1, &[2, LATENTS]);
    let forward = |keys| pack(3, keys).build(&[]).unwrap().decoder().unwrap().decode(&z).unwrap();
    assert_close(&forward(&OLD), &forward(&NEW));
}

#[test]
fn igan_without_statistics_is_refused_with_what_to_do() {
    let mut weights = pack(3, &NEW);
    weights.tensors.retain(|name, _| !name.starts_with("gen_batchnorm"));
    assert_eq!(weights.detect().unwrap().0, "igan");
    let error = weights.build(&[]).err().unwrap().to_string();
    assert!(error.contains("gen_batchnorm") && error.contains("batchnorm_dcgan.py"), "{error}");
}
