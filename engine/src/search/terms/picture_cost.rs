//! Makes a term, and one candle operation, of a cost of pictures and its gradient.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor, bail};
use rayon::prelude::*;

use super::{Points, Term};
use crate::search::bank::PictureIndex;
use crate::{Error, Result};

/// A cost of one picture.
pub(in crate::search) trait PictureCost: Send + Sync {
    /// What the operation is called.
    fn name(&self) -> &'static str;

    /// Height and width of the pictures it looks at.
    fn size(&self) -> [usize; 2];

    /// The cost of a picture, C x H x W in the model's value range; that of a grey picture is the cost of its one
    /// channel used three times.
    fn cost(&self, planes: &[f32]) -> f32;

    /// Writes `scale` times the gradient of the cost into `gradient`, which is zero before.
    fn gradient(&self, planes: &[f32], scale: f32, gradient: &mut [f32]);

    /// About what every picture of an index costs.
    fn estimates(&self, index: &PictureIndex) -> Vec<f32>;
}

/// A cost of pictures as a term.
pub(in crate::search) fn term(cost: impl PictureCost + 'static) -> Arc<dyn Term> {
    Arc::new(OfPictures(Arc::new(cost)))
}

struct OfPictures(Arc<dyn PictureCost>);

impl Term for OfPictures {
    fn costs(&self, points: Points<'_>) -> Result<Tensor> {
        costs(self.0.clone(), points.pictures)
    }

    fn estimates(&self, index: &PictureIndex) -> Result<Option<Vec<f32>>> {
        Ok(Some(self.0.estimates(index)))
    }
}

/// The cost of every picture: N x C x H x W to N, differentiable.
///
/// # Errors
/// [`Error::Shape`] when the pictures have another size.
pub(super) fn costs(term: Arc<dyn PictureCost>, pictures: &Tensor) -> Result<Tensor> {
    let size = term.size();
    match pictures.dims() {
        [_, 1 | 3, height, width] if [*height, *width] == size => {}
        other => {
            return Err(Error::Shape {
                op: "cost of pictures",
                left: other.to_vec(),
                right: size.to_vec(),
                why: "the strokes are drawn at the model's size".into(),
            });
        }
    }
    let device = pictures.device();
    // Pictures are small: terms run on the CPU, wherever the model is.
    let on_cpu = pictures.to_device(&candle_core::Device::Cpu)?.contiguous()?;
    Ok(on_cpu.apply_op1(PerPicture(term))?.to_device(device)?)
}

struct PerPicture(Arc<dyn PictureCost>);

impl CustomOp1 for PerPicture {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let values = contiguous(storage, layout)?;
        let count = layout.dims()[0];
        let costs = values.par_chunks_exact(values.len() / count.max(1)).map(|p| self.0.cost(p));
        Ok((CpuStorage::F32(costs.collect()), Shape::from(count)))
    }

    fn bwd(&self, pictures: &Tensor, _: &Tensor, grad: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let scales = grad.to_vec1::<f32>()?;
        let (storage, layout) = pictures.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else {
            bail!("{} runs on the CPU", self.0.name());
        };
        let values = contiguous(storage, layout)?;
        let mut gradient = vec![0f32; values.len()];
        let length = values.len() / scales.len().max(1);
        gradient
            .par_chunks_exact_mut(length)
            .zip(values.par_chunks_exact(length))
            .zip(&scales)
            .for_each(|((gradient, planes), &scale)| self.0.gradient(planes, scale, gradient));
        Tensor::from_vec(gradient, layout.shape(), pictures.device()).map(Some)
    }
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else { bail!("pictures must be contiguous") };
    Ok(&storage.as_slice::<f32>()?[start..end])
}
