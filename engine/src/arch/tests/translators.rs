//! Translators of other programs.

use super::*;
use crate::ValueRange;

fn zeros_to_reflection(x: &Tensor, border: usize) -> Tensor {
    let (_, _, h, w) = x.dims4().unwrap();
    let places = |side: usize| -> Tensor {
        let end = side as i64 - 1;
        let all = (-(border as i64)..side as i64 + border as i64).map(|i| {
            let i = i.abs();
            if i > end { 2 * end - i } else { i }
        });
        Tensor::from_vec(all.collect::<Vec<i64>>(), side + 2 * border, &Device::Cpu).unwrap()
    };
    x.contiguous().unwrap().index_select(&places(h), 2).unwrap().index_select(&places(w), 3).unwrap()
}

fn instance(x: &Tensor) -> Tensor {
    let mean = x.mean_keepdim(&[2, 3][..]).unwrap();
    let x = x.broadcast_sub(&mean).unwrap();
    let variance = x.sqr().unwrap().mean_keepdim(&[2, 3][..]).unwrap();
    x.broadcast_div(&(variance + 1e-5).unwrap().sqrt().unwrap()).unwrap()
}

/// The norm after a convolution: by stored statistics, by those of the picture, or without numbers of its own.
#[derive(Clone, Copy, PartialEq)]
enum Norms {
    Stored,
    Picture,
    Instance,
}

impl Norms {
    fn apply(self, w: &Weights, x: &Tensor, path: &str) -> Tensor {
        match self {
            Self::Stored => w.module_norm(x, path, 1e-5),
            Self::Picture => {
                let [gain, offset] =
                    ["weight", "bias"].map(|name| w.per_channel(&format!("{path}.{name}"), x));
                instance(x).broadcast_mul(&gain).unwrap().broadcast_add(&offset).unwrap()
            }
            Self::Instance => instance(x),
        }
    }

    fn decisions(self) -> Vec<(&'static str, &'static str)> {
        if self == Self::Stored { vec![("statistics", "stored")] } else { Vec::new() }
    }
}

/// A convolution of a file: with a bias where no norm of batches follows.
fn add(w: &mut Weights, path: &str, shape: [usize; 4], outputs: usize, biased: bool) {
    w.add(&format!("{path}.weight"), &shape);
    if biased {
        w.add(&format!("{path}.bias"), &[outputs]);
    }
}

fn conv(w: &Weights, x: &Tensor, path: &str, stride: usize, padding: usize) -> Tensor {
    let y = x.conv2d(&w.get(&format!("{path}.weight")), padding, stride, 1, 1).unwrap();
    if w.tensors.contains_key(&format!("{path}.bias")) { w.biased(&y, path) } else { y }
}

fn up(w: &Weights, x: &Tensor, path: &str, more: usize) -> Tensor {
    let y = x.conv_transpose2d(&w.get(&format!("{path}.weight")), 1, more, 2, 1).unwrap();
    if w.tensors.contains_key(&format!("{path}.bias")) { w.biased(&y, path) } else { y }
}

/// What a translator makes is what its twin makes.
fn assert_translates(
    w: &Weights,
    key: &str,
    norms: Norms,
    sides: [usize; 2],
    twin: impl Fn(&Tensor) -> Tensor,
) {
    assert_eq!(w.detect().unwrap().0, key);
    let parts = w.build(&norms.decisions()).unwrap();
    assert_eq!(parts.range, ValueRange::SignedUnit);
    let translator = parts.abilities.translator.unwrap();
    let x = noise(7, &[2, 3, sides[0], sides[1]]);
    let (made, wanted) = (translator.translate(&x, None).unwrap(), twin(&x));
    assert_close(&made, &wanted);
    assert!(translator.translate(&x.narrow(1, 0, 1).unwrap(), None).is_err());
}

