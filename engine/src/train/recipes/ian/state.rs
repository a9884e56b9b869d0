//! What a training of an introspective adversarial network gives away, and its state as a file.

use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::trainer::{Critic, Ian, IanConfig};
use crate::Result;
use crate::rng::{Rng, RngState};
use crate::train::core::state::{Loaded, Numbers};
use crate::train::core::trainer::{Keep, NamedTensor};
use crate::train::export::{dcgan_tensors, encoder_tensors};
use crate::train::networks::normalized;

/// The recipe's name in files.
const RECIPE: &str = "ian";
/// Power iterations that find the largest singular values of averaged weights, from those of the weights.
pub(crate) const ITERATIONS: usize = 30;

/// What is not a tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    config: IanConfig,
    steps: u64,
    generator_adam: u64,
    critic_adam: u64,
    /// How many latents each of the last steps had.
    recent: Vec<usize>,
    rng: RngState,
    /// What the caller wants to find again, for example the minutes spent.
    note: String,
}

impl Ian {
    /// A saved training and the note it was saved with.
    ///
    /// # Errors
    /// [`crate::Error::Io`] when the file can't be read, [`crate::Error::Checkpoint`] when it is not a complete
    /// state.
    pub fn load(path: &Path) -> Result<(Self, String)> {
        let (header, mut loaded) = Loaded::read::<Header>(path, &[RECIPE])?;
        let mut ian = Self::new(header.config)?;
        loaded.network("generator", &ian.generator, &mut ian.generator_adam)?;
        loaded.network("critic", &ian.critic, &mut ian.critic_adam)?;
        loaded.average("generator.average", &ian.generator.names, &mut ian.generator_average)?;
        loaded.average("critic.average", &ian.critic.names, &mut ian.critic_average)?;
        loaded.vectors("critic", &mut ian.vectors)?;
        let latent = ian.config.latent;
        for (index, count) in header.recent.into_iter().enumerate() {
            let z = loaded.take(&format!("recent.{index}"), count.saturating_mul(latent))?;
            ian.recent.push(Tensor::from_vec(z, (count, 1, 1, latent), &Device::Cpu)?);
        }
        ian.generator_adam.steps = header.generator_adam;
        ian.critic_adam.steps = header.critic_adam;
        ian.steps = header.steps;
        ian.rng = Rng::restore(&header.rng).ok_or_else(|| loaded.wrong("the random stream is damaged"))?;
        Ok((ian, header.note))
    }
}

impl Keep for Ian {
    fn save(&self, path: &Path, note: &str) -> Result<()> {
        let header = Header {
            config: self.config.clone(),
            steps: self.steps,
            generator_adam: self.generator_adam.steps,
            critic_adam: self.critic_adam.steps,
            recent: self.recent.iter().map(|z| z.dims()[0]).collect(),
            rng: self.rng.state(),
            note: note.to_owned(),
        };
        let mut numbers = Numbers::default();
        numbers.network("generator", &self.generator, &self.generator_adam)?;
        numbers.network("critic", &self.critic, &self.critic_adam)?;
        numbers.average("generator.average", &self.generator.names, &self.generator_average)?;
        numbers.average("critic.average", &self.critic.names, &self.critic_average)?;
        numbers.vectors("critic", &self.vectors);
        for (index, z) in self.recent.iter().enumerate() {
            numbers.add(format!("recent.{index}"), z.dims().to_vec(), &z.flatten_all()?.to_vec1()?);
        }
        numbers.write(path, RECIPE, &header)
    }

    /// The averaged networks: the generator in the layout of PyTorch's DCGAN example (`main.0.weight` and so on),
    /// and an encoder that is a chain of convolutions (`encoder.0.weight`, Cout x Cin x 4 x 4) with the spectral
    /// norm divided out.
    fn export(&self) -> Result<Vec<NamedTensor>> {
        let first;
        // Before the first step there is nothing to remember.
        let recent = if self.recent.is_empty() {
            let Self { config, .. } = self;
            first = [crate::train::core::latents::latents(
                &mut Rng::new(config.seed),
                config.batch,
                config.latent,
            )?];
            first.as_slice()
        } else {
            &self.recent
        };
        let mut tensors = dcgan_tensors(
            &self.generator.names,
            &self.generator_average,
            recent.iter().map(|z| Ok(z.clone())),
        )?;
        let mut vectors = self.vectors.clone();
        for (weights, vectors) in self.critic_average.iter().step_by(2).zip(&mut vectors) {
            for _ in 0..ITERATIONS {
                vectors.iterate(weights)?;
            }
        }
        let critic = normalized(&self.critic_average, &vectors)?;
        let Critic { shared, latents, .. } = Critic::of(&critic);
        // The variances are for the training only.
        let means = |t: &Tensor| t.narrow(t.rank() - 1, 0, self.config.latent);
        let means = [means(&latents[0])?, means(&latents[1])?];
        tensors.extend(encoder_tensors(shared.iter().chain(&means))?);
        Ok(tensors)
    }
}
