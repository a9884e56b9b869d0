//! Why models can't do what they can't, as far as files and what is known of architectures tell.

use super::{Detection, Network};
use crate::checkpoint::TensorTable;
use crate::model::Ability;

/// What a network that judges pictures is called in files.
const JUDGES: [&str; 7] = ["d", "netd", "dis", "discriminator", "critic", "disc", "d_ema"];

/// Of a GAN that makes pictures in colour.
pub(super) const GAN_UNENCODED: &str = "GANs are trained without one; the recipe Encoder adds one";
/// Of a GAN of our own.
pub(super) const UNJUDGED: &str = "the discriminator that it was trained with was not kept";
/// Of any VAE.
pub(super) const VAE_UNJUDGED: &str = "VAEs are trained without one";
/// Of a decoder whose encoder its file does not have.
pub(super) const DECODER_ALONE: &str = "its file has the decoder only";

impl Detection {
    /// Of a GAN's generator that makes pictures of so many channels.
    pub(super) fn of_gan(self, network: &Network<'_>, channels: usize) -> Self {
        let unencoded = if channels == 3 {
            GAN_UNENCODED
        } else {
            "GANs are trained without one, and the recipe Encoder adds one to models in colour only"
        };
        let unjudged = if holds_judge(network.all) {
            "the discriminator in its file is none that can be used here"
        } else {
            "its file has the generator only"
        };
        self.lacks(Ability::Encode, unencoded).lacks(Ability::Judge, unjudged)
    }

    /// Of a VAE.
    pub(super) fn of_vae(self) -> Self {
        self.lacks(Ability::Judge, VAE_UNJUDGED)
    }

    /// With an ability after all.
    pub(super) fn having(mut self, ability: Ability) -> Self {
        self.lacks.remove(&ability);
        self
    }
}

/// Whether a file has a network that is called as those that judge pictures.
fn holds_judge(tensors: &TensorTable) -> bool {
    tensors.names().any(|name| {
        let mut parts = name.rsplit('.').skip(1);
        parts.any(|part| JUDGES.contains(&part.to_ascii_lowercase().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_are_found_by_the_names_of_networks_not_of_tensors() {
        let holds = |name: &str| holds_judge(&TensorTable::from_shapes([(name.to_owned(), vec![1])]));
        assert!(holds("netD.main.0.weight") && holds("state.D.b4.weight") && holds("discriminator.0.bias"));
        assert!(!holds("netG.main.0.weight") && !holds("layer.d") && !holds("critic"));
    }
}
