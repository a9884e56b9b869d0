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
mod compiled;
mod conv;
mod conv_transpose;
pub(crate) mod deviation;
mod finish;
mod frozen;
pub mod graph;
pub(crate) mod host;
mod instance_norm;
pub(crate) mod layout;
mod linear;
mod lowering;
pub(crate) mod matmul;
mod minimal_filter;
mod operation;
mod phases;
mod planes;
mod pool;
mod prelu;
mod resample;
mod shuffle;
mod step;
mod winograd;

pub use activation::Activation;
pub use batch_norm::{BatchStatistics, batch_norm_train, batch_statistics};
pub use channels::{StyledActivation, scale_and_activate, scale_channels};
pub use compiled::Compiled;
pub(crate) use compiled::LARGEST_SIDE;
pub use conv::{ConvConfig, conv2d};
pub use conv_transpose::{ConvTransposeConfig, conv_transpose2d};
pub use frozen::FrozenLayer;
pub use resample::{Resampling, resample};

/// Height, width and channels of feature maps; a vector is 1 x 1 x its length.
pub type MapShape = [usize; 3];

#[cfg(test)]
mod tests;
