//! Enlargers that are networks, for pictures of any sides.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::Part;
use super::resizing::Resizing;
use crate::model::{Enlarger, PicturePort, Port, Sides};
use crate::{Error, Result, ValueRange};

/// Colours of a picture.
const CHANNELS: usize = 3;

/// An enlarger that is a network.
#[derive(Debug)]
pub struct NetworkEnlarger {
    network: Resizing,
    factor: usize,
    reach: Option<usize>,
    range: ValueRange,
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
        let network = Resizing::new(part, device)?;
        Ok(Self { network, factor, reach: part.graph.reach(), range, faithful: None })
    }

    /// Beside the same network as it was trained for squared error alone.
    pub(super) fn beside(self, faithful: Option<Self>) -> Self {
        Self { faithful: faithful.map(Arc::new), ..self }
    }

    fn port(&self) -> Port {
        let sides = Sides::Any { multiple_of: self.network.multiple_of() };
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
        self.network.multiple_of()
    }

    fn reach(&self) -> Option<usize> {
        self.reach
    }

    fn parameters(&self) -> usize {
        self.network.part().graph.parameters()
    }

    fn enlarge(&self, pictures: &Tensor) -> Result<Tensor> {
        self.network.forward(pictures, None)
    }

    fn faithful(&self) -> Option<&dyn Enlarger> {
        self.faithful.as_deref().map(|enlarger| enlarger as &dyn Enlarger)
    }
}
