//! Graphs against the same graph run another way, and against finite differences.

use candle_core::{Device, Tensor, Var};

use super::*;
use crate::nn::{Activation, Compiled, ConvConfig, ConvTransposeConfig, Resampling};
use crate::rng::Rng;

mod modulation;
mod random;

/// Largest difference, as a part of the largest number: graphs multiply results with each other.
const TOLERANCE: f32 = 1e-4;

fn noise(rng: &mut Rng, shape: &[usize]) -> Tensor {
    Tensor::from_vec(rng.normals(shape.iter().product()), shape, &Device::Cpu).unwrap()
}

fn numbers(t: &Tensor) -> Vec<f32> {
    t.flatten_all().unwrap().to_vec1().unwrap()
}

fn assert_close(fast: &Tensor, slow: &Tensor, what: &str) {
    assert_eq!(fast.dims(), slow.dims(), "{what}");
    let (fast, slow) = (numbers(fast), numbers(slow));
    let largest = slow.iter().fold(1e-2f32, |most, v| most.max(v.abs()));
    for (a, b) in fast.iter().zip(&slow) {
        assert!((a - b).abs() <= TOLERANCE * largest, "{what}: {a} {b} of {largest}");
    }
}

/// Weights of a size that keeps signals up, with statistics that are not those of a fresh network.
fn weights(graph: &Graph, rng: &mut Rng) -> Weights {
    let one = |(name, spec): (String, WeightSpec)| {
        let values = noise(rng, &spec.shape);
        let tensor = match spec.role {
            Role::Weight => (values / (spec.sums as f64).sqrt()).unwrap(),
            Role::Variance => (values.sqr().unwrap() + 0.5).unwrap(),
            Role::Gamma => ((values * 0.2).unwrap() + 1.0).unwrap(),
            Role::Bias | Role::Beta | Role::Mean | Role::Strength => (values * 0.3).unwrap(),
            Role::Constant | Role::Noise => values,
            Role::Slope => ((values * 0.1).unwrap() + 0.25).unwrap(),
        };
        (name, tensor)
    };
    graph.weights().map(one).collect()
}

fn act(activation: Activation) -> Op {
    Op::Activation { activation }
}

fn convolution(outputs: usize, kernel: usize, stride: usize, bias: bool) -> Op {
    let config = ConvConfig { stride, padding: kernel / 2 };
    Op::Convolution { outputs, kernel, config, bias }
}

/// A U-Net with a residual block: results are used twice, concatenated, added and multiplied.
fn skips(smooth: bool) -> Graph {
    let activation = if smooth { Activation::Tanh } else { Activation::LeakyRelu(0.2) };
    let mut graph = Graph::new("picture", [8, 6, 3], Begin::He).unwrap();
    graph.then("down", convolution(4, 3, 2, true)).unwrap();
    graph.then("norm", Op::BatchNorm { epsilon: 1e-5 }).unwrap().then("on", act(activation)).unwrap();
    graph.then("inner", convolution(4, 3, 1, false)).unwrap().then("inner_on", act(activation)).unwrap();
    graph.add("residual", Op::Add, &["inner_on", "on"]).unwrap();
    let doubling = ConvTransposeConfig { stride: 2, padding: 1, output_padding: 0 };
    let up = Op::TransposedConvolution { outputs: 2, kernel: 4, config: doubling, bias: true };
    graph.then("up", up).unwrap().then("up_norm", Op::BatchNorm { epsilon: 1e-3 }).unwrap();
    graph.add("both", Op::Concatenate, &["up_norm", "picture"]).unwrap();
    graph
        .then("both_norm", Op::BatchNorm { epsilon: 1e-5 })
        .unwrap()
        .then("both_on", act(activation))
        .unwrap();
    let filter = Resampling {
        taps: vec![0.25, 0.5, 0.25],
        up: 1,
        down: 1,
        padding: (1, 1),
        even: true,
        mirrored: false,
    };
    graph.then("blur", Op::Resample { filter }).unwrap();
    graph.then("affine", Op::Affine { scale: 0.5, offset: 0.25 }).unwrap();
    graph.then("some", Op::Narrow { first: 1, count: 3 }).unwrap();
    graph.add("product", Op::Multiply, &["some", "picture"]).unwrap();
    graph.then("deviation", Op::Deviation { group: 8 }).unwrap();
    graph.add("beside", Op::Concatenate, &["product", "deviation"]).unwrap();
    graph.then("narrow", Op::Narrow { first: 1, count: 3 }).unwrap();
    graph.then("clip", Op::Clip { least: -20.0, most: 20.0 }).unwrap();
    graph.then("vector", Op::Reshape { to: [1, 1, 144] }).unwrap();
    graph.then("dense", Op::Dense { to: [2, 2, 5], bias: true }).unwrap();
    graph.then("dense_norm", Op::BatchNorm { epsilon: 1e-5 }).unwrap();
    graph.then("end", act(if smooth { Activation::Sigmoid } else { Activation::Elu })).unwrap();
    graph.output("end", "end").unwrap().output("vector", "vector").unwrap();
    graph
}

