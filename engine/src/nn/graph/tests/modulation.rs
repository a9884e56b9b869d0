//! What styles do to convolutions, and networks that take several things.

use super::*;

/// A modulated convolution of what one node makes, demodulated or not, by a style of what another one makes.
pub(super) fn styled(
    graph: &mut Graph,
    index: usize,
    maps: &str,
    style: &str,
    outputs: usize,
    demodulated: bool,
) {
    let channels = graph.shape_of(maps).unwrap()[2];
    let node = |part: &str| format!("node{index}.{part}");
    let dense = Op::Dense { to: [1, 1, channels], bias: true };
    graph.add(node("style"), dense, &[style]).unwrap();
    graph.add(node("modulate"), Op::Modulate, &[maps, &node("style")]).unwrap();
    let kernel = if demodulated { 3 } else { 1 };
    graph.then(node("convolution"), convolution(outputs, kernel, 1, !demodulated)).unwrap();
    if demodulated {
        let op = Op::Demodulate { of: node("convolution"), epsilon: 1e-3 };
        graph.add(node("demodulate"), op, &[&node("convolution"), &node("style")]).unwrap();
    }
}

/// A small StyleGAN2: constant, two styled convolutions of which one enlarges, and colours.
fn generator(activation: Activation) -> Graph {
    let mut graph = Graph::new("z", [1, 1, 6], Begin::He).unwrap();
    graph.then("norm", Op::PixelNorm { epsilon: 1e-8 }).unwrap();
    graph.then("map", Op::Dense { to: [1, 1, 8], bias: true }).unwrap();
    graph.then("map_on", act(activation)).unwrap();
    graph.then("truncation", Op::Affine { scale: 0.7, offset: 0.0 }).unwrap();
    graph.then("centre", Op::Bias).unwrap();
    graph.add("constant", Op::Constant { shape: [4, 3, 5] }, &[]).unwrap();
    let after = |graph: &mut Graph, name: &str| {
        graph.then(format!("{name}.noise"), Op::Noise).unwrap();
        graph.then(format!("{name}.bias"), Op::Bias).unwrap();
        graph.then(format!("{name}.on"), act(activation)).unwrap();
        graph.then(format!("{name}.gain"), Op::Affine { scale: 1.4, offset: 0.0 }).unwrap();
        graph.then(format!("{name}.clip"), Op::Clip { least: -2.0, most: 2.5 }).unwrap();
    };
    styled(&mut graph, 0, "constant", "centre", 7, true);
    after(&mut graph, "node0");
    graph.add("style", Op::Dense { to: [1, 1, 7], bias: true }, &["centre"]).unwrap();
    graph.add("modulate", Op::Modulate, &["node0.clip", "style"]).unwrap();
    let config = ConvTransposeConfig { stride: 2, padding: 0, output_padding: 0 };
    let up = Op::TransposedConvolution { outputs: 9, kernel: 3, config, bias: false };
    graph.then("up", up).unwrap();
    let filter = Resampling {
        taps: vec![0.25, 0.75, 0.75, 0.25],
        up: 1,
        down: 1,
        padding: (1, 1),
        even: false,
        mirrored: false,
    };
    graph.then("blur", Op::Resample { filter }).unwrap();
    graph.add("demodulate", Op::Demodulate { of: "up".into(), epsilon: 1e-8 }, &["blur", "style"]).unwrap();
    after(&mut graph, "up");
    styled(&mut graph, 1, "up.clip", "centre", 2, false);
    let filter = Resampling {
        taps: vec![0.25, 0.75, 0.75, 0.25],
        up: 2,
        down: 1,
        padding: (2, 1),
        even: false,
        mirrored: false,
    };
    graph.add("small", Op::Narrow { first: 0, count: 2 }, &["node0.clip"]).unwrap();
    graph.then("double", Op::Resample { filter }).unwrap();
    graph.add("sum", Op::Add, &["double", "node1.convolution"]).unwrap();
    graph.output("end", "sum").unwrap().output("maps", "up.clip").unwrap();
    graph
}

#[test]
fn a_styled_generator_is_painted_with_as_it_is_trained() {
    for activation in [Activation::LeakyRelu(0.2), Activation::Tanh] {
        for output in ["end", "maps"] {
            compare(&generator(activation), output, &mut Rng::new(6), 3);
        }
    }
}

#[test]
fn what_follows_a_style_is_done_in_one_pass_with_it() {
    let (graph, mut rng) = (generator(Activation::LeakyRelu(0.2)), Rng::new(7));
    let network = graph.compile(&weights(&graph, &mut rng), "end", &Device::Cpu).unwrap();
    // Norm, mapping, truncation, centre, constant; 5 and 6 for the convolutions; 2 for the colours; 3 for the sum.
    assert_eq!(network.steps(), 21);
}

