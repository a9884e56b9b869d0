//! Published layouts against the reference implementation, and models of random weights for the rest.

use std::path::{Path, PathBuf};

use candle_core::npy::NpzTensors;
use candle_core::{Device, Tensor, Var};

use super::generator::Drawing;
use super::synthesis::Synthesis;
use super::*;
use crate::arch::Parts;
use crate::checkpoint::{Checkpoint, TensorTable, Values};
use crate::model::{Ability, Decisions, GroupKind};
use crate::open::identify;
use crate::rng::Rng;

mod random;

use random::{Shape, nvidia, rosinality};

const CPU: Device = Device::Cpu;

/// A sample with what the reference implementation makes of it.
struct Sample {
    checkpoint: Checkpoint,
    io: NpzTensors,
}

impl Sample {
    fn open(folder: &str, file: &str, io: &str) -> Self {
        let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints").join(folder);
        let checkpoint = Checkpoint::open(&data.join(file)).unwrap();
        Self { checkpoint, io: NpzTensors::new(data.join(io)).unwrap() }
    }

    fn rosinality() -> Self {
        Self::open("stylegan2", "rosinality_64px.converted.pt", "rosinality_64px.io.npz")
    }

    fn nvidia() -> Self {
        Self::open("stylegan2_ada", "uncond_32px.proto4.pkl", "uncond_32px.io.npz")
    }

    fn io(&self, name: &str) -> Tensor {
        self.io.get(name).unwrap().unwrap()
    }

    fn detection(&self) -> (String, Detection) {
        let found = identify(&self.checkpoint).unwrap();
        assert_eq!(found.architecture.key, "stylegan2");
        (found.prefix, found.detection)
    }

    fn parts(&self, decisions: &[(&str, &str)]) -> Parts {
        let (prefix, mut detection) = self.detection();
        detection.assumptions.decide(&decisions_of(decisions)).unwrap();
        let tensors = self.checkpoint.tensors.under(&prefix);
        let Checkpoint { tensors: all, values, .. } = &self.checkpoint;
        let network = Network { tensors: &tensors, all, values };
        describe(&network, &detection).unwrap().parts(&CPU).unwrap()
    }

    /// The synthesis by itself, from a style for each layer, N x layers x W.
    fn synthesis(&self) -> impl Fn(&Tensor) -> Tensor {
        let (prefix, _) = self.detection();
        let tensors = self.checkpoint.tensors.under(&prefix);
        let (plan, _) = plan_of(&tensors).unwrap();
        let taps = plan.taps(&tensors).unwrap();
        let clamp = (plan.layout == Layout::Nvidia).then_some(256.0);
        let synthesis = Synthesis { plan: &plan, tensors: &tensors, taps, noise: true, clamp };
        let mut drawing = Drawing::new("styles", plan.layers() * plan.styles).unwrap();
        let styles = drawing.styles(plan.layers(), plan.styles, "styles").unwrap();
        synthesis.draw(&mut drawing, &styles).unwrap();
        let network = drawing.graph.compile(&drawing.weights, "picture", &CPU).unwrap();
        move |w: &Tensor| network.forward(&w.reshape((w.dim(0).unwrap(), 1, 1, ())).unwrap()).unwrap()
    }
}

fn decisions_of(decisions: &[(&str, &str)]) -> Decisions {
    decisions.iter().map(|(key, answer)| ((*key).to_owned(), (*answer).to_owned())).collect()
}

/// A model of a table of tensors.
fn model(table: &TensorTable, decisions: &[(&str, &str)]) -> Parts {
    let network = Network { tensors: table, all: table, values: &Values::new() };
    let mut detection = detect(&network).unwrap();
    detection.assumptions.decide(&decisions_of(decisions)).unwrap();
    describe(&network, &detection).unwrap().parts(&CPU).unwrap()
}

fn largest(t: &Tensor) -> f32 {
    t.abs().unwrap().max_all().unwrap().to_scalar().unwrap()
}

/// Result and gradient of its product with the cotangent, against what they should be.
fn assert_parity(
    what: &str,
    input: &Tensor,
    run: impl Fn(&Tensor) -> Tensor,
    cotangent: &Tensor,
    (out, tolerance): (&Tensor, f32),
    gradient: Option<&Tensor>,
) {
    let variable = Var::from_tensor(input).unwrap();
    let result = run(&variable);
    let error = largest(&(&result - out).unwrap());
    println!("{what}: largest difference {error:.1e}");
    assert!(error < tolerance, "{what}: {error}");
    let Some(expected) = gradient else { return };
    let cotangent = cotangent.narrow(0, 0, result.dim(0).unwrap()).unwrap();
    let gradients = (result * cotangent).unwrap().sum_all().unwrap().backward().unwrap();
    let norm = |t: &Tensor| t.sqr().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap().sqrt();
    let relative = norm(&(gradients.get(&variable).unwrap() - expected).unwrap()) / norm(expected);
    println!("{what}: gradient off by {relative:.1e} of its norm");
    assert!(relative < 1e-3, "{what}: {relative}");
}

