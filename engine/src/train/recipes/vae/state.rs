//! What a VAE training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::config::VaeConfig;
use super::trainer::{Vae, index};
use crate::Result;
use crate::rng::{Rng, RngState};
use crate::train::core::state::{Loaded, Numbers};
use crate::train::core::trainer::{Keep, NamedTensor};

/// The recipe's name in files.
const RECIPE: &str = "vae";

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    config: VaeConfig,
    steps: u64,
    adam: u64,
    rng: RngState,
    /// What the caller wants to find again, for example the minutes spent.
    note: String,
}

impl Vae {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let (header, mut loaded) = Loaded::read::<Header>(path, &[RECIPE])?;
        let mut vae = Self::new(header.config)?;
        loaded.network("network", &vae.parameters, &mut vae.adam)?;
        loaded.average("average", &vae.parameters.names, &mut vae.average)?;
        vae.used = loaded.take("used", vae.used.len())?;
        vae.adam.steps = header.adam;
        vae.steps = header.steps;
        vae.rng = Rng::restore(&header.rng).ok_or_else(|| loaded.wrong("the random stream is damaged"))?;
        Ok((vae, header.note))
    }
}

impl Keep for Vae {
    fn save(&self, path: &Path, note: &str) -> Result<()> {
        let header = Header {
            config: self.config.clone(),
            steps: self.steps,
            adam: self.adam.steps,
            rng: self.rng.state(),
            note: note.to_owned(),
        };
        let mut numbers = Numbers::default();
        numbers.network("network", &self.parameters, &self.adam)?;
        numbers.average("average", &self.parameters.names, &self.average)?;
        numbers.add("used".into(), vec![self.used.len()], &self.used);
        numbers.write(path, RECIPE, &header)
    }

    /// The averaged networks in the layout of the public beta-VAE: `encoder.0.weight` (Cout x Cin x 4 x 4), ...,
    /// `decoder.0.weight` (C x L), `decoder.3.weight` (Cin x Cout x 4 x 4), and so on; the most used latent first.
    fn export(&self) -> Result<Vec<NamedTensor>> {
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