/// Results, channels first, and the gradient of their weighted sum in what goes in.
fn with_gradient(input: &Tensor, f: impl Fn(&Tensor) -> Tensor) -> [Tensor; 2] {
    let input = Var::from_tensor(input).unwrap();
    let results = f(&input);
    let factors = noise(&mut Rng::new(3), results.dims());
    let gradients = (&results * factors).unwrap().sum_all().unwrap().backward().unwrap();
    [results, gradients.get(&input).unwrap().clone()]
}

/// Painted with, painted with on a device, and trained with the same statistics: three ways to one result.
fn compare(graph: &Graph, output: &str, rng: &mut Rng, count: usize) {
    let weights = weights(graph, rng);
    let [height, width, channels] = graph.inputs().next().unwrap();
    let input = noise(rng, &[count, height, width, channels]);
    let compiled: Compiled = graph.compile(&weights, output, &Device::Cpu).unwrap();
    let first = |maps: &Tensor| maps.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    let slow = with_gradient(&input, |input| {
        let results = graph.run(&weights, &[input], Norms::Stored, &[output]).unwrap();
        first(results.get(output).unwrap())
    });
    assert_eq!(compiled.outputs(), graph.output_shape(output).unwrap());
    // The second time with the buffers of the first.
    for _ in 0..2 {
        assert_close(&compiled.forward(&input).unwrap(), &slow[0], "without a gradient");
        let fast = with_gradient(&input, |input| compiled.forward(input).unwrap());
        assert_close(&fast[0], &slow[0], "results");
        assert_close(&fast[1], &slow[1], "gradient");
    }
    let elsewhere = first(&compiled.on_device(&[&input]).unwrap());
    assert_close(&elsewhere, &slow[0], "on another device");
}

#[test]
fn a_network_with_skips_is_painted_with_as_it_is_trained() {
    for smooth in [false, true] {
        for output in ["end", "vector"] {
            compare(&skips(smooth), output, &mut Rng::new(5), 3);
        }
    }
}

fn sum(product: candle_core::Result<Tensor>) -> f32 {
    product.unwrap().sum_all().unwrap().to_scalar().unwrap()
}

#[test]
fn gradients_of_results_used_twice_agree_with_finite_differences() {
    let (graph, mut rng) = (skips(true), Rng::new(8));
    let weights = weights(&graph, &mut rng);
    let compiled = graph.compile(&weights, "end", &Device::Cpu).unwrap();
    let input = noise(&mut rng, &[2, 8, 6, 3]);
    let [results, gradient] = with_gradient(&input, |input| compiled.forward(input).unwrap());
    let (factors, direction) = (noise(&mut Rng::new(3), results.dims()), noise(&mut rng, &[2, 8, 6, 3]));
    const STEP: f64 = 2e-3;
    let at = |step: f64| {
        let moved = (&input + (&direction * step).unwrap()).unwrap();
        sum(compiled.forward(&moved).unwrap() * &factors)
    };
    let measured = (at(STEP) - at(-STEP)) / (2.0 * STEP as f32);
    let claimed = sum(gradient * direction);
    assert!((measured - claimed).abs() < 1e-2 * (1.0 + claimed.abs()), "{measured} {claimed}");
}

#[test]
fn the_tangent_agrees_with_finite_differences_by_any_norms() {
    for graph in [skips(true), shuffled()] {
        tangent_agrees(&graph);
    }
}

fn tangent_agrees(graph: &Graph) {
    let mut rng = Rng::new(9);
    let weights = weights(graph, &mut rng);
    let shape = [3, 8, 6, 3];
    let (input, direction) = (noise(&mut rng, &shape), noise(&mut rng, &shape));
    for norms in [Norms::Batch, Norms::Stored] {
        let run = |input: &Tensor| graph.run(&weights, &[input], norms, &["end"]).unwrap();
        let moved = graph.tangent(&weights, &run(&input), &[&direction], norms, &["end"]).unwrap();
        let factors = noise(&mut Rng::new(4), moved.get("end").unwrap().dims());
        let claimed = sum(moved.get("end").unwrap() * &factors);
        const STEP: f64 = 1e-3;
        let at = |step: f64| {
            let moved = (&input + (&direction * step).unwrap()).unwrap();
            sum(run(&moved).get("end").unwrap() * &factors)
        };
        let measured = (at(STEP) - at(-STEP)) / (2.0 * STEP as f32);
        assert!((measured - claimed).abs() < 1e-2 * (1.0 + claimed.abs()), "{norms:?}: {measured} {claimed}");
    }
}

