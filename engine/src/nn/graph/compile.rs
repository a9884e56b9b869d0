//! A graph as it is painted with: norms folded into the layers before them, activations applied by them, names gone.

use candle_core::{Device, Tensor};

use super::op::{Op, Role};
use super::plan::Plan;
use super::{Graph, Weights};
use crate::nn::activation::Activation;
use crate::nn::compiled::Compiled;
use crate::nn::frozen::FrozenLayer;
use crate::nn::instance_norm::InstanceNorm;
use crate::nn::resample::Resample;
use crate::nn::shuffle::Shuffle;
use crate::nn::step::{Step, Work};
use crate::{Error, Result};

/// A layer on its way: what belongs to it is folded in.
struct Open {
    weight: Tensor,
    bias: Option<Tensor>,
    activation: Activation,
}

impl Open {
    /// With every channel of its results times a number, plus another: (x w + b) scale + shift.
    fn scaled(mut self, scale: &Tensor, shift: &Tensor) -> Result<Self> {
        // A dense layer makes every channel of maps at many places.
        let outputs = self.weight.dims().last().copied().unwrap_or(0);
        let places = outputs / scale.elem_count().max(1);
        let each = |t: &Tensor| t.unsqueeze(0)?.repeat((places, 1))?.flatten_all();
        let (scale, shift) = (each(scale)?, each(shift)?);
        self.weight = self.weight.broadcast_mul(&scale)?;
        self.bias = Some(match self.bias {
            Some(bias) => ((bias * scale)? + shift)?,
            None => shift,
        });
        Ok(self)
    }
}

impl Graph {
    /// The network for one of its outputs with constant weights, on a device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for weights that are missing, don't fit or are no numbers, for an unknown output, and where the
    /// output takes more than one thing that goes in.
    pub fn compile(&self, weights: &Weights, output: &str, device: &Device) -> Result<Compiled> {
        let wanted = self.wanted(output)?;
        weights.check(&self.part(wanted))?;
        let plan = self.plan(&[wanted]);
        let mut compiler =
            Compiler { graph: self, weights, device, wanted, plan, steps: Vec::new(), places: Vec::new() };
        let mut from = None;
        compiler.places = vec![None; self.nodes.len()];
        for place in 0..self.nodes.len() {
            if !compiler.plan.needed[place] || compiler.places[place].is_some() {
                continue;
            }
            if let Op::Input { shape } = &self.nodes[place].op {
                if from.replace(*shape).is_some() {
                    return Err(Error::Invalid(format!(
                        "\"{output}\" takes more than one input, which can't be painted with"
                    )));
                }
                compiler.places[place] = Some(0);
            } else {
                compiler.node(place)?;
            }
        }
        Compiled::of_steps(compiler.steps, from.unwrap_or_default(), self.shapes[wanted])
    }

    /// Refuses weights with which an output can't be had.
    ///
    /// # Errors
    /// [`Error::Invalid`] for weights that are missing, don't fit or are no numbers, and for an unknown output.
    pub fn check(&self, weights: &Weights, output: &str) -> Result<()> {
        weights.check(&self.part(self.wanted(output)?))
    }

    /// The nodes that an output needs, and nothing else.
    fn part(&self, wanted: usize) -> Self {
        let plan = self.plan(&[wanted]);
        let mut part = Self {
            nodes: Vec::new(),
            from: Vec::new(),
            shapes: Vec::new(),
            outputs: Default::default(),
            begin: self.begin,
        };
        let mut places = vec![0; self.nodes.len()];
        for place in (0..self.nodes.len()).filter(|&place| plan.needed[place]) {
            places[place] = part.nodes.len();
            part.nodes.push(self.nodes[place].clone());
            part.shapes.push(self.shapes[place]);
            part.from.push(self.from[place].iter().map(|&before| places[before]).collect());
        }
        part
    }
}

struct Compiler<'a> {
    graph: &'a Graph,
    weights: &'a Weights,
    device: &'a Device,
    wanted: usize,
    plan: Plan,
    steps: Vec<Step>,
    /// Where the results of every node are, as [`Step`] counts; also of those that went into another's step.
    places: Vec<Option<usize>>,
}

