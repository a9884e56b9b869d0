//! Enlargers of other programs.

use candle_core::Tensor;

use super::*;
use crate::ValueRange;

/// Weight of a convolution with a kernel, and its bias where it has one.
fn add_convolution(w: &mut Weights, path: &str, [outputs, inputs, kernel]: [usize; 3], bias: bool) {
    // Smaller than elsewhere: what residual blocks make adds up.
    w.add(&format!("{path}.weight"), &[outputs, inputs, kernel, kernel]);
    if bias {
        w.add(&format!("{path}.bias"), &[outputs]);
    }
}

/// A convolution that keeps the sides.
fn same(w: &Weights, x: &Tensor, path: &str) -> Tensor {
    let weight = w.get(&format!("{path}.weight"));
    let y = x.conv2d(&weight, weight.dims()[2] / 2, 1, 1, 1).unwrap();
    if w.tensors.contains_key(&format!("{path}.bias")) { w.biased(&y, path) } else { y }
}

fn prelu(w: &Weights, x: &Tensor, path: &str) -> Tensor {
    let slope = w.get(&format!("{path}.weight")).to_vec1::<f32>().unwrap();
    assert_eq!(slope.len(), 1);
    (x.relu().unwrap() - (x.neg().unwrap().relu().unwrap() * f64::from(slope[0])).unwrap()).unwrap()
}

/// Channels first: channel c f^2 + i f + j becomes pixel (i, j) of the squares of channel c.
fn shuffled(x: &Tensor, factor: usize) -> Tensor {
    let (n, c, h, w) = x.dims4().unwrap();
    let few = c / (factor * factor);
    let x = x.reshape(&[n, few, factor, factor, h, w][..]).unwrap();
    let x = x.permute(&[0, 1, 4, 2, 5, 3][..]).unwrap().contiguous().unwrap();
    x.reshape((n, few, h * factor, w * factor)).unwrap()
}

fn unshuffled(x: &Tensor, factor: usize) -> Tensor {
    let (n, c, h, w) = x.dims4().unwrap();
    let (h, w) = (h / factor, w / factor);
    let x = x.reshape(&[n, c, h, factor, w, factor][..]).unwrap();
    let x = x.permute(&[0, 1, 3, 5, 2, 4][..]).unwrap().contiguous().unwrap();
    x.reshape((n, c * factor * factor, h, w)).unwrap()
}

fn doubled(x: &Tensor) -> Tensor {
    let (_, _, h, w) = x.dims4().unwrap();
    x.upsample_nearest2d(2 * h, 2 * w).unwrap()
}

fn plus(a: &Tensor, b: &Tensor) -> Tensor {
    (a + b).unwrap()
}

/// What an enlarger makes of pictures of two sizes is what its twin makes of them, relative to the largest value.
fn assert_enlarges(
    w: &Weights,
    key: &str,
    facts: &[(&str, &str)],
    twin: impl Fn(&Tensor) -> Tensor,
) -> Parts {
    let (found, detection) = w.detect().unwrap();
    assert_eq!(found, key);
    for (name, value) in facts {
        assert_eq!(detection.fact_of(name), Some(*value), "{name}: {:?}", detection.facts);
    }
    let parts = w.build(&[]).unwrap();
    assert_eq!(parts.range, ValueRange::Unit);
    assert!(parts.abilities.decoder.is_none() && parts.latents.is_empty());
    let enlarger = parts.abilities.enlarger.clone().unwrap();
    for (seed, [height, width]) in [(1, [8, 12]), (2, [4, 4])] {
        let pictures = noise(seed, &[2, 3, height, width]);
        let (made, expected) = (enlarger.enlarge(&pictures).unwrap(), twin(&pictures));
        let factor = enlarger.factor();
        assert_eq!(made.dims(), [2, 3, height * factor, width * factor]);
        let size = f64::from(expected.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap());
        assert_close(&(made / size).unwrap(), &(expected / size).unwrap());
    }
    parts
}