#[test]
fn a_u_net_of_pix2pix_with_all_norms() {
    for norms in [Norms::Stored, Norms::Picture, Norms::Instance] {
        let bare = norms == Norms::Instance;
        let mut weights = Weights::new(41);
        let w = &mut weights;
        // Four levels: 3 to 4, 6, 8 and 5 channels.
        let (level1, level2, level3) =
            ("model.model.1.model", "model.model.1.model.3.model", "model.model.1.model.3.model.3.model");
        add(w, "model.model.0", [4, 3, 4, 4], 4, bare);
        add(w, &format!("{level1}.1"), [6, 4, 4, 4], 6, bare);
        add(w, &format!("{level2}.1"), [8, 6, 4, 4], 8, bare);
        add(w, &format!("{level3}.1"), [5, 8, 4, 4], 5, bare);
        add(w, &format!("{level3}.3"), [5, 8, 4, 4], 8, bare);
        add(w, &format!("{level2}.5"), [16, 6, 4, 4], 6, bare);
        add(w, &format!("{level1}.5"), [12, 4, 4, 4], 4, bare);
        add(w, "model.model.3", [8, 3, 4, 4], 3, true);
        if !bare {
            for (path, channels) in [
                (format!("{level1}.2"), 6),
                (format!("{level2}.2"), 8),
                (format!("{level3}.4"), 8),
                (format!("{level2}.6"), 6),
                (format!("{level1}.6"), 4),
            ] {
                w.add_norm(&path, channels);
            }
        }
        let w = &weights;
        assert_translates(w, "pix2pix", norms, [32, 48], |x| {
            let relu = |x: &Tensor| x.relu().unwrap();
            let both = |a: &Tensor, b: &Tensor| Tensor::cat(&[a, b], 1).unwrap();
            let d0 = conv(w, x, "model.model.0", 2, 1);
            let down = |x: &Tensor, level: &str| {
                norms.apply(w, &conv(w, &leaky(x, 0.2), &format!("{level}.1"), 2, 1), &format!("{level}.2"))
            };
            let d1 = down(&d0, level1);
            let d2 = down(&d1, level2);
            let d3 = conv(w, &leaky(&d2, 0.2), &format!("{level3}.1"), 2, 1);
            let u3 = norms.apply(w, &up(w, &relu(&d3), &format!("{level3}.3"), 0), &format!("{level3}.4"));
            let u2 = up(w, &relu(&both(&leaky(&d2, 0.2), &u3)), &format!("{level2}.5"), 0);
            let u2 = norms.apply(w, &u2, &format!("{level2}.6"));
            let u1 = up(w, &relu(&both(&leaky(&d1, 0.2), &u2)), &format!("{level1}.5"), 0);
            let u1 = norms.apply(w, &u1, &format!("{level1}.6"));
            up(w, &relu(&both(&leaky(&d0, 0.2), &u1)), "model.model.3", 0).tanh().unwrap()
        });
    }
}

#[test]
fn a_residual_generator_of_cyclegan_with_all_norms_and_dropout() {
    for (norms, second) in
        [(Norms::Stored, 5), (Norms::Picture, 6), (Norms::Instance, 5), (Norms::Instance, 6)]
    {
        let bare = norms == Norms::Instance;
        let mut weights = Weights::new(42);
        let w = &mut weights;
        let mut layers = vec![
            ("model.1".to_owned(), [4, 3, 7, 7], 4),
            ("model.4".into(), [8, 4, 3, 3], 8),
            ("model.7".into(), [16, 8, 3, 3], 16),
        ];
        for block in [10, 11] {
            for part in [1, second] {
                layers.push((format!("model.{block}.conv_block.{part}"), [16, 16, 3, 3], 16));
            }
        }
        layers.push(("model.12".into(), [16, 8, 3, 3], 8));
        layers.push(("model.15".into(), [8, 4, 3, 3], 4));
        let after = |path: &str| {
            let (list, number) = path.rsplit_once('.').unwrap();
            format!("{list}.{}", number.parse::<usize>().unwrap() + 1)
        };
        for (path, shape, outputs) in &layers {
            add(w, path, *shape, *outputs, bare);
            if !bare {
                w.add_norm(&after(path), *outputs);
            }
        }
        add(w, "model.19", [3, 4, 7, 7], 3, true);
        let w = &weights;
        assert_translates(w, "cyclegan", norms, [16, 20], |x| {
            let normed = |y: Tensor, path: &str| norms.apply(w, &y, &after(path));
            let relu = |x: Tensor| x.relu().unwrap();
            let mut x = relu(normed(conv(w, &zeros_to_reflection(x, 3), "model.1", 1, 0), "model.1"));
            for path in ["model.4", "model.7"] {
                x = relu(normed(conv(w, &x, path, 2, 1), path));
            }
            for block in [10, 11] {
                let path = |part: usize| format!("model.{block}.conv_block.{part}");
                let y = relu(normed(conv(w, &zeros_to_reflection(&x, 1), &path(1), 1, 0), &path(1)));
                let y = normed(conv(w, &zeros_to_reflection(&y, 1), &path(second), 1, 0), &path(second));
                x = (x + y).unwrap();
            }
            for path in ["model.12", "model.15"] {
                x = relu(normed(up(w, &x, path, 1), path));
            }
            conv(w, &zeros_to_reflection(&x, 3), "model.19", 1, 0).tanh().unwrap()
        });
    }
}

