//! Layers whose weights are constants: a model that is painted with. Whatever the kernels make of the weights is made
//! when it is first asked for and then kept, so that a model that is only looked at needs less memory than one that is
//! searched.

use std::sync::{Arc, OnceLock};

use candle_core::Tensor;

use super::MapShape;
use super::activation::Activation;
use super::columns::Windows;
use super::conv::{ConvConfig, on_device as convolution_on_device};
use super::conv_transpose::{ConvTransposeConfig, on_device as transposed_on_device};
use super::finish::Finish;
use super::host::guarded;
use super::layout::swap_last_two;
use super::linear::{Linear, Weights};
use super::matmul::Matrix;
use super::phases::Direction;
use super::planes::Planes;
use crate::Result;

/// A layer with constant weights: its linear part, a bias and an activation. It is run as part of a [`super::Compiled`].
#[derive(Clone, Debug)]
pub struct FrozenLayer {
    kind: Kind,
    weights: Tensor,
    bias: Option<Tensor>,
    activation: Activation,
    made: Arc<Made>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// A matrix product of all numbers of the maps, as a transposed convolution of one pixel; its results are maps of
    /// this shape.
    Dense(MapShape),
    Transposed(ConvTransposeConfig),
    Convolution(ConvConfig),
}

/// What is made of weights.
#[derive(Debug, Default)]
struct Made {
    /// With rows and columns changed, for the gradient.
    turned: OnceLock<Vec<f32>>,
    forward: OnceLock<Planes>,
    backward: OnceLock<Planes>,
}

impl FrozenLayer {
    fn new(kind: Kind, weights: &Tensor, bias: Option<&Tensor>, activation: Activation) -> Result<Self> {
        let bias = bias.map(|bias| bias.detach().contiguous()).transpose()?;
        let weights = weights.detach().contiguous()?;
        Ok(Self { kind, weights, bias, activation, made: Arc::default() })
    }

    /// A matrix product of all numbers of the maps: `weights` inputs x outputs, `bias` one for each output, in the
    /// order of maps of the shape `to`.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when the weights have another rank or memory runs out.
    pub fn dense(
        weights: &Tensor,
        bias: Option<&Tensor>,
        to: MapShape,
        activation: Activation,
    ) -> Result<Self> {
        let (inputs, outputs) = weights.dims2()?;
        Self::new(Kind::Dense(to), &weights.reshape((inputs, 1, 1, outputs))?, bias, activation)
    }

    /// As [`super::conv_transpose2d`], `weights` Cin x k x k x Cout.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when the weights have another rank or memory runs out.
    pub fn transposed(
        weights: &Tensor,
        bias: Option<&Tensor>,
        config: ConvTransposeConfig,
        activation: Activation,
    ) -> Result<Self> {
        weights.dims4()?;
        Self::new(Kind::Transposed(config), weights, bias, activation)
    }

    /// As [`super::conv2d`], `weights` k x k x Cin x Cout.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when the weights have another rank or memory runs out.
    pub fn convolution(
        weights: &Tensor,
        bias: Option<&Tensor>,
        config: ConvConfig,
        activation: Activation,
    ) -> Result<Self> {
        weights.dims4()?;
        Self::new(Kind::Convolution(config), weights, bias, activation)
    }

    /// How it lies over maps of a shape, and the shape of what it makes of them; `None` when they don't fit.
    pub(super) fn placed(&self, from: MapShape) -> Option<(Linear, MapShape)> {
        let [height, width, channels] = from;
        // Cin x k x k x Cout, or k x k x Cin x Cout in a convolution.
        let &[first, second, third, last] = self.weights.dims() else { return None };
        if self.weights.elem_count() == 0 {
            return None;
        }
        let (inputs, linear) = match self.kind {
            Kind::Dense(to) => {
                let len = |shape: MapShape| shape.iter().product::<usize>();
                if first != len(from) || last != len(to) {
                    return None;
                }
                let windows = Windows::of_vector(last);
                let linear = Linear { windows, features: first, transposed: true };
                return self.bias_fits(last).then_some((linear, to));
            }
            Kind::Transposed(config) => {
                if second != third || config.stride == 0 {
                    return None;
                }
                let windows = config.windows([height, width], second, last)?;
                (first, Linear { windows, features: first, transposed: true })
            }
            Kind::Convolution(config) => {
                if first != second || config.stride == 0 {
                    return None;
                }
                (third, Linear { windows: config.windows(from, first)?, features: last, transposed: false })
            }
        };
        (inputs == channels && self.bias_fits(last)).then(|| (linear, linear.output_shape()))
    }