/// `ups`: how many times larger every step makes a side.
fn srgan(blocks: usize, ups: &[usize], norm_in_the_middle: bool) -> Weights {
    let mut weights = Weights::new(31);
    let w = &mut weights;
    add_convolution(w, "block1.0", [6, 3, 9], true);
    w.add("block1.1.weight", &[1]);
    for block in (2..).take(blocks) {
        let part = |part: &str| format!("block{block}.{part}");
        for number in ["1", "2"] {
            add_convolution(w, &part(&format!("conv{number}")), [6, 6, 3], true);
            w.add_norm(&part(&format!("bn{number}")), 6);
        }
        w.add(&part("prelu.weight"), &[1]);
    }
    let (middle, end) = (blocks + 2, blocks + 3);
    add_convolution(w, &format!("block{middle}.0"), [6, 6, 3], true);
    if norm_in_the_middle {
        w.add_norm(&format!("block{middle}.1"), 6);
    } else {
        w.add(&format!("block{middle}.1.weight"), &[1]);
    }
    for (i, factor) in ups.iter().enumerate() {
        add_convolution(w, &format!("block{end}.{i}.conv"), [6 * factor * factor, 6, 3], true);
        w.add(&format!("block{end}.{i}.prelu.weight"), &[1]);
    }
    add_convolution(w, &format!("block{end}.{}", ups.len()), [3, 6, 9], true);
    weights
}

#[test]
fn srgan_with_both_middles_and_all_factors() {
    let cases: [(usize, &[usize], bool, &str); 4] =
        [(5, &[2], true, "2"), (5, &[2, 2], false, "4"), (5, &[2, 2, 2], true, "8"), (2, &[3], true, "3")];
    for (blocks, ups, normed, factor) in cases {
        let weights = srgan(blocks, ups, normed);
        let w = &weights;
        let (middle, end) = (blocks + 2, blocks + 3);
        let counted = blocks.to_string();
        let facts = [("factor", factor), ("width", "6"), ("blocks", &counted)];
        let parts = assert_enlarges(w, "srgan", &facts, |x| {
            let head = prelu(w, &same(w, x, "block1.0"), "block1.1");
            let mut x = head.clone();
            for block in (2..).take(blocks) {
                let part = |part: &str| format!("block{block}.{part}");
                let y = w.module_norm(&same(w, &x, &part("conv1")), &part("bn1"), 1e-5);
                let y = same(w, &prelu(w, &y, &part("prelu")), &part("conv2"));
                x = plus(&x, &w.module_norm(&y, &part("bn2"), 1e-5));
            }
            let y = same(w, &x, &format!("block{middle}.0"));
            let after = format!("block{middle}.1");
            let y = if normed { w.module_norm(&y, &after, 1e-5) } else { prelu(w, &y, &after) };
            let mut x = plus(&head, &y);
            for (i, factor) in ups.iter().enumerate() {
                let part = |part: &str| format!("block{end}.{i}.{part}");
                x = prelu(w, &shuffled(&same(w, &x, &part("conv")), *factor), &part("prelu"));
            }
            let x = same(w, &x, &format!("block{end}.{}", ups.len()));
            ((x.tanh().unwrap() + 1.0).unwrap() / 2.0).unwrap()
        });
        assert!(parts.abilities.enlarger.unwrap().reach().is_some());
    }
}

