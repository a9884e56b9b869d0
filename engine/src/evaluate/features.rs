//! The features that sets of pictures are compared in: the last layer of a small network that has learned to
//! say what a picture of a procedural world shows.

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Tensor};
use half::f16;
use rayon::prelude::*;

use crate::checkpoint::Checkpoint;
use crate::checkpoint::write::{Entry, write_safetensors};
use crate::data::PictureSet;
use crate::nn::{Activation, ConvConfig, conv2d};
use crate::{Error, Result};

/// Numbers that a picture is described by.
pub const FEATURES: usize = 64;
/// Side in pixels that the network looks at.
pub(super) const SIZE: usize = 64;
/// Channels after each halving of the picture; 4 x 4 places are left.
pub(super) const WIDTHS: [usize; 4] = [24, 48, 96, 128];
pub(super) const KERNEL: usize = 4;
const SLOPE: f32 = 0.2;
/// Pictures at once.
const BATCH: usize = 64;

/// Features of pictures, a row for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    values: Vec<f32>,
    width: usize,
}

impl Features {
    /// From rows of `width` numbers, at least 1.
    #[must_use]
    pub fn new(values: Vec<f32>, width: usize) -> Self {
        Self { values, width: width.max(1) }
    }

    /// Numbers in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows, one for each picture.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.width)
    }

    pub(super) fn par_rows(&self) -> impl IndexedParallelIterator<Item = &[f32]> {
        self.values.par_chunks_exact(self.width)
    }
}

/// Convolutions of stride 2 and a dense layer, all with a leaky ReLU. Weights k x k x Cin x Cout, then
/// 1 x 1 x Cin x F.
#[derive(Clone, Debug)]
pub struct FeatureNetwork {
    layers: Vec<[Tensor; 2]>,
}

impl FeatureNetwork {
    /// The network inside the program, which learned from all worlds.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn bundled() -> Result<Self> {
        let bytes: &'static [u8] = include_bytes!("../../../assets/features.safetensors");
        Self::read(&Checkpoint::from_bytes(Arc::new(bytes), Path::new("features.safetensors"))?)
    }

    fn read(checkpoint: &Checkpoint) -> Result<Self> {
        let layers = (0..=WIDTHS.len()).map(|layer| {
            let load = |part| checkpoint.tensors.load(&format!("{layer}.{part}"), &Device::Cpu);
            Ok([load("weight")?, load("bias")?])
        });
        Ok(Self { layers: layers.collect::<Result<_>>()? })
    }

    pub(super) fn of(tensors: &[Tensor]) -> Self {
        Self { layers: tensors.chunks_exact(2).map(|part| [part[0].clone(), part[1].clone()]).collect() }
    }

    /// Features N x F of pictures N x 64 x 64 x 3, -1 to 1.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of another size.
    pub fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let mut x = pictures.clone();
        for (layer, [weight, bias]) in self.layers.iter().enumerate() {
            let config = if layer < WIDTHS.len() {
                ConvConfig { stride: 2, padding: 1 }
            } else {
                let (count, height, width, channels) = x.dims4()?;
                x = x.reshape((count, 1, 1, height * width * channels))?;
                ConvConfig::default()
            };
            x = conv2d(&x, weight, Some(bias), config, Activation::LeakyRelu(SLOPE))?;
        }
        Ok(x.reshape((x.dim(0)?, FEATURES))?)
    }

    /// The features of a set of pictures; those of another size are resized.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn features(&self, pictures: &PictureSet) -> Result<Features> {
        let resized;
        let pictures = if pictures.size() == SIZE {
            pictures
        } else {
            resized = pictures.resized(SIZE)?;
            &resized
        };
        let mut values = Vec::with_capacity(pictures.len() * FEATURES);
        for first in (0..pictures.len()).step_by(BATCH) {
            let count = BATCH.min(pictures.len() - first);
            values.extend(
                self.forward(&pictures.chosen(first..first + count)?)?.flatten_all()?.to_vec1::<f32>()?,
            );
        }
        Ok(Features::new(values, FEATURES))
    }

    /// Writes the weights as float16 safetensors.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut entries = Vec::new();
        for (layer, parts) in self.layers.iter().enumerate() {
            for (part, tensor) in ["weight", "bias"].into_iter().zip(parts) {
                let values = tensor.flatten_all()?.to_vec1::<f32>()?;
                if values.iter().any(|v| !f16::from_f32(*v).is_finite()) {
                    return Err(Error::NonFinite { what: "a weight in float16" });
                }
                entries.push(Entry {
                    name: format!("{layer}.{part}"),
                    dtype: safetensors::Dtype::F16,
                    shape: tensor.dims().to_vec(),
                    bytes: values.into_iter().flat_map(|v| f16::from_f32(v).to_le_bytes()).collect(),
                });
            }
        }
        write_safetensors(path, &entries, Vec::new())
    }
}
