//! The beta-VAE trainer (Kingma and Welling 2014; Higgins et al. 2017) as a stepper: a picture becomes a few
//! latents of which each tends to mean one thing, and back.

use super::config::VaeConfig;
use crate::arch::own::{self, Own as _};
use crate::data::PictureSet;
use crate::nn::graph::{Norms, Weights};
use crate::rng::Rng;
use crate::train::core::adam::{Adam, follow, gradient_length};
use crate::train::core::network::Network;
use crate::train::core::parts::{Part, Parts};
use crate::train::core::schedule::learning_rate_factor;
use crate::train::core::trainer::{
    Description, NamedTensor, Report, Trainer, check_size, config_text, decided, finite,
};
use crate::train::loss::bernoulli::bernoulli_loss;
use crate::{Picture, Result};
use candle_core::{Device, Tensor};

/// Columns of a sample sheet, and the seed of its random pictures.
const SHEET_COLUMNS: usize = 10;
const SHEET_SEED: u64 = 1;

/// A training that goes on step by step.
pub struct Vae {
    pub(crate) config: VaeConfig,
    pub(crate) encoder: Network,
    pub(crate) decoder: Network,
    /// Moving averages of both networks' weights.
    pub(crate) encoder_average: Vec<Tensor>,
    pub(crate) decoder_average: Vec<Tensor>,
    pub(crate) encoder_adam: Adam,
    pub(crate) decoder_adam: Adam,
    /// Mean divergence of every latent from its prior, in nats, over the last steps: how much each is used.
    pub(crate) used: Vec<f32>,
    pub(crate) rng: Rng,
    pub(crate) steps: u64,
}

/// Most of the pictures that are held out for a measurement.
const MEASURED: usize = 64;
/// Stream of the seed that moves their latents, apart from the training's own.
const MEASURE_STREAM: u64 = 2;

/// What a batch costs.
struct Losses {
    /// What is minimized.
    total: Tensor,
    /// Minus the log likelihood of a picture.
    reconstruction: Tensor,
    /// Of every latent, in nats.
    divergence: Tensor,
}

/// How fast the memory of [`Vae::used`] fades.
const USED_DECAY: f32 = 0.99;

impl Vae {
    /// A training from the beginning.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for settings that make no sense.
    pub fn new(config: VaeConfig) -> Result<Self> {
        config.check()?;
        let mut rng = Rng::new(config.seed);
        let encoder = Network::begin(config.encoder()?, &mut rng)?;
        let decoder = Network::begin(config.decoder()?, &mut rng)?;
        Ok(Self {
            encoder_average: encoder.copies()?,
            decoder_average: decoder.copies()?,
            encoder_adam: Adam::new(config.adam, encoder.vars()),
            decoder_adam: Adam::new(config.adam, decoder.vars()),
            used: vec![0.0; config.latent],
            config,
            encoder,
            decoder,
            rng,
            steps: 0,
        })
    }

    /// Means and logarithms of variances (each N x L) of the latents of pictures, by an encoder with these weights.
    fn encode(&self, weights: &Weights, pictures: &Tensor) -> Result<(Tensor, Tensor)> {
        // The network sees light from 0 to 1, as the public one does.
        let light = pictures.affine(0.5, 0.5)?;
        let wanted = ["mean", "log_variance"];
        let results = self.encoder.graph.run(weights, &[&light], Norms::Stored, &wanted)?;
        let [mean, log_variance] = wanted.map(|name| results.vectors(name));
        Ok((mean?, log_variance?))
    }

    /// The losses of pictures, whose latents are moved by `noise`, N x L.
    fn losses(
        &self,
        [encoder, decoder]: [&Weights; 2],
        shown: &Tensor,
        noise: &Tensor,
        progress: f32,
    ) -> Result<Losses> {
        let (mean, log_variance) = self.encode(encoder, shown)?;
        let z = (&mean + ((&log_variance * 0.5)?.exp()? * noise)?)?;
        let logits = self.decoder.graph.run(decoder, &[&z], Norms::Stored, &["logits"])?;
        let logits = logits.get("logits")?;
        let light = shown.affine(0.5, 0.5)?;
        let reconstruction = (bernoulli_loss(logits, &light)?.sum_all()? / shown.dim(0)? as f64)?;
        // KL(N(mean, variance) || N(0, 1)) of every latent.
        let divergence = ((((mean.sqr()? + log_variance.exp()?)? - log_variance)? - 1.0)? * 0.5)?.mean(0)?;
        let beta = f64::from(self.config.beta_at(progress));
        let total = (&reconstruction + (divergence.sum_all()? * beta)?)?;
        Ok(Losses { total, reconstruction, divergence })
    }

