//! A network and its optimizer as they were, for a step that fails after it has changed them.

use candle_core::Tensor;

use super::adam::Adam;
use super::network::Network;
use crate::Result;

/// Copies of weights and moments.
pub(crate) struct Undo {
    weights: Vec<Tensor>,
    adam: Adam,
}

impl Undo {
    /// Remembers how they are.
    pub fn of(network: &Network, adam: &Adam) -> Result<Self> {
        Ok(Self { weights: network.copies()?, adam: adam.clone() })
    }

    /// Makes them what they were.
    pub fn restore(self, network: &Network, adam: &mut Adam) -> Result<()> {
        for (var, before) in network.vars().iter().zip(&self.weights) {
            var.set(before)?;
        }
        *adam = self.adam;
        Ok(())
    }
}