    fn bias_fits(&self, outputs: usize) -> bool {
        self.bias.as_ref().is_none_or(|bias| bias.dims() == [outputs])
    }

    /// How many numbers it has.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.weights.elem_count() + self.bias.as_ref().map_or(0, Tensor::elem_count)
    }

    /// Multiplications for one map, as the definition has them: every weight is used once for each cell of the grid.
    pub(super) fn multiplications(&self, linear: &Linear) -> f64 {
        linear.windows.cells() as f64 * self.weights.elem_count() as f64
    }

    pub(super) fn activation(&self) -> Activation {
        self.activation
    }

    /// What the layer makes of maps, into `out`.
    pub(super) fn forward(&self, linear: &Linear, maps: &[f32], out: &mut [f32]) -> candle_core::Result<()> {
        let guard = self.bias.as_ref().map(Tensor::storage_and_layout);
        let bias = match &guard {
            Some((storage, layout)) => Some(guarded(storage, layout)?),
            None => None,
        };
        self.run(linear, linear.forward(), maps, Finish::Activate { bias, activation: self.activation }, out)
    }

    /// The gradient of what goes in, from that of what the linear part makes.
    pub(super) fn backward(
        &self,
        linear: &Linear,
        gradient: &[f32],
        finish: Finish<'_>,
        out: &mut [f32],
    ) -> candle_core::Result<()> {
        self.run(linear, linear.backward(), gradient, finish, out)
    }

    fn run(
        &self,
        linear: &Linear,
        direction: Direction,
        input: &[f32],
        finish: Finish<'_>,
        out: &mut [f32],
    ) -> candle_core::Result<()> {
        let (storage, layout) = self.weights.storage_and_layout();
        let weights = linear.weights(guarded(&storage, layout)?);
        let forward = direction == linear.forward();
        if linear.suits_planes(direction) {
            let made = if forward { &self.made.forward } else { &self.made.backward };
            let weights = if forward { weights } else { weights.transposed() };
            let planes = made.get_or_init(|| linear.planes(direction, weights));
            linear.run(direction, input, Weights::Transformed(planes), finish, out);
        } else {
            let weights = if forward { weights } else { self.turned(linear)? };
            linear.run(direction, input, Weights::Plain(weights), finish, out);
        }
        Ok(())
    }

    /// The weights as the gradient's matrix, row after row: packing them for a product is faster so.
    fn turned(&self, linear: &Linear) -> candle_core::Result<Matrix<'_>> {
        let (features, window) = (linear.features, linear.windows.window_len());
        let (rows, columns) = if linear.transposed { (features, window) } else { (window, features) };
        let turned = match self.made.turned.get() {
            Some(turned) => turned,
            None => {
                let matrix = self.weights.reshape((1, rows, columns))?;
                let turned = swap_last_two(&matrix, false).map_err(candle_core::Error::wrap)?;
                let turned = turned.flatten_all()?.to_vec1()?;
                self.made.turned.get_or_init(|| turned)
            }
        };
        Ok(Matrix::new(turned, columns, rows))
    }

    /// The layer with candle's operations.
    pub(super) fn on_device(&self, maps: &Tensor) -> Result<Tensor> {
        let (bias, activation) = (self.bias.as_ref(), self.activation);
        match self.kind {
            Kind::Dense([height, width, channels]) => {
                let count = maps.dim(0)?;
                let maps = maps.reshape((count, self.weights.dim(0)?))?;
                let (inputs, _, _, outputs) = self.weights.dims4()?;
                let sums = maps.matmul(&self.weights.reshape((inputs, outputs))?)?;
                let sums = if let Some(bias) = bias { sums.broadcast_add(bias)? } else { sums };
                Ok(activation.on_device(&sums)?.reshape((count, height, width, channels))?)
            }
            Kind::Transposed(config) => transposed_on_device(maps, &self.weights, bias, config, activation),
            Kind::Convolution(config) => convolution_on_device(maps, &self.weights, bias, config, activation),
        }
    }
}