/// The derivative of a number along a direction by finite differences, and as it is claimed to be.
fn assert_derivative(claimed: f32, at: impl Fn(f64) -> f32, what: &str) {
    const STEP: f64 = 1e-3;
    let measured = (at(STEP) - at(-STEP)) / (2.0 * STEP as f32);
    assert!((measured - claimed).abs() < 1e-2 * (1.0 + claimed.abs()), "{what}: {measured} {claimed}");
}

fn moved(t: &Tensor, direction: &Tensor, step: f64) -> Tensor {
    (t + (direction * step).unwrap()).unwrap()
}

#[test]
fn derivatives_of_styled_convolutions_agree_with_finite_differences() {
    let (graph, mut rng) = (generator(Activation::Tanh), Rng::new(9));
    let weights = weights(&graph, &mut rng);
    let (z, direction) = (noise(&mut rng, &[3, 1, 1, 6]), noise(&mut rng, &[3, 1, 1, 6]));
    let run = |weights: &Weights, z: &Tensor| graph.run(weights, &[z], Norms::Stored, &["end"]).unwrap();
    let results = run(&weights, &z);
    let factors = noise(&mut rng, results.get("end").unwrap().dims());
    let at = |step: f64| sum(run(&weights, &moved(&z, &direction, step)).get("end").unwrap() * &factors);

    let tangent = graph.tangent(&weights, &results, &[&direction], Norms::Stored, &["end"]).unwrap();
    assert_derivative(sum(tangent.get("end").unwrap() * &factors), at, "tangent");
    let compiled = graph.compile(&weights, "end", &Device::Cpu).unwrap();
    let variable = Var::from_tensor(&z).unwrap();
    let first = factors.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    let gradients = (compiled.forward(&variable).unwrap() * first).unwrap().sum_all().unwrap();
    let gradients = gradients.backward().unwrap();
    assert_derivative(sum(gradients.get(&variable).unwrap() * &direction), at, "gradient");
    // Of every weight, one after the other.
    for (name, spec) in graph.weights().filter(|(_, spec)| spec.role.is_learned()) {
        let value = weights.get(&name).unwrap();
        let direction = noise(&mut rng, &spec.shape);
        let variable = Var::from_tensor(value).unwrap();
        let with = |value: Tensor| weights.clone().with([(name.clone(), value)].into_iter().collect());
        let results = run(&with(variable.as_tensor().clone()), &z);
        let cost = (results.get("end").unwrap() * &factors).unwrap().sum_all().unwrap();
        let gradients = cost.backward().unwrap();
        let at =
            |step: f64| sum(run(&with(moved(value, &direction, step)), &z).get("end").unwrap() * &factors);
        assert_derivative(sum(gradients.get(&variable).unwrap() * &direction), at, &name);
    }
}

#[test]
fn demodulated_results_are_those_of_weights_that_were_scaled_and_divided() {
    let mut rng = Rng::new(4);
    let mut graph = Graph::new("maps", [5, 4, 3], Begin::He).unwrap();
    graph.add("style", Op::Input { shape: [1, 1, 3] }, &[]).unwrap();
    graph.add("modulate", Op::Modulate, &["maps", "style"]).unwrap();
    graph.then("convolution", convolution(2, 3, 1, false)).unwrap();
    let op = Op::Demodulate { of: "convolution".into(), epsilon: 0.0 };
    graph.add("end", op, &["convolution", "style"]).unwrap().output("end", "end").unwrap();
    let weights = weights(&graph, &mut rng);
    let (maps, style) = (noise(&mut rng, &[1, 5, 4, 3]), noise(&mut rng, &[1, 1, 1, 3]));
    let fast = graph.compile(&weights, "end", &Device::Cpu).unwrap().forward_of(&[&maps, &style]).unwrap();
    // As the paper has it: weights of this sample's own.
    let scaled = weights.get("convolution.weight").unwrap().broadcast_mul(&style.reshape((3, 1)).unwrap());
    let scaled = scaled.unwrap();
    let norms = scaled.sqr().unwrap().sum((0, 1, 2)).unwrap().sqrt().unwrap();
    let weight = scaled.broadcast_div(&norms).unwrap();
    let config = ConvConfig { stride: 1, padding: 1 };
    let slow = crate::nn::conv2d(&maps, &weight, None, config, Activation::None).unwrap();
    assert_close(&fast, &slow.permute((0, 3, 1, 2)).unwrap(), "weights of its own");
}