#[test]
fn the_zoo_has_both_in_its_own_way() {
    let mut weights = Weights::new(43);
    let w = &mut weights;
    for (path, shape, outputs) in [
        ("model.1", [4, 3, 7, 7], 4),
        ("model.4", [8, 4, 3, 3], 8),
        ("model.7", [16, 8, 3, 3], 16),
        ("model.10.block.1", [16, 16, 3, 3], 16),
        ("model.10.block.5", [16, 16, 3, 3], 16),
        ("model.12", [8, 16, 3, 3], 8),
        ("model.16", [4, 8, 3, 3], 4),
        ("model.20", [3, 4, 7, 7], 3),
    ] {
        add(w, path, shape, outputs, true);
    }
    let w = &weights;
    let large = |x: &Tensor| {
        let (_, _, h, w) = x.dims4().unwrap();
        x.upsample_nearest2d(2 * h, 2 * w).unwrap()
    };
    assert_translates(w, "cyclegan", Norms::Instance, [16, 12], |x| {
        let relu = |x: Tensor| x.relu().unwrap();
        let mut x = relu(instance(&conv(w, &zeros_to_reflection(x, 3), "model.1", 1, 0)));
        for path in ["model.4", "model.7"] {
            x = relu(instance(&conv(w, &x, path, 2, 1)));
        }
        let y = relu(instance(&conv(w, &zeros_to_reflection(&x, 1), "model.10.block.1", 1, 0)));
        x = (&x + instance(&conv(w, &zeros_to_reflection(&y, 1), "model.10.block.5", 1, 0))).unwrap();
        for path in ["model.12", "model.16"] {
            x = relu(instance(&conv(w, &large(&x), path, 1, 1)));
        }
        conv(w, &zeros_to_reflection(&x, 3), "model.20", 1, 0).tanh().unwrap()
    });

    let mut weights = Weights::new(44);
    let w = &mut weights;
    for (path, shape) in [
        ("down1.model.0", [4, 3, 4, 4]),
        ("down2.model.0", [6, 4, 4, 4]),
        ("down3.model.0", [5, 6, 4, 4]),
        ("up1.model.0", [5, 6, 4, 4]),
        ("up2.model.0", [12, 4, 4, 4]),
    ] {
        add(w, path, shape, 0, false);
    }
    add(w, "final.2", [3, 8, 4, 4], 3, true);
    let w = &weights;
    assert_translates(w, "pix2pix_zoo", Norms::Instance, [16, 24], |x| {
        let d1 = leaky(&conv(w, x, "down1.model.0", 2, 1), 0.2);
        let d2 = leaky(&instance(&conv(w, &d1, "down2.model.0", 2, 1)), 0.2);
        let d3 = leaky(&conv(w, &d2, "down3.model.0", 2, 1), 0.2);
        let u1 = instance(&up(w, &d3, "up1.model.0", 0)).relu().unwrap();
        let u2 = up(w, &Tensor::cat(&[&u1, &d2], 1).unwrap(), "up2.model.0", 0);
        let u2 = instance(&u2).relu().unwrap();
        let x = large(&Tensor::cat(&[&u2, &d1], 1).unwrap());
        let x = x.pad_with_zeros(2, 1, 0).unwrap().pad_with_zeros(3, 1, 0).unwrap();
        conv(w, &x, "final.2", 1, 1).tanh().unwrap()
    });
}
