//! Checkpoints written by each family's own code, against the outputs and gradients of that code.
//!
//! Small ones are in `tests/data/checkpoints`; the others are looked for in the folder that the environment variable
//! `LATENT_STUDIO_SAMPLES` names (`<family>/<case>.*` with `<case>.io.npz` beside it, and `keylists/*.json`).

#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::{Device, Tensor, Var};
use latent_engine::arch::Support;
use latent_engine::checkpoint::{Checkpoint, Container, TensorTable, Values};
use latent_engine::model::{GroupKind, Model, ModelSource};
use latent_engine::open::{identify, open, refusal};
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
use latent_engine::search::{Bank, DrawRequest, SolveSettings, SolverKind, start};

/// Largest difference from the reference's output.
const OUTPUT_TOLERANCE: f32 = 1e-4;
/// Largest relative difference from the reference's gradient.
const GRADIENT_TOLERANCE: f32 = 1e-3;

/// Facts by name, separated by commas.
type Facts = &'static str;

/// A checkpoint, its family and its facts.
const SAMPLES: &[(&str, &str, Facts)] = &[
    ("containers/zip.pth", "dcgan", "latents=8,width=4,channels=3,size=64"),
    ("dcgan/ngf32_nz64_64px.pth", "dcgan", "latents=64,width=32,channels=3,size=64"),
    ("igan/nf32_64px.dcgan_theano", "igan", "latents=100,width=32,layers=3,channels=3,size=64"),
    ("ian/IAN_simple_w16.npz", "ian", "latents=40,width=8,channels=3,size=64"),
    ("pytorch_gan/acgan_8px.pth", "pytorch_gan", "kind=ACGAN,latents=12,classes=10,channels=1,size=8"),
    ("vae/antixk_vanilla.pth", "pytorch_vae", "latents=12,widths=8 8 8 8 512,channels=3,size=64"),
    ("vae/konny_betavae_H.last", "beta_vae", "model=H,latents=10,channels=3,size=64"),
];

/// The same of enlargers, which take pictures.
const ENLARGERS: &[(&str, &str, Facts)] = &[
    ("sr/leftthomas_srgan_x4.pth", "srgan", "factor=4,width=16,blocks=5"),
    ("sr/rrdb_x4.pth", "rrdb", "factor=4,width=16,blocks=2,growth=8"),
    ("sr/rrdb_x4.basicsr_params_ema.pth", "rrdb", "factor=4,width=16,blocks=2,growth=8"),
    ("sr/rrdb_x4.old_model_N_names.legacy.pth", "rrdb", "factor=4,width=16,blocks=2,growth=8"),
];

/// The same of translators. Each is compared by the statistics of the picture and by the stored ones.
const TRANSLATORS: &[(&str, &str, Facts)] = &[
    ("cyclegan/resnet9_in_ngf4.pth", "cyclegan", "width=4,blocks=9,norms=of single pictures"),
    (
        "cyclegan/resnet9_in_ngf4.old_instance_norm_buffers.legacy.pth",
        "cyclegan",
        "width=4,blocks=9,norms=of single pictures",
    ),
    ("pix2pix/unet128_bn_ngf4.pth", "pix2pix", "width=4,levels=7,size=128,norms=of batches"),
];

