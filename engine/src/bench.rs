//! Measurements that are worth comparing with other programs.

use std::time::{Duration, Instant};

use candle_core::{Device, Tensor, Var};
use serde::Serialize;

use crate::Result;
use crate::arch::{LayeredGenerator, dcgan_generator};
use crate::checkpoint::TensorTable;
use crate::data::PictureSet;
use crate::data::{Landscape, World as _};
use crate::model::{Decoder, Model};
use crate::nn::matmul::{Matrix, Threads, matmul};
use crate::rng::Rng;
use crate::train::{Gan, GanConfig, Trainer as _};

/// Length of the latents of the measured generator, iGAN's.
const LATENT: usize = 100;
/// Kernel of its transposed convolutions.
const KERNEL: usize = 5;

/// The time of one latent step: generator forward, gradient of mean(x^2) with respect to the latents.
#[derive(Clone, Debug, Serialize)]
pub struct LatentStep {
    /// Who was measured.
    pub engine: String,
    /// Channels before the last layer.
    pub width: usize,
    /// Latents at once.
    pub batch: usize,
    /// Threads of the pool.
    pub threads: usize,
    /// Median milliseconds of the forward pass.
    pub forward_ms: f64,
    /// Median milliseconds of forward pass and gradient.
    pub step_ms: f64,
    /// Billions of floating-point operations of the forward pass, counted as a direct convolution.
    pub forward_gflop: f64,
    /// Billions of operations per second of the whole step.
    pub step_gflops_per_s: f64,
    /// Billions of operations per second of a product of two matrices of 1024 x 1024, measured before and after.
    pub product_gflops_per_s: f64,
}

/// Measures the iGAN-shaped generator (latents of 100, 5 x 5 transposed convolutions, 64 x 64 x 3) with random
/// weights, for about `seconds` each way.
///
/// # Errors
/// When the device refuses.
pub fn latent_step(width: usize, batch: usize, seconds: f64) -> Result<LatentStep> {
    let generator = igan_shaped(width)?;
    let before = product_gflops_per_s(0.25 * seconds)?;
    let (forward_ms, step_ms) = step_times(&generator, &Device::Cpu, batch, seconds)?;
    let after = product_gflops_per_s(0.25 * seconds)?;
    let forward_gflop = 2.0 * (batch * multiplications(width)) as f64 / 1e9;
    Ok(LatentStep {
        engine: engine(),
        width,
        batch,
        threads: rayon::current_num_threads(),
        forward_ms: round(forward_ms),
        step_ms: round(step_ms),
        forward_gflop: (1000.0 * forward_gflop).round() / 1000.0,
        step_gflops_per_s: round(2.0 * forward_gflop / step_ms * 1e3),
        product_gflops_per_s: round(before.max(after)),
    })
}

/// The time of one latent step of a model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelStep {
    /// Who was measured.
    pub engine: String,
    /// The family of the generator.
    pub family: &'static str,
    /// Latents at once.
    pub batch: usize,
    /// Threads of the pool.
    pub threads: usize,
    /// Median milliseconds of the forward pass.
    pub forward_ms: f64,
    /// Median milliseconds of forward pass and gradient.
    pub step_ms: f64,
}

/// Measures what [`latent_step`] does with the generator of a model.
///
/// # Errors
/// When the device refuses.
pub fn model_step(model: &Model, batch: usize, seconds: f64) -> Result<ModelStep> {
    let generator = model.decoder()?.as_ref();
    let (forward_ms, step_ms) = step_times(generator, &model.device, batch, seconds)?;
    Ok(ModelStep {
        engine: engine(),
        family: generator.family(),
        batch,
        threads: rayon::current_num_threads(),
        forward_ms: round(forward_ms),
        step_ms: round(step_ms),
    })
}

