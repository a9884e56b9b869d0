//! What a style does to a convolution, in a graph: which convolution is demodulated, by what, and how the nodes around it
//! become few steps.

use candle_core::Tensor;

use super::Graph;
use super::compile::Compiler;
use super::op::Op;
use super::role::Role;
use super::train::dense;
use crate::nn::activation::Activation;
use crate::nn::channels::{Scaling, Tail};
use crate::nn::modulated::{Demodulation, FewChannels};
use crate::nn::step::{Step, Work};
use crate::{Error, Result};

/// What demodulates: one over the root of (scales^2 squares + epsilon), N x 1 x 1 x outputs.
pub(super) fn demodulation(scales: &Tensor, squares: &Tensor, epsilon: f64) -> Result<Tensor> {
    let outputs = squares.dim(1)?;
    let sums = dense(&scales.sqr()?, squares, None, [1, 1, outputs], Activation::None)?;
    Ok((sums + epsilon)?.sqrt()?.recip()?)
}

/// The derivative of [`demodulation`], which is `norms`, along `direction`.
pub(super) fn moved_demodulation(
    scales: &Tensor,
    direction: &Tensor,
    squares: &Tensor,
    norms: &Tensor,
) -> Result<Tensor> {
    let sums = dense(&(scales * direction)?, squares, None, [1, 1, squares.dim(1)?], Activation::None)?;
    let cubes = (norms.sqr()? * norms)?;
    Ok((cubes * sums)?.neg()?)
}

impl Graph {
    /// Refuses a demodulation of a convolution that did not make the maps, or whose style has other channels.
    pub(super) fn check_demodulation(&self, of: &str, from: &[usize]) -> Result<(), String> {
        let mut maps = from[0];
        while let (Op::Resample { .. }, &[before]) = (&self.nodes[maps].op, self.from[maps].as_slice()) {
            maps = before;
        }
        let node = &self.nodes[maps];
        let convolves = matches!(node.op, Op::Convolution { .. } | Op::TransposedConvolution { .. });
        if node.name != of || !convolves {
            return Err(format!("takes what \"{}\" makes, which is not the convolution \"{of}\"", node.name));
        }
        let (takes, style) = (self.shapes[self.from[maps][0]][2], self.shapes[from[1]][2]);
        if takes != style {
            return Err(format!(
                "has a style of {style} numbers where the convolution takes {takes} channels"
            ));
        }
        Ok(())
    }

    /// The squares of a convolution's weights, summed over the kernel: inputs x outputs.
    pub(super) fn squares(&self, convolution: &str, weight: &Tensor) -> Result<Tensor> {
        let transposed = |place: usize| matches!(self.nodes[place].op, Op::TransposedConvolution { .. });
        let kernel = if self.place(convolution).is_some_and(transposed) { (1, 2) } else { (0, 1) };
        Ok(weight.sqr()?.sum(kernel)?)
    }
}

impl Compiler<'_> {
    /// The step of a modulation, and the last node that it is made together with.
    pub(super) fn modulation(&self, place: usize) -> Result<(Work, usize)> {
        if let Some(few) = self.few_channels(place)? {
            return Ok(few);
        }
        let (tail, end) = self.tail(place)?;
        let [height, width, channels] = self.graph.shapes[place];
        Ok((Work::Scale(Scaling { pixels: height * width, channels, tail }), end))
    }

    /// Makes the step that makes what a node demodulates by; its place.
    pub(super) fn demodulation(&mut self, place: usize, of: &str, epsilon: f64) -> Result<usize> {
        let squares = self.graph.squares(of, self.weights.of(of, Role::Weight)?)?.to_device(self.device)?;
        let Some(demodulation) = Demodulation::new(&squares, epsilon as f32)? else {
            let name = &self.graph.nodes[place].name;
            return Err(Error::Invalid(format!("the network's node \"{name}\" does not fit its weights")));
        };
        let style = self.graph.from[place][1];
        let from = self.places[style].into_iter().collect();
        let [_, _, outputs] = self.graph.shapes[place];
        let takes = vec![self.graph.shapes[style]];
        Ok(self.push(Step { work: Work::Demodulate(demodulation), from, takes, shape: [1, 1, outputs] }))
    }

    /// What follows a scaling and can be done in the same pass: constants, an activation and bounds.
    fn tail(&self, place: usize) -> Result<(Tail, usize)> {
        let graph = self.graph;
        let (mut tail, mut end) = (Tail::default(), place);
        while let Some(user) = self.only_user(end) {
            let name = &graph.nodes[user].name;
            let linear = tail.activation == Activation::None;
            match &graph.nodes[user].op {
                Op::Noise if linear => {
                    let strength = self.weights.of(name, Role::Strength)?;
                    let noise = self.weights.of(name, Role::Noise)?.broadcast_mul(strength)?;
                    tail.noise = Some(added(tail.noise, noise.flatten_all()?.to_vec1()?));
                }
                Op::Bias if linear => {
                    tail.bias = Some(added(tail.bias, self.weights.of(name, Role::Bias)?.to_vec1()?));
                }
                // The gain of a ReLU can come before it.
                Op::Affine { scale, offset }
                    if linear || (*offset == 0.0 && passes(tail.activation, *scale)) =>
                {
                    tail.gain *= scale;
                    for constants in tail.noise.iter_mut().chain(&mut tail.bias) {
                        constants.iter_mut().for_each(|value| *value *= scale);
                    }
                    if *offset != 0.0 {
                        let offsets = vec![*offset; graph.shapes[user][2]];
                        tail.bias = Some(added(tail.bias, offsets));
                    }
                }
                Op::Activation { activation } if linear => tail.activation = *activation,
                Op::Clip { least, most } => {
                    tail.bounds = Some([*least, *most]);
                    return Ok((tail, user));
                }
                _ => break,
            }
            end = user;
        }
        Ok((tail, end))
    }

    /// A modulation together with the convolution of one pixel that alone takes what it makes, if that makes few channels.
    fn few_channels(&self, place: usize) -> Result<Option<(Work, usize)>> {
        let graph = self.graph;
        let [height, width, inputs] = graph.shapes[place];
        let Some(user) = self.only_user(place) else { return Ok(None) };
        let Op::Convolution { outputs, kernel: 1, config, bias } = &graph.nodes[user].op else {
            return Ok(None);
        };
        if config.stride != 1 || config.padding != 0 || !FewChannels::suit(inputs, *outputs) {
            return Ok(None);
        }
        let name = &graph.nodes[user].name;
        let (mut activation, mut end) = (Activation::None, user);
        if let Some(after) = self.only_user(user)
            && let Op::Activation { activation: follows } = &graph.nodes[after].op
        {
            (activation, end) = (*follows, after);
        }
        let bias = bias.then(|| self.weights.of(name, Role::Bias)).transpose()?;
        let convolution = FewChannels {
            weight: self.weights.of(name, Role::Weight)?.flatten_all()?.to_vec1()?,
            bias: bias.map(Tensor::to_vec1).transpose()?,
            activation,
            pixels: height * width,
            inputs,
            outputs: *outputs,
        };
        Ok(Some((Work::FewChannels(convolution), end)))
    }
}

/// Whether an activation makes `scale` times as much of `scale` times a number.
fn passes(activation: Activation, scale: f32) -> bool {
    scale > 0.0 && matches!(activation, Activation::Relu | Activation::LeakyRelu(_))
}

fn added(sum: Option<Vec<f32>>, mut terms: Vec<f32>) -> Vec<f32> {
    if let Some(sum) = sum {
        terms.iter_mut().zip(sum).for_each(|(term, other)| *term += other);
    }
    terms
}
