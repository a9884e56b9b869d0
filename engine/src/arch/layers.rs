//! Compileds of layers: what all families here are made of once batch norm is folded away.
//!
//! Feature maps are N x H x W x C between the layers, see [`crate::nn`]; files hold weights channels first, so
//! weights are laid out anew once, when a model is opened.

use candle_core::Tensor;

use super::described::Part;
use super::norm::Norm;
use crate::Result;
use crate::nn::graph::{Begin, Graph, Op, Role, Weights};
use crate::nn::layout::swap_last_two;
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig, LARGEST_SIDE, MapShape};

/// The stride and paddings with which a transposed convolution doubles the side:
/// 2 (side - 1) + kernel + `output_padding` - 2 padding = 2 side.
pub(super) fn doubling(kernel: usize) -> ConvTransposeConfig {
    ConvTransposeConfig { stride: 2, padding: kernel.saturating_sub(1) / 2, output_padding: kernel % 2 }
}

/// A side after so many doublings; `None` when that is too large.
pub(super) fn doubled(side: usize, times: usize) -> Option<usize> {
    let factor = 1usize.checked_shl(u32::try_from(times).ok()?)?;
    side.checked_mul(factor).filter(|side| (1..=LARGEST_SIDE).contains(side))
}

/// The side of the square maps of so many channels that are `count` numbers in all.
pub(super) fn square_side(count: usize, channels: usize) -> Option<usize> {
    let pixels = count.checked_div(channels)?;
    let side = pixels.isqrt();
    (side > 0 && side * side * channels == count).then_some(side)
}

/// A layer as a file has it, on its way onto the nodes of a graph: names, order of dimensions and half turns of a framework
/// end here.
pub(super) struct Draft {
    kind: Kind,
    weight: Tensor,
    /// The dimension of the weight that counts output channels.
    out_axis: usize,
    bias: Option<Tensor>,
    norm: Option<Norm>,
    activation: Activation,
    /// Kernels are turned by half a turn before they are used.
    turned: bool,
}

enum Kind {
    Dense { to: Option<MapShape> },
    Transposed(ConvTransposeConfig),
    Convolution(ConvConfig),
}

impl Draft {
    fn new(kind: Kind, weight: Tensor, out_axis: usize) -> Self {
        Self { kind, weight, out_axis, bias: None, norm: None, activation: Activation::None, turned: false }
    }

    /// A dense layer, `weight` outputs x inputs as in PyTorch.
    pub fn dense(weight: Tensor) -> Self {
        Self::new(Kind::Dense { to: None }, weight, 0)
    }

    /// A transposed convolution, `weight` inputs x outputs x k x k as in PyTorch.
    pub fn transposed(weight: Tensor, config: ConvTransposeConfig) -> Self {
        Self::new(Kind::Transposed(config), weight, 1)
    }

    /// A convolution (cross-correlation), `weight` outputs x inputs x k x k as in PyTorch.
    pub fn convolution(weight: Tensor, config: ConvConfig) -> Self {
        Self::new(Kind::Convolution(config), weight, 0)
    }

    /// A convolution that halves an even side.
    ///
    /// # Errors
    /// When the weight has another rank.
    pub fn halving(weight: Tensor) -> Result<Self> {
        let (_, _, kernel, _) = weight.dims4()?;
        Ok(Self::convolution(weight, ConvConfig { stride: 2, padding: kernel.saturating_sub(1) / 2 }))
    }

    /// A convolution with an odd kernel that keeps the sides.
    ///
    /// # Errors
    /// When the weight has another rank.
    pub fn keeping(weight: Tensor) -> Result<Self> {
        let (_, _, kernel, _) = weight.dims4()?;
        Ok(Self::convolution(weight, ConvConfig { stride: 1, padding: kernel / 2 }))
    }

    /// Theano's "deconvolution" that doubles the side, `weight` inputs x outputs x k x k: the gradient of a
    /// convolution in the mathematical sense, where other frameworks have that of a cross-correlation.
    ///
    /// # Errors
    /// When the weight has another rank.
    pub fn deconvolution(weight: Tensor) -> Result<Self> {
        let (_, _, kernel, _) = weight.dims4()?;
        Ok(Self::transposed(weight, doubling(kernel)).turned())
    }

