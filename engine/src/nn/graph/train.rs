//! Running a graph with candle's tensors: gradients of weights and inputs by our own operations on the CPU, by candle's
//! elsewhere.

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::op::{Op, Role};
use super::{Graph, Weights};
use crate::nn::activation::Activation;
use crate::nn::instance_norm::standardized;
use crate::nn::prelu::prelu;
use crate::nn::shuffle::{channels_of_pixels, pixels_of_channels};
use crate::nn::{
    BatchStatistics, ConvConfig, batch_norm_train, conv_transpose2d, conv2d, deviation, resample,
};
use crate::{Error, Result};

/// Where norms take their means and variances from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norms {
    /// From the batch, as in training; the gradient flows through them.
    Batch,
    /// From the weights, as in use.
    Stored,
}

/// What a run made.
#[derive(Clone, Debug)]
pub struct Results {
    /// By the places of the nodes; none where nobody needed it, or it was made together with the activation after it.
    pub(super) values: Vec<Option<Tensor>>,
    outputs: BTreeMap<String, usize>,
    /// The statistics of the batch, by the names of the norms.
    pub statistics: BTreeMap<String, BatchStatistics>,
}

impl Results {
    pub(super) fn new(graph: &Graph, values: Vec<Option<Tensor>>) -> Self {
        Self { values, outputs: graph.outputs.clone(), statistics: BTreeMap::new() }
    }

    /// What the graph was asked for by a name: N x H x W x C.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it was not asked for.
    pub fn get(&self, output: &str) -> Result<&Tensor> {
        let value = self.outputs.get(output).and_then(|&place| self.values[place].as_ref());
        value.ok_or_else(|| Error::Invalid(format!("the network was not asked for \"{output}\"")))
    }

    /// The same as vectors: N x (H W C).
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn vectors(&self, output: &str) -> Result<Tensor> {
        Ok(self.get(output)?.flatten_from(1)?)
    }

    /// What a node made; none where nobody needed it alone.
    pub(super) fn at(&self, graph: &Graph, place: usize) -> Result<&Tensor> {
        self.values[place].as_ref().ok_or_else(|| {
            let name = &graph.nodes[place].name;
            Error::Invalid(format!("the run did not keep what the network's node \"{name}\" made"))
        })
    }
}

impl Graph {
    /// What the graph makes of `inputs`, one for each of its input nodes, as far as it is `wanted`: names of outputs.
    ///
    /// # Shapes
    /// N x H x W x C of the input nodes, or N x L where they take vectors; results are N x H x W x C.
    ///
    /// # Errors
    /// [`Error::Shape`] when inputs don't fit, [`Error::Invalid`] for weights that are missing or an unknown output.
    pub fn run(
        &self,
        weights: &Weights,
        inputs: &[&Tensor],
        norms: Norms,
        wanted: &[&str],
    ) -> Result<Results> {
        let wanted: Vec<usize> = wanted.iter().map(|output| self.wanted(output)).collect::<Result<_>>()?;
        let plan = self.plan(&wanted);
        let mut results = Results::new(self, vec![None; self.nodes.len()]);
        let mut inputs = inputs.iter();
        for place in 0..self.nodes.len() {
            let input = matches!(self.nodes[place].op, Op::Input { .. }).then(|| inputs.next()).flatten();
            if !plan.needed[place] || plan.fused[place] {
                continue;
            }
            // An activation is applied by the node before it, where that has no other use.
            let (run, activation) = match (&self.nodes[place].op, self.from[place].as_slice()) {
                (Op::Activation { activation }, &[before]) if plan.fused[before] => (before, *activation),
                _ => (place, Activation::None),
            };
            let made = self.node(run, activation, weights, input.copied(), norms, &mut results)?;
            results.values[place] = Some(made);
        }
        Ok(results)
    }