impl Compiler<'_> {
    /// The node that alone takes what a node makes, when nobody else asks for that.
    fn only_user(&self, place: usize) -> Option<usize> {
        if place == self.wanted || self.plan.uses[place] != 1 {
            return None;
        }
        let takes = |user: &usize| self.plan.needed[*user] && self.graph.from[*user].contains(&place);
        (place + 1..self.graph.nodes.len()).find(takes)
    }

    /// Factor and offset of every channel in a norm.
    fn norm(&self, place: usize, epsilon: f64) -> Result<[Tensor; 2]> {
        let name = &self.graph.nodes[place].name;
        let [gamma, beta] = [self.weights.of(name, Role::Gamma)?, self.weights.of(name, Role::Beta)?];
        let [mean, variance] = [self.weights.of(name, Role::Mean)?, self.weights.of(name, Role::Variance)?];
        let scale = ((variance + epsilon)?.sqrt()?.recip()? * gamma)?;
        let shift = (beta - (mean * &scale)?)?;
        Ok([scale, shift])
    }

    /// What a node is as an activation that the step before it can apply: a PReLU is one while it has a single slope by
    /// whose results its signs can be told.
    fn activation(&self, place: usize) -> Result<Option<Activation>> {
        let node = &self.graph.nodes[place];
        Ok(match &node.op {
            Op::Activation { activation } => Some(*activation),
            Op::Prelu { .. } => {
                let slopes: Vec<f32> = self.weights.of(&node.name, Role::Slope)?.to_vec1()?;
                let first = slopes.first().copied().unwrap_or_default();
                let alike = first > 0.0 && slopes.iter().all(|slope| *slope == first);
                alike.then_some(Activation::LeakyRelu(first))
            }
            _ => None,
        })
    }

    /// The activation that alone takes what a node makes, and the last node that is then made together with it.
    fn activation_after(&self, place: usize) -> Result<(Activation, usize)> {
        let Some(user) = self.only_user(place) else { return Ok((Activation::None, place)) };
        Ok(self.activation(user)?.map_or((Activation::None, place), |activation| (activation, user)))
    }

    /// Makes a step of a node and of what goes into it of the nodes after it.
    fn node(&mut self, place: usize) -> Result<()> {
        let graph = self.graph;
        let node = &graph.nodes[place];
        let before = graph.from[place].first().map_or([0; 3], |&before| graph.shapes[before]);
        let mut end = place;
        let work = match &node.op {
            Op::Dense { bias, .. }
            | Op::Convolution { bias, .. }
            | Op::TransposedConvolution { bias, .. } => {
                let weight = self.weights.of(&node.name, Role::Weight)?.clone();
                let bias = bias.then(|| self.weights.of(&node.name, Role::Bias).cloned()).transpose()?;
                let mut open = Open { weight, bias, activation: Activation::None };
                while let Some(user) = self.only_user(end) {
                    match &graph.nodes[user].op {
                        Op::BatchNorm { epsilon } => {
                            let [scale, shift] = self.norm(user, *epsilon)?;
                            open = open.scaled(&scale, &shift)?;
                            end = user;
                        }
                        _ => match self.activation(user)? {
                            Some(activation) => {
                                (open.activation, end) = (activation, user);
                                break;
                            }
                            None => break,
                        },
                    }
                }
                self.layer(place, open)?
            }
            Op::BatchNorm { epsilon } => {
                let [scale, shift] = self.norm(place, *epsilon)?;
                let activation;
                (activation, end) = self.activation_after(place)?;
                Work::Pointwise { scale: scale.to_vec1()?, shift: shift.to_vec1()?, activation }
            }
            Op::InstanceNorm { epsilon } => {
                let activation;
                (activation, end) = self.activation_after(place)?;
                Work::InstanceNorm(InstanceNorm {
                    epsilon: *epsilon as f32,
                    gamma: self.weights.of(&node.name, Role::Gamma)?.to_vec1()?,
                    beta: self.weights.of(&node.name, Role::Beta)?.to_vec1()?,
                    activation,
                    pixels: before[0] * before[1],
                })
            }
            Op::Prelu { .. } => {
                let slopes: Vec<f32> = self.weights.of(&node.name, Role::Slope)?.to_vec1()?;
                Work::Prelu { slopes: if slopes.len() == 1 { vec![slopes[0]; before[2]] } else { slopes } }
            }
            Op::PixelShuffle { factor } => {
                Work::Shuffle { way: Shuffle::ToPixels, factor: *factor, small: before }
            }
            Op::PixelUnshuffle { factor } => {
                Work::Shuffle { way: Shuffle::ToChannels, factor: *factor, small: graph.shapes[place] }
            }
            Op::Activation { activation } => {
                let channels = before[2];
                Work::Pointwise {
                    scale: vec![1.0; channels],
                    shift: vec![0.0; channels],
                    activation: *activation,
                }
            }
            Op::Affine { scale, offset } => {
                let channels = before[2];
                let activation = Activation::None;
                Work::Pointwise { scale: vec![*scale; channels], shift: vec![*offset; channels], activation }
            }
            Op::Add => Work::Add,
            Op::Multiply => Work::Multiply,
            Op::Concatenate => Work::Concatenate {
                channels: graph.from[place].iter().map(|&p| graph.shapes[p][2]).collect(),
            },
            Op::Resample { filter } => Work::Resample {
                operation: Resample::over(filter, before, graph.shapes[place]),
                filter: filter.clone(),
                channels: before[2],
            },
            Op::Narrow { first, count } => Work::Narrow { first: *first, count: *count, of: before[2] },
            Op::Clip { least, most } => Work::Clip { least: *least, most: *most },
            // In use a constant; what is not finite still goes through.
            Op::Deviation { .. } => {
                let narrow = Work::Narrow { first: 0, count: 1, of: before[2] };
                let from = graph.from[place].iter().filter_map(|&before| self.places[before]).collect();
                let shape = graph.shapes[place];
                self.steps.push(Step { work: narrow, from, takes: vec![before], shape });
                let shift = self.weights.of(&node.name, Role::Mean)?.to_vec1()?;
                let work = Work::Pointwise { scale: vec![0.0], shift, activation: Activation::None };
                let from = vec![self.steps.len()];
                self.steps.push(Step { work, from, takes: vec![shape], shape });
                self.places[place] = Some(self.steps.len());
                return Ok(());
            }
            // The numbers stay where they are.
            Op::Reshape { .. } => {
                let from = graph.from[place].first().and_then(|&before| self.places[before]);
                self.places[place] = from;
                return Ok(());
            }
            // Those stand for what goes in and are no step.
            Op::Input { .. } => return Ok(()),
        };
        let from = graph.from[place].iter().filter_map(|&before| self.places[before]).collect();
        let takes = graph.from[place].iter().map(|&before| graph.shapes[before]).collect();
        self.steps.push(Step { work, from, takes, shape: graph.shapes[end] });
        // Whatever went into the step is at its place; nobody else asks for it.
        let mut at = Some(place);
        while let Some(node) = at {
            self.places[node] = Some(self.steps.len());
            at = if node == end { None } else { self.only_user(node) };
        }
        Ok(())
    }

    fn layer(&self, place: usize, open: Open) -> Result<Work> {
        let Open { weight, bias, activation } = open;
        let weight = weight.to_device(self.device)?;
        let bias = bias.map(|bias| bias.to_device(self.device)).transpose()?;
        let (node, shape) = (&self.graph.nodes[place], self.graph.shapes[place]);
        let layer = match &node.op {
            Op::Convolution { config, .. } => {
                FrozenLayer::convolution(&weight, bias.as_ref(), *config, activation)
            }
            Op::TransposedConvolution { config, .. } => {
                FrozenLayer::transposed(&weight, bias.as_ref(), *config, activation)
            }
            _ => FrozenLayer::dense(&weight, bias.as_ref(), shape, activation),
        }?;
        let before = self.graph.from[place].first().map_or([0; 3], |&before| self.graph.shapes[before]);
        match layer.placed(before) {
            Some((linear, made)) if made == shape => Ok(Work::Layer { layer, linear }),
            _ => {
                Err(Error::Invalid(format!("the network's node \"{}\" does not fit its weights", node.name)))
            }
        }
    }
}
