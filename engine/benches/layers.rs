//! The layers of an iGAN-shaped generator (100 latents, 5 x 5 transposed convolutions, 64 x 64 x 3), one by one:
//! forward alone, and forward with the gradient of the input.
//!
//!     cargo bench -p latent-engine --bench layers

use candle_core::{Device, Tensor, Var};
use divan::Bencher;
use latent_engine::nn::{Activation, Compiled, ConvTransposeConfig, FrozenLayer};

fn main() {
    divan::main();
}

/// Side of the input, channels in and out for every unit of width.
const LAYERS: [(usize, usize, usize); 4] = [(4, 8, 4), (8, 4, 2), (16, 2, 1), (32, 1, 0)];
const BATCHES: [usize; 3] = [1, 8, 32];

struct Layer {
    x: Tensor,
    chain: Compiled,
}

fn noise(shape: &[usize]) -> Tensor {
    Tensor::randn(0f32, 1.0, shape, &Device::Cpu).expect("memory for a layer")
}

fn layer<const WIDTH: usize>(index: usize, batch: usize) -> Layer {
    let (side, inputs, outputs) = LAYERS[index];
    let channels = if outputs == 0 { 3 } else { outputs * WIDTH };
    let config = ConvTransposeConfig { stride: 2, padding: 2, output_padding: 1 };
    let activation = if outputs == 0 { Activation::Tanh } else { Activation::Relu };
    let weights = noise(&[inputs * WIDTH, 5, 5, channels]);
    let layer = FrozenLayer::transposed(&weights, None, config, activation).expect("four axes");
    let chain = Compiled::chain(vec![layer], [side, side, inputs * WIDTH]).expect("a layer that fits");
    Layer { x: noise(&[batch, side, side, inputs * WIDTH]), chain }
}

impl Layer {
    fn run(&self, x: &Tensor) -> Tensor {
        self.chain.forward(x).expect("maps that fit")
    }
}

/// Every layer with every batch.
fn cases() -> impl Iterator<Item = (usize, usize)> {
    (0..LAYERS.len()).flat_map(|layer| BATCHES.map(|batch| (layer, batch)))
}

#[divan::bench(args = cases().map(|(l, b)| format!("{l} x{b}")), consts = [64, 128])]
fn forward<const WIDTH: usize>(bencher: Bencher<'_, '_>, case: &str) {
    let layer = named::<WIDTH>(case);
    bencher.bench_local(|| layer.run(&layer.x));
}

#[divan::bench(args = cases().map(|(l, b)| format!("{l} x{b}")), consts = [64, 128])]
fn step<const WIDTH: usize>(bencher: Bencher<'_, '_>, case: &str) {
    let layer = named::<WIDTH>(case);
    let x = Var::from_tensor(&layer.x).expect("memory for a layer");
    bencher.bench_local(|| layer.run(&x).sum_all().and_then(|sum| sum.backward()).expect("a gradient"));
}

fn named<const WIDTH: usize>(case: &str) -> Layer {
    let (index, batch) = case.split_once(" x").expect("a case");
    layer::<WIDTH>(index.parse().expect("a layer"), batch.parse().expect("a batch"))
}
