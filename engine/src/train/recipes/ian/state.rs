//! What a training of an introspective adversarial network gives away, and its state as a file.

use std::path::Path;

use super::config::LATENTS;
use super::recipe::IAN;
use super::trainer::{Critic, Ian};
use crate::Result;
use crate::rng::Rng;
use crate::train::core::latents;
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::NamedTensor;
use crate::train::recipes::layouts::{dcgan_tensors, encoder_tensors};
use crate::train::recipes::recipe::load;

impl Ian {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let saved = SavedState::read(path)?;
        let note = saved.note().to_owned();
        Ok((load(&IAN, saved, &Settings::default())?, note))
    }

    /// The averaged networks: the generator in the layout of PyTorch's DCGAN example (`main.0.weight` and so on),
    /// and an encoder that is a chain of convolutions (`encoder.0.weight`, Cout x Cin x 4 x 4) with the spectral
    /// norm divided out.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let first;
        // Before the first step there is nothing to remember.
        let recent = if self.recent.is_empty() {
            let Self { config, .. } = self;
            first = [latents::latents(&mut Rng::new(config.seed), config.batch, config.latent)?];
            first.as_slice()
        } else {
            &self.recent
        };
        let average = self.generator.averaged(&self.generator_average);
        let batches = recent.iter().map(|z| Ok(z.clone()));
        let mut tensors = dcgan_tensors(&self.generator.graph, &average, batches)?;
        let Critic { graph, mut weights } = self.averaged_critic()?;
        // The variances are for the training only.
        for kind in ["weight", "bias"] {
            let name = format!("{LATENTS}.{kind}");
            let both = weights.get(&name)?;
            let means = both.narrow(both.rank() - 1, 0, self.config.latent)?;
            weights.insert(name, means);
        }
        tensors.extend(encoder_tensors(graph, &weights, LATENTS)?);
        Ok(tensors)
    }
}
