//! The synthesis: from one style per layer to a picture (Karras et al. 2020, the network with skip connections).

use candle_core::Tensor;

use super::modulated::{Colours, Common, StyledConvolution};
use super::plan::load_last;
use crate::nn::{Resampling, resample};
use crate::{Error, Result};

/// The synthesis network.
#[derive(Clone, Debug)]
pub(super) struct Synthesis {
    /// 1 x 4 x 4 x channels.
    constant: Tensor,
    convolutions: Vec<StyledConvolution>,
    colours: Vec<Colours>,
    doubling: Resampling,
    size: usize,
}

impl Synthesis {
    pub fn load(common: &Common<'_>) -> Result<Self> {
        let plan = common.plan;
        let constant = load_last::<3>(common.tensors, &plan.constant, common.device)?;
        let convolutions = plan.convolutions.iter().enumerate();
        Ok(Self {
            constant: constant.permute((1, 2, 0))?.contiguous()?.unsqueeze(0)?,
            convolutions: convolutions
                .map(|(index, layer)| StyledConvolution::load(common, layer, index))
                .collect::<Result<_>>()?,
            colours: plan.colours.iter().map(|layer| Colours::load(common, layer)).collect::<Result<_>>()?,
            doubling: common.doubling(),
            size: plan.size(),
        })
    }

    /// How many styles a picture takes.
    pub fn layers(&self) -> usize {
        self.convolutions.len() + 1
    }

    pub fn size(&self) -> usize {
        self.size
    }

    pub fn parameters(&self) -> usize {
        let convolutions: usize = self.convolutions.iter().map(StyledConvolution::parameters).sum();
        let colours: usize = self.colours.iter().map(Colours::parameters).sum();
        self.constant.elem_count() + convolutions + colours
    }

    /// Multiplications for one picture.
    pub fn multiplications(&self) -> f64 {
        let convolutions: f64 = self.convolutions.iter().map(StyledConvolution::multiplications).sum();
        let pixels = |level: usize| 16.0 * 4f64.powi(level as i32);
        let colours = self.colours.iter().enumerate().map(|(i, c)| pixels(i) * c.multiplications());
        convolutions + colours.sum::<f64>()
    }

    /// Pictures N x C x S x S of styles, one N x W tensor for each layer.
    pub fn forward(&self, styles: &[Tensor]) -> Result<Tensor> {
        let style = |layer: usize| {
            styles.get(layer).ok_or_else(|| Error::Shape {
                op: "styles of a picture",
                left: vec![styles.len()],
                right: vec![self.layers()],
                why: "every layer takes a style".into(),
            })
        };
        let count = style(0)?.dim(0)?;
        let (_, height, width, channels) = self.constant.dims4()?;
        let mut maps = self.constant.broadcast_as((count, height, width, channels))?.contiguous()?;
        let mut picture: Option<Tensor> = None;
        let mut layers = self.convolutions.iter().enumerate();
        for (level, to_colours) in self.colours.iter().enumerate() {
            for (layer, convolution) in layers.by_ref().take(if level == 0 { 1 } else { 2 }) {
                maps = convolution.forward(&maps, style(layer)?)?;
            }
            // The colours share a style with the next level's first convolution.
            let colours = to_colours.forward(&maps, style(2 * level + 1)?)?;
            picture = Some(match picture {
                Some(smaller) => (resample(&smaller, &self.doubling)? + colours)?,
                None => colours,
            });
        }
        let picture = picture.ok_or_else(|| Error::Invalid("a generator makes colours".into()))?;
        Ok(picture.permute((0, 3, 1, 2))?.contiguous()?)
    }
}