#[test]
fn stylegan2_of_rosinality_is_as_the_reference_has_it() {
    let sample = Sample::rosinality();
    let (prefix, detection) = sample.detection();
    assert_eq!(prefix, "g_ema");
    for (name, value) in [
        ("layout", "stylegan2-rosinality"),
        ("size", "64"),
        ("style_dim", "48"),
        ("mapping_layers", "4"),
        ("layers", "10"),
        ("widths", "24 24 24 20 16"),
        ("channels", "3"),
    ] {
        assert_eq!(detection.fact_of(name), Some(value), "{name}");
    }
    let (z, cot) = (sample.io("z"), sample.io("cot"));
    let forward = |decisions: &[(&str, &str)]| {
        let generator = sample.parts(decisions).decoder().unwrap().clone();
        move |latents: &Tensor| generator.decode(latents).unwrap()
    };
    let (out, gradient) = (sample.io("out"), sample.io("grad"));
    assert_parity("z", &z, forward(&[]), &cot, (&out, 1e-4), Some(&gradient));
    let one = z.narrow(0, 0, 1).unwrap();
    let (out, gradient) = (sample.io("out_trunc07"), sample.io("grad_trunc07"));
    let truncated = forward(&[("truncation", "0.7")]);
    assert_parity("truncation", &one, truncated, &cot, (&out, 1e-4), Some(&gradient));
    let plain = forward(&[("noise", "none")]);
    assert_parity("no noise", &one, plain, &cot, (&sample.io("out_nonoise"), 1e-4), None);
    let run = sample.synthesis();
    let (out, gradient) = (sample.io("out_w_plus"), sample.io("grad_w_plus"));
    assert_parity("w+", &sample.io("w_plus"), run, &cot, (&out, 1e-4), Some(&gradient));
}

#[test]
fn stylegan2_ada_of_nvidia_is_as_the_reference_has_it() {
    let sample = Sample::nvidia();
    let (prefix, detection) = sample.detection();
    assert_eq!(prefix, "G_ema");
    assert!(detection.lacks.contains_key(&Ability::Encode), "{:?}", detection.lacks);
    for (name, value) in [
        ("layout", "stylegan2-ada"),
        ("size", "32"),
        ("latents", "24"),
        ("style_dim", "32"),
        ("mapping_layers", "3"),
        ("layers", "8"),
        ("widths", "24 24 24 16"),
    ] {
        assert_eq!(detection.fact_of(name), Some(value), "{name}");
    }
    // The file says that it clamps, and at what.
    assert!(detection.assumptions.number_of("conv_clamp").is_none());
    let Checkpoint { tensors: all, values, .. } = &sample.checkpoint;
    assert_eq!(stored_clamp(&Network { tensors: all, all, values }), Clamp::At(256.0));
    let (z, cot) = (sample.io("z"), sample.io("cot"));
    let forward = |decisions: &[(&str, &str)]| {
        let generator = sample.parts(decisions).decoder().unwrap().clone();
        move |latents: &Tensor| generator.decode(latents).unwrap()
    };
    let (out, gradient) = (sample.io("out"), sample.io("grad"));
    assert_parity("z", &z, forward(&[]), &cot, (&out, 2e-4), Some(&gradient));
    let one = z.narrow(0, 0, 1).unwrap();
    let truncated = forward(&[("truncation", "0.5")]);
    assert_parity("truncation", &one, truncated, &cot, (&sample.io("out_trunc05"), 2e-4), None);
    let plain = forward(&[("noise", "none")]);
    assert_parity("no noise", &one, plain, &cot, (&sample.io("out_nonoise"), 2e-4), None);
    let run = sample.synthesis();
    assert_parity("w+", &sample.io("ws"), run, &cot, (&out, 2e-4), None);
}