    /// The latents from the most to the least used: the first sliders shall be those that do something.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.used.len()).collect();
        order.sort_by(|&a, &b| self.used[b].total_cmp(&self.used[a]));
        order
    }
}

pub(crate) fn index(order: &[usize]) -> Result<Tensor> {
    let order: Vec<u32> = order.iter().map(|i| *i as u32).collect();
    Ok(Tensor::new(order, &Device::Cpu)?)
}

impl Trainer for Vae {
    fn recipe(&self) -> &'static str {
        "vae"
    }

    fn config(&self) -> Result<serde_json::Value> {
        config_text(&self.config)
    }

    fn parts(&mut self) -> Parts<'_> {
        vec![
            ("encoder", Part::Network(&self.encoder)),
            ("encoder.adam", Part::Optimizer(&self.encoder, &mut self.encoder_adam)),
            ("encoder.average", Part::Average(&self.encoder, &mut self.encoder_average)),
            ("decoder", Part::Network(&self.decoder)),
            ("decoder.adam", Part::Optimizer(&self.decoder, &mut self.decoder_adam)),
            ("decoder.average", Part::Average(&self.decoder, &mut self.decoder_average)),
            ("used", Part::Numbers(&mut self.used)),
            ("random", Part::Rng(&mut self.rng)),
            ("steps", Part::Count(&mut self.steps)),
        ]
    }

    /// The loss of pictures that it does not learn from, as far from the pictures' own as it learns them by heart.
    fn measure(&self, held_out: &PictureSet, progress: f32) -> Result<Vec<(&'static str, f32)>> {
        let count = held_out.len().min(MEASURED);
        let shown = held_out.chosen(0..count)?;
        // The same noise each time: what changes is the model.
        let mut rng = Rng::stream(self.config.seed, MEASURE_STREAM);
        let latent = self.config.latent;
        let noise = Tensor::from_vec(rng.normals(count * latent), (count, latent), &Device::Cpu)?;
        let losses =
            self.losses([&self.encoder.frozen(), &self.decoder.frozen()], &shown, &noise, progress)?;
        Ok(vec![("held_out_loss", losses.total.to_scalar()?)])
    }

    fn measures(&self) -> bool {
        true
    }

    fn export(&self) -> Result<Vec<NamedTensor>> {
        self.tensors()
    }

    fn step(&mut self, pictures: &PictureSet, progress: f32) -> Result<Report> {
        check_size(pictures, self.config.size)?;
        let VaeConfig { batch, latent, .. } = self.config;
        let shown = pictures.batch(&mut self.rng, batch, self.config.flip)?;
        let noise = Tensor::from_vec(self.rng.normals(batch * latent), (batch, latent), &Device::Cpu)?;
        let Losses { total: loss, reconstruction, divergence } =
            self.losses([&self.encoder.weights(), &self.decoder.weights()], &shown, &noise, progress)?;
        let total = finite(&loss, "the loss")?;
        let gradients = loss.backward()?;
        // Checked before either network has changed.
        gradient_length(self.decoder.vars(), &gradients)?;
        let factor = learning_rate_factor(progress);
        self.encoder_adam.step(self.encoder.vars(), &gradients, factor)?;
        self.decoder_adam.step(self.decoder.vars(), &gradients, factor)?;

        self.steps += 1;
        follow(&self.encoder_average, self.encoder.vars(), self.config.ema, self.steps)?;
        follow(&self.decoder_average, self.decoder.vars(), self.config.ema, self.steps)?;
        let divergence = divergence.to_vec1::<f32>()?;
        for (used, now) in self.used.iter_mut().zip(&divergence) {
            *used = USED_DECAY * *used + (1.0 - USED_DECAY) * now;
        }
        let values = vec![
            ("loss", total),
            ("reconstruction", reconstruction.to_scalar::<f32>()?),
            ("divergence", divergence.iter().sum()),
            // Burda et al. 2016 count the units that move; a hundredth of a nat moves nothing.
            ("active", divergence.iter().filter(|d| **d > 0.01).count() as f32),
        ];
        Ok(Report::new(self.steps, values))
    }

    fn size(&self) -> usize {
        self.config.size
    }

    fn steps(&self) -> u64 {
        self.steps
    }

    fn batch(&self) -> usize {
        self.config.batch
    }

    /// Pictures, their reconstructions, random pictures, and one row for every latent, moved from -2 to 2 at an
    /// otherwise empty latent.
    fn sheet(&self, pictures: &PictureSet) -> Result<Picture> {
        let model = self.model()?;
        let mut rng = Rng::new(SHEET_SEED);
        let shown = pictures.batch(&mut rng, SHEET_COLUMNS, false)?;
        let (mean, _) = self.encode(&self.encoder.averaged(&self.encoder_average), &shown)?;
        let signed = crate::ValueRange::SignedUnit;
        let mut all = Picture::from_tensor(&shown.permute((0, 3, 1, 2))?.contiguous()?, signed)?;
        let order = self.order();
        let sorted = mean.index_select(&index(&order)?, 1)?.to_vec2::<f32>()?;
        all.extend(model.pictures(&sorted.into_iter().map(Into::into).collect::<Vec<_>>())?);
        let latents: Vec<_> = (0..SHEET_COLUMNS).map(|_| model.info.latents.draw(&mut rng)).collect();
        all.extend(model.pictures(&latents)?);
        for unit in 0..self.config.latent {
            let moved = (0..SHEET_COLUMNS).map(|i| {
                let mut latent = vec![0.0; self.config.latent];
                latent[unit] = 4.0 * i as f32 / (SHEET_COLUMNS - 1) as f32 - 2.0;
                latent.into()
            });
            all.extend(model.pictures(&moved.collect::<Vec<_>>())?);
        }
        Picture::grid(&all, SHEET_COLUMNS, 0)
    }

    fn description(&self) -> Description {
        let VaeConfig { size, width, encoder_width, latent, beta, beta_start, settle, seed, .. } =
            self.config;
        let nats = |i: &usize| format!("{:.2}", self.used[*i]);
        let used = self.order().iter().map(nats).collect::<Vec<_>>().join(", ");
        let path = format!("beta {beta_start} to {beta} over {:.0} % of the run", 100.0 * settle);
        Description {
            family: own::Vae::KEY,
            architecture: self.config.networks().stated().ok(),
            assumptions: decided([("prior", "normal"), ("range", "unit")]),
            classes: Vec::new(),
            rows: vec![
                (
                    "Family",
                    format!(
                        "beta-VAE, {size}x{size}, width {width} ({encoder_width} in the encoder), {latent} latents"
                    ),
                ),
                ("Recipe", format!("VAE: Bernoulli likelihood, {path}, moving average")),
                ("Seed", seed.to_string()),
                ("Use of the latents", format!("{used} nats")),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::train::core::adam::AdamConfig;
    use crate::train::recipes::gan::tests::pictures;
    use crate::train::save;

    pub(crate) fn tiny() -> VaeConfig {
        let adam = AdamConfig { learning_rate: 3e-3, ..VaeConfig::default().adam };
        VaeConfig {
            size: 16,
            latent: 4,
            width: 8,
            encoder_width: 4,
            batch: 8,
            beta: 0.5,
            ema: 0.9,
            seed: 3,
            adam,
            ..VaeConfig::default()
        }
    }

    #[test]
    fn eight_pictures_are_learned_by_heart() {
        let set = pictures(8, 16);
        let mut vae = Vae::new(VaeConfig { beta: 0.01, ..tiny() }).unwrap();
        let value = |report: &Report, name| report.values.iter().find(|(n, _)| *n == name).unwrap().1;
        let first = vae.step(&set, 0.0).unwrap();
        let mut last = first.clone();
        for _ in 0..500 {
            last = vae.step(&set, 0.5).unwrap();
        }
        // The entropy of the pictures' own greys is the least that a Bernoulli likelihood can cost.
        let light = set.batch(&mut Rng::new(1), 64, false).unwrap().affine(0.5, 0.5).unwrap();
        let values = light.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let entropy =
            |p: f32| if p <= 0.0 || p >= 1.0 { 0.0 } else { -p * p.ln() - (1.0 - p) * (1.0 - p).ln() };
        let least = values.into_iter().map(entropy).sum::<f32>() / 64.0;
        let (before, after) =
            (value(&first, "reconstruction") - least, value(&last, "reconstruction") - least);
        assert!(after < 0.15 * before, "{before} {after}");
        assert!(value(&last, "active") >= 2.0);
    }

    #[test]
    fn every_variable_has_a_gradient() {
        let set = pictures(8, 16);
        let vae = Vae::new(tiny()).unwrap();
        let mut rng = Rng::new(2);
        let noise = Tensor::from_vec(rng.normals(8 * 4), (8, 4), &Device::Cpu).unwrap();
        let shown = set.chosen(0..8).unwrap();
        let weights = [&vae.encoder.weights(), &vae.decoder.weights()];
        let losses = vae.losses(weights, &shown, &noise, 1.0).unwrap();
        let of_all = losses.total.backward().unwrap();
        // The divergence is the encoder's alone.
        let of_divergence = losses.divergence.sum_all().unwrap().backward().unwrap();
        let size = |gradient: Option<&Tensor>| {
            gradient.map_or(0.0, |g| g.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap())
        };
        for (network, is_encoder) in [(&vae.encoder, true), (&vae.decoder, false)] {
            for (name, var) in network.names().iter().zip(network.vars()) {
                assert!(size(of_all.get(var)) > 0.0, "{name}");
                assert_eq!(size(of_divergence.get(var)) > 0.0, is_encoder, "{name}");
            }
        }
    }

    #[test]
    fn a_resumed_training_goes_on_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.safetensors");
        let set = pictures(20, 16);
        let mut straight = Vae::new(tiny()).unwrap();
        for _ in 0..4 {
            straight.step(&set, 0.05).unwrap();
        }
        save(&mut straight, &path, "a note").unwrap();
        let (mut resumed, note) = Vae::load(&path).unwrap();
        assert_eq!(note, "a note");
        for _ in 0..4 {
            assert_eq!(straight.step(&set, 0.8).unwrap(), resumed.step(&set, 0.8).unwrap());
        }
        assert_eq!(straight.sheet(&set).unwrap(), resumed.sheet(&set).unwrap());
        let error = crate::train::Gan::load(&path).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("recipe vae, not gan"), "{error}");
    }

    #[test]
    fn the_export_has_the_names_of_its_networks_and_the_shapes_of_the_public_beta_vae() {
        let vae = Vae::new(VaeConfig { latent: 10, ..VaeConfig::default() }).unwrap();
        let tensors = vae.export().unwrap();
        let shape = |name: &str| {
            tensors.iter().find(|t| t.name == name).map(|t| t.tensor.dims().to_vec()).unwrap_or_default()
        };
        assert_eq!(shape("encoder.down0.weight"), [4, 4, 3, 32]);
        assert_eq!(shape("encoder.whole.weight"), [4, 4, 64, 256]);
        assert_eq!(shape("encoder.latents.weight"), [256, 20]);
        assert_eq!(shape("generator.whole.weight"), [10, 256]);
        assert_eq!(shape("generator.up0.weight"), [256, 4, 4, 64]);
        assert_eq!(shape("generator.up4.weight"), [32, 4, 4, 3]);
        assert_eq!(shape("generator.up4.bias"), [3]);
        assert_eq!(tensors.len(), 24);
    }

    #[test]
    fn beta_goes_from_its_start_to_its_end() {
        let falls = VaeConfig { beta: 1.0, beta_start: 16.0, settle: 0.5, ..tiny() };
        for (progress, beta) in [(0.0, 16.0), (0.25, 4.0), (0.5, 1.0), (0.9, 1.0)] {
            assert!((falls.beta_at(progress) - beta).abs() < 1e-4, "{progress}");
        }
        let rises = VaeConfig { beta: 4.0, beta_start: 0.0, settle: 0.5, ..tiny() };
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| rises.beta_at(p)), [0.0, 2.0, 4.0, 4.0]);
        assert_eq!(VaeConfig { settle: 0.0, ..rises }.beta_at(0.0), 4.0);
    }

    #[test]
    fn wrong_settings_are_refused() {
        for config in [
            VaeConfig { size: 48, ..tiny() },
            VaeConfig { latent: 0, ..tiny() },
            VaeConfig { beta: f32::NAN, ..tiny() },
            VaeConfig { beta_start: -1.0, ..tiny() },
            VaeConfig { settle: 1.5, ..tiny() },
            VaeConfig { encoder_width: 0, ..tiny() },
        ] {
            assert!(matches!(Vae::new(config), Err(Error::Invalid(_))));
        }
    }
}
