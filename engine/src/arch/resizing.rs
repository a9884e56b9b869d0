//! Networks for pictures of any sides: they are made ready for the sides that are asked for.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use candle_core::{Device, Tensor};

use super::Part;
use crate::nn::Compiled;
use crate::{Error, Result};

/// Networks that are kept ready, each for pictures of other sides: those of the canvas, and those of tiles.
const KEPT: usize = 3;

/// A network from pictures to pictures.
#[derive(Debug)]
pub(super) struct Resizing {
    part: Part,
    channels: usize,
    multiple_of: usize,
    device: Device,
    /// The last used one first.
    ready: Mutex<VecDeque<([usize; 2], Compiled)>>,
}

impl Resizing {
    /// Of a network that takes one picture.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it takes none, or its weights are no numbers.
    pub fn new(part: &Part, device: &Device) -> Result<Self> {
        let takes = part.graph.inputs().next();
        let [_, _, channels] = takes.ok_or_else(|| Error::Invalid("its network takes no picture".into()))?;
        part.weights.check(&part.graph)?;
        let multiple_of = part.graph.divides();
        Ok(Self {
            part: part.clone(),
            channels,
            multiple_of,
            device: device.clone(),
            ready: Mutex::default(),
        })
    }

    /// The network and its weights.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// The sides of what it takes are multiples of this.
    pub fn multiple_of(&self) -> usize {
        self.multiple_of
    }

    /// The network for pictures of these sides.
    fn ready(&self, sides: [usize; 2]) -> Result<Compiled> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let network = match ready.iter().position(|(of, _)| *of == sides).and_then(|at| ready.remove(at)) {
            Some((_, network)) => network,
            None => {
                let graph = self.part.graph.resized(sides)?;
                graph.compile(&self.part.weights, &self.part.output, &self.device)?
            }
        };
        ready.truncate(KEPT - 1);
        ready.push_front((sides, network.clone()));
        Ok(network)
    }

    /// Where its weights are.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// What it makes of pictures, N x C x H x W, and of vectors beside them, N x L, where it takes any.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of other channels, [`Error::Invalid`] for sides that don't fit it.
    pub fn forward(&self, pictures: &Tensor, beside: Option<&Tensor>) -> Result<Tensor> {
        let &[_, channels, height, width] = pictures.dims() else {
            return Err(self.wrong(pictures));
        };
        if channels != self.channels {
            return Err(self.wrong(pictures));
        }
        let maps = pictures.permute((0, 2, 3, 1))?.contiguous()?;
        let ready = self.ready([height, width])?;
        match beside {
            None => ready.forward(&maps),
            Some(beside) => ready.forward_of(&[&maps, beside]),
        }
    }

    fn wrong(&self, pictures: &Tensor) -> Error {
        Error::Shape {
            op: "pictures for a network",
            left: pictures.dims().to_vec(),
            right: vec![self.channels],
            why: format!("N x {} x H x W", self.channels),
        }
    }
}
