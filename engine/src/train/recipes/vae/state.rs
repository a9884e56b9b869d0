//! What a VAE training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;

use super::recipe::VAE;
use super::trainer::{Vae, index};
use crate::Result;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::NamedTensor;
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

    /// The averaged networks in the layout of the public beta-VAE: `encoder.0.weight` (Cout x Cin x 4 x 4), ...,
    /// `decoder.0.weight` (C x L), `decoder.3.weight` (Cin x Cout x 4 x 4), and so on; the most used latent first.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let order = self.order();
        let latent = order.len();
        let both: Vec<usize> = order.iter().copied().chain(order.iter().map(|i| i + latent)).collect();
        let (order, both) = (index(&order)?, index(&both)?);
        let last = self.encoder_len - 2;
        let rows = self.parameters.names.iter().zip(&self.average).enumerate();
        let tensor = |(i, (name, value)): (usize, (&String, &Tensor))| -> Result<NamedTensor> {
            let tensor = match (value.rank(), name.starts_with("encoder")) {
                (4, true) => value.permute((3, 2, 0, 1))?.contiguous()?,
                (4, false) => value.permute((0, 3, 1, 2))?.contiguous()?,
                (2, true) => value.index_select(&both, 1)?.t()?.contiguous()?,
                (2, false) => value.index_select(&order, 0)?.t()?.contiguous()?,
                _ if i == last + 1 => value.index_select(&both, 0)?,
                _ => value.clone(),
            };
            Ok(NamedTensor { name: name.clone(), tensor })
        };
        rows.map(tensor).collect()
    }
}
