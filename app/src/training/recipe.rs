//! The recipes as a painter sees them. Another recipe is another variant here; the panel lists what there is.

use latent_engine::train::{EncoderConfig, GanConfig, IanConfig, Recipe, VaeConfig};
use latent_engine::worker::ModelSource;

use crate::session::Session;

/// A way to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeKind {
    /// A DCGAN.
    Gan,
    /// A beta-VAE.
    Vae,
    /// An introspective adversarial network.
    Ian,
    /// An encoder for the open model.
    Encoder,
}

/// The settings behind "More".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Channels of the layer next to the picture.
    pub width: usize,
    /// Numbers in a latent.
    pub latent: usize,
    /// Pictures in a step.
    pub batch: usize,
    /// How strongly the latents of a VAE are kept apart.
    pub beta: f32,
    /// Half of the pictures are mirrored.
    pub flip: bool,
    /// Seed of every random draw.
    pub seed: u64,
}

impl RecipeKind {
    /// Every recipe, the usual one first.
    pub const ALL: [Self; 4] = [Self::Gan, Self::Vae, Self::Ian, Self::Encoder];

    /// What to call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Gan => "GAN",
            Self::Vae => "VAE",
            Self::Ian => "IAN",
            Self::Encoder => "Encoder for the open model",
        }
    }

    /// What it is good for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Gan => "Sharp pictures to paint with: the usual choice.",
            Self::Vae => "A few sliders with one meaning each; softer pictures.",
            Self::Ian => "Opens photos too, for realistic edits; slower to learn.",
            Self::Encoder => "Lets the open model find photos; it stays as it is.",
        }
    }

    /// Its name in files and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gan => "gan",
            Self::Vae => "vae",
            Self::Ian => "ian",
            Self::Encoder => "encoder",
        }
    }

    /// The recipe of a name in files.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What the recipe's makers chose.
    pub fn defaults(self) -> Settings {
        let beta = VaeConfig::default().beta;
        // The command line's default, so that both make the same model.
        let seed = 1;
        match self {
            Self::Gan => {
                let GanConfig { width, latent, batch, flip, .. } = GanConfig::default();
                Settings { width, latent, batch, beta, flip, seed }
            }
            Self::Vae => {
                let VaeConfig { width, latent, batch, flip, .. } = VaeConfig::default();
                Settings { width, latent, batch, beta, flip, seed }
            }
            Self::Ian => {
                let IanConfig { width, latent, batch, flip, .. } = IanConfig::default();
                Settings { width, latent, batch, beta, flip, seed }
            }
            Self::Encoder => {
                let EncoderConfig { width, batch, flip, .. } = EncoderConfig::default();
                Settings { width, latent: GanConfig::default().latent, batch, beta, flip, seed }
            }
        }
    }

    /// Whether size and number of latents can be chosen; else they are the open model's.
    pub fn makes_a_new_model(self) -> bool {
        self != Self::Encoder
    }

    /// Why it can't be used now; `None` when it can.
    pub fn blocked(self, session: &Session) -> Option<&'static str> {
        if self != Self::Encoder {
            return None;
        }
        let Some(model) = &session.document.model else { return Some("No model is open") };
        let family = model.summary.as_ref().map(|summary| summary.family_key.as_str());
        match family {
            None | Some("dcgan" | "dcgan_encoder") => None,
            Some(_) => Some("Only a DCGAN can get an encoder, and the open model is none"),
        }
    }

    /// The recipe with all settings; `model` gets the encoder where that is what is trained.
    pub fn recipe(self, size: usize, settings: &Settings, model: ModelSource) -> Recipe {
        let &Settings { width, latent, batch, beta, flip, seed } = settings;
        match self {
            Self::Gan => Recipe::Gan(GanConfig {
                size,
                latent,
                width,
                critic_width: width,
                batch,
                flip,
                seed,
                ..GanConfig::default()
            }),
            Self::Vae => Recipe::Vae(VaeConfig {
                size,
                latent,
                width,
                encoder_width: width,
                batch,
                beta,
                flip,
                seed,
                ..VaeConfig::default()
            }),
            Self::Ian => Recipe::Ian(IanConfig {
                size,
                latent,
                width,
                critic_width: width,
                batch,
                flip,
                seed,
                ..IanConfig::default()
            }),
            Self::Encoder => {
                Recipe::Encoder(EncoderConfig { width, batch, flip, seed, ..EncoderConfig::default() }, model)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_is_found_by_its_name_and_its_defaults_can_be_trained() {
        for kind in RecipeKind::ALL {
            assert_eq!(RecipeKind::from_key(kind.key()), Some(kind));
            let model = ModelSource::Bundled("landscape".into());
            kind.recipe(64, &kind.defaults(), model).check().unwrap();
        }
        assert_eq!(RecipeKind::from_key("diffusion"), None);
    }
}
