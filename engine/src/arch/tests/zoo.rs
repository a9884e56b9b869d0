//! PyTorch-GAN's generators, and DCGANs that are not like the example.

use candle_core::Tensor;

use super::*;
use crate::ValueRange;
use crate::model::{GroupKind, LatentSpec, Prior};

fn conv_blocks(weights: &mut Weights, inputs: usize, channels: usize) {
    weights.add_module("l1.0", &[6 * 4, inputs], 6 * 4);
    weights.add_norm("conv_blocks.0", 6);
    weights.add_module("conv_blocks.2", &[6, 6, 3, 3], 6);
    weights.add_norm("conv_blocks.3", 6);
    weights.add_module("conv_blocks.6", &[4, 6, 3, 3], 4);
    weights.add_norm("conv_blocks.7", 4);
    weights.add_module("conv_blocks.9", &[channels, 4, 3, 3], channels);
}

/// From what goes into the dense layer to the picture.
fn conv_twin(w: &Weights, x: &Tensor) -> Tensor {
    let double = |x: &Tensor| {
        let (_, _, h, width) = x.dims4().unwrap();
        x.upsample_nearest2d(2 * h, 2 * width).unwrap()
    };
    let x = w.dense(x, "l1.0").reshape(((), 6, 2, 2)).unwrap();
    let x = w.conv(&double(&w.module_norm(&x, "conv_blocks.0", 1e-5)), "conv_blocks.2", 1, 1);
    let x = leaky(&w.module_norm(&x, "conv_blocks.3", 0.8), 0.2);
    let x = w.conv(&double(&x), "conv_blocks.6", 1, 1);
    let x = leaky(&w.module_norm(&x, "conv_blocks.7", 0.8), 0.2);
    w.conv(&x, "conv_blocks.9", 1, 1).tanh().unwrap()
}

#[test]
fn acgan_multiplies_noise_by_the_class() {
    let mut weights = Weights::new(11);
    conv_blocks(&mut weights, 7, 1);
    weights.add("label_emb.weight", &[3, 7]);
    let parts = weights.build(&[]).unwrap();
    let latents = Tensor::cat(&[noise(1, &[2, 7]), one_hot(&[2, 0], 3)], 1).unwrap();
    assert_twins(&parts, &latents, |latents| {
        let (z, class) = (latents.narrow(1, 0, 7).unwrap(), latents.narrow(1, 7, 3).unwrap());
        let chosen = class.contiguous().unwrap().matmul(&weights.get("label_emb.weight")).unwrap();
        conv_twin(&weights, &(z * chosen).unwrap())
    });
    assert_eq!(parts.latents, LatentSpec::continuous(7, Prior::Normal).and_classes("class", 3));
}

#[test]
fn infogan_is_a_dcgan_whose_inputs_are_split() {
    let mut weights = Weights::new(12);
    conv_blocks(&mut weights, 74, 3);
    let parts = weights.build(&[]).unwrap();
    let names: Vec<_> = parts.latents.groups.iter().map(|g| (g.name.as_str(), g.len())).collect();
    assert_eq!(names, [("z", 62), ("class", 10), ("code", 2)]);
    assert_eq!(parts.latents.priors().last(), Some(Some(Prior::Uniform)));
    assert_twins(&parts, &noise(1, &[2, 74]), |z| conv_twin(&weights, z));
    let plain = weights.build(&[("infogan_classes", "0"), ("infogan_codes", "0")]).unwrap();
    assert_eq!(plain.latents, LatentSpec::continuous(74, Prior::Normal));
    let error = weights.build(&[("infogan_classes", "74")]).err().unwrap().to_string();
    assert!(error.contains("74 inputs"), "{error}");
}

fn dense_layers(weights: &mut Weights, list: &str, inputs: usize, outputs: usize) {
    weights.add_module(&format!("{list}.0"), &[8, inputs], 8);
    weights.add_module(&format!("{list}.2"), &[9, 8], 9);
    weights.add_norm(&format!("{list}.3"), 9);
    weights.add_module(&format!("{list}.5"), &[outputs, 9], outputs);
}

fn dense_twin(w: &Weights, x: &Tensor, channels: usize) -> Tensor {
    let x = leaky(&w.dense(x, "model.0"), 0.2);
    let x = leaky(&w.module_norm(&w.dense(&x, "model.2"), "model.3", 0.8), 0.2);
    let x = w.dense(&x, "model.5").tanh().unwrap();
    x.reshape(((), channels, 16, 16)).unwrap()
}

#[test]
fn dense_gans_make_grey_and_colour_pictures() {
    for channels in [1, 3] {
        let mut weights = Weights::new(13);
        dense_layers(&mut weights, "model", 6, 256 * channels);
        let parts = weights.build(&[]).unwrap();
        assert_twins(&parts, &noise(1, &[3, 6]), |z| dense_twin(&weights, z, channels));
        let unencoded = weights.why_not(Ability::Encode).unwrap();
        assert_eq!(unencoded.contains("in colour only"), channels == 1, "{unencoded}");
    }
}

#[test]
fn a_dense_gan_of_pictures_that_are_not_square_is_refused_by_its_numbers() {
    let mut weights = Weights::new(18);
    dense_layers(&mut weights, "model", 6, 16 * 20);
    assert_eq!(weights.detect().unwrap().1.fact_of("outputs"), Some("320"));
    let error = weights.build(&[]).err().unwrap().to_string();
    assert!(error.contains("320 numbers"), "{error}");
}