/// An enlarger: norms of single maps, learned slopes, channels that become pixels and pixels that become channels.
fn shuffled() -> Graph {
    let mut graph = Graph::new("picture", [8, 6, 3], Begin::He).unwrap();
    graph.then("squares", Op::PixelUnshuffle { factor: 2 }).unwrap();
    graph.then("first", convolution(8, 3, 1, true)).unwrap();
    graph.then("first_on", Op::Prelu { shared: true }).unwrap();
    graph.then("norm", Op::InstanceNorm { epsilon: 1e-3 }).unwrap();
    graph.then("norm_on", Op::Prelu { shared: false }).unwrap();
    graph.add("both", Op::Add, &["norm_on", "first_on"]).unwrap();
    graph.then("alone", Op::InstanceNorm { epsilon: 1e-3 }).unwrap();
    graph.then("second", convolution(36, 3, 1, true)).unwrap();
    graph.then("second_on", Op::Prelu { shared: false }).unwrap();
    graph.then("end", Op::PixelShuffle { factor: 3 }).unwrap();
    graph.output("end", "end").unwrap();
    graph
}

#[test]
fn an_enlarger_is_painted_with_as_it_is_trained() {
    compare(&shuffled(), "end", &mut Rng::new(11), 2);
    // A slope that makes negative results positive can't be told from the results alone.
    let (graph, mut rng) = (shuffled(), Rng::new(12));
    let mut weights = weights(&graph, &mut rng);
    weights.insert("first_on.slope", Tensor::new(&[-0.5f32], &Device::Cpu).unwrap());
    let compiled = graph.compile(&weights, "end", &Device::Cpu).unwrap();
    let input = noise(&mut rng, &[1, 8, 6, 3]);
    let slow = graph.run(&weights, &[&input], Norms::Stored, &["end"]).unwrap();
    let slow = slow.get("end").unwrap().permute((0, 3, 1, 2)).unwrap();
    assert_close(&compiled.forward(&input).unwrap(), &slow, "a negative slope");
}

#[test]
fn channels_become_pixels_in_the_order_of_pytorch() {
    let mut graph = Graph::new("x", [1, 2, 8], Begin::He).unwrap();
    graph.then("large", Op::PixelShuffle { factor: 2 }).unwrap().output("large", "large").unwrap();
    graph.then("back", Op::PixelUnshuffle { factor: 2 }).unwrap().output("back", "back").unwrap();
    // torch.pixel_shuffle(torch.arange(16).reshape(1, 2, 8).permute(2, 0, 1)[None], 2)
    let x = Tensor::arange(0f32, 16.0, &Device::Cpu).unwrap().reshape((1, 1, 2, 8)).unwrap();
    let results = graph.run(&Weights::default(), &[&x], Norms::Stored, &["large", "back"]).unwrap();
    let first = results.get("large").unwrap().narrow(3, 0, 1).unwrap();
    assert_eq!(numbers(&first), [0.0, 1.0, 8.0, 9.0, 2.0, 3.0, 10.0, 11.0]);
    let second = results.get("large").unwrap().narrow(3, 1, 1).unwrap();
    assert_eq!(numbers(&second), [4.0, 5.0, 12.0, 13.0, 6.0, 7.0, 14.0, 15.0]);
    assert_eq!(numbers(results.get("back").unwrap()), numbers(&x));
}

#[test]
fn a_network_for_maps_of_other_sides_has_the_same_weights() {
    let graph = shuffled();
    let large = graph.resized([16, 10]).unwrap();
    assert_eq!(large.output_shape("end"), Some([24, 15, 4]));
    assert!(large.weights().eq(graph.weights()));
    let error = graph.resized([7, 6]).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("can't cut 7 x 6 x 3 into squares"), "{error}");
    assert!(skips(true).resized([9, 6]).is_err());
}

#[test]
fn statistics_of_one_batch_make_the_same_pictures_as_the_batch() {
    let (graph, mut rng) = (skips(false), Rng::new(10));
    let weights = weights(&graph, &mut rng);
    let input = noise(&mut rng, &[6, 8, 6, 3]);
    let trained = graph.run(&weights, &[&input], Norms::Batch, &["end"]).unwrap();
    assert!(trained.statistics.contains_key("up_norm"));
    let measured = graph.with_statistics(&weights, "end", std::iter::once(Ok(input.clone()))).unwrap();
    let used = graph.run(&measured, &[&input], Norms::Stored, &["end"]).unwrap();
    assert_close(used.get("end").unwrap(), trained.get("end").unwrap(), "statistics");
}

