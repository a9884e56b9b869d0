//! Layers with kernels of their own for the CPU.
//!
//! Feature maps are float32, N x H x W x C: with the channels last, a row of a kernel's window is one
//! contiguous run of memory, so unfolding and folding windows are plain copies and additions, and the rest
//! is one matrix product. Where it pays, a convolution goes a way with fewer multiplications instead. On other
//! devices the same functions use candle's operations, so that nobody else has to know where a tensor lives.
//!
//! Results do not depend on the number of threads: the division of the work follows from the shapes alone,
//! and partial sums are added in a fixed order.

mod activation;
mod batch_norm;
mod channels;
mod columns;
mod conv;
mod conv_transpose;
pub(crate) mod host;
pub(crate) mod layout;
mod lowering;
mod matmul;
mod minimal_filter;
mod operation;
mod phases;
mod planes;
mod resample;
mod winograd;

pub use activation::Activation;
pub use batch_norm::{BatchStatistics, batch_norm_train, batch_statistics};
pub use channels::{StyledActivation, scale_and_activate, scale_channels};
pub use conv::{ConvConfig, conv2d};
pub use conv_transpose::{ConvTransposeConfig, FrozenWeights, conv_transpose2d, conv_transpose2d_frozen};
pub use resample::{Resampling, resample};

#[cfg(test)]
mod tests;
