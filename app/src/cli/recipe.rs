//! How to train: the arguments of `train` that make a recipe.

use clap::ValueEnum;
use latent_engine::train::{
    AdamConfig, Condition, EncoderConfig, GanConfig, IanConfig, Loss, Recipe, Regularizer, VaeConfig,
};

use super::CliError;
use super::model::named;

/// What is trained, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RecipeName {
    /// A DCGAN: augmentation, moving average, and --loss and --regularizer as you like
    Gan,
    /// A DCGAN that is told the class of a picture: pick classes to paint with
    Cgan,
    /// The same with a discriminator that also tells classes
    Acgan,
    /// A DCGAN that finds classes and codes itself: pickers and sliders that mean something
    Infogan,
    /// A beta-VAE: few latents, of which each tends to mean one thing
    Vae,
    /// An introspective adversarial network: a DCGAN with an encoder, for editing photos
    Ian,
    /// An encoder for the generator of --model, which stays as it is
    Encoder,
}

impl RecipeName {
    /// True for the recipes whose pictures have classes.
    pub(super) fn is_labelled(self) -> bool {
        matches!(self, Self::Cgan | Self::Acgan)
    }

    fn is_gan(self) -> bool {
        matches!(self, Self::Gan | Self::Infogan) || self.is_labelled()
    }
}

/// What a GAN's networks minimize.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LossName {
    /// The hinge loss; with spectral norm
    Hinge,
    /// The logistic loss that does not saturate; with R1
    NonSaturating,
    /// Wasserstein's; with the gradient penalty and five steps of the discriminator for one of the generator (WGAN-GP)
    Wasserstein,
}

/// What keeps a GAN's discriminator smooth.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RegularizerName {
    /// Weights divided by their largest singular value
    SpectralNorm,
    /// The squared slope at real pictures, in every sixteenth step
    R1,
    /// The square of (slope - 1) between real and generated pictures
    GradientPenalty,
}

