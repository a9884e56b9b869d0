//! Networks with an encoder: both halves.

use candle_core::Tensor;

use super::*;
use crate::ValueRange;
use crate::model::{LatentSpec, Prior};

#[test]
fn the_vae_of_dense_layers() {
    let mut weights = Weights::new(21);
    for (path, [outputs, inputs]) in
        [("fc1", [9, 64]), ("fc21", [4, 9]), ("fc22", [4, 9]), ("fc3", [9, 4]), ("fc4", [64, 9])]
    {
        weights.add_module(path, &[outputs, inputs], outputs);
    }
    let parts = weights.build(&[]).unwrap();
    assert_eq!((parts.range, weights.detect().unwrap().0), (ValueRange::Unit, "linear_vae"));
    assert_twins(&parts, &noise(1, &[3, 4]), |z| {
        let x = weights.dense(z, "fc3").relu().unwrap();
        sigmoid(&weights.dense(&x, "fc4")).reshape(((), 1, 8, 8)).unwrap()
    });
    let pictures = noise(2, &[2, 1, 8, 8]);
    let x = weights.dense(&pictures.flatten_from(1).unwrap(), "fc1").relu().unwrap();
    assert_close(&parts.abilities.encoder.unwrap().encode(&pictures).unwrap(), &weights.dense(&x, "fc21"));
}

#[test]
fn a_conditional_vae_takes_the_class_after_the_noise() {
    let mut weights = Weights::new(22);
    weights.add_module("embed_class", &[64, 3], 64);
    weights.add_module("decoder_input", &[6 * 4, 5 + 3], 6 * 4);
    weights.add_module("decoder.0.0", &[6, 4, 3, 3], 4);
    weights.add_norm("decoder.0.1", 4);
    weights.add_module("final_layer.0", &[4, 4, 3, 3], 4);
    weights.add_norm("final_layer.1", 4);
    weights.add_module("final_layer.3", &[3, 4, 3, 3], 3);
    let parts = weights.build(&[]).unwrap();
    assert_eq!(parts.latents, LatentSpec::continuous(5, Prior::Normal).and_classes("class", 3));
    assert!(parts.abilities.encoder.is_none());
    assert!(weights.why_not(Ability::Encode).unwrap().contains("takes the class of the picture"));
    assert_eq!(weights.why_not(Ability::Judge).unwrap(), "VAEs are trained without one");
    let latents = Tensor::cat(&[noise(1, &[2, 5]), one_hot(&[0, 2], 3)], 1).unwrap();
    assert_twins(&parts, &latents, |z| {
        let w = &weights;
        let x = w.dense(z, "decoder_input").reshape(((), 6, 2, 2)).unwrap();
        let x = leaky(&w.module_norm(&w.transposed(&x, "decoder.0.0", 2, 1, 1), "decoder.0.1", 1e-5), 0.01);
        let x =
            leaky(&w.module_norm(&w.transposed(&x, "final_layer.0", 2, 1, 1), "final_layer.1", 1e-5), 0.01);
        w.conv(&x, "final_layer.3", 1, 1).tanh().unwrap()
    });
}