#[test]
fn stylegan2_gradients_agree_with_differences_in_every_space() {
    let table = rosinality(&Shape::little());
    for space in ["z", "w", "w_plus"] {
        let parts = model(&table, &[("space", space), ("truncation", "0.8")]);
        let (generator, latents) = (parts.decoder().unwrap().clone(), parts.latents);
        let mut rng = Rng::new(4);
        let v = Tensor::from_vec(latents.draw(&mut rng).values().to_vec(), (1, latents.len()), &CPU).unwrap();
        let d = Tensor::from_vec(rng.normals(latents.len()), (1, latents.len()), &CPU).unwrap();
        let cost = |v: &Tensor| generator.decode(v).unwrap().sqr().unwrap().mean_all().unwrap();
        let variable = Var::from_tensor(&v).unwrap();
        let gradients = cost(&variable).backward().unwrap();
        let along = (gradients.get(&variable).unwrap() * &d).unwrap().sum_all().unwrap();
        let at = |step: f64| cost(&(&v + (&d * step).unwrap()).unwrap()).to_scalar::<f32>().unwrap();
        let (claimed, measured) = (along.to_scalar::<f32>().unwrap(), (at(1e-3) - at(-1e-3)) / 2e-3);
        assert!((claimed - measured).abs() < 2e-2 * (0.01 + claimed.abs()), "{space}: {claimed} {measured}");
    }
}

#[test]
fn stylegan2_spaces_agree_where_they_meet() {
    let table = rosinality(&Shape::little());
    let one = model(&table, &[("space", "w")]);
    let each = model(&table, &[("space", "w_plus")]);
    assert_eq!((one.latents.groups.len(), each.latents.groups.len()), (1, 6));
    assert_eq!(each.latents.groups[5].name, "w5");
    let v = one.latents.draw(&mut Rng::new(1));
    let repeated = v.values().repeat(6);
    let picture = |parts: &Parts, values: &[f32]| {
        let v = Tensor::from_vec(values.to_vec(), (1, values.len()), &CPU).unwrap();
        parts.decoder().unwrap().decode(&v).unwrap()
    };
    assert!(largest(&(picture(&one, v.values()) - picture(&each, &repeated)).unwrap()) < 1e-5);
    // With no truncation left, every latent of every space makes the mean picture.
    let still = [("truncation", "0")];
    let z = model(&table, &still);
    let w = model(&table, &[("space", "w"), still[0]]);
    let mean = picture(&z, Rng::new(2).normals(z.latents.len()).as_slice());
    assert!(largest(&(&mean - picture(&w, v.values())).unwrap()) < 1e-4);
}

#[test]
fn stylegan2_styles_of_a_draw_are_those_of_the_mapping() {
    let table = rosinality(&Shape::little());
    let (plan, _) = plan_of(&table).unwrap();
    let mapped = principal::sample_styles(&plan.mapping(&table).unwrap(), &plan).unwrap();
    let principal = principal::Principal::of(&mapped).unwrap();
    let v = Tensor::from_vec(Rng::new(3).normals(4096 * 16), (4096, 16), &CPU).unwrap();
    let drawn = v.matmul(&principal.directions).unwrap().broadcast_add(&principal.mean).unwrap();
    let moments = |t: &Tensor| (t.mean(0).unwrap(), t.var(0).unwrap());
    let ((mean, variance), (mean2, variance2)) = (moments(&mapped), moments(&drawn));
    let most = variance.max_all().unwrap().to_scalar::<f32>().unwrap();
    assert!(largest(&(mean - mean2).unwrap()) < 0.1 * most.sqrt());
    assert!(largest(&(variance - variance2).unwrap()) < 0.1 * most);
}

#[test]
fn stylegan2_classes_are_a_group_of_their_own() {
    let table = nvidia(&Shape::little(), 3);
    let parts = model(&table, &[]);
    let (generator, latents) = (parts.decoder().unwrap().clone(), parts.latents);
    assert_eq!(
        latents.groups[1].kind,
        GroupKind::Categorical { classes: ["0", "1", "2"].map(String::from).into() }
    );
    let z = Rng::new(5).normals(16);
    let of_class = |class: usize| {
        let classes = (0..3).map(|i| f32::from(u8::from(i == class)));
        let values: Vec<f32> = z.iter().copied().chain(classes).collect();
        generator.decode(&Tensor::from_vec(values, (1, 19), &CPU).unwrap()).unwrap()
    };
    assert!(largest(&(of_class(0) - of_class(2)).unwrap()) > 1e-3);
    // A style holds its class already.
    let w = model(&table, &[("space", "w")]);
    assert_eq!(w.latents.groups.len(), 1);
    let v = Tensor::zeros((1, 16), candle_core::DType::F32, &CPU).unwrap();
    assert_eq!(w.decoder().unwrap().decode(&v).unwrap().dims(), [1, 3, 16, 16]);
}

