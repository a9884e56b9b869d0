//! Compiled networks against the same layers one by one.

use candle_core::{Device, Tensor, Var};
use proptest::prelude::*;

use super::*;
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig, conv_transpose2d, conv2d};
use crate::rng::Rng;

/// Largest difference, as a part of the largest number.
const TOLERANCE: f32 = 1e-5;

/// A layer of a test: its kind, side of the kernel, stride, channels and activation.
type Draft = (u8, usize, usize, usize, Activation);

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let activation = prop_oneof![
        Just(Activation::None),
        Just(Activation::Relu),
        Just(Activation::LeakyRelu(0.2)),
        Just(Activation::Tanh),
        Just(Activation::Elu)
    ];
    let channels = prop_oneof![Just(1usize), Just(3), Just(16), Just(32)];
    prop::collection::vec((0..3u8, 1..6usize, 1..4usize, channels, activation), 1..5)
}

fn noise(rng: &mut Rng, shape: &[usize]) -> Tensor {
    let len: usize = shape.iter().product();
    // About as large as what goes in, whatever the shape.
    let inputs = (len as f32 / shape[shape.len() - 1] as f32).sqrt();
    let values = rng.normals(len).iter().map(|v| v / inputs).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// A layer, and the same as an operation of its own, which other tests compare with candle's.
struct Twins {
    layer: FrozenLayer,
    alone: Alone,
}

type Alone = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

/// Layers that fit one another; those that would leave nothing of the maps are left out.
fn layers(rng: &mut Rng, from: MapShape, drafts: &[Draft]) -> Vec<Twins> {
    let mut shape = from;
    let mut layers = Vec::new();
    for &(kind, kernel, stride, channels, activation) in drafts {
        let padding = kernel / 2;
        let to = [2, 3, channels];
        let outputs = if kind == 0 { to.iter().product() } else { channels };
        let bias = (kernel % 2 == 0).then(|| noise(rng, &[outputs]));
        let twins = match kind {
            0 => {
                let inputs: usize = shape.iter().product();
                let weights = noise(rng, &[inputs, outputs]);
                let layer = FrozenLayer::dense(&weights, bias.as_ref(), to, activation).unwrap();
                let alone = move |maps: &Tensor| {
                    let count = maps.dim(0)?;
                    let maps = maps.reshape((count, 1, 1, inputs))?;
                    let weights = weights.reshape((1, 1, inputs, outputs))?;
                    let maps = conv2d(&maps, &weights, bias.as_ref(), ConvConfig::default(), activation)?;
                    Ok(maps.reshape((count, to[0], to[1], to[2]))?)
                };
                Twins { layer, alone: Box::new(alone) }
            }
            1 => {
                let config = ConvTransposeConfig { stride, padding, output_padding: stride - 1 };
                let weights = noise(rng, &[shape[2], kernel, kernel, channels]);
                let layer = FrozenLayer::transposed(&weights, bias.as_ref(), config, activation).unwrap();
                let alone =
                    move |maps: &Tensor| conv_transpose2d(maps, &weights, bias.as_ref(), config, activation);
                Twins { layer, alone: Box::new(alone) }
            }
            _ => {
                let config = ConvConfig { stride, padding };
                let weights = noise(rng, &[kernel, kernel, shape[2], channels]);
                let layer = FrozenLayer::convolution(&weights, bias.as_ref(), config, activation).unwrap();
                let alone = move |maps: &Tensor| conv2d(maps, &weights, bias.as_ref(), config, activation);
                Twins { layer, alone: Box::new(alone) }
            }
        };
        if let Some((_, next)) = twins.layer.placed(shape) {
            shape = next;
            layers.push(twins);
        }
    }
    layers
}

/// The same, one operation after the other, channels first in the end.
fn one_by_one(maps: &Tensor, layers: &[Twins], run: impl Fn(&Twins, &Tensor) -> Result<Tensor>) -> Tensor {
    let maps = layers.iter().fold(maps.clone(), |maps, twins| run(twins, &maps).unwrap());
    maps.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap()
}

fn numbers(t: &Tensor) -> Vec<f32> {
    t.flatten_all().unwrap().to_vec1().unwrap()
}

fn assert_close(fast: &Tensor, slow: &Tensor, what: &str) {
    assert_close_to(fast, slow, 1e-3, what);
}

/// The same relative to no less than `least`.
fn assert_close_to(fast: &Tensor, slow: &Tensor, least: f32, what: &str) {
    assert_eq!(fast.dims(), slow.dims(), "{what}");
    let (fast, slow) = (numbers(fast), numbers(slow));
    let largest = slow.iter().fold(least, |most, v| most.max(v.abs()));
    for (a, b) in fast.iter().zip(&slow) {
        assert!((a - b).abs() <= TOLERANCE * largest, "{what}: {a} {b}");
    }
}

/// Results and the gradient of their weighted sum.
fn with_gradient(maps: &Tensor, f: impl Fn(&Tensor) -> Tensor) -> (Tensor, Tensor) {
    let maps = Var::from_tensor(maps).unwrap();
    let results = f(&maps);
    let weights = noise(&mut Rng::new(3), results.dims());
    let gradients = (&results * weights).unwrap().sum_all().unwrap().backward().unwrap();
    (results, gradients.get(&maps).unwrap().clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_chain_equals_its_layers(
        drafts in drafts(),
        (height, width, channels) in (1..9usize, 1..9usize, 1..20usize),
        count in 0..4usize,
        seed in any::<u64>(),
    ) {
        let mut rng = Rng::new(seed);
        let from = [height, width, channels];
        let layers = layers(&mut rng, from, &drafts);
        prop_assume!(!layers.is_empty());
        let chain = layers.iter().map(|twins| twins.layer.clone()).collect();
        let chain = Compiled::chain(chain, from).unwrap();
        let maps = noise(&mut rng, &[count, height, width, channels]);
        if count == 0 {
            let [height, width, channels] = chain.outputs();
            let none = chain.forward(&maps).unwrap();
            prop_assert_eq!(none.dims(), [0, channels, height, width]);
            return Ok(());
        }
        let (slow, slow_gradient) = with_gradient(&maps, |maps| {
            one_by_one(maps, &layers, |twins, maps| (twins.alone)(maps))
        });
        let elsewhere = one_by_one(&maps, &layers, |twins, maps| twins.layer.on_device(maps));
        // Its sums have another order. What many layers made small was larger on its way, and so is what was rounded.
        assert_close_to(&elsewhere, &slow, 1e-2, "on another device");
        // The second time with the buffers of the first.
        for _ in 0..2 {
            assert_close(&chain.forward(&maps).unwrap(), &slow, "without a gradient");
            let (fast, gradient) = with_gradient(&maps, |maps| chain.forward(maps).unwrap());
            assert_close(&fast, &slow, "results");
            assert_close(&gradient, &slow_gradient, "gradient");
        }
    }
}

/// A small generator: dense, two doublings of which the second goes the way with fewer multiplications.
fn generator(activation: Activation) -> Compiled {
    let mut rng = Rng::new(8);
    let doubling = ConvTransposeConfig { stride: 2, padding: 2, output_padding: 1 };
    let layers = vec![
        FrozenLayer::dense(&noise(&mut rng, &[7, 512]), None, [4, 4, 32], activation),
        FrozenLayer::transposed(&noise(&mut rng, &[32, 5, 5, 16]), None, doubling, activation),
        FrozenLayer::transposed(&noise(&mut rng, &[16, 5, 5, 3]), None, doubling, Activation::Tanh),
    ];
    Compiled::chain(layers.into_iter().collect::<Result<_>>().unwrap(), [1, 1, 7]).unwrap()
}

#[test]
fn gradients_may_be_asked_for_twice_and_while_other_pictures_are_made() {
    let chain = generator(Activation::Relu);
    let latents = noise(&mut Rng::new(1), &[3, 1, 1, 7]);
    let alone = with_gradient(&latents, |maps| chain.forward(maps).unwrap()).1;
    let maps = Var::from_tensor(&latents).unwrap();
    // A tensor that is used twice, by two passes that wait for their gradients at once.
    let first = chain.forward(&maps).unwrap();
    let second = chain.forward(&maps).unwrap();
    chain.forward(&noise(&mut Rng::new(2), &[5, 1, 1, 7])).unwrap();
    let weights = noise(&mut Rng::new(3), first.dims());
    let sum = ((first * &weights).unwrap() + (second * weights).unwrap()).unwrap().sum_all().unwrap();
    for _ in 0..2 {
        let gradient = sum.backward().unwrap().get(&maps).unwrap().clone();
        assert_close(&gradient, &(&alone * 2.0).unwrap(), "both");
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let chain = generator(Activation::Elu);
    let mut rng = Rng::new(4);
    let latents = noise(&mut rng, &[2, 1, 1, 7]);
    let (results, gradient) = with_gradient(&latents, |maps| chain.forward(maps).unwrap());
    let weights = noise(&mut Rng::new(3), results.dims());
    const STEP: f64 = 1e-2;
    let direction = noise(&mut rng, latents.dims());
    let at = |sign: f64| {
        let moved = (&latents + (&direction * (sign * STEP)).unwrap()).unwrap();
        let products = (chain.forward(&moved).unwrap() * &weights).unwrap();
        numbers(&products).into_iter().map(f64::from).sum::<f64>()
    };
    let measured = (at(1.0) - at(-1.0)) / (2.0 * STEP);
    let claimed = (gradient * direction).unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
    assert!((measured - f64::from(claimed)).abs() < 2e-3, "{measured} {claimed}");
}

#[test]
fn a_picture_is_the_same_alone_among_others_and_for_any_number_of_threads() {
    let chain = generator(Activation::Relu);
    let latents = noise(&mut Rng::new(6), &[20, 1, 1, 7]);
    let run = |threads: usize, latents: &Tensor| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let run = || with_gradient(latents, |maps| chain.forward(maps).unwrap());
        let (results, gradient) = pool.install(run);
        (numbers(&results), numbers(&gradient))
    };
    assert_eq!(run(1, &latents), run(3, &latents));
    let (all, _) = run(2, &latents);
    let len = all.len() / 20;
    let (alone, _) = run(2, &latents.narrow(0, 13, 1).unwrap().contiguous().unwrap());
    assert_eq!(alone, all[13 * len..14 * len]);
}

#[test]
fn results_that_nobody_needs_any_more_make_room_for_others() {
    use crate::nn::graph::{Begin, Graph, Op};
    // Dense blocks: every convolution takes what the block takes and all that those before it made.
    let mut graph = Graph::new("maps", [6, 5, 3], Begin::default()).unwrap();
    for block in 0..12 {
        let mut all = vec![graph.last().to_owned()];
        for layer in 0..4 {
            let name = |part: &str| format!("{part}{block}_{layer}");
            let from: Vec<&str> = all.iter().map(String::as_str).collect();
            graph.add(name("all"), Op::Concatenate, &from).unwrap();
            let config = ConvConfig { stride: 1, padding: 1 };
            graph.then(name("add"), Op::Convolution { outputs: 3, kernel: 3, config, bias: true }).unwrap();
            all.push(name("add"));
        }
        graph.add(format!("sum{block}"), Op::Add, &[&all[0], &all[4]]).unwrap();
    }
    let last = graph.last().to_owned();
    graph.output("end", &last).unwrap();
    let weights = graph.begin(&mut Rng::new(1)).unwrap();
    let network = graph.compile(&weights, "end", &Device::Cpu).unwrap();
    let maps = noise(&mut Rng::new(2), &[1, 6, 5, 3]);
    let made = network.forward(&maps).unwrap();
    // Those of one block, its maps side by side, and what comes of them.
    assert!(network.0.pool.lying() <= 7, "{}", network.0.pool.lying());
    let (tracked, _) = with_gradient(&maps, |maps| network.forward(maps).unwrap());
    assert_eq!(numbers(&made), numbers(&tracked));
    // The gradient of a convolution with constant weights looks at nothing that it took.
    assert!(network.0.pool.lying() <= 12, "{}", network.0.pool.lying());
}

#[test]
fn maps_and_layers_that_do_not_fit_are_named() {
    let chain = generator(Activation::Relu);
    let error = chain.forward(&noise(&mut Rng::new(1), &[2, 7, 1, 1])).unwrap_err().to_string();
    assert!(error.contains("[2, 7, 1, 1]") && error.contains("[1, 1, 7]"), "{error}");
    let halves = Tensor::zeros((1, 1, 1, 7), DType::F16, &Device::Cpu).unwrap();
    assert!(chain.forward(&halves).unwrap_err().to_string().contains("float32"));

    let rng = &mut Rng::new(1);
    let config = ConvConfig::default();
    let layer = |rng: &mut Rng, shape: &[usize], bias: usize| {
        FrozenLayer::convolution(&noise(rng, shape), Some(&noise(rng, &[bias])), config, Activation::None)
            .unwrap()
    };
    // A kernel larger than the maps, other channels, another bias, nothing that comes out.
    let shapes = [([5, 5, 3, 2], 2), ([1, 1, 4, 2], 2), ([1, 1, 3, 2], 3), ([1, 1, 3, 0], 0)];
    for (shape, bias) in shapes {
        let layer = layer(rng, &shape, bias);
        let error = Compiled::chain(vec![layer], [4, 4, 3]).unwrap_err().to_string();
        assert!(error.contains("layer 1") && error.contains("[4, 4, 3]"), "{error}");
    }
    assert!(Compiled::chain(Vec::new(), [4, 4, 3]).is_err());
    assert!(Compiled::chain(vec![layer(rng, &[1, 1, 3, 2], 2)], [4, 0, 3]).is_err());
}
