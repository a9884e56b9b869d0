//! Convolutions whose weights a style modulates (Karras et al. 2020, section 2.2): it scales what goes in of them, and
//! what comes out is divided by the norm of its scaled weights. Both are numbers of whole channels, so maps are scaled
//! instead of weights: one and the same matrix for all samples.

use candle_core::Tensor;
use rayon::prelude::*;

use super::activation::Activation;
use super::finish::Finish;
use super::frozen::FrozenLayer;
use super::linear::Linear;
use super::matmul::{Matrix, Threads, matmul};

/// Most results of a convolution of one pixel, for each channel that goes in, for which weights of its own for every
/// sample are cheaper than scaled maps.
const MOST_RESULTS: f32 = 0.25;

/// From the scales of a style to what demodulates the results: one over the root of (squares' scales^2 + epsilon).
#[derive(Debug)]
pub(super) struct Demodulation {
    /// The squares of the weights, summed over the kernel, as a dense layer.
    squares: FrozenLayer,
    linear: Linear,
    epsilon: f32,
}

impl Demodulation {
    /// Of squares, inputs x outputs.
    pub fn new(squares: &Tensor, epsilon: f32) -> crate::Result<Option<Self>> {
        let (inputs, outputs) = squares.dims2()?;
        let squares = FrozenLayer::dense(squares, None, [1, 1, outputs], Activation::None)?;
        let placed = squares.placed([1, 1, inputs]);
        Ok(placed.map(|(linear, _)| Self { squares, linear, epsilon }))
    }

    pub fn multiplications(&self) -> f64 {
        self.squares.multiplications(&self.linear)
    }

    /// Of scales, into `out`, whose content does not matter.
    pub fn forward(&self, scales: &[f32], out: &mut [f32]) -> candle_core::Result<()> {
        let squares: Vec<f32> = scales.iter().map(|scale| scale * scale).collect();
        self.squares.forward(&self.linear, &squares, out)?;
        out.iter_mut().for_each(|sum| *sum = 1.0 / (*sum + self.epsilon).sqrt());
        Ok(())
    }

    /// The gradient of the scales, into `out`, whose content does not matter: with `d` what was made, it is
    /// `-scales squares (g d^3)`.
    pub fn backward(
        &self,
        scales: &[f32],
        made: &[f32],
        gradient: &[f32],
        out: &mut [f32],
    ) -> candle_core::Result<()> {
        let cubes: Vec<f32> = made.iter().zip(gradient).map(|(d, g)| -g * d * d * d).collect();
        self.squares.backward(&self.linear, &cubes, Finish::NOTHING, out)?;
        out.iter_mut().zip(scales).for_each(|(out, scale)| *out *= scale);
        Ok(())
    }

    /// The same as [`Self::forward`] with candle's operations.
    pub fn on_device(&self, scales: &Tensor) -> crate::Result<Tensor> {
        Ok((self.squares.on_device(&scales.sqr()?)? + f64::from(self.epsilon))?.sqrt()?.recip()?)
    }
}

/// A convolution of one pixel that makes few channels (colours) of many modulated ones, with weights of its own for every
/// sample.
#[derive(Debug)]
pub(super) struct FewChannels {
    /// Inputs x outputs.
    pub weight: Vec<f32>,
    pub bias: Option<Vec<f32>>,
    pub activation: Activation,
    /// Pixels of a map.
    pub pixels: usize,
    pub inputs: usize,
    pub outputs: usize,
}

impl FewChannels {
    /// Whether so few results are worth it.
    pub fn suit(inputs: usize, outputs: usize) -> bool {
        outputs as f32 <= MOST_RESULTS * inputs as f32
    }

    pub fn multiplications(&self) -> f64 {
        (self.pixels * self.inputs * self.outputs) as f64
    }

    /// The weights of a sample.
    fn scaled(&self, scales: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(self.outputs).zip(scales);
        rows.flat_map(|(row, scale)| row.iter().map(move |weight| weight * scale)).collect()
    }

    /// What it makes of maps, into `out`, whose content does not matter.
    pub fn forward(&self, x: &[f32], scales: &[f32], out: &mut [f32]) {
        let samples = out.chunks_exact_mut(self.pixels * self.outputs).zip(scales.chunks_exact(self.inputs));
        for ((out, scales), x) in samples.zip(x.chunks_exact(self.pixels * self.inputs)) {
            let weight = self.scaled(scales);
            let weight = Matrix::new(&weight, self.inputs, self.outputs);
            matmul(out, false, Matrix::new(x, self.pixels, self.inputs), weight, Threads::Pool);
            self.activation.apply_with_bias(self.bias.as_deref(), out);
        }
    }

    /// The gradient of the maps from that of what was made before the activation, into `out`, whose content does not
    /// matter.
    pub fn of_maps(&self, scales: &[f32], gradient: &[f32], out: &mut [f32]) {
        let samples = out.chunks_exact_mut(self.pixels * self.inputs).zip(scales.chunks_exact(self.inputs));
        for ((out, scales), gradient) in samples.zip(gradient.chunks_exact(self.pixels * self.outputs)) {
            let weight = self.scaled(scales);
            let weight = Matrix::new(&weight, self.inputs, self.outputs).transposed();
            let gradient = Matrix::new(gradient, self.pixels, self.outputs);
            matmul(out, false, gradient, weight, Threads::Pool);
        }
    }

    /// The same of the scales.
    pub fn of_scales(&self, x: &[f32], gradient: &[f32], out: &mut [f32]) {
        let mut products = vec![0.0; self.inputs * self.outputs];
        let samples = out.chunks_exact_mut(self.inputs).zip(x.chunks_exact(self.pixels * self.inputs));
        for ((out, x), gradient) in samples.zip(gradient.chunks_exact(self.pixels * self.outputs)) {
            let x = Matrix::new(x, self.pixels, self.inputs).transposed();
            let gradient = Matrix::new(gradient, self.pixels, self.outputs);
            matmul(&mut products, false, x, gradient, Threads::Pool);
            let rows =
                products.par_chunks_exact(self.outputs).zip(self.weight.par_chunks_exact(self.outputs));
            out.par_iter_mut().zip(rows).for_each(|(out, (products, weight))| {
                *out = products.iter().zip(weight).map(|(product, weight)| product * weight).sum();
            });
        }
    }

    /// The same as [`Self::forward`] with candle's operations.
    pub fn on_device(&self, x: &Tensor, scales: &Tensor) -> candle_core::Result<Tensor> {
        let (count, height, width, inputs) = x.dims4()?;
        let weight = Tensor::from_slice(&self.weight, (1, inputs, self.outputs), x.device())?;
        let weight = scales.reshape((count, inputs, 1))?.broadcast_mul(&weight)?;
        let y = x.contiguous()?.reshape((count, height * width, inputs))?.matmul(&weight)?;
        let y = match &self.bias {
            Some(bias) => y.broadcast_add(&Tensor::from_slice(bias, self.outputs, x.device())?)?,
            None => y,
        };
        self.activation.on_device(&y)?.reshape((count, height, width, self.outputs))
    }
}
