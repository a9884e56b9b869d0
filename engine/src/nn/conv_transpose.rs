//! The transposed convolution, channels last.

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::columns::Windows;
use super::conv::{apply, check_common, mismatch};
use super::linear::Linear;
use super::operation::Operation;
use crate::Result;

/// How the windows of a transposed convolution lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl ConvTransposeConfig {
    /// How the windows lie over the output, for a grid of a height and width; `None` when the padding leaves nothing
    /// of it.
    pub(super) fn windows(
        &self,
        [grid_height, grid_width]: [usize; 2],
        kernel: usize,
        channels: usize,
    ) -> Option<Windows> {
        let size = |n: usize| {
            (n.checked_sub(1)?.checked_mul(self.stride)? + kernel + self.output_padding)
                .checked_sub(2 * self.padding)
                .filter(|&size| size > 0)
        };
        Some(Windows {
            image_height: size(grid_height)?,
            image_width: size(grid_width)?,
            channels,
            grid_height,
            grid_width,
            kernel,
            stride: self.stride,
            padding: self.padding,
        })
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
    let Some(windows) = config.windows([height, width], kernel, channels) else {
        return Err(wrong("the padding leaves nothing of the output"));
    };
    if !x.device().is_cpu() {
        return on_device(x, w, bias, config, activation);
    }
    let linear = Linear { windows, features, transposed: true };
    apply(Operation { linear, count, activation, trained: w.track_op() }, x, w, bias)
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
