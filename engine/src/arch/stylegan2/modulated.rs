//! Convolutions whose weights a style modulates (Karras et al. 2020, section 2.2).
//!
//! The style scales the input channels of the weights, and each output channel is divided by the norm of its
//! scaled weights. Both are numbers of whole channels, so scaling the maps instead gives the same result with
//! one and the same matrix for all samples.

use candle_core::{Device, Tensor};

use super::linear::Linear;
use super::plan::{ColourPlan, ConvolutionPlan, Layout, Plan, load_last};
use crate::Result;
use crate::checkpoint::TensorTable;
use crate::nn::{
    Activation, ConvConfig, ConvTransposeConfig, Resampling, StyledActivation, conv_transpose2d, conv2d,
    resample, scale_and_activate, scale_channels,
};
use crate::rng::Rng;

/// Keeps the norm of scaled weights from being 0.
const EPSILON: f64 = 1e-8;
/// Seed of noise that a file should have and has not.
const NOISE_SEED: u64 = 0x006e_6f69_7365;

/// What all layers of a network share.
#[derive(Clone, Debug)]
pub(super) struct Common<'a> {
    pub plan: &'a Plan,
    pub tensors: &'a TensorTable,
    /// The taps of the blur, which sum to 1.
    pub taps: Vec<f32>,
    /// True when noise is added.
    pub noise: bool,
    /// What results are clamped to.
    pub clamp: Option<f32>,
    pub device: &'a Device,
}

impl Common<'_> {
    /// The layer that makes scales of a style.
    fn style(&self, name: &str, gain: f64) -> Result<Linear> {
        let gains = (gain / (self.plan.styles as f64).sqrt(), gain);
        Linear::load(self.tensors, name, gains, Activation::None, self.device)
    }

    /// Enlarges maps to twice the side; the gain makes up for the zeros between the values.
    pub fn doubling(&self) -> Resampling {
        // Half of the filter reaches beyond the maps: (2, 1) for four taps. There are at least two.
        let taps = self.taps.len();
        Resampling {
            taps: self.doubled_taps(),
            up: 2,
            down: 1,
            padding: (taps.div_ceil(2), taps / 2 - 1),
            even: false,
        }
    }

    fn doubled_taps(&self) -> Vec<f32> {
        self.taps.iter().map(|tap| 2.0 * tap).collect()
    }
}

/// A modulated convolution with all that follows it.
#[derive(Clone, Debug)]
pub(super) struct StyledConvolution {
    /// k x k x inputs x outputs, or inputs x k x k x outputs where it doubles the side.
    weight: Tensor,
    /// The squares of the weights, summed over the kernel: inputs x outputs.
    squares: Linear,
    style: Linear,
    /// The blur behind a convolution that doubles the side.
    blur: Option<Resampling>,
    after: StyledActivation,
    padding: usize,
    multiplications: f64,
    learned: usize,
}

impl StyledConvolution {
    /// Layer `index` of the network.
    pub fn load(common: &Common<'_>, plan: &ConvolutionPlan, index: usize) -> Result<Self> {
        let Common { tensors, device, .. } = *common;
        let weight = load_last::<4>(tensors, &plan.weight, device)?;
        let fan_in = (plan.inputs * plan.kernel * plan.kernel) as f64;
        let weight = match common.plan.layout {
            Layout::Rosinality => (weight * fan_in.sqrt().recip())?,
            Layout::Nvidia => weight,
        };
        let squares = weight.sqr()?.sum((2, 3))?.t()?;
        // From (outputs, inputs, k, k) to the kernels' own order, once.
        let order = if plan.up { (1, 2, 3, 0) } else { (2, 3, 1, 0) };
        let weight = weight.permute(order)?.contiguous()?;
        let taps = common.taps.len();
        // The transposed convolution makes 2 n - 2 + k pixels, of which 2 n are left:
        // for k = 3 and four taps, a padding of (1, 1).
        let room = (taps + 1).saturating_sub(plan.kernel);
        let blur = plan.up.then(|| Resampling {
            taps: common.doubled_taps(),
            up: 1,
            down: 1,
            padding: (room.div_ceil(2), room / 2),
            even: false,
        });
        let pixels = if plan.up { plan.side * plan.side / 4 } else { plan.side * plan.side };
        Ok(Self {
            multiplications: pixels as f64 * fan_in * plan.outputs as f64,
            learned: weight.elem_count() + plan.outputs,
            squares: Linear::new(&squares, None, Activation::None)?,
            style: common.style(&plan.style, 1.0)?,
            after: StyledActivation {
                noise: noise(common, plan, index)?,
                bias: tensors.load(&plan.bias, device)?.flatten_all()?,
                clamp: common.clamp,
            },
            padding: plan.kernel / 2,
            weight,
            blur,
        })
    }