#[test]
fn cgan_takes_its_embedding_before_the_noise() {
    let mut weights = Weights::new(14);
    dense_layers(&mut weights, "model", 4 + 6, 256);
    weights.add("label_emb.weight", &[5, 4]);
    let parts = weights.build(&[]).unwrap();
    let GroupKind::Categorical { classes } = &parts.latents.groups[1].kind else { panic!() };
    assert_eq!(classes.len(), 5);
    let latents = Tensor::cat(&[noise(1, &[2, 6]), one_hot(&[4, 1], 5)], 1).unwrap();
    assert_twins(&parts, &latents, |latents| {
        let (z, class) = (latents.narrow(1, 0, 6).unwrap(), latents.narrow(1, 6, 5).unwrap());
        let embedded = class.contiguous().unwrap().matmul(&weights.get("label_emb.weight")).unwrap();
        dense_twin(&weights, &Tensor::cat(&[embedded, z], 1).unwrap(), 1)
    });
}

#[test]
fn what_a_plain_dense_gan_does_between_its_layers_can_be_decided() {
    let mut weights = Weights::new(15);
    for (path, [outputs, inputs]) in [("0", [7, 4]), ("2", [8, 7]), ("4", [256, 8])] {
        weights.add_module(path, &[outputs, inputs], outputs);
    }
    let twin = |x: &Tensor, between: &dyn Fn(Tensor) -> Tensor| {
        let x = between(weights.dense(&between(weights.dense(x, "0")), "2"));
        weights.dense(&x, "4").reshape(((), 1, 16, 16)).unwrap()
    };
    let z = noise(1, &[2, 4]);
    let parts = weights.build(&[]).unwrap();
    assert_twins(&parts, &z, |z| twin(z, &|x| x.relu().unwrap()).tanh().unwrap());
    let parts = weights.build(&[("activation", "tanh"), ("last_activation", "sigmoid")]).unwrap();
    assert_eq!(parts.range, ValueRange::Unit);
    assert_twins(&parts, &z, |z| sigmoid(&twin(z, &|x| x.tanh().unwrap())));
}

#[test]
fn dense_networks_without_pictures_are_not_taken_for_generators() {
    for shapes in [[[8, 784], [1, 8]], [[256, 256], [256, 256]], [[20, 784], [10, 20]]] {
        let mut weights = Weights::new(16);
        for (i, [outputs, inputs]) in shapes.into_iter().enumerate() {
            weights.add_module(&format!("model.{i}"), &[outputs, inputs], outputs);
        }
        assert!(weights.detect().is_none(), "{shapes:?}");
    }
}

/// A DCGAN with these kernels, and what its twin makes with strides, paddings and output paddings.
fn dcgan(kernels: &[(usize, [usize; 3])], channels: usize) -> (Weights, impl Fn(&Tensor) -> Tensor) {
    let mut weights = Weights::new(17);
    let count = kernels.len();
    for (i, (kernel, _)) in kernels.iter().enumerate() {
        let outputs = if i + 1 == count { channels } else { 4 };
        let inputs = if i == 0 { 5 } else { 4 };
        weights.add_module(&format!("net.conv{i}"), &[inputs, outputs, *kernel, *kernel], outputs);
        if i + 1 < count {
            weights.add_norm(&format!("net.bn{i}"), outputs);
        }
    }
    let copy = Weights { rng: Rng::new(0), tensors: weights.tensors.clone() };
    let kernels = kernels.to_vec();
    let twin = move |z: &Tensor| {
        let mut x = z.reshape(((), 5, 1, 1)).unwrap();
        for (i, (_, [stride, padding, more])) in kernels.iter().enumerate() {
            x = copy.transposed(&x, &format!("net.conv{i}"), *stride, *padding, *more);
            if i + 1 < kernels.len() {
                x = copy.module_norm(&x, &format!("net.bn{i}"), 1e-5).relu().unwrap();
            }
        }
        x.tanh().unwrap()
    };
    (weights, twin)
}

#[test]
fn dcgans_of_other_kernels_names_and_strides() {
    let first = [1, 0, 0];
    let (double, keep) = ([2, 1, 0], [1, 1, 0]);
    let z = noise(1, &[2, 5]);
    for (kernels, channels, decisions, size) in [
        // 7 x 7 to start with, and kernels of 2, 5 and 6.
        (vec![(7, first), (4, double), (2, [2, 0, 0])], 1, vec![], 28),
        (vec![(4, first), (5, [2, 2, 1]), (6, [2, 2, 0])], 3, vec![], 16),
        // The digits of csinva's example, and its colour pictures.
        (vec![(4, first), (4, double), (1, [1, 2, 0])], 1, vec![], 4),
        (vec![(4, first), (4, double), (1, first)], 3, vec![], 8),
        (vec![(4, first), (4, double), (1, first)], 1, vec![("last_crop", "0")], 8),
        // A kernel of 3: 4 to 7 where that makes 28, else 4 to 8, else as decided.
        (vec![(4, first), (3, [2, 1, 0]), (4, double), (4, double)], 1, vec![], 28),
        (vec![(4, first), (3, [2, 1, 1]), (4, double)], 3, vec![], 16),
        (vec![(4, first), (4, double), (3, keep)], 3, vec![("kernels_of_3", "keep")], 8),
    ] {
        let (weights, twin) = dcgan(&kernels, channels);
        let parts = weights.build(&decisions).unwrap();
        assert_eq!(parts.decoder().unwrap().sides()[0], size, "{kernels:?}");
        assert_twins(&parts, &z, twin);
    }
}

#[test]
fn transparency_is_dropped() {
    let (weights, twin) = dcgan(&[(4, [1, 0, 0]), (4, [2, 1, 0])], 4);
    let parts = weights.build(&[]).unwrap();
    assert_twins(&parts, &noise(1, &[2, 5]), |z| twin(z).narrow(1, 0, 3).unwrap());
}