#[test]
fn srresnet_with_norms_of_pictures_and_of_batches() {
    for of_batches in [false, true] {
        let mut weights = Weights::new(32);
        let w = &mut weights;
        add_convolution(w, "conv_input", [6, 3, 9], false);
        let kind = if of_batches { "bn" } else { "in" };
        for block in 0..2 {
            for number in ["1", "2"] {
                add_convolution(w, &format!("residual.{block}.conv{number}"), [6, 6, 3], false);
                w.add_norm(&format!("residual.{block}.{kind}{number}"), 6);
            }
        }
        add_convolution(w, "conv_mid", [6, 6, 3], false);
        w.add_norm("bn_mid", 6);
        for place in [0, 3] {
            add_convolution(w, &format!("upscale4x.{place}"), [24, 6, 3], false);
        }
        add_convolution(w, "conv_output", [3, 6, 9], false);
        if !of_batches {
            // Norms of single maps have no use for statistics, which some versions of PyTorch write all the same.
            w.tensors.retain(|name, _| !(name.starts_with("residual.0") && name.contains("running")));
        }
        let w = &weights;
        let norm = |x: &Tensor, path: &str| {
            if of_batches {
                return w.module_norm(x, path, 1e-5);
            }
            let mean = |x: &Tensor| x.mean_keepdim(3).unwrap().mean_keepdim(2).unwrap();
            let x = x.broadcast_sub(&mean(x)).unwrap();
            let deviation = (mean(&x.sqr().unwrap()) + 1e-5).unwrap().sqrt().unwrap();
            let x = x.broadcast_div(&deviation).unwrap();
            let x = x.broadcast_mul(&w.per_channel(&format!("{path}.weight"), &x)).unwrap();
            w.biased(&x, path)
        };
        let norms = if of_batches { "of batches" } else { "of single pictures" };
        let facts = [("factor", "4"), ("width", "6"), ("blocks", "2"), ("norms", norms)];
        let parts = assert_enlarges(w, "srresnet", &facts, |x| {
            let head = leaky(&same(w, x, "conv_input"), 0.2);
            let mut x = head.clone();
            for block in 0..2 {
                let part = |part: &str| format!("residual.{block}.{part}");
                let y = norm(&same(w, &x, &part("conv1")), &part(&format!("{kind}1")));
                let y = norm(&same(w, &leaky(&y, 0.2), &part("conv2")), &part(&format!("{kind}2")));
                x = plus(&y, &x);
            }
            let mut x = plus(&norm(&same(w, &x, "conv_mid"), "bn_mid"), &head);
            for place in [0, 3] {
                x = leaky(&shuffled(&same(w, &x, &format!("upscale4x.{place}")), 2), 0.2);
            }
            same(w, &x, "conv_output")
        });
        // A norm of a whole map looks at all of it.
        assert_eq!(parts.abilities.enlarger.unwrap().reach().is_some(), of_batches);
    }
}

