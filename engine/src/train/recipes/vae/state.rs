//! What a VAE training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;

use super::recipe::VAE;
use super::trainer::{Vae, index};
use crate::Result;
use crate::nn::graph::Weights;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::{NamedTensor, exported};
use crate::train::recipes::recipe::load;

impl Vae {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let saved = SavedState::read(path)?;
        let note = saved.note().to_owned();
        Ok((load(&VAE, saved, &Settings::default())?, note))
    }

    /// The averaged networks, the most used latent first.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let order = self.order();
        let latent = order.len();
        let both: Vec<usize> = order.iter().copied().chain(order.iter().map(|i| i + latent)).collect();
        let (order, both) = (index(&order)?, index(&both)?);
        let mut encoder = self.encoder.averaged(&self.encoder_average);
        let mut decoder = self.decoder.averaged(&self.decoder_average);
        let sort = |weights: &mut Weights, name: &str, axis: usize, order: &Tensor| -> Result<()> {
            let sorted = weights.get(name)?.index_select(order, axis)?;
            weights.insert(name, sorted);
            Ok(())
        };
        sort(&mut encoder, "latents.weight", 1, &both)?;
        sort(&mut encoder, "latents.bias", 0, &both)?;
        sort(&mut decoder, "whole.weight", 0, &order)?;
        let mut tensors = exported("generator", &self.decoder.graph, &decoder)?;
        tensors.extend(exported("encoder", &self.encoder.graph, &encoder)?);
        Ok(tensors)
    }
}