#[test]
fn weights_begin_by_the_rule_under_their_names() {
    let graph = skips(false);
    let variables = Variables::begin(&graph, &mut Rng::new(1)).unwrap();
    assert_eq!(variables.names[..4], ["down.weight", "down.bias", "norm.gamma", "norm.beta"]);
    let deviation = |name: &str| {
        let values = numbers(variables.get(name).unwrap());
        (values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32).sqrt()
    };
    assert!((deviation("down.weight") - (2.0 / 27.0f32).sqrt()).abs() < 0.06);
    assert_eq!((deviation("down.bias"), deviation("norm.gamma")), (0.0, 1.0));
    let learned: usize = variables.vars.iter().map(|var| var.elem_count()).sum();
    assert_eq!(learned, graph.parameters());
    assert!(variables.weights().get("norm.mean").is_err());
    graph.begin(&mut Rng::new(1)).unwrap().check(&graph).unwrap();
}

#[test]
fn every_node_has_a_line() {
    let lines = skips(false).describe();
    assert_eq!(lines.len(), skips(false).nodes().len());
    assert!(
        lines[1].contains("convolution 3 x 3, stride 2") && lines[1].contains("4 x 3 x 4"),
        "{}",
        lines[1]
    );
    assert!(lines[6].contains("add of inner_on, on"), "{}", lines[6]);
    assert!(lines.last().unwrap().contains("-> end"));
}

#[test]
fn what_does_not_fit_is_refused_with_a_sentence() {
    let graph = || {
        let mut graph = Graph::new("picture", [4, 4, 3], Begin::He).unwrap();
        graph.then("some", Op::Narrow { first: 0, count: 2 }).unwrap();
        graph
    };
    let config = ConvConfig { stride: 0, padding: 0 };
    let wrong: [(Op, &[&str], &str); 9] = [
        (Op::Add, &["picture", "some"], "4 x 4 x 3 and 4 x 4 x 2"),
        (Op::Add, &["nobody"], "no such node"),
        (Op::Reshape { to: [1, 1, 5] }, &["some"], "can't make 1 x 1 x 5 of 4 x 4 x 2"),
        (Op::Narrow { first: 2, count: 2 }, &["picture"], "2 channels from 2 on of 3"),
        (Op::Narrow { first: usize::MAX, count: 2 }, &["picture"], "channels from"),
        (convolution(3, 31, 1, false), &["picture"], ""),
        (Op::Convolution { outputs: 1, kernel: 3, config, bias: false }, &["picture"], "stride of 0"),
        (Op::Dense { to: [1 << 12, 1 << 12, 1 << 40], bias: false }, &["picture"], "too much"),
        (Op::Input { shape: [0, 1, 1] }, &[], "makes 0 x 1 x 1"),
    ];
    for (op, from, words) in wrong {
        if words.is_empty() {
            continue;
        }
        let error = graph().add("new", op, from).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("new"), "{error}");
    }
    assert!(graph().then("some", Op::Add).is_err());
    let error = graph().output("end", "nobody").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("no such node"), "{error}");
    // From a file too.
    let text = serde_json::to_string(&graph()).unwrap().replace("\"count\":2", "\"count\":9");
    assert!(serde_json::from_str::<Graph>(&text).unwrap_err().to_string().contains("9 channels"));
}

#[test]
fn weights_that_are_no_numbers_or_of_another_shape_are_refused_by_name() {
    let (graph, mut rng) = (skips(false), Rng::new(2));
    let mut damaged = weights(&graph, &mut rng);
    let mut values = vec![0.1f32; 4];
    values[2] = f32::NAN;
    damaged.insert("norm.gamma", Tensor::new(values, &Device::Cpu).unwrap());
    let error = graph.compile(&damaged, "end", &Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("norm.gamma") && error.contains("not finite"), "{error}");
    damaged.insert("norm.gamma", Tensor::new(&[1f32, 2.0], &Device::Cpu).unwrap());
    let error = graph.compile(&damaged, "end", &Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("[2] instead of [4]"), "{error}");
    // What the output does not need is not asked for.
    let weights = weights(&graph, &mut rng);
    let needed: Weights = weights
        .iter()
        .filter(|(name, _)| !name.starts_with("dense"))
        .map(|(n, t)| (n.to_owned(), t.clone()))
        .collect();
    assert!(graph.compile(&needed, "vector", &Device::Cpu).is_ok());
}