#[test]
fn stylegan2_files_without_noise_and_filters_open() {
    let whole = rosinality(&Shape::little());
    let bare = |names: &[&str]| -> TensorTable {
        let keep = |name: &&str| !names.iter().any(|part| name.contains(part));
        TensorTable::from_tensors(
            whole.names().filter(keep).map(|name| (name.to_owned(), whole.load(name, &CPU).unwrap())),
        )
    };
    let v = Tensor::from_vec(Rng::new(6).normals(16), (1, 16), &CPU).unwrap();
    let picture = |table: &TensorTable| model(table, &[]).decoder().unwrap().decode(&v).unwrap();
    assert!(largest(&(picture(&whole) - picture(&bare(&["kernel"]))).unwrap()) < 1e-5);
    let rebuilt = bare(&["noises"]);
    assert_eq!(largest(&(picture(&rebuilt) - picture(&rebuilt)).unwrap()), 0.0);
    assert!(largest(&(picture(&whole) - picture(&rebuilt)).unwrap()) > 1e-3);
    for missing in ["convs.2.conv.weight", "to_rgb1.bias", "style.1.bias", "input.input"] {
        let table = bare(&[missing]);
        let values = Values::new();
        assert!(detect(&Network { tensors: &table, all: &table, values: &values }).is_none(), "{missing}");
    }
}

#[test]
fn stylegan2_clamps_are_read_where_they_are_written() {
    let table = nvidia(&Shape::little(), 0);
    let clamp = |values: &[(&str, Value)]| {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        stored_clamp(&Network { tensors: &table, all: &table, values: &values })
    };
    let made = "G_ema._init_kwargs.synthesis_kwargs";
    assert_eq!(clamp(&[]), Clamp::Unknown);
    assert_eq!(clamp(&[(&format!("{made}.channel_max"), Value::Int(512))]), Clamp::Never);
    assert_eq!(clamp(&[(&format!("{made}.conv_clamp"), Value::Int(256))]), Clamp::At(256.0));
    assert_eq!(clamp(&[("G_ema._init_kwargs.conv_clamp", Value::Float(128.0))]), Clamp::At(128.0));
    assert_eq!(clamp(&[("D._init_kwargs.conv_clamp", Value::Int(256))]), Clamp::Unknown);
}

#[test]
fn stylegan2_of_full_size_is_told_by_its_shapes() {
    let table = rosinality(&Shape { absent: true, ..Shape::of_256() });
    let values = Values::new();
    let detection = detect(&Network { tensors: &table, all: &table, values: &values }).unwrap();
    assert_eq!(detection.fact_of("size"), Some("256"));
    assert_eq!(detection.fact_of("layers"), Some("14"));
    assert_eq!(detection.fact_of("widths"), Some("512 512 512 512 256 128 64"));
}

/// Not a test: how long a picture and a step of a model for 256 x 256 pixels take. Run it by name with
/// `--ignored --nocapture`.
#[test]
#[ignore = "takes long and proves nothing"]
fn stylegan2_time_of_a_picture_of_256() {
    let start = std::time::Instant::now();
    let table = rosinality(&Shape::of_256());
    println!("random weights: {:?}", start.elapsed());
    for space in ["z", "w", "w_plus"] {
        let start = std::time::Instant::now();
        let parts = model(&table, &[("space", space)]);
        let (generator, latents) = (parts.decoder().unwrap().clone(), parts.latents);
        println!("{space}: built in {:?}, {:.1e} multiplications", start.elapsed(), generator.operations());
        let v = latents.draw(&mut Rng::new(1)).values().to_vec();
        let v = Var::from_tensor(&Tensor::from_vec(v, (1, latents.len()), &CPU).unwrap()).unwrap();
        for _ in 0..3 {
            let start = std::time::Instant::now();
            generator.decode(&v.as_detached_tensor()).unwrap();
            let picture = start.elapsed();
            let start = std::time::Instant::now();
            generator.decode(&v).unwrap().sqr().unwrap().mean_all().unwrap().backward().unwrap();
            println!("{space}: a picture {picture:?}, a step {:?}", start.elapsed());
        }
    }
    let path = Path::new("/proc/self/status");
    let status = std::fs::read_to_string(path).unwrap_or_default();
    println!("{}", status.lines().filter(|l| l.starts_with("VmHWM")).collect::<String>());
}