    /// Nearest-neighbour doubling and then a convolution with a kernel of 3 and a padding of 1, `weight`
    /// outputs x inputs x 3 x 3.
    ///
    /// Doubling is a transposed convolution with ones, a convolution a transposed one of stride 1 with the
    /// kernel turned around; one after the other they are a single transposed convolution of stride 2 whose
    /// kernel of 4 is the turned kernel convolved with 2 x 2 ones.
    ///
    /// # Errors
    /// When the weight has another shape.
    pub fn upsampled(weight: &Tensor) -> Result<Self> {
        let turned = weight.flip(&[2, 3])?.transpose(0, 1)?;
        let shifted = |down: usize, right: usize| {
            turned.pad_with_zeros(2, down, 1 - down)?.pad_with_zeros(3, right, 1 - right)
        };
        let kernel = (((shifted(0, 0)? + shifted(0, 1)?)? + shifted(1, 0)?)? + shifted(1, 1)?)?;
        Ok(Self::transposed(kernel, doubling(4)))
    }

    /// With kernels turned by half a turn: what makes a mathematical convolution of a cross-correlation.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { turned: true, ..self }
    }

    /// With one number added per output channel.
    #[must_use]
    pub fn bias(self, bias: Option<Tensor>) -> Self {
        Self { bias, ..self }
    }

    /// With a normalization of its outputs.
    #[must_use]
    pub fn norm(self, norm: Norm) -> Self {
        Self { norm: Some(norm), ..self }
    }

    /// Only its first output channels.
    ///
    /// # Errors
    /// When it has fewer.
    pub fn first_outputs(mut self, count: usize) -> Result<Self> {
        self.weight = self.weight.narrow(self.out_axis, 0, count)?;
        self.bias = self.bias.map(|b| b.narrow(0, 0, count)).transpose()?;
        self.norm = self.norm.map(|norm| norm.each(|t| Ok(t.narrow(0, 0, count)?))).transpose()?;
        Ok(self)
    }

    /// With an activation at its end.
    #[must_use]
    pub fn activation(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// A dense layer whose outputs are feature maps, counted channels first in the file.
    ///
    /// # Errors
    /// When it makes another number of outputs.
    pub fn making_maps(mut self, shape: MapShape) -> Result<Self> {
        self.weight = channels_last(&self.weight, shape)?;
        self.bias = self.bias.map(|b| channels_last(&b, shape)).transpose()?;
        self.norm = self.norm.map(|norm| norm.each(|t| channels_last(t, shape))).transpose()?;
        self.kind = Kind::Dense { to: Some(shape) };
        Ok(self)
    }

    /// A dense layer whose inputs are feature maps, counted channels first in the file.
    ///
    /// # Errors
    /// When it takes another number of inputs.
    pub fn taking_maps(mut self, shape: MapShape) -> Result<Self> {
        self.weight = channels_last(&self.weight.t()?, shape)?.t()?;
        Ok(self)
    }

    /// The operation and its weight in the engine's own layout.
    fn laid_out(&self) -> Result<(Op, Tensor)> {
        // Channels last within every kernel: A x B x k x k to A x k x k x B.
        let laid = |weight: &Tensor| -> Result<Tensor> {
            let (a, b, height, width) = weight.dims4()?;
            let flat = weight.reshape((a, b, height * width))?;
            Ok(swap_last_two(&flat, self.turned)?.reshape((a, height, width, b))?)
        };
        // Rows and columns changed: A x B to B x A.
        let transposed = |weight: &Tensor| -> Result<Tensor> {
            let (a, b) = weight.dims2()?;
            Ok(swap_last_two(&weight.reshape((1, a, b))?, false)?.reshape((b, a))?)
        };
        let bias = self.bias.is_some();
        Ok(match self.kind {
            Kind::Dense { to } => {
                let (outputs, _) = self.weight.dims2()?;
                // A norm of all outputs comes before they are maps.
                let to = to.filter(|_| self.norm.is_none()).unwrap_or([1, 1, outputs]);
                (Op::Dense { to, bias }, transposed(&self.weight)?)
            }
            Kind::Transposed(config) => {
                let (_, outputs, kernel, _) = self.weight.dims4()?;
                (Op::TransposedConvolution { outputs, kernel, config, bias }, laid(&self.weight)?)
            }
            Kind::Convolution(config) => {
                let (outputs, inputs, kernel, width) = self.weight.dims4()?;
                let laid = laid(&self.weight)?.reshape((outputs, kernel * width * inputs))?;
                let weight = transposed(&laid)?.reshape((kernel, width, inputs, outputs))?;
                (Op::Convolution { outputs, kernel, config, bias }, weight)
            }
        })
    }
}

/// A network that is put together of the layers of a file.
pub(super) struct Assembly {
    graph: Graph,
    weights: Weights,
}

impl Assembly {
    /// A network that takes maps of a shape.
    ///
    /// # Errors
    /// For a shape without values.
    pub fn new(input: &str, shape: MapShape) -> Result<Self> {
        Ok(Self { graph: Graph::new(input, shape, Begin::default())?, weights: Weights::default() })
    }

