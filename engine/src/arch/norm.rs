//! Batch norm with stored statistics, as files have it.

use candle_core::{Device, Tensor};

use crate::Result;
use crate::checkpoint::TensorTable;

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` for each channel.
#[derive(Clone, Debug)]
pub(super) struct Norm {
    pub gamma: Tensor,
    pub beta: Tensor,
    pub mean: Tensor,
    pub variance: Tensor,
    pub epsilon: f64,
}

impl Norm {
    /// PyTorch's and iGAN's; all of one length.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn new(
        mean: Tensor,
        variance: Tensor,
        gain: Option<Tensor>,
        offset: Option<Tensor>,
        epsilon: f64,
    ) -> Result<Self> {
        let gamma = gain.map_or_else(|| mean.ones_like(), Ok)?;
        let beta = offset.map_or_else(|| mean.zeros_like(), Ok)?;
        Ok(Self { gamma, beta, mean, variance, epsilon })
    }

    /// `(x - mean) * inverse_deviation * gain + offset`: Lasagne stores the inverse.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn with_deviation(
        mean: Tensor,
        inverse_deviation: &Tensor,
        gain: &Tensor,
        offset: Tensor,
    ) -> Result<Self> {
        let gamma = (inverse_deviation * gain)?;
        let variance = mean.ones_like()?;
        Ok(Self { gamma, beta: offset, mean, variance, epsilon: 0.0 })
    }

    /// The same with something done to the numbers of its channels.
    ///
    /// # Errors
    /// What that says.
    pub fn each(self, f: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Self> {
        let Self { gamma, beta, mean, variance, epsilon } = self;
        Ok(Self { gamma: f(&gamma)?, beta: f(&beta)?, mean: f(&mean)?, variance: f(&variance)?, epsilon })
    }

    /// The batch norm of a PyTorch module, `P.{running_mean,running_var,weight,bias}`.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when it has no statistics.
    pub fn of_module(tensors: &TensorTable, path: &str, epsilon: f64) -> Result<Self> {
        let get = |name: &str| tensors.load(&format!("{path}.{name}"), &Device::Cpu);
        let optional =
            |name: &str| tensors.contains(&format!("{path}.{name}")).then(|| get(name)).transpose();
        let (gain, offset) = (optional("weight")?, optional("bias")?);
        Self::new(get("running_mean")?, get("running_var")?, gain, offset, epsilon)
    }

    /// The same for every one of `places` numbers of a channel, channel by channel: what a norm of feature
    /// maps is to the dense layer that makes them.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn repeated(&self, places: usize) -> Result<Self> {
        self.clone().each(|t| {
            Ok(t.reshape(((), 1))?.broadcast_as((t.elem_count(), places))?.contiguous()?.flatten_all()?)
        })
    }
}
