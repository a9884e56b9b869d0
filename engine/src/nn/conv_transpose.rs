//! The transposed convolution, channels last.

use std::sync::{Arc, OnceLock};

use candle_core::Tensor;

use super::activation::Activation;
use super::columns::Windows;
use super::conv::{apply, check_common, mismatch};
use super::layout::swap_last_two;
use super::operation::Operation;
use super::phases::Direction;
use super::planes::Planes;
use crate::Result;

/// How the windows of a transposed convolution lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTransposeConfig {
    /// Steps between windows, at least 1.
    pub stride: usize,
    /// Rows and columns cut off at every side of the output.
    pub padding: usize,
    /// Rows and columns added at the bottom and the right of the output.
    pub output_padding: usize,
}

impl Default for ConvTransposeConfig {
    fn default() -> Self {
        Self { stride: 1, padding: 0, output_padding: 0 }
    }
}

/// Transposed convolution with bias and activation.
///
/// # Shapes
/// `x` N x H x W x Cin, `w` Cin x k x k x Cout, `bias` Cout, all float32; the result is N x OH x OW x Cout with
/// OH = (H - 1) stride + k + `output_padding` - 2 padding.
///
/// # Errors
/// [`crate::Error::Shape`] when the shapes don't fit or nothing is left of the output.
pub fn conv_transpose2d(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    config: ConvTransposeConfig,
    activation: Activation,
) -> Result<Tensor> {
    with_weights(x, w, None, bias, config, activation)
}

/// Weights of a transposed convolution that are not trained. What the kernels make of them is made when it is first
/// asked for and then kept: a model that is only looked at needs less memory than one that is searched.
#[derive(Clone, Debug)]
pub struct FrozenWeights {
    weights: Tensor,
    config: ConvTransposeConfig,
    made: Arc<Made>,
}

/// What is made of weights.
#[derive(Debug, Default)]
struct Made {
    turned: OnceLock<Tensor>,
    forward: OnceLock<Arc<Planes>>,
    gradient: OnceLock<Arc<Planes>>,
}

impl FrozenWeights {
    /// From weights, Cin x k x k x Cout; they become constants.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when they have another rank or memory runs out.
    pub fn new(weights: &Tensor, config: ConvTransposeConfig) -> Result<Self> {
        let weights = weights.detach().contiguous()?;
        weights.dims4()?;
        Ok(Self { weights, config, made: Arc::default() })
    }

    /// The weights as a matrix of k k Cout rows and Cin columns.
    pub(super) fn turned(&self) -> candle_core::Result<&Tensor> {
        if let Some(turned) = self.made.turned.get() {
            return Ok(turned);
        }
        let (features, kernel, width, channels) = self.weights.dims4()?;
        let window = kernel * width * channels;
        let matrix = self.weights.reshape((1, features, window))?;
        let turned =
            swap_last_two(&matrix, false).map_err(candle_core::Error::wrap)?.reshape((window, features))?;
        Ok(self.made.turned.get_or_init(|| turned))
    }

    /// Transformed weights of the forward pass (spread) or the gradient (gather).
    pub(super) fn planes(&self, direction: Direction) -> &OnceLock<Arc<Planes>> {
        match direction {
            Direction::Spread => &self.made.forward,
            Direction::Gather => &self.made.gradient,
        }
    }

    /// How the windows lie.
    #[must_use]
    pub fn config(&self) -> ConvTransposeConfig {
        self.config
    }

    /// The weights, Cin x k x k x Cout.
    #[must_use]
    pub fn tensor(&self) -> &Tensor {
        &self.weights
    }
}

/// [`conv_transpose2d`] with weights that are not trained: the gradient of the input costs what the forward
/// pass does.
///
/// # Errors
/// As [`conv_transpose2d`].
pub fn conv_transpose2d_frozen(
    x: &Tensor,
    weights: &FrozenWeights,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<Tensor> {
    with_weights(x, &weights.weights, Some(weights), bias, weights.config, activation)
}

fn with_weights(
    x: &Tensor,
    w: &Tensor,
    frozen: Option<&FrozenWeights>,
    bias: Option<&Tensor>,
    config: ConvTransposeConfig,
    activation: Activation,
) -> Result<Tensor> {
    let wrong = |why: &str| mismatch("conv_transpose2d", x, w, why);
    let &[count, height, width, features] = x.dims() else {
        return Err(wrong("the input is N x H x W x Cin"));
    };
    let &[w_in, kernel, kernel_width, channels] = w.dims() else {
        return Err(wrong("the weights are Cin x k x k x Cout"));
    };
    if kernel != kernel_width || w_in != features {
        return Err(wrong("the weights are Cin x k x k x Cout with the input's channels as Cin"));
    }
    check_common("conv_transpose2d", x, w, bias, channels, config.stride)?;
    let size = |n: usize| {
        ((n - 1) * config.stride + kernel + config.output_padding)
            .checked_sub(2 * config.padding)
            .filter(|&size| size > 0)
    };
    let (Some(image_height), Some(image_width)) = (size(height), size(width)) else {
        return Err(wrong("the padding leaves nothing of the output"));
    };
    if !x.device().is_cpu() {
        return on_device(x, w, bias, config, activation);
    }
    let windows = Windows {
        image_height,
        image_width,
        channels,
        grid_height: height,
        grid_width: width,
        kernel,
        stride: config.stride,
        padding: config.padding,
    };
    let (frozen, trained) = (frozen.cloned(), w.track_op());
    apply(Operation { windows, count, features, transposed: true, activation, frozen, trained }, x, w, bias)
}

/// The same with candle's operations.
pub(crate) fn on_device(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    config: ConvTransposeConfig,
    activation: Activation,
) -> Result<Tensor> {
    let x = x.permute((0, 3, 1, 2))?.contiguous()?;
    let w = w.permute((0, 3, 1, 2))?.contiguous()?;
    let y = x
        .conv_transpose2d(&w, config.padding, config.output_padding, config.stride, 1)?
        .permute((0, 2, 3, 1))?
        .contiguous()?;
    let y = if let Some(bias) = bias { y.broadcast_add(bias)? } else { y };
    Ok(activation.on_device(&y)?)
}