    /// What one node makes of what those before it made, with an activation that follows.
    fn node(
        &self,
        place: usize,
        activation: Activation,
        weights: &Weights,
        input: Option<&Tensor>,
        norms: Norms,
        results: &mut Results,
    ) -> Result<Tensor> {
        let node = &self.nodes[place];
        let from: Vec<Tensor> = self.from[place]
            .iter()
            .map(|&before| results.at(self, before).cloned())
            .collect::<Result<_>>()?;
        let one =
            || from.first().ok_or_else(|| Error::Invalid(format!("nothing goes into \"{}\"", node.name)));
        let weight = |role| weights.of(&node.name, role);
        let bias = |has: bool| has.then(|| weight(Role::Bias)).transpose();
        Ok(match &node.op {
            Op::Input { shape } => fit(input, *shape)?,
            Op::Dense { bias: has, .. } => {
                dense(one()?, weight(Role::Weight)?, bias(*has)?, self.shapes[place], activation)?
            }
            Op::Convolution { config, bias: has, .. } => {
                conv2d(one()?, weight(Role::Weight)?, bias(*has)?, *config, activation)?
            }
            Op::TransposedConvolution { config, bias: has, .. } => {
                conv_transpose2d(one()?, weight(Role::Weight)?, bias(*has)?, *config, activation)?
            }
            Op::BatchNorm { epsilon } => {
                let (x, gamma, beta) = (one()?, weight(Role::Gamma)?, weight(Role::Beta)?);
                match norms {
                    Norms::Batch => {
                        let (y, statistics) = batch_norm_train(x, gamma, beta, *epsilon, activation)?;
                        results.statistics.insert(node.name.clone(), statistics);
                        y
                    }
                    Norms::Stored => {
                        let deviation = (weight(Role::Variance)? + *epsilon)?.sqrt()?;
                        let y = x.broadcast_sub(weight(Role::Mean)?)?.broadcast_div(&deviation)?;
                        activation.on_device(&y.broadcast_mul(gamma)?.broadcast_add(beta)?)?
                    }
                }
            }
            Op::InstanceNorm { epsilon } => {
                let normal = standardized(one()?, *epsilon)?;
                normal.broadcast_mul(weight(Role::Gamma)?)?.broadcast_add(weight(Role::Beta)?)?
            }
            Op::Prelu { .. } => prelu(one()?, weight(Role::Slope)?)?,
            Op::PixelShuffle { factor } => pixels_of_channels(one()?, *factor)?,
            Op::PixelUnshuffle { factor } => channels_of_pixels(one()?, *factor)?,
            Op::Activation { activation } => activation.on_device(one()?)?,
            Op::Add => {
                let first = one()?.clone();
                from[1..].iter().try_fold(first, |sum, term| sum + term)?
            }
            Op::Multiply => (one()? * &from[1])?,
            Op::Concatenate => Tensor::cat(&from, 3)?,
            Op::Resample { filter } => resample(one()?, filter)?,
            Op::Affine { scale, offset } => one()?.affine(f64::from(*scale), f64::from(*offset))?,
            Op::Reshape { to: [height, width, channels] } => {
                one()?.contiguous()?.reshape(((), *height, *width, *channels))?
            }
            Op::Narrow { first, count } => one()?.narrow(3, *first, *count)?.contiguous()?,
            Op::Deviation { group } => match norms {
                Norms::Batch => {
                    let y = deviation::of_batch(one()?, *group)?;
                    results.statistics.insert(node.name.clone(), deviation::statistics(&y)?);
                    y
                }
                Norms::Stored => (one()?.narrow(3, 0, 1)? * 0.0)?.broadcast_add(weight(Role::Mean)?)?,
            },
            Op::Clip { least, most } => one()?.clamp(*least, *most)?,
        })
    }
}

/// A matrix product as a convolution of one pixel, which has kernels of its own.
pub(super) fn dense(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    [height, width, channels]: [usize; 3],
    activation: Activation,
) -> Result<Tensor> {
    let (inputs, outputs) = weight.dims2()?;
    let x = x.contiguous()?.reshape(((), 1, 1, inputs))?;
    let weight = weight.reshape((1, 1, inputs, outputs))?;
    let y = conv2d(&x, &weight, bias, ConvConfig::default(), activation)?;
    Ok(y.reshape(((), height, width, channels))?)
}

/// An input as maps of the shape that a node takes.
pub(super) fn fit(input: Option<&Tensor>, shape: [usize; 3]) -> Result<Tensor> {
    let Some(input) = input else {
        return Err(Error::Invalid("the network takes more than it was given".into()));
    };
    let [height, width, channels] = shape;
    match *input.dims() {
        [_, h, w, c] if [h, w, c] == shape => Ok(input.clone()),
        [count, length] if [1, 1, length] == shape => Ok(input.reshape((count, 1, 1, length))?),
        _ => Err(Error::Shape {
            op: "maps for a network",
            left: input.dims().to_vec(),
            right: vec![height, width, channels],
            why: "any number of maps of this height, width and channels".into(),
        }),
    }
}
