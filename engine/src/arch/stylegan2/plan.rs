//! What a `StyleGAN2` generator is made of, whoever's names its parts bear.

use candle_core::{Device, Tensor};

use crate::checkpoint::TensorTable;
use crate::{Error, Result};

/// Pictures of 2048 x 2048: what is beyond is no file that anybody made, and its maps would be too large.
const MOST_CONVOLUTIONS: usize = 19;

/// Names and sizes of the parts in one order, for every layout of names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// Whose names these are.
    pub layout: Layout,
    /// Numbers in a latent, without the classes.
    pub latents: usize,
    /// Numbers in a style.
    pub styles: usize,
    /// Classes that it was trained with; 0 for none.
    pub classes: usize,
    /// The layers of the mapping, as `P` in `P.weight` (outputs x inputs) and `P.bias`.
    pub mapping_layers: Vec<String>,
    /// The linear layer in front of the mapping that embeds the class.
    pub embedding: Option<String>,
    /// The learned input of the first convolution, ... x channels x 4 x 4.
    pub constant: String,
    /// The convolutions in their order: one at 4 x 4, two at every larger side, of which the first doubles it.
    pub convolutions: Vec<ConvolutionPlan>,
    /// The layers that make colours, one for each side.
    pub colours: Vec<ColourPlan>,
    /// The filter of the blur, ... x taps x taps, where the file has it.
    pub filter: Option<String>,
}

/// Who wrote the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// `stylegan2-pytorch` of Kim Seonghyeon (rosinality).
    Rosinality,
    /// `stylegan2-ada-pytorch` of NVIDIA.
    Nvidia,
}

/// A modulated convolution with noise, bias and activation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConvolutionPlan {
    /// What the names of its parts begin with.
    pub name: String,
    /// Pixels a side of its result.
    pub side: usize,
    /// True when it doubles the side.
    pub up: bool,
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    /// ... x outputs x inputs x kernel x kernel.
    pub weight: String,
    /// The layer that makes its input scales of a style.
    pub style: String,
    pub bias: String,
    /// The stored noise, ... x side x side, where the file has it.
    pub noise: String,
    /// How strong the noise is, one number.
    pub strength: String,
}

/// A modulated convolution of one pixel that makes colours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ColourPlan {
    /// What the names of its parts begin with.
    pub name: String,
    pub inputs: usize,
    /// ... x colours x inputs x 1 x 1.
    pub weight: String,
    pub style: String,
    pub bias: String,
}

impl Layout {
    /// As it is written among the facts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rosinality => "stylegan2-rosinality",
            Self::Nvidia => "stylegan2-ada",
        }
    }
}

impl Plan {
    /// Pixels a side of the pictures.
    pub fn size(&self) -> usize {
        self.convolutions.last().map_or(0, |c| c.side)
    }

    /// How many styles a picture takes: one for each convolution, and one for the last colours.
    pub fn layers(&self) -> usize {
        self.convolutions.len() + 1
    }

    /// Channels at every side, from 4 x 4 on.
    pub fn widths(&self) -> Vec<usize> {
        self.colours.iter().map(|c| c.inputs).collect()
    }

    /// Channels of the pictures, when all parts fit each other.
    pub fn channels(&self, tensors: &TensorTable) -> Option<usize> {
        let last = |name: &str, dimensions: usize| {
            let shape = tensors.shape(name)?;
            shape.len().checked_sub(dimensions).map(|at| &shape[at..])
        };
        let linear = |name: &str, inputs: usize, outputs: usize| {
            tensors.dims::<2>(&format!("{name}.weight")) == Some([outputs, inputs])
                && tensors.dims::<1>(&format!("{name}.bias")) == Some([outputs])
        };
        let count = |name: &str| tensors.get(name).map(crate::checkpoint::StoredTensor::len);
        (self.convolutions.len() <= MOST_CONVOLUTIONS && self.latents > 0 && self.styles > 0).then_some(())?;
        let mut inputs = self.latents;
        if let Some(embedding) = &self.embedding {
            let [outputs, classes] = tensors.dims::<2>(&format!("{embedding}.weight"))?;
            (linear(embedding, classes, outputs) && classes == self.classes).then_some(())?;
            inputs += outputs;
        }
        for layer in &self.mapping_layers {
            linear(layer, inputs, self.styles).then_some(())?;
            inputs = self.styles;
        }
        let mut width = self.convolutions.first()?.inputs;
        (width > 0 && last(&self.constant, 3)? == [width, 4, 4]).then_some(())?;
        for layer in &self.convolutions {
            let fits = layer.inputs == width
                && layer.outputs > 0
                && matches!(layer.kernel, 1 | 3)
                && last(&layer.weight, 4)? == [layer.outputs, layer.inputs, layer.kernel, layer.kernel]
                && linear(&layer.style, self.styles, layer.inputs)
                && count(&layer.bias) == Some(layer.outputs)
                && count(&layer.strength).is_none_or(|n| n == 1)
                && count(&layer.noise).is_none_or(|n| n == layer.side * layer.side);
            fits.then_some(())?;
            width = layer.outputs;
        }
        let channels = last(&self.colours.first()?.weight, 4)?[0];
        for (layer, before) in self.colours.iter().zip(self.convolutions.iter().step_by(2)) {
            let fits = layer.inputs == before.outputs
                && last(&layer.weight, 4)? == [channels, layer.inputs, 1, 1]
                && linear(&layer.style, self.styles, layer.inputs)
                && count(&layer.bias) == Some(channels);
            fits.then_some(())?;
        }
        let whole = self.convolutions.len() + 1 == 2 * self.colours.len();
        (whole && matches!(channels, 1 | 3)).then_some(channels)
    }

    /// The taps of the blur along an axis, which sum to 1; the usual ones where the file has none.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that is not the product of its sums.
    pub fn taps(&self, tensors: &TensorTable) -> Result<Vec<f32>> {
        let Some(name) = &self.filter else { return Ok(vec![0.125, 0.375, 0.375, 0.125]) };
        let refuse = || Error::Invalid(format!("the filter \"{name}\" is not one that can be used here"));
        let shape = tensors.shape(name).ok_or_else(refuse)?;
        let &[.., rows, columns] = shape else { return Err(refuse()) };
        let values = tensors.load(name, &Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
        let total: f32 = values.iter().sum();
        // Fewer than two taps would leave the gaps between the values of an enlarged map.
        if rows < 2 || rows != columns || values.len() != rows * columns || total <= 0.0 || !total.is_finite()
        {
            return Err(refuse());
        }
        let taps: Vec<f32> =
            values.chunks_exact(columns).map(|row| row.iter().sum::<f32>() / total).collect();
        let product = |i: usize| taps[i / columns] * taps[i % columns];
        let separable = values.iter().enumerate().all(|(i, v)| (v / total - product(i)).abs() < 1e-5);
        separable.then_some(taps).ok_or_else(refuse)
    }
}

/// The last dimensions of a tensor: layouts differ in how many dimensions of one they put in front.
pub(super) fn load_last<const N: usize>(
    tensors: &TensorTable,
    name: &str,
    device: &Device,
) -> Result<Tensor> {
    let tensor = tensors.load(name, device)?;
    let dims = tensor.dims();
    let front = dims.len().saturating_sub(N);
    if dims[..front].iter().any(|&n| n != 1) {
        return Err(Error::Invalid(format!("the tensor \"{name}\" has the shape {dims:?}")));
    }
    let shape = dims[front..].to_vec();
    Ok(tensor.reshape(shape)?)
}