/// The names of an ESRGAN generator: the first convolution, the `c`-th of the `d`-th dense block of block `b`, the one after
/// the blocks, those of the steps, and the last two.
struct Names {
    first: &'static str,
    dense: fn(usize, usize, usize) -> String,
    body: &'static str,
    steps: [&'static str; 2],
    ends: [&'static str; 2],
}

const ESRGAN: Names = Names {
    first: "conv_first",
    dense: |b, d, c| format!("RRDB_trunk.{b}.RDB{d}.conv{c}"),
    body: "trunk_conv",
    steps: ["upconv1", "upconv2"],
    ends: ["HRconv", "conv_last"],
};
const PLACES: Names = Names {
    first: "model.0",
    dense: |b, d, c| format!("model.1.sub.{b}.RDB{d}.conv{c}.0"),
    body: "model.1.sub.2",
    steps: ["model.3", "model.6"],
    ends: ["model.8", "model.10"],
};
const BASIC_SR: Names = Names {
    first: "conv_first",
    dense: |b, d, c| format!("body.{b}.rdb{d}.conv{c}"),
    body: "conv_body",
    steps: ["conv_up1", "conv_up2"],
    ends: ["conv_hr", "conv_last"],
};
const ZOO: Names = Names {
    first: "conv1",
    dense: |b, d, c| format!("res_blocks.{b}.dense_blocks.{}.b{c}.0", d - 1),
    body: "conv2",
    steps: ["upsampling.0", "upsampling.3"],
    ends: ["conv3.0", "conv3.2"],
};

impl Names {
    fn weights(&self, inputs: usize, growth: usize, step_outputs: usize) -> Weights {
        let mut weights = Weights::new(33);
        let w = &mut weights;
        add_convolution(w, self.first, [6, inputs, 3], true);
        for (block, dense) in (0..2).flat_map(|block| (1..4).map(move |dense| (block, dense))) {
            for c in 1..6 {
                let outputs = if c == 5 { 6 } else { growth };
                add_convolution(w, &(self.dense)(block, dense, c), [outputs, 6 + (c - 1) * growth, 3], true);
            }
        }
        add_convolution(w, self.body, [6, 6, 3], true);
        self.steps.iter().for_each(|step| add_convolution(w, step, [step_outputs, 6, 3], true));
        add_convolution(w, self.ends[0], [6, 6, 3], true);
        add_convolution(w, self.ends[1], [3, 6, 3], true);
        weights
    }

    fn twin(&self, w: &Weights, x: &Tensor, slope: f64, step: impl Fn(&Tensor, &str) -> Tensor) -> Tensor {
        let head = same(w, x, self.first);
        let mut x = head.clone();
        let fifth = |y: &Tensor, x: &Tensor| plus(&(y * 0.2).unwrap(), x);
        for block in 0..2 {
            let before = x.clone();
            for dense in 1..4 {
                let mut all = vec![x.clone()];
                for c in 1..5 {
                    let y = same(w, &Tensor::cat(&all, 1).unwrap(), &(self.dense)(block, dense, c));
                    all.push(leaky(&y, slope));
                }
                let y = same(w, &Tensor::cat(&all, 1).unwrap(), &(self.dense)(block, dense, 5));
                x = fifth(&y, &x);
            }
            x = fifth(&x, &before);
        }
        let x = plus(&head, &same(w, &x, self.body));
        let x = self.steps.iter().fold(x, |x, path| step(&x, path));
        same(w, &leaky(&same(w, &x, self.ends[0]), slope), self.ends[1])
    }
}

#[test]
fn esrgan_in_three_namings_and_with_squares_at_its_beginning() {
    let cases =
        [(&ESRGAN, 1, "4"), (&PLACES, 1, "4"), (&BASIC_SR, 1, "4"), (&BASIC_SR, 2, "2"), (&BASIC_SR, 4, "1")];
    for (names, squares, factor) in cases {
        let weights = names.weights(3 * squares * squares, 4, 6);
        let w = &weights;
        let facts = [("factor", factor), ("width", "6"), ("blocks", "2"), ("growth", "4")];
        let parts = assert_enlarges(w, "rrdb", &facts, |x| {
            let x = if squares > 1 { unshuffled(x, squares) } else { x.clone() };
            names.twin(w, &x, 0.2, |x, path| leaky(&same(w, &doubled(x), path), 0.2))
        });
        assert_eq!(parts.abilities.enlarger.unwrap().multiple_of(), squares);
    }
}

#[test]
fn esrgan_of_the_zoo_takes_the_colours_of_imagenet() {
    let weights = ZOO.weights(3, 6, 24);
    let w = &weights;
    let facts = [("factor", "4"), ("width", "6"), ("blocks", "2"), ("growth", "6")];
    assert_enlarges(w, "rrdb", &facts, |x| {
        let row =
            |values: [f32; 3]| Tensor::new(&values, &Device::Cpu).unwrap().reshape((1, 3, 1, 1)).unwrap();
        let (mean, deviation) = (row([0.485, 0.456, 0.406]), row([0.229, 0.224, 0.225]));
        let x = x.broadcast_sub(&mean).unwrap().broadcast_div(&deviation).unwrap();
        let x = ZOO.twin(w, &x, 0.01, |x, path| shuffled(&leaky(&same(w, x, path), 0.01), 2));
        x.broadcast_mul(&deviation).unwrap().broadcast_add(&mean).unwrap()
    });
}

#[test]
fn other_networks_of_like_names_are_not_taken_for_these() {
    // ESRGAN+ has one more convolution in every dense block.
    let mut weights = ESRGAN.weights(3, 4, 6);
    weights.add("RRDB_trunk.0.RDB1.conv1x1.weight", &[4, 6, 1, 1]);
    assert!(weights.detect().is_none());
    // Pictures of other channels, squares that are not made up for, steps of other widths.
    for (inputs, growth, step) in [(1, 4, 6), (27, 4, 6), (3, 4, 5)] {
        assert!(BASIC_SR.weights(inputs, growth, step).detect().is_none(), "{inputs} {growth} {step}");
    }
    let mut weights = srgan(5, &[2], true);
    weights.tensors.remove("block8.0.conv.weight");
    assert!(weights.detect().is_none());
}

#[test]
fn what_an_enlarger_lacks_is_said_with_what_it_is() {
    use crate::model::{Ability, Model};
    let parts = srgan(1, &[2, 2], true).build(&[]).unwrap();
    let model = Model::new("mine", "SRGAN", parts.abilities, parts.latents, parts.range, Device::Cpu);
    let why = |ability| model.info.why_not(ability);
    assert_eq!(
        why(Ability::Decode).unwrap(),
        "mine has no generator: it is an enlarger (SRGAN), which makes pictures 4 times larger"
    );
    assert_eq!(why(Ability::Encode).unwrap(), "mine has no encoder: all that it has is its enlarger");
    assert!(why(Ability::Enlarge).is_none() && model.generate(&[]).is_err());
}
