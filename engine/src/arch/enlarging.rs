//! Networks that make larger pictures, for pictures of any sides: they are made ready for the sides that are asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Device, Tensor};

use super::Part;
use crate::model::{Enlarger, PicturePort, Port, Sides};
use crate::nn::Compiled;
use crate::{Error, Result, ValueRange};

/// Networks that are kept ready, each for pictures of other sides: those of the canvas, and those of tiles.
const KEPT: usize = 3;
/// Colours of a picture.
const CHANNELS: usize = 3;

/// An enlarger that is a network.
#[derive(Debug)]
pub struct NetworkEnlarger {
    part: Part,
    factor: usize,
    multiple_of: usize,
    reach: Option<usize>,
    range: ValueRange,
    device: Device,
    /// The last used one first.
    ready: Mutex<VecDeque<([usize; 2], Compiled)>>,
    faithful: Option<Arc<Self>>,
}

impl NetworkEnlarger {
    /// An enlarger of a network from pictures to larger ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it makes no larger pictures in colour, or its weights are no numbers.
    pub(super) fn new(part: &Part, range: ValueRange, device: &Device) -> Result<Self> {
        let refused = || Error::Invalid("makes no larger pictures in colour".into());
        let takes = part.graph.inputs().next().ok_or_else(refused)?;
        let makes = part.graph.output_shape(&part.output).ok_or_else(refused)?;
        let factor = makes[0] / takes[0];
        if takes[2] != CHANNELS || makes != [takes[0] * factor, takes[1] * factor, CHANNELS] || factor == 0 {
            return Err(refused());
        }
        part.weights.check(&part.graph)?;
        Ok(Self {
            part: part.clone(),
            factor,
            multiple_of: part.graph.divides(),
            reach: part.graph.reach(),
            range,
            device: device.clone(),
            ready: Mutex::default(),
            faithful: None,
        })
    }

    /// Beside the same network as it was trained for squared error alone.
    pub(super) fn beside(self, faithful: Option<Self>) -> Self {
        Self { faithful: faithful.map(Arc::new), ..self }
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

    fn port(&self) -> Port {
        let sides = Sides::Any { multiple_of: self.multiple_of };
        Port::Picture(PicturePort { sides, channels: CHANNELS, range: self.range })
    }
}

impl Enlarger for NetworkEnlarger {
    fn factor(&self) -> usize {
        self.factor
    }

    fn takes(&self) -> Port {
        self.port()
    }

    fn makes(&self) -> Port {
        self.port()
    }

    fn multiple_of(&self) -> usize {
        self.multiple_of
    }

    fn reach(&self) -> Option<usize> {
        self.reach
    }

    fn parameters(&self) -> usize {
        self.part.graph.parameters()
    }

    fn enlarge(&self, pictures: &Tensor) -> Result<Tensor> {
        let &[_, CHANNELS, height, width] = pictures.dims() else {
            return Err(Error::Shape {
                op: "pictures for an enlarger",
                left: pictures.dims().to_vec(),
                right: vec![CHANNELS],
                why: "pictures in colour, N x 3 x H x W".into(),
            });
        };
        let maps = pictures.permute((0, 2, 3, 1))?.contiguous()?;
        self.ready([height, width])?.forward(&maps)
    }

    fn faithful(&self) -> Option<&dyn Enlarger> {
        self.faithful.as_deref().map(|enlarger| enlarger as &dyn Enlarger)
    }
}