#[test]
fn both_beta_vaes_with_their_encoders() {
    // H ends and begins with a single pixel, B with three dense layers.
    for single_pixel in [true, false] {
        let mut weights = Weights::new(23);
        let w = &mut weights;
        let dense: &[(usize, [usize; 2])] =
            if single_pixel { &[(0, [6, 4])] } else { &[(0, [7, 4]), (2, [7, 7]), (4, [3 * 16, 7])] };
        for (i, shape) in dense {
            w.add_module(&format!("decoder.{i}"), shape, shape[0]);
        }
        if single_pixel {
            w.add_module("decoder.3", &[6, 3, 4, 4], 3);
        }
        w.add_module("decoder.7", &[3, 2, 4, 4], 2);
        w.add_module("decoder.9", &[2, 1, 4, 4], 1);
        w.add_module("encoder.0", &[2, 1, 4, 4], 2);
        w.add_module("encoder.2", &[3, 2, 4, 4], 3);
        if single_pixel {
            w.add_module("encoder.8", &[6, 3, 4, 4], 6);
            w.add_module("encoder.11", &[8, 6], 8);
        } else {
            w.add_module("encoder.9", &[7, 3 * 16], 7);
            w.add_module("encoder.11", &[7, 7], 7);
            w.add_module("encoder.13", &[8, 7], 8);
        }

        let w = &weights;
        let parts = w.build(&[]).unwrap();
        let model = if single_pixel { "H" } else { "B" };
        assert_eq!(w.detect().unwrap().1.fact_of("model"), Some(model));
        assert_twins(&parts, &noise(1, &[3, 4]), |z| {
            let mut x = z.clone();
            for (i, _) in dense {
                x = w.dense(&x, &format!("decoder.{i}")).relu().unwrap();
            }
            if single_pixel {
                x = x.reshape(((), 6, 1, 1)).unwrap();
                x = w.transposed(&x, "decoder.3", 1, 0, 0).relu().unwrap();
            }
            let x = x.reshape(((), 3, 4, 4)).unwrap();
            let x = w.transposed(&x, "decoder.7", 2, 1, 0).relu().unwrap();
            sigmoid(&w.transposed(&x, "decoder.9", 2, 1, 0))
        });

        let pictures = noise(2, &[2, 1, 16, 16]);
        let x = w.conv(&pictures, "encoder.0", 2, 1).relu().unwrap();
        let x = w.conv(&x, "encoder.2", 2, 1).relu().unwrap();
        let codes = if single_pixel {
            let x = w.conv(&x, "encoder.8", 1, 0).relu().unwrap();
            w.dense(&x.flatten_from(1).unwrap(), "encoder.11")
        } else {
            let x = w.dense(&x.flatten_from(1).unwrap(), "encoder.9").relu().unwrap();
            let x = w.dense(&x, "encoder.11").relu().unwrap();
            w.dense(&x, "encoder.13")
        };
        let means = codes.narrow(1, 0, 4).unwrap();
        assert_close(&parts.abilities.encoder.unwrap().encode(&pictures).unwrap(), &means);
        assert!(w.why_not(Ability::Encode).is_none());
        weights.tensors.retain(|name, _| name.starts_with("decoder") || name.starts_with("encoder.0"));
        assert!(weights.why_not(Ability::Encode).unwrap().contains("not built as its decoder"));
        weights.tensors.retain(|name, _| name.starts_with("decoder"));
        assert_eq!(weights.why_not(Ability::Encode).unwrap(), "its file has the decoder only");
    }
}

#[test]
fn a_dcgan_with_an_encoder_beside_it() {
    let mut weights = Weights::new(24);
    weights.add_module("main.0", &[5, 6, 4, 4], 6);
    weights.add_norm("main.1", 6);
    weights.add_module("main.3", &[6, 3, 4, 4], 3);
    weights.add_module("encoder.0", &[4, 3, 4, 4], 4);
    weights.add_module("encoder.2", &[5, 4, 4, 4], 5);
    let parts = weights.build(&[]).unwrap();
    assert_eq!(weights.detect().unwrap().0, "dcgan_encoder");
    assert_twins(&parts, &noise(1, &[3, 5]), |z| {
        let w = &weights;
        let x = w.transposed(&z.reshape(((), 5, 1, 1)).unwrap(), "main.0", 1, 0, 0);
        let x = w.module_norm(&x, "main.1", 1e-5).relu().unwrap();
        w.transposed(&x, "main.3", 2, 1, 0).tanh().unwrap()
    });
    let pictures = noise(2, &[2, 3, 8, 8]);
    let x = leaky(&weights.conv(&pictures, "encoder.0", 2, 1), 0.2);
    let latents = weights.conv(&x, "encoder.2", 1, 0).flatten_from(1).unwrap();
    assert_close(&parts.abilities.encoder.unwrap().encode(&pictures).unwrap(), &latents);

    // Without the encoder it is a plain DCGAN; with one of other latents it is neither.
    assert!(weights.why_not(Ability::Encode).is_none());
    weights.tensors.retain(|name, _| name.starts_with("main"));
    assert_eq!(weights.detect().unwrap().0, "dcgan");
    assert!(weights.why_not(Ability::Encode).unwrap().ends_with("the recipe Encoder adds one"));
    assert_eq!(weights.why_not(Ability::Judge).unwrap(), "its file has the generator only");
    weights.add_module("encoder.0", &[4, 3, 4, 4], 4);
    weights.add_module("encoder.2", &[7, 4, 4, 4], 7);
    assert!(weights.detect().is_none());
}
