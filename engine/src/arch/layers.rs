//! Compileds of layers: what all families here are made of once batch norm is folded away.
//!
//! Feature maps are N x H x W x C between the layers, see [`crate::nn`]; files hold weights channels first, so
//! weights are laid out anew once, when a model is opened.

use candle_core::{Device, Tensor};

use super::norm::Norm;
use crate::Result;
use crate::nn::layout::swap_last_two;
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig, FrozenLayer, LARGEST_SIDE, MapShape};

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

/// A layer as a file has it. Methods fold in what belongs to it, [`Self::finish`] makes it ready for use.
pub(super) struct Draft {
    kind: Kind,
    weight: Tensor,
    /// The dimension of the weight that counts output channels.
    out_axis: usize,
    bias: Option<Tensor>,
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
        Self { kind, weight, out_axis, bias: None, activation: Activation::None, turned: false }
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

    /// With a normalization of its outputs folded in: (x w + b) scale + shift.
    ///
    /// # Errors
    /// When the normalization has another number of channels.
    pub fn norm(mut self, norm: &Norm) -> Result<Self> {
        let mut shape = vec![1; self.weight.rank()];
        shape[self.out_axis] = norm.scale.elem_count();
        self.weight = self.weight.broadcast_mul(&norm.scale.reshape(shape)?)?;
        self.bias = Some(match self.bias {
            Some(bias) => ((bias * &norm.scale)? + &norm.shift)?,
            None => norm.shift.clone(),
        });
        Ok(self)
    }

    /// Only its first output channels.
    ///
    /// # Errors
    /// When it has fewer.
    pub fn first_outputs(mut self, count: usize) -> Result<Self> {
        self.weight = self.weight.narrow(self.out_axis, 0, count)?;
        self.bias = self.bias.map(|b| b.narrow(0, 0, count)).transpose()?;
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

    /// The layer, laid out for the kernels.
    ///
    /// # Errors
    /// When the weight has another rank than its kind asks for.
    pub fn finish(self, device: &Device) -> Result<FrozenLayer> {
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
        let bias = self.bias.map(|bias| bias.to_device(device)).transpose()?;
        let (bias, activation) = (bias.as_ref(), self.activation);
        match self.kind {
            Kind::Dense { to } => {
                let (outputs, _) = self.weight.dims2()?;
                let weight = transposed(&self.weight)?.to_device(device)?;
                FrozenLayer::dense(&weight, bias, to.unwrap_or([1, 1, outputs]), activation)
            }
            Kind::Transposed(config) => {
                let weight = laid(&self.weight)?.to_device(device)?;
                FrozenLayer::transposed(&weight, bias, config, activation)
            }
            Kind::Convolution(config) => {
                let (outputs, inputs, height, width) = self.weight.dims4()?;
                let laid = laid(&self.weight)?.reshape((outputs, height * width * inputs))?;
                let weight = transposed(&laid)?.reshape((height, width, inputs, outputs))?;
                FrozenLayer::convolution(&weight.to_device(device)?, bias, config, activation)
            }
        }
    }
}

/// The first dimension from channels x height x width to height x width x channels.
fn channels_last(t: &Tensor, [height, width, channels]: MapShape) -> Result<Tensor> {
    let rest = t.elem_count() / t.dim(0)?.max(1);
    let moved = t.reshape((channels, height * width, rest))?.transpose(0, 1)?.contiguous()?;
    Ok(moved.reshape(t.shape())?)
}
