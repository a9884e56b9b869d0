//! Milliseconds of a latent step (a generator's forward pass and the gradient of its latents), fastest of many:
//! `cargo run --release -p latent-engine --example latent_step -- [WIDTH] [KERNEL]`

use std::time::Instant;

use candle_core::{Device, Tensor, Var};
use latent_engine::nn::{Activation, ConvTransposeConfig, conv_transpose2d};
use latent_engine::rng::Rng;

fn main() -> latent_engine::Result<()> {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let width = arguments.first().copied().unwrap_or(64);
    let kernel = arguments.get(1).copied().unwrap_or(5);
    let mut rng = Rng::new(0);
    let channels = [100, 8 * width, 4 * width, 2 * width, width, 3];
    let mut layers = Vec::new();
    for (index, pair) in channels.windows(2).enumerate() {
        let k = if index == 0 { 4 } else { kernel };
        let shape = (pair[0], k, k, pair[1]);
        let w = Tensor::from_vec(rng.normals(pair[0] * k * k * pair[1]), shape, &Device::Cpu)?;
        let bias = Tensor::zeros(pair[1], candle_core::DType::F32, &Device::Cpu)?;
        let config = match index {
            0 => ConvTransposeConfig::default(),
            // 5 needs one more row than it cuts off to double the size; 4 doubles it by itself.
            _ => ConvTransposeConfig { stride: 2, padding: (k - 1) / 2, output_padding: k % 2 },
        };
        let activation = if index == 4 { Activation::Tanh } else { Activation::Relu };
        layers.push(((w * 0.02)?, bias, config, activation));
    }
    for batch in [1, 8, 32] {
        let z = Tensor::from_vec(rng.normals(batch * 100), (batch, 1, 1, 100), &Device::Cpu)?;
        let z = Var::from_tensor(&z)?;
        let (mut forward, mut step) = (f64::MAX, f64::MAX);
        let until = Instant::now() + std::time::Duration::from_secs(4);
        while Instant::now() < until {
            let start = Instant::now();
            let mut x = z.as_tensor().clone();
            for (w, bias, config, activation) in &layers {
                x = conv_transpose2d(&x, w, Some(bias), *config, *activation)?;
            }
            let between = start.elapsed().as_secs_f64();
            let grads = x.sqr()?.sum_all()?.backward()?;
            assert!(grads.get(&z).is_some(), "the latents got no gradient");
            forward = forward.min(between);
            step = step.min(start.elapsed().as_secs_f64());
        }
        println!("width {width} batch {batch}: {:.2} / {:.2} ms", forward * 1e3, step * 1e3);
    }
    Ok(())
}
