//! The recipes as a painter sees them. Another recipe is another variant here; the panel lists what there is.

use latent_engine::model::ModelSource;
use latent_engine::train::{Condition, EncoderConfig, GanConfig, IanConfig, Recipe, VaeConfig};

use crate::shell::session::Session;

/// A way to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeKind {
    /// A DCGAN.
    Gan,
    /// A DCGAN that is told the class of a picture.
    Cgan,
    /// The same with a discriminator that tells classes.
    Acgan,
    /// A DCGAN that finds classes and codes.
    Infogan,
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
    /// Classes that an InfoGAN finds.
    pub categories: usize,
    /// Codes that an InfoGAN finds.
    pub codes: usize,
    /// Half of the pictures are mirrored.
    pub flip: bool,
    /// Seed of every random draw.
    pub seed: u64,
}

impl RecipeKind {
    /// Every recipe, the usual one first.
    pub const ALL: [Self; 7] =
        [Self::Gan, Self::Cgan, Self::Acgan, Self::Infogan, Self::Vae, Self::Ian, Self::Encoder];

    /// The recipes that learn in different ways; the GANs stand together as the first of them.
    pub const WAYS: [Self; 4] = [Self::Gan, Self::Vae, Self::Ian, Self::Encoder];
    /// The GANs, the plain one first.
    pub const GANS: [Self; 4] = [Self::Gan, Self::Cgan, Self::Acgan, Self::Infogan];

    /// The one of [`WAYS`](Self::WAYS) that it belongs to.
    pub fn way(self) -> Self {
        if Self::GANS.contains(&self) { Self::Gan } else { self }
    }

    /// What to call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Gan => "GAN",
            Self::Cgan => "CGAN",
            Self::Acgan => "ACGAN",
            Self::Infogan => "InfoGAN",
            Self::Vae => "VAE",
            Self::Ian => "IAN",
            Self::Encoder => "Encoder for the open model",
        }
    }

    /// What it is good for, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Gan => "Sharp pictures to paint with: the usual choice.",
            Self::Cgan => "You pick the class of a picture, such as cat or dog.",
            Self::Acgan => "You pick the class; the critic learns to tell it, too.",
            Self::Infogan => "Finds classes to pick and sliders by itself.",
            Self::Vae => "A few sliders with one meaning each; softer pictures.",
            Self::Ian => "Opens photos too, for realistic edits; slower to learn.",
            Self::Encoder => "Lets the open model find photos; it stays as it is.",
        }
    }

    /// Its name in files and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gan => "gan",
            Self::Cgan => "cgan",
            Self::Acgan => "acgan",
            Self::Infogan => "infogan",
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
        let GanConfig { width, latent, batch, flip, .. } = GanConfig::default();
        let (categories, codes) = Condition::USUALLY_FOUND;
        let beta = VaeConfig::default().beta;
        // The command line's default, so that both make the same model.
        let gan = Settings { width, latent, batch, beta, categories, codes, flip, seed: 1 };
        match self {
            Self::Gan | Self::Cgan | Self::Acgan | Self::Infogan => gan,
            Self::Vae => {
                let VaeConfig { width, latent, batch, flip, .. } = VaeConfig::default();
                Settings { width, latent, batch, flip, ..gan }
            }
            Self::Ian => {
                let IanConfig { width, latent, batch, flip, .. } = IanConfig::default();
                Settings { width, latent, batch, flip, ..gan }
            }
            Self::Encoder => {
                let EncoderConfig { width, batch, flip, .. } = EncoderConfig::default();
                Settings { width, batch, flip, ..gan }
            }
        }
    }

    /// Whether size and number of latents can be chosen; else they are the open model's.
    pub fn makes_a_new_model(self) -> bool {
        self != Self::Encoder
    }

    /// Whether its pictures have classes.
    pub fn is_labelled(self) -> bool {
        matches!(self, Self::Cgan | Self::Acgan)
    }

    /// Why it can't be used now; `None` when it can.
    pub fn blocked(self, session: &Session) -> Option<&'static str> {
        if self != Self::Encoder {
            return None;
        }
        let Some(model) = &session.paint.document.model else { return Some("No model is open") };
        let family = model.summary.as_ref().map(|summary| summary.family_key.as_str());
        match family {
            None | Some("dcgan" | "dcgan_encoder") => None,
            Some(_) => Some("Only a DCGAN can get an encoder, and the open model is none"),
        }
    }

    /// The recipe with all settings; `model` gets the encoder where that is what is trained.
    pub fn recipe(self, size: usize, settings: &Settings, model: ModelSource) -> Recipe {
        let &Settings { width, latent, batch, beta, categories, codes, flip, seed } = settings;
        let gan = |condition| {
            Recipe::Gan(GanConfig {
                size,
                latent,
                width,
                critic_width: width,
                batch,
                condition,
                flip,
                seed,
                ..GanConfig::default()
            })
        };
        // The names of the classes are those of the pictures.
        let classes = Vec::new();
        match self {
            Self::Gan => gan(Condition::None),
            Self::Cgan => gan(Condition::Label { classes }),
            Self::Acgan => gan(Condition::Auxiliary { classes, weight: 1.0 }),
            Self::Infogan => gan(Condition::Information { classes: categories, codes, weight: 1.0 }),
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
