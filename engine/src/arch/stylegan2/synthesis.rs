//! The synthesis: from one style for each layer to a picture (Karras et al. 2020, the network with skip connections).

use candle_core::{Device, Tensor};

use super::generator::Drawing;
use super::mapping::linear;
use super::plan::{ColourPlan, ConvolutionPlan, Layout, Plan, load_last};
use crate::checkpoint::TensorTable;
use crate::nn::graph::Op;
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig, Resampling};
use crate::rng::Rng;
use crate::{Error, Result};

const CPU: Device = Device::Cpu;
/// Keeps the norm of scaled weights from being 0.
const EPSILON: f64 = 1e-8;
/// Seed of noise that a file should have and has not.
const NOISE_SEED: u64 = 0x006e_6f69_7365;

/// A synthesis that is to be drawn.
pub(super) struct Synthesis<'a> {
    pub plan: &'a Plan,
    pub tensors: &'a TensorTable,
    /// The taps of the blur, which sum to 1.
    pub taps: Vec<f32>,
    /// True when noise is added.
    pub noise: bool,
    /// What results are clamped to.
    pub clamp: Option<f32>,
}

impl Synthesis<'_> {
    /// Adds it to nodes that make a style for each layer; its output is "picture".
    pub fn draw(&self, drawing: &mut Drawing, styles: &[String]) -> Result<()> {
        let style = |layer: usize| {
            let found = styles.get(layer).map(String::as_str);
            found.ok_or_else(|| Error::Invalid("every layer of a generator takes a style".into()))
        };
        let constant = load_last::<3>(self.tensors, &self.plan.constant, &CPU)?.permute((1, 2, 0))?;
        let (height, width, channels) = constant.dims3()?;
        drawing.graph.add("constant", Op::Constant { shape: [height, width, channels] }, &[])?;
        drawing.weight("constant", "constant", constant.contiguous()?);

        let (mut maps, mut picture) = ("constant".to_owned(), None::<String>);
        let mut layers = self.plan.convolutions.iter().enumerate();
        for (level, colours) in self.plan.colours.iter().enumerate() {
            for (layer, convolution) in layers.by_ref().take(if level == 0 { 1 } else { 2 }) {
                maps = self.convolution(drawing, convolution, layer, &maps, style(layer)?)?;
            }
            // The colours share a style with the next level's first convolution.
            let mut sum = self.colours(drawing, colours, &maps, style(2 * level + 1)?)?;
            if let Some(smaller) = picture {
                let (double, all) = (format!("{}.double", colours.name), format!("{}.sum", colours.name));
                drawing.graph.add(&double, Op::Resample { filter: self.doubling() }, &[&smaller])?;
                drawing.graph.add(&all, Op::Add, &[&double, &sum])?;
                sum = all;
            }
            picture = Some(sum);
        }
        let picture = picture.ok_or_else(|| Error::Invalid("a generator makes colours".into()))?;
        drawing.graph.output("picture", &picture)?;
        Ok(())
    }

    /// The layer that makes the scales of a convolution of a style; its name.
    fn style(
        &self,
        drawing: &mut Drawing,
        name: &str,
        stored: &str,
        gain: f64,
        style: &str,
    ) -> Result<String> {
        let gains = (gain / (self.plan.styles as f64).sqrt(), gain);
        let (weight, bias) = linear(self.tensors, stored, gains)?;
        let name = format!("{name}.style");
        drawing.dense(&name, weight, bias, style)?;
        Ok(name)
    }

    /// A modulated convolution with all that follows it, from the maps that a node makes; the name of its last node.
    fn convolution(
        &self,
        drawing: &mut Drawing,
        plan: &ConvolutionPlan,
        index: usize,
        maps: &str,
        style: &str,
    ) -> Result<String> {
        let node = |part: &str| format!("{}.{part}", plan.name);
        let scales = self.style(drawing, &plan.name, &plan.style, 1.0, style)?;
        drawing.graph.add(node("modulate"), Op::Modulate, &[maps, &scales])?;

        let weight = load_last::<4>(self.tensors, &plan.weight, &CPU)?;
        let fan_in = (plan.inputs * plan.kernel * plan.kernel) as f64;
        let weight = match self.plan.layout {
            Layout::Rosinality => (weight * fan_in.sqrt().recip())?,
            Layout::Nvidia => weight,
        };
        // From (outputs, inputs, k, k) to the kernels' own order, once.
        let order = if plan.up { (1, 2, 3, 0) } else { (2, 3, 1, 0) };
        let (outputs, kernel, bias) = (plan.outputs, plan.kernel, false);
        let convolution = if plan.up {
            let config = ConvTransposeConfig { stride: 2, padding: 0, output_padding: 0 };
            Op::TransposedConvolution { outputs, kernel, config, bias }
        } else {
            let config = ConvConfig { stride: 1, padding: kernel / 2 };
            Op::Convolution { outputs, kernel, config, bias }
        };
        drawing.graph.then(node("convolution"), convolution)?;
        drawing.weight(&node("convolution"), "weight", weight.permute(order)?.contiguous()?);
        if plan.up {
            drawing.graph.then(node("blur"), Op::Resample { filter: self.blur(kernel) })?;
        }
        // The blur of a scaled channel is the scaled blur: the norms can wait.
        let made = drawing.graph.last().to_owned();
        let demodulate = Op::Demodulate { of: node("convolution"), epsilon: EPSILON };
        drawing.graph.add(node("demodulate"), demodulate, &[&made, &scales])?;
        if let Some((noise, strength)) = self.noise(plan, index)? {
            drawing.graph.then(node("noise"), Op::Noise)?;
            drawing.weight(&node("noise"), "noise", noise);
            drawing.weight(&node("noise"), "strength", strength);
        }
        drawing.graph.then(node("bias"), Op::Bias)?;
        drawing.weight(&node("bias"), "bias", self.tensors.load(&plan.bias, &CPU)?.flatten_all()?);
        let activation = Activation::LeakyRelu(0.2);
        drawing.graph.then(node("activation"), Op::Activation { activation })?;
        // Keeps the variance of normal numbers through the activation, about.
        let gain = std::f32::consts::SQRT_2;
        drawing.graph.then(node("gain"), Op::Affine { scale: gain, offset: 0.0 })?;
        self.clip(drawing, node("clip"))?;
        Ok(drawing.graph.last().to_owned())
    }

    /// A modulated convolution of one pixel, without norms, from maps to colours; the name of its last node.
    fn colours(&self, drawing: &mut Drawing, plan: &ColourPlan, maps: &str, style: &str) -> Result<String> {
        let node = |part: &str| format!("{}.{part}", plan.name);
        // Both layouts scale by the root of the fan-in, one the weights, the other one the style.
        let gain = (plan.inputs as f64).sqrt().recip();
        let scales = self.style(drawing, &plan.name, &plan.style, gain, style)?;
        drawing.graph.add(node("modulate"), Op::Modulate, &[maps, &scales])?;
        let weight = load_last::<4>(self.tensors, &plan.weight, &CPU)?.permute((2, 3, 1, 0))?.contiguous()?;
        let config = ConvConfig::default();
        let convolution = Op::Convolution { outputs: weight.dim(3)?, kernel: 1, config, bias: true };
        drawing.graph.then(node("convolution"), convolution)?;
        drawing.weight(&node("convolution"), "weight", weight);
        let bias = self.tensors.load(&plan.bias, &CPU)?.flatten_all()?;
        drawing.weight(&node("convolution"), "bias", bias);
        self.clip(drawing, node("clip"))?;
        Ok(drawing.graph.last().to_owned())
    }

    fn clip(&self, drawing: &mut Drawing, name: String) -> Result<()> {
        if let Some(most) = self.clamp {
            drawing.graph.then(name, Op::Clip { least: -most, most })?;
        }
        Ok(())
    }

    /// Enlarges maps to twice the side; the gain makes up for the zeros between the values.
    fn doubling(&self) -> Resampling {
        // Half of the filter reaches beyond the maps: (2, 1) for four taps. There are at least two.
        let taps = self.taps.len();
        Resampling {
            taps: self.doubled_taps(),
            up: 2,
            down: 1,
            padding: (taps.div_ceil(2), taps / 2 - 1),
            even: false,
            mirrored: false,
        }
    }

    /// Follows a transposed convolution, which makes 2 n - 2 + k pixels, of which 2 n are left: for k = 3 and four taps, a
    /// padding of (1, 1).
    fn blur(&self, kernel: usize) -> Resampling {
        let room = (self.taps.len() + 1).saturating_sub(kernel);
        Resampling {
            taps: self.doubled_taps(),
            up: 1,
            down: 1,
            padding: (room.div_ceil(2), room / 2),
            even: false,
            mirrored: false,
        }
    }

    fn doubled_taps(&self) -> Vec<f32> {
        self.taps.iter().map(|tap| 2.0 * tap).collect()
    }

    /// The noise of a layer, side x side x 1, and its strength.
    fn noise(&self, plan: &ConvolutionPlan, index: usize) -> Result<Option<(Tensor, Tensor)>> {
        if !self.noise || !self.tensors.contains(&plan.strength) {
            return Ok(None);
        }
        let strength = self.tensors.load(&plan.strength, &CPU)?.flatten_all()?;
        let noise = if self.tensors.contains(&plan.noise) {
            load_last::<2>(self.tensors, &plan.noise, &CPU)?
        } else {
            let values = Rng::stream(NOISE_SEED, index as u64).normals(plan.side * plan.side);
            Tensor::from_vec(values, (plan.side, plan.side), &CPU)?
        };
        Ok(Some((noise.unsqueeze(2)?, strength)))
    }
}