/// Median milliseconds of the forward pass, and of forward pass and gradient of mean(x^2).
fn step_times(generator: &dyn Decoder, device: &Device, batch: usize, seconds: f64) -> Result<(f64, f64)> {
    let shape = (batch, generator.latent_len());
    let latents = Rng::new(1).normals(shape.0 * shape.1);
    let z = Var::from_tensor(&Tensor::from_vec(latents, shape, device)?)?;
    let constant = z.as_detached_tensor();
    let forward_ms = median_ms(seconds, || generator.decode(&constant).map(|_| ()))?;
    let step_ms = median_ms(seconds, || {
        generator.decode(&z)?.sqr()?.mean_all()?.backward()?;
        Ok(())
    })?;
    Ok((forward_ms, step_ms))
}

/// What the machine can do with all of its threads, in billions of operations per second: the median of a product of
/// matrices that stay in the cache, for about `seconds`.
fn product_gflops_per_s(seconds: f64) -> Result<f64> {
    const SIDE: usize = 1024;
    let values = Rng::new(2).normals(SIDE * SIDE);
    let matrix = Matrix::new(&values, SIDE, SIDE);
    let mut out = vec![0.0; SIDE * SIDE];
    let ms = median_ms(seconds, || {
        matmul(&mut out, false, matrix, matrix, Threads::Pool);
        Ok(())
    })?;
    Ok(2.0 * (SIDE * SIDE * SIDE) as f64 / ms / 1e6)
}

/// The time of one step of the landscape GAN's training: both networks, their optimizers and the moving average.
#[derive(Clone, Debug, Serialize)]
pub struct TrainStep {
    /// Who was measured.
    pub engine: String,
    /// Channels next to the picture, of both networks.
    pub width: usize,
    /// Real pictures in a step.
    pub batch: usize,
    /// Threads of the pool.
    pub threads: usize,
    /// Median milliseconds of a step.
    pub step_ms: f64,
}

/// Measures the training of a 64 x 64 GAN with the default settings, for about `seconds`.
///
/// # Errors
/// When the configuration makes no sense.
pub fn train_step(width: usize, batch: usize, seconds: f64) -> Result<TrainStep> {
    let config = GanConfig { width, critic_width: width, batch, ..GanConfig::default() };
    let pictures = Landscape::render_many(0, 0, 4 * batch, config.size);
    let pictures = PictureSet::from_rgb(config.size, pictures.into_iter().map(|scene| scene.rgb))?;
    let mut training = Gan::new(config)?;
    let step_ms = median_ms(seconds, || training.step(&pictures, 0.5).map(|_| ()))?;
    Ok(TrainStep {
        engine: engine(),
        width,
        batch,
        threads: rayon::current_num_threads(),
        step_ms: round(step_ms),
    })
}

fn engine() -> String {
    format!("latent-engine {}", env!("CARGO_PKG_VERSION"))
}

fn round(value: f64) -> f64 {
    (100.0 * value).round() / 100.0
}

/// Channels in and out of the transposed convolutions.
fn channels(width: usize) -> [(usize, usize); 4] {
    [(8 * width, 4 * width), (4 * width, 2 * width), (2 * width, width), (width, 3)]
}

/// Multiplications of one picture.
fn multiplications(width: usize) -> usize {
    let mut side = 4;
    let mut total = LATENT * width * 8 * side * side;
    for (inputs, outputs) in channels(width) {
        total += side * side * KERNEL * KERNEL * inputs * outputs;
        side *= 2;
    }
    total
}

fn igan_shaped(width: usize) -> Result<LayeredGenerator> {
    let mut rng = Rng::new(0);
    let mut weight = |inputs: usize, outputs: usize, kernel: usize| {
        let values = rng.normals(inputs * outputs * kernel * kernel).into_iter().map(|v| 0.02 * v).collect();
        Tensor::from_vec::<_, f32>(values, (inputs, outputs, kernel, kernel), &Device::Cpu)
    };
    let mut tensors = vec![("main.0.weight".to_owned(), weight(LATENT, 8 * width, 4)?)];
    for (i, (inputs, outputs)) in channels(width).into_iter().enumerate() {
        tensors.push((format!("main.{}.weight", i + 1), weight(inputs, outputs, KERNEL)?));
    }
    dcgan_generator(&TensorTable::from_tensors(tensors), &Device::Cpu)
}

fn median_ms(seconds: f64, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    work()?;
    let mut times = Vec::new();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    while times.len() < 5 || Instant::now() < end {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