    /// Maps N x H x W x inputs and styles N x S to maps with the outputs.
    pub fn forward(&self, maps: &Tensor, style: &Tensor) -> Result<Tensor> {
        let scales = self.style.forward(style)?;
        let norms = (self.squares.forward(&scales.sqr()?)? + EPSILON)?.sqrt()?.recip()?;
        let maps = scale_channels(maps, &scales)?;
        let maps = if let Some(blur) = &self.blur {
            let config = ConvTransposeConfig { stride: 2, padding: 0, output_padding: 0 };
            // The blur of a scaled channel is the scaled blur: the norms can wait.
            resample(&conv_transpose2d(&maps, &self.weight, None, config, Activation::None)?, blur)?
        } else {
            let config = ConvConfig { stride: 1, padding: self.padding };
            conv2d(&maps, &self.weight, None, config, Activation::None)?
        };
        scale_and_activate(&maps, &norms, &self.after)
    }

    pub fn parameters(&self) -> usize {
        self.learned + self.style.parameters()
    }

    /// Multiplications for one picture, those of whole maps.
    pub fn multiplications(&self) -> f64 {
        self.multiplications
    }
}

/// The noise of a layer times its strength.
fn noise(common: &Common<'_>, plan: &ConvolutionPlan, index: usize) -> Result<Option<Tensor>> {
    let Common { tensors, device, .. } = *common;
    if !common.noise || !tensors.contains(&plan.strength) {
        return Ok(None);
    }
    let strength = tensors.load(&plan.strength, device)?.flatten_all()?;
    let noise = if tensors.contains(&plan.noise) {
        load_last::<2>(tensors, &plan.noise, device)?
    } else {
        let values = Rng::stream(NOISE_SEED, index as u64).normals(plan.side * plan.side);
        Tensor::from_vec(values, (plan.side, plan.side), device)?
    };
    Ok(Some(noise.broadcast_mul(&strength)?))
}

/// A modulated convolution of one pixel, without norms: from maps to colours.
#[derive(Clone, Debug)]
pub(super) struct Colours {
    /// inputs x colours.
    weight: Tensor,
    bias: Tensor,
    style: Linear,
    clamp: Option<f64>,
}

impl Colours {
    pub fn load(common: &Common<'_>, plan: &ColourPlan) -> Result<Self> {
        let Common { tensors, device, .. } = *common;
        let weight = load_last::<4>(tensors, &plan.weight, device)?.flatten_from(1)?.t()?.contiguous()?;
        Ok(Self {
            weight,
            bias: tensors.load(&plan.bias, device)?.flatten_all()?,
            // Both layouts scale by the root of the fan-in, one the weights, the other one the style.
            style: common.style(&plan.style, (plan.inputs as f64).sqrt().recip())?,
            clamp: common.clamp.map(f64::from),
        })
    }

    /// Maps N x H x W x inputs and styles N x S to N x H x W x colours.
    pub fn forward(&self, maps: &Tensor, style: &Tensor) -> Result<Tensor> {
        let (count, height, width, inputs) = maps.dims4()?;
        // Few colours: weights of its own for every sample are cheaper than scaled maps.
        let weight = self.style.forward(style)?.unsqueeze(2)?.broadcast_mul(&self.weight.unsqueeze(0)?)?;
        let colours = maps.reshape((count, height * width, inputs))?.matmul(&weight)?;
        let colours = colours.broadcast_add(&self.bias)?.reshape((count, height, width, ()))?;
        Ok(self.clamp.map_or(Ok(colours.clone()), |most| colours.clamp(-most, most))?)
    }

    pub fn parameters(&self) -> usize {
        self.weight.elem_count() + self.bias.elem_count() + self.style.parameters()
    }

    /// Multiplications for one pixel.
    pub fn multiplications(&self) -> f64 {
        self.weight.elem_count() as f64
    }
}