/// Maps and two vectors go in, one of which is of no use for the end.
fn several() -> Graph {
    let mut graph = Graph::new("maps", [4, 3, 2], Begin::He).unwrap();
    graph.add("unused", Op::Input { shape: [1, 1, 9] }, &[]).unwrap();
    graph.add("vector", Op::Input { shape: [1, 1, 5] }, &[]).unwrap();
    graph.then("style", Op::Dense { to: [1, 1, 2], bias: true }).unwrap();
    graph.add("modulate", Op::Modulate, &["maps", "style"]).unwrap();
    graph.then("convolution", convolution(3, 3, 1, true)).unwrap().then("on", act(Activation::Elu)).unwrap();
    graph.add("again", Op::Dense { to: [4, 3, 3], bias: true }, &["vector"]).unwrap();
    graph.add("end", Op::Multiply, &["on", "again"]).unwrap().output("end", "end").unwrap();
    graph
}

#[test]
fn a_network_takes_several_things() {
    let (graph, mut rng) = (several(), Rng::new(5));
    let weights = weights(&graph, &mut rng);
    let network = graph.compile(&weights, "end", &Device::Cpu).unwrap();
    assert_eq!(network.takes(), [[4, 3, 2], [1, 1, 5]]);
    let (maps, vector) = (noise(&mut rng, &[2, 4, 3, 2]), noise(&mut rng, &[2, 1, 1, 5]));
    let unused = noise(&mut rng, &[2, 1, 1, 9]);
    let factors = noise(&mut rng, &[2, 3, 4, 3]);
    let slow = |maps: &Tensor, vector: &Tensor| {
        let results = graph.run(&weights, &[maps, &unused, vector], Norms::Stored, &["end"]).unwrap();
        results.get("end").unwrap().permute((0, 3, 1, 2)).unwrap().contiguous().unwrap()
    };
    let fast = |maps: &Tensor, vector: &Tensor| network.forward_of(&[maps, vector]).unwrap();
    let elsewhere = network.on_device(&[&maps, &vector]).unwrap().permute((0, 3, 1, 2)).unwrap();
    assert_close(&elsewhere, &slow(&maps, &vector), "on another device");
    let gradients = |run: &dyn Fn(&Tensor, &Tensor) -> Tensor| {
        let (maps, vector) = (Var::from_tensor(&maps).unwrap(), Var::from_tensor(&vector).unwrap());
        let results = run(&maps, &vector);
        let gradients = (&results * &factors).unwrap().sum_all().unwrap().backward().unwrap();
        [results, gradients.get(&maps).unwrap().clone(), gradients.get(&vector).unwrap().clone()]
    };
    for (fast, slow) in gradients(&fast).iter().zip(&gradients(&slow)) {
        assert_close(fast, slow, "both move");
    }
    // One of them is a constant.
    let of_vector = |run: &dyn Fn(&Tensor, &Tensor) -> Tensor| {
        let vector = Var::from_tensor(&vector).unwrap();
        let gradients = (run(&maps, &vector) * &factors).unwrap().sum_all().unwrap().backward().unwrap();
        gradients.get(&vector).unwrap().clone()
    };
    assert_close(&of_vector(&fast), &of_vector(&slow), "one moves");
    for inputs in [&[&maps][..], &[&vector, &maps], &[&maps, &vector.narrow(0, 0, 1).unwrap()]] {
        assert!(network.forward_of(inputs).is_err());
    }
}

#[test]
fn styles_that_do_not_fit_are_refused_with_a_sentence() {
    let graph = || {
        let mut graph = Graph::new("maps", [4, 4, 3], Begin::He).unwrap();
        graph.add("style", Op::Input { shape: [1, 1, 3] }, &[]).unwrap();
        graph.add("two", Op::Input { shape: [1, 1, 2] }, &[]).unwrap();
        graph.add("convolution", convolution(2, 3, 1, false), &["maps"]).unwrap();
        graph.then("on", act(Activation::Relu)).unwrap();
        graph
    };
    let of = |name: &str| Op::Demodulate { of: name.into(), epsilon: 0.0 };
    let wrong: [(Op, &[&str], &str); 8] = [
        (Op::Modulate, &["maps", "two"], "can't scale the channels of 4 x 4 x 3 by 1 x 1 x 2"),
        (Op::Modulate, &["maps", "maps"], "can't scale the channels"),
        (Op::Modulate, &["maps"], "takes maps and a style"),
        (of("convolution"), &["on", "style"], "\"on\" makes, which is not the convolution"),
        (of("maps"), &["maps", "style"], "not the convolution \"maps\""),
        (of("convolution"), &["convolution", "two"], "a style of 2 numbers where the convolution takes 3"),
        (
            Op::Demodulate { of: "convolution".into(), epsilon: f64::NAN },
            &["convolution", "style"],
            "epsilon",
        ),
        (Op::Constant { shape: [2, 2, 2] }, &["maps"], "takes nothing"),
    ];
    for (op, from, words) in wrong {
        let error = graph().add("new", op, from).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("new"), "{error}");
    }
}