    /// What the last layer makes.
    pub fn maps(&self) -> MapShape {
        self.graph.last_shape()
    }

    /// The name of the last node.
    pub fn last(&self) -> &str {
        self.graph.last()
    }

    /// Adds an operation without weights to what some nodes make, the last one where none is named.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn operation(&mut self, name: &str, op: Op, from: &[&str]) -> Result<()> {
        if from.is_empty() { self.graph.then(name, op) } else { self.graph.add(name, op, from) }.map(|_| ())
    }

    /// Adds a layer: its linear part under its name in the file, and nodes for its norm, its activation and the shape of its
    /// maps, as far as it has them.
    ///
    /// # Errors
    /// When it does not fit what is there.
    pub fn layer(&mut self, name: &str, draft: Draft) -> Result<()> {
        let fits = |name: &str| {
            let sound = !name.is_empty() && name.len() <= 64 && !name.chars().any(char::is_whitespace);
            sound && self.graph.shape_of(name).is_none()
        };
        let count = self.graph.nodes().len();
        let name = if fits(name) { name.to_owned() } else { format!("layer{count}") };
        let (op, weight) = draft.laid_out()?;
        let Draft { kind, bias, norm, activation, .. } = draft;
        self.graph.then(name.clone(), op)?;
        self.set(&name, Role::Weight, weight);
        bias.into_iter().for_each(|bias| self.set(&name, Role::Bias, bias));
        let to = if let (Kind::Dense { to }, Some(_)) = (kind, &norm) { to } else { None };
        if let Some(norm) = norm {
            self.norm(&format!("{name}.norm"), norm)?;
        }
        if activation != Activation::None {
            self.graph.then(format!("{name}.activation"), Op::Activation { activation })?;
        }
        if let Some(to) = to {
            self.graph.then(format!("{name}.maps"), Op::Reshape { to })?;
        }
        Ok(())
    }

    /// Adds a batch norm to what the last layer makes.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn norm(&mut self, name: &str, norm: Norm) -> Result<()> {
        let Norm { gamma, beta, mean, variance, epsilon } = norm;
        self.graph.then(name, Op::BatchNorm { epsilon })?;
        let all = [(Role::Gamma, gamma), (Role::Beta, beta), (Role::Mean, mean), (Role::Variance, variance)];
        all.into_iter().for_each(|(role, values)| self.set(name, role, values));
        Ok(())
    }

    /// Adds a norm of every map by itself to what the last layer makes.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn instance_norm(&mut self, name: &str, [gamma, beta]: [Tensor; 2], epsilon: f64) -> Result<()> {
        self.graph.then(name, Op::InstanceNorm { epsilon })?;
        self.set(name, Role::Gamma, gamma);
        self.set(name, Role::Beta, beta);
        Ok(())
    }

    /// Adds a PReLU to what the last layer makes; `slope` is one number, or one for each channel.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn prelu(&mut self, name: &str, slope: Tensor) -> Result<()> {
        self.graph.then(name, Op::Prelu { shared: slope.elem_count() == 1 })?;
        self.set(name, Role::Slope, slope);
        Ok(())
    }

    /// Adds what the last layer makes to what a node makes.
    ///
    /// # Errors
    /// When their shapes differ.
    pub fn add_to(&mut self, name: &str, node: &str) -> Result<()> {
        let last = self.last().to_owned();
        self.operation(name, Op::Add, &[&last, node])
    }

    /// Adds a dense layer without bias, `weight` inputs x outputs, to what a node makes.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn table(&mut self, name: &str, weight: Tensor, from: &str) -> Result<()> {
        let (_, outputs) = weight.dims2()?;
        self.graph.add(name, Op::Dense { to: [1, 1, outputs], bias: false }, &[from])?;
        self.set(name, Role::Weight, weight);
        Ok(())
    }

    fn set(&mut self, node: &str, role: Role, values: Tensor) {
        self.weights.insert(format!("{node}.{}", role.name()), values);
    }

    /// The network, asked for what its last layer makes.
    ///
    /// # Errors
    /// None for a network with layers.
    pub fn finish(mut self, output: &str) -> Result<Part> {
        let last = self.graph.last().to_owned();
        self.graph.output(output, &last)?;
        Ok(Part { graph: self.graph, weights: self.weights, output: output.to_owned() })
    }
}

/// The first dimension from channels x height x width to height x width x channels.
fn channels_last(t: &Tensor, [height, width, channels]: MapShape) -> Result<Tensor> {
    let rest = t.elem_count() / t.dim(0)?.max(1);
    let moved = t.reshape((channels, height * width, rest))?.transpose(0, 1)?.contiguous()?;
    Ok(moved.reshape(t.shape())?)
}