/// Names and shapes of published models, their family and facts; no family for what can't be used.
const KEYLISTS: &[(&str, Option<&str>, Facts)] = &[
    ("NEG_dcgan_netD", None, ""),
    ("antixk_beta_vae_lightning", Some("pytorch_vae"), "latents=128,size=64"),
    ("antixk_vanilla_vae", Some("pytorch_vae"), "latents=128,size=64"),
    ("cyclegan_resnet9_in_dropout", Some("cyclegan"), "width=64,blocks=9,norms=of single pictures"),
    ("dcgan_nz100_ngf64_nc3", Some("dcgan"), "latents=100,width=64,channels=3,size=64"),
    ("eriklindernoren_acgan", Some("pytorch_gan"), "kind=ACGAN,latents=100,size=32,channels=1,classes=10"),
    ("eriklindernoren_cyclegan", Some("cyclegan"), "width=64,blocks=9,norms=of single pictures"),
    ("eriklindernoren_esrgan", Some("rrdb"), "factor=4,width=64,blocks=23,growth=64"),
    ("eriklindernoren_pix2pix", Some("pix2pix_zoo"), "width=64,levels=8,size=256"),
    ("eriklindernoren_wgan", Some("mlp_gan"), "latents=100,size=28,channels=1"),
    ("esrgan_RRDB_x4", Some("rrdb"), "factor=4,width=64,blocks=23,growth=32"),
    ("ian_simple_full", Some("ian"), "latents=100,channels=3,size=64"),
    ("konny_betavae_B", Some("beta_vae"), "model=B,latents=10,channels=1"),
    ("leftthomas_srgan_x2", Some("srgan"), "factor=2,width=64,blocks=5"),
    ("leftthomas_srgan_x8", Some("srgan"), "factor=8,width=64,blocks=5"),
    ("pix2pix_unet256_bn", Some("pix2pix"), "width=64,levels=8,size=256,norms=of batches"),
    ("pixelcnnpp_5_160_10", Some("pixel_cnn"), ""),
    ("resnet6_bn", Some("cyclegan"), "width=64,blocks=6,norms=of batches"),
];

/// Checkpoints of families that can't be used yet.
const RECOGNIZED: &[(&str, &str)] = &[
    ("glow/affine_lu_32px.pt", "glow"),
    ("nice/fmu2_d64.tar", "nice"),
    ("pixelcnn/pcnnpp_small.pth", "pixel_cnn"),
    ("realnvp/chrischute_16px.pth.tar", "real_nvp"),
];

/// A sample's path: among the tests' own, or in the folder of samples; `None`, with a message, where it is not.
fn find(name: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints").join(name);
    let other = std::env::var_os("LATENT_STUDIO_SAMPLES").map(|folder| Path::new(&folder).join(name));
    let found = [Some(own), other].into_iter().flatten().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped {name}: set LATENT_STUDIO_SAMPLES to a folder that has it");
    }
    found
}

fn assert_facts(name: &str, checkpoint: &Checkpoint, family: &str, facts: &str) {
    let found = identify(checkpoint).unwrap_or_else(|| panic!("{name}: {}", refusal(checkpoint)));
    assert_eq!(found.architecture.key, family, "{name}");
    for fact in facts.split(',').filter(|f| !f.is_empty()) {
        let (key, value) = fact.split_once('=').unwrap();
        assert_eq!(found.detection.fact_of(key), Some(value), "{name}: {key} in {:?}", found.detection.facts);
    }
}

