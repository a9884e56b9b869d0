//! Batch norm with stored statistics: y = x scale + shift for each channel, ready to be folded into the layer
//! before it.

use candle_core::{Device, Tensor};

use crate::Result;
use crate::checkpoint::TensorTable;

/// A normalization as one factor and one offset per channel.
#[derive(Clone, Debug)]
pub(super) struct Norm {
    pub scale: Tensor,
    pub shift: Tensor,
}

impl Norm {
    /// `(x - mean) / sqrt(variance + epsilon) * gain + offset`, PyTorch's and iGAN's; all of one length.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn new(
        mean: &Tensor,
        variance: &Tensor,
        gain: Option<&Tensor>,
        offset: Option<&Tensor>,
        epsilon: f64,
    ) -> Result<Self> {
        Self::with_deviation(mean, &(variance + epsilon)?.sqrt()?.recip()?, gain, offset)
    }

    /// `(x - mean) * inverse_deviation * gain + offset`: Lasagne stores the inverse.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn with_deviation(
        mean: &Tensor,
        inverse_deviation: &Tensor,
        gain: Option<&Tensor>,
        offset: Option<&Tensor>,
    ) -> Result<Self> {
        let scale = match gain {
            Some(gain) => (inverse_deviation * gain)?,
            None => inverse_deviation.clone(),
        };
        let shift = (mean * &scale)?.neg()?;
        let shift = match offset {
            Some(offset) => (shift + offset)?,
            None => shift,
        };
        Ok(Self { scale, shift })
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
        Self::new(&get("running_mean")?, &get("running_var")?, gain.as_ref(), offset.as_ref(), epsilon)
    }

    /// The same for every one of `places` numbers of a channel, channel by channel: what a norm of feature
    /// maps is to the dense layer that makes them.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn repeated(&self, places: usize) -> Result<Self> {
        let repeat = |t: &Tensor| -> Result<Tensor> {
            Ok(t.reshape(((), 1))?.broadcast_as((t.elem_count(), places))?.contiguous()?.flatten_all()?)
        };
        Ok(Self { scale: repeat(&self.scale)?, shift: repeat(&self.shift)? })
    }
}