/// Yes or no, where neither is always the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// The arguments that make a recipe.
#[derive(Debug, clap::Args)]
pub(super) struct RecipeArguments {
    /// How to train
    #[arg(long, value_enum, default_value = "gan")]
    pub recipe: RecipeName,
    /// The model that gets an encoder (recipe encoder only): a bundled model, a model folder or a checkpoint file
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Pixels a side: a power of two; what the model has where an encoder is trained
    #[arg(long, default_value_t = 64)]
    pub size: usize,
    /// Channels of the generator's last hidden layer
    #[arg(long, default_value_t = 32)]
    width: usize,
    /// The same for the discriminator; the generator's when left out
    #[arg(long)]
    critic_width: Option<usize>,
    /// The same for a VAE's encoder; the decoder's when left out
    #[arg(long)]
    encoder_width: Option<usize>,
    /// Numbers in a latent; 100 for a GAN, 10 for a VAE, 64 for an IAN when left out
    #[arg(long)]
    latent: Option<usize>,
    /// Pictures in a step; 32 for a GAN or an IAN, 64 for a VAE when left out
    #[arg(long)]
    batch: Option<usize>,
    /// What a GAN's networks minimize; hinge when left out
    #[arg(long, value_enum)]
    loss: Option<LossName>,
    /// What keeps a GAN's discriminator smooth; what goes with the loss when left out
    #[arg(long, value_enum)]
    regularizer: Option<RegularizerName>,
    /// How strongly a penalty on the slope of a GAN's discriminator counts; 1 for R1 and 10 for the gradient
    /// penalty when left out
    #[arg(long, value_name = "WEIGHT")]
    penalty: Option<f32>,
    /// Steps of a GAN's discriminator for one of the generator; what goes with the loss when left out
    #[arg(long)]
    critic_steps: Option<usize>,
    /// Classes that an InfoGAN finds, 0 for none; 10 when left out
    #[arg(long, value_name = "COUNT")]
    categories: Option<usize>,
    /// Codes that an InfoGAN finds, each of them a slider; 2 when left out
    #[arg(long, value_name = "COUNT")]
    codes: Option<usize>,
    /// How strongly the latents of a VAE are kept apart; 1 is a plain VAE
    #[arg(long, default_value_t = VaeConfig::default().beta)]
    beta: f32,
    /// Beta at the start; from a large one, the latents of a VAE come into use one after the other
    #[arg(long, default_value_t = VaeConfig::default().beta_start)]
    beta_start: f32,
    /// Share of the run after which beta has its final value
    #[arg(long, default_value_t = VaeConfig::default().settle)]
    settle: f32,
    /// Step size of a VAE's optimizer; 0.0005 when left out
    #[arg(long)]
    learning_rate: Option<f32>,
    /// Whether half of the pictures are mirrored, each time at random; on for all recipes but vae when left out. Off keeps
    /// writing legible, and left and right apart
    #[arg(long, value_enum)]
    flip: Option<Switch>,
    /// Seed of every random draw
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl RecipeArguments {
    /// The settings that were asked for; what was left out is the recipe's own.
    pub(super) fn recipe(&self) -> Result<Recipe, CliError> {
        if self.model.is_some() != (self.recipe == RecipeName::Encoder) {
            return Err(CliError::Arguments(
                "--recipe encoder and --model, the model that gets the encoder, go together".into(),
            ));
        }
        self.check_adversarial()?;
        let &Self { size, width, seed, .. } = self;
        Ok(match self.recipe {
            RecipeName::Gan | RecipeName::Cgan | RecipeName::Acgan | RecipeName::Infogan => {
                Recipe::Gan(self.gan()?)
            }
            RecipeName::Vae => Recipe::Vae(self.vae()),
            RecipeName::Ian => {
                let own = IanConfig::default();
                Recipe::Ian(IanConfig {
                    size,
                    latent: self.latent.unwrap_or(own.latent),
                    width,
                    critic_width: self.critic_width.unwrap_or(width),
                    batch: self.batch.unwrap_or(own.batch),
                    flip: self.flip(own.flip),
                    seed,
                    ..own
                })
            }
            RecipeName::Encoder => {
                let own = EncoderConfig::default();
                let batch = self.batch.unwrap_or(own.batch);
                let model = self.model.as_deref().unwrap_or_default();
                let flip = self.flip(own.flip);
                Recipe::Encoder(EncoderConfig { width, batch, flip, seed, ..own }, named(model)?)
            }
        })
    }

    /// Refuses the options of a GAN where another recipe would ignore them.
    fn check_adversarial(&self) -> Result<(), CliError> {
        let given = [
            ("--loss", self.loss.is_some()),
            ("--regularizer", self.regularizer.is_some()),
            ("--penalty", self.penalty.is_some()),
            ("--critic-steps", self.critic_steps.is_some()),
        ];
        let found = [("--categories", self.categories.is_some()), ("--codes", self.codes.is_some())];
        let first =
            |options: &[(&'static str, bool)]| options.iter().find(|(_, given)| *given).map(|(o, _)| *o);
        match (first(&given), first(&found)) {
            (Some(option), _) if !self.recipe.is_gan() => {
                Err(CliError::Arguments(format!("{option} is for the recipes gan, cgan, acgan and infogan")))
            }
            (_, Some(option)) if self.recipe != RecipeName::Infogan => {
                Err(CliError::Arguments(format!("{option} is for --recipe infogan")))
            }
            _ => Ok(()),
        }
    }

    fn gan(&self) -> Result<GanConfig, CliError> {
        let own = GanConfig::for_loss(match self.loss {
            None | Some(LossName::Hinge) => Loss::Hinge,
            Some(LossName::NonSaturating) => Loss::NonSaturating,
            Some(LossName::Wasserstein) => Loss::Wasserstein,
        });
        let regularizer = match self.regularizer {
            None => own.regularizer,
            Some(RegularizerName::SpectralNorm) => Regularizer::SpectralNorm,
            Some(RegularizerName::R1) => Regularizer::R1,
            Some(RegularizerName::GradientPenalty) => Regularizer::GRADIENT_PENALTY,
        };
        let regularizer = match self.penalty {
            Some(weight) => regularizer.weighing(weight)?,
            None => regularizer,
        };
        Ok(GanConfig {
            size: self.size,
            latent: self.latent.unwrap_or(own.latent),
            width: self.width,
            critic_width: self.critic_width.unwrap_or(self.width),
            batch: self.batch.unwrap_or(own.batch),
            regularizer,
            critic_steps: self.critic_steps.unwrap_or(own.critic_steps),
            condition: self.condition(),
            flip: self.flip(own.flip),
            seed: self.seed,
            ..own
        })
    }

    /// What a GAN is told; the names of classes are those of the pictures.
    fn condition(&self) -> Condition {
        let (classes, codes) = Condition::USUALLY_FOUND;
        match self.recipe {
            RecipeName::Cgan => Condition::Label { classes: Vec::new() },
            RecipeName::Acgan => Condition::Auxiliary { classes: Vec::new(), weight: 1.0 },
            RecipeName::Infogan => Condition::Information {
                classes: self.categories.unwrap_or(classes),
                codes: self.codes.unwrap_or(codes),
                weight: 1.0,
            },
            _ => Condition::None,
        }
    }

    fn vae(&self) -> VaeConfig {
        let &Self { size, width, beta, beta_start, settle, seed, .. } = self;
        let own = VaeConfig::default();
        let latent = self.latent.unwrap_or(own.latent);
        let batch = self.batch.unwrap_or(own.batch);
        let encoder_width = self.encoder_width.unwrap_or(width);
        let learning_rate = self.learning_rate.unwrap_or(own.adam.learning_rate);
        let adam = AdamConfig { learning_rate, ..own.adam };
        let flip = self.flip(own.flip);
        VaeConfig {
            size,
            latent,
            width,
            encoder_width,
            batch,
            beta,
            beta_start,
            settle,
            adam,
            flip,
            seed,
            ..own
        }
    }

    fn flip(&self, usual: bool) -> bool {
        self.flip.map_or(usual, |switch| switch == Switch::On)
    }
}