fn difference(a: &Tensor, b: &Tensor) -> f32 {
    assert_eq!(a.elem_count(), b.elem_count(), "{:?} {:?}", a.shape(), b.shape());
    let b = b.reshape(a.shape()).unwrap();
    (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap()
}

fn norm(a: &Tensor) -> f32 {
    a.sqr().unwrap().sum_all().unwrap().sqrt().unwrap().to_scalar().unwrap()
}

/// The latents of a reference: its z, and after them its labels as one number for each class.
fn latents(model: &Model, io: &TensorTable) -> Tensor {
    let z = io.load("z", &Device::Cpu).unwrap().flatten_from(1).unwrap();
    if !io.contains("labels") {
        return z;
    }
    let labels = io.load("labels", &Device::Cpu).unwrap().to_vec1::<f32>().unwrap();
    let GroupKind::Categorical { classes } = &model.info.latents.groups[1].kind else {
        panic!("labels for a model without classes")
    };
    let chosen =
        labels.iter().flat_map(|label| (0..classes.len()).map(move |i| f32::from(i == *label as usize)));
    let chosen = Tensor::from_vec(chosen.collect(), (labels.len(), classes.len()), &Device::Cpu).unwrap();
    Tensor::cat(&[z, chosen], 1).unwrap()
}

/// What a model made of its input, and the gradient of that, are the reference's.
fn assert_agrees(name: &str, made: &Tensor, input: &Var, io: &TensorTable) {
    let load = |name: &str| io.load(name, &Device::Cpu).unwrap();
    let output = difference(made, &load("out"));
    assert!(output < OUTPUT_TOLERANCE, "{name}: output differs by {output}");

    let sum = (made * load("cot")).unwrap().sum_all().unwrap();
    let gradient = sum.backward().unwrap().remove(input).unwrap().flatten_from(1).unwrap();
    let expected = load("grad").flatten_from(1).unwrap();
    let gradient = gradient.narrow(1, 0, expected.dims()[1]).unwrap();
    let off = norm(&(gradient - &expected).unwrap()) / norm(&expected);
    assert!(off < GRADIENT_TOLERANCE, "{name}: gradient differs by {off}");
    eprint!("{name}: output {output:.1e}, gradient {off:.1e}");
}

#[test]
fn enlargers_make_the_pictures_and_gradients_of_their_own_code() {
    for (name, family, facts) in ENLARGERS {
        let Some(path) = find(name) else { continue };
        assert_facts(name, &Checkpoint::open(&path).unwrap(), family, facts);
        let model = open(&ModelSource::Path(path), None, &Device::Cpu).unwrap();
        let stem = name.split_once('.').unwrap().0;
        let Some(io) = find(&format!("{stem}.io.npz")) else { continue };
        let io = Checkpoint::open(&io).unwrap().tensors;
        let pictures = Var::from_tensor(&io.load("x", &Device::Cpu).unwrap()).unwrap();
        let enlarger = model.enlarger().unwrap();
        assert_agrees(name, &enlarger.enlarge(&pictures).unwrap(), &pictures, &io);
        eprintln!();
        // A model that makes no pictures of latents says what it is.
        let error = model.decoder().err().unwrap().to_string();
        assert!(error.contains("it is an enlarger") && error.contains("4 times larger"), "{error}");
    }
}

#[test]
fn translators_make_the_pictures_and_gradients_of_their_own_code() {
    for (name, family, facts) in TRANSLATORS {
        let Some(path) = find(name) else { continue };
        assert_facts(name, &Checkpoint::open(&path).unwrap(), family, facts);
        let stem = name.split_once('.').unwrap().0;
        let Some(io) = find(&format!("{stem}.io.npz")) else { continue };
        let io = Checkpoint::open(&io).unwrap().tensors;
        let pictures = Var::from_tensor(&io.load("x", &Device::Cpu).unwrap()).unwrap();
        let source = ModelSource::Path(path);
        let of_picture = open(&source, None, &Device::Cpu).unwrap();
        let made = of_picture.translator().unwrap().translate(&pictures, None).unwrap();
        if io.contains("out_batchstats") {
            let off = difference(&made, &io.load("out_batchstats", &Device::Cpu).unwrap());
            assert!(off < OUTPUT_TOLERANCE, "{name}: by the statistics of the picture it differs by {off}");
            let stored = [("statistics".to_owned(), "stored".to_owned())].into();
            let stored = open(&source, Some(&stored), &Device::Cpu).unwrap();
            let made = stored.translator().unwrap().translate(&pictures, None).unwrap();
            assert_agrees(name, &made, &pictures, &io);
        } else {
            assert_agrees(name, &made, &pictures, &io);
        }
        eprintln!();
        let error = of_picture.decoder().err().unwrap().to_string();
        assert!(error.contains("it is a translator"), "{error}");
    }
}

#[test]
fn samples_make_the_pictures_and_gradients_of_their_own_code() {
    for (name, family, facts) in SAMPLES {
        let Some(path) = find(name) else { continue };
        assert_facts(name, &Checkpoint::open(&path).unwrap(), family, facts);
        let model = open(&ModelSource::Path(path.clone()), None, &Device::Cpu).unwrap();
        let stem = if name.starts_with("containers/") {
            "containers/tiny_dcgan"
        } else {
            name.rsplit_once('.').unwrap().0
        };
        let Some(io) = find(&format!("{stem}.io.npz")) else { continue };
        let io = Checkpoint::open(&io).unwrap().tensors;
        let load = |name: &str| io.load(name, &Device::Cpu).unwrap();

        let latents = Var::from_tensor(&latents(&model, &io)).unwrap();
        assert_eq!(model.info.latents.len(), latents.dims()[1], "{name}");
        let pictures = model.decoder().unwrap().decode(&latents).unwrap();
        assert_agrees(name, &pictures, &latents, &io);

        let code = ["enc_z", "enc_mu"].into_iter().find(|code| io.contains(code));
        assert_eq!(model.encoder().is_ok(), code.is_some(), "{name}");
        if let (Some(encoder), Some(code)) = (model.encoder().ok(), code) {
            let codes = encoder.encode(&load("enc_x")).unwrap();
            let off = difference(&codes, &load(code));
            assert!(off < OUTPUT_TOLERANCE, "{name}: codes differ by {off}");
            eprint!(", codes {off:.1e}");
        }
        eprintln!();
    }
}

#[test]
fn every_sample_can_be_painted_with() {
    for (name, ..) in SAMPLES {
        let Some(path) = find(name) else { continue };
        let model = open(&ModelSource::Path(path), None, &Device::Cpu).unwrap();
        let mut bank = Bank::new(model.clone(), 64);
        while !bank.is_complete() {
            bank.extend().unwrap();
        }
        let stroke =
            |kind, y: f32| Stroke { weight: 1.0, kind, width: 0.2, points: vec![[0.1, y], [0.9, y]] };
        let strokes = [stroke(StrokeKind::Colour([40, 200, 60]), 0.8), stroke(StrokeKind::Sketch, 0.4)];
        let settings = SolveSettings {
            solver: SolverKind::Fast,
            candidates: 4,
            top_k: 2,
            iterations: 8,
            ..SolveSettings::default()
        };
        let constraints = Arc::new(Constraints::rasterize(&strokes, model.info.sides));
        let request = DrawRequest { constraints, settings, start: Vec::new(), anchor: None, base: None };
        let mut solver = start(&model, &bank, &request).unwrap();
        let first = solver.step().unwrap();
        let mut last = first;
        while !last.done {
            last = solver.step().unwrap();
        }
        // Searches also weigh the latents: of random weights whose pictures hardly differ, strokes may lose a bit.
        assert!(last.best <= 1.02 * first.best, "{name}: {first:?} {last:?}");
        for candidate in solver.candidates().unwrap() {
            let mut values = candidate.latent.values();
            for group in &model.info.latents.groups {
                let (part, rest) = values.split_at(group.len());
                let chosen = part.iter().filter(|v| **v == 1.0).count();
                let whole = part.iter().filter(|v| **v == 0.0).count() + chosen == part.len() && chosen == 1;
                assert!(whole || !matches!(group.kind, GroupKind::Categorical { .. }), "{name}: {part:?}");
                values = rest;
            }
        }
    }
}

#[test]
fn published_names_and_shapes_are_told_apart() {
    for (name, family, facts) in KEYLISTS {
        let Some(path) = find(&format!("keylists/{name}.json")) else { continue };
        let list: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let outside = list["container"].as_str().map(|c| format!("{c}.")).unwrap_or_default();
        let shapes = list["tensors"].as_object().unwrap().iter().map(|(tensor, row)| {
            let shape = row[1].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
            (format!("{outside}{tensor}"), shape)
        });
        let checkpoint = Checkpoint {
            container: Container::TorchZip,
            tensors: TensorTable::from_shapes(shapes),
            values: Values::new(),
            file_bytes: 0,
        };
        match family {
            Some(family) => assert_facts(name, &checkpoint, family, facts),
            None => {
                assert!(identify(&checkpoint).is_none(), "{name}");
                assert!(
                    refusal(&checkpoint).contains("looks like a discriminator"),
                    "{}",
                    refusal(&checkpoint)
                );
            }
        }
    }
}

#[test]
fn families_that_cannot_be_used_yet_are_refused_by_name() {
    for (name, family) in RECOGNIZED {
        let Some(path) = find(name) else { continue };
        let found = identify(&Checkpoint::open(&path).unwrap()).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(found.architecture.key, *family, "{name}");
        assert!(matches!(found.architecture.support, Support::RecognizedOnly(_)), "{name}");
        let error = open(&ModelSource::Path(path), None, &Device::Cpu).err().unwrap().to_string();
        assert!(error.contains("recognized, but not yet usable"), "{error}");
    }
}
