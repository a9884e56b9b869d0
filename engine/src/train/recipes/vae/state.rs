//! What a VAE training gives away, and its state as a file.

use std::path::Path;

use candle_core::Tensor;

use super::recipe::VAE;
use super::trainer::{Vae, index};
use crate::Result;
use crate::nn::graph::{Graph, Weights};
use crate::train::core::setting::Settings;
use crate::train::core::state::SavedState;
use crate::train::core::trainer::NamedTensor;
use crate::train::recipes::layouts::{Axes, renamed};
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
        let mut tensors = Vec::new();
        let mut add = |weights: &Weights, node: &str, stem: String, axes: Axes| -> Result<()> {
            tensors.push(renamed(weights, &format!("{node}.weight"), format!("{stem}.weight"), axes)?);
            tensors.push(renamed(weights, &format!("{node}.bias"), format!("{stem}.bias"), Axes::Same)?);
            Ok(())
        };
        // The numbers count layers with their activations, and what flattens maps between them.
        let nodes = |graph: &Graph, kind: &str| {
            let node = |level: usize| format!("{kind}{level}");
            (0..).map(node).take_while(|node| graph.shape_of(node).is_some()).collect::<Vec<_>>()
        };
        let strided = nodes(&self.encoder.graph, "down");
        let whole = 2 * strided.len();
        for (level, node) in strided.iter().enumerate() {
            add(&encoder, node, format!("encoder.{}", 2 * level), Axes::Convolution)?;
        }
        add(&encoder, "whole", format!("encoder.{whole}"), Axes::Convolution)?;
        add(&encoder, "latents", format!("encoder.{}", whole + 3), Axes::Matrix)?;
        add(&decoder, "whole", "decoder.0".into(), Axes::Matrix)?;
        for (level, node) in nodes(&self.decoder.graph, "up").iter().enumerate() {
            add(&decoder, node, format!("decoder.{}", 2 * level + 3), Axes::Transposed)?;
        }
        Ok(tensors)
    }
}
