//! The convolution, channels last.

use candle_core::{DType, Tensor};
use serde::{Deserialize, Serialize};

use super::MapShape;
use super::activation::Activation;
use super::columns::Windows;
use super::linear::Linear;
use super::operation::Operation;
use crate::{Error, Result};

/// How the windows of a convolution lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvConfig {
    /// Steps between windows, at least 1.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
}

impl Default for ConvConfig {
    fn default() -> Self {
        Self { stride: 1, padding: 0 }
    }
}

impl ConvConfig {
    /// How the windows lie over maps of a shape; `None` when the kernel is larger than the padded maps.
    pub(super) fn windows(&self, [height, width, channels]: MapShape, kernel: usize) -> Option<Windows> {
        let size = |n: usize| {
            n.checked_add(2 * self.padding)?.checked_sub(kernel).map(|room| room / self.stride + 1)
        };
        Some(Windows {
            image_height: height,
            image_width: width,
            channels,
            grid_height: size(height)?,
            grid_width: size(width)?,
            kernel,
            stride: self.stride,
            padding: self.padding,
        })
    }
}

/// Convolution (cross-correlation, as in every framework) with bias and activation.
///
/// # Shapes
/// `x` N x H x W x Cin, `w` k x k x Cin x Cout, `bias` Cout, all float32; the result is N x OH x OW x Cout with
/// OH = (H + 2 padding - k) / stride + 1.
///
/// # Errors
/// [`Error::Shape`] when the shapes don't fit or the kernel is larger than the padded input.
pub fn conv2d(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    config: ConvConfig,
    activation: Activation,
) -> Result<Tensor> {
    let wrong = |why: &str| mismatch("conv2d", x, w, why);
    let &[count, height, width, channels] = x.dims() else {
        return Err(wrong("the input is N x H x W x Cin"));
    };
    let &[kernel, kernel_width, w_in, features] = w.dims() else {
        return Err(wrong("the weights are k x k x Cin x Cout"));
    };
    if kernel != kernel_width || w_in != channels {
        return Err(wrong("the weights are k x k x Cin x Cout with the input's channels as Cin"));
    }
    check_common("conv2d", x, w, bias, features, config.stride)?;
    let Some(windows) = config.windows([height, width, channels], kernel) else {
        return Err(wrong("the kernel is larger than the padded input"));
    };
    if !x.device().is_cpu() {
        return on_device(x, w, bias, config, activation);
    }
    let linear = Linear { windows, features, transposed: false };
    let operation = Operation { linear, count, activation, trained: w.track_op() };
    apply(operation, x, w, bias)
}

/// The same with candle's operations.
pub(crate) fn on_device(
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    config: ConvConfig,
    activation: Activation,
) -> Result<Tensor> {
    let x = x.permute((0, 3, 1, 2))?.contiguous()?;
    let w = w.permute((3, 2, 0, 1))?.contiguous()?;
    let y = x.conv2d(&w, config.padding, config.stride, 1, 1)?.permute((0, 2, 3, 1))?.contiguous()?;
    let y = if let Some(bias) = bias { y.broadcast_add(bias)? } else { y };
    Ok(activation.on_device(&y)?)
}

pub(crate) fn apply(operation: Operation, x: &Tensor, w: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (x, w) = (x.contiguous()?, w.contiguous()?);
    Ok(match bias {
        Some(bias) => x.apply_op3(&w, &bias.contiguous()?, operation)?,
        None => x.apply_op2(&w, operation)?,
    })
}

/// What both convolutions ask of their operands, after their own checks of the ranks.
pub(crate) fn check_common(
    op: &'static str,
    x: &Tensor,
    w: &Tensor,
    bias: Option<&Tensor>,
    out_channels: usize,
    stride: usize,
) -> Result<()> {
    if stride == 0 {
        return Err(Error::Invalid(format!("{op}: the stride is at least 1")));
    }
    if x.dtype() != DType::F32 || w.dtype() != DType::F32 {
        return Err(Error::Invalid(format!(
            "{op} works on float32, not on {} and {}",
            x.dtype().as_str(),
            w.dtype().as_str()
        )));
    }
    if w.elem_count() == 0 || x.dims()[1..].contains(&0) {
        return Err(mismatch(op, x, w, "only the batch may be empty"));
    }
    match bias {
        Some(bias) if bias.dims() != [out_channels] => {
            Err(mismatch(op, bias, w, "the bias has one value for each output channel"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn mismatch(op: &'static str, left: &Tensor, right: &Tensor, why: &str) -> Error {
    Error::Shape { op, left: left.dims().to_vec(), right: right.dims().to_vec(), why: why.to_owned() }
}
