//! The whole generator, with the space in which its latents are moved.

use candle_core::{Device, Tensor};

use super::linear::Linear;
use super::mapping::Mapping;
use super::modulated::Common;
use super::plan::Plan;
use super::principal::{Principal, sample_styles};
use super::synthesis::Synthesis;
use crate::arch::Network;
use crate::model::{Decoder, GroupKind, LatentGroup, LatentSpec, Prior};
use crate::nn::Activation;
use crate::{Error, Result};

/// What a latent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpaceKind {
    /// What goes into the mapping.
    Z,
    /// One style for all layers.
    W,
    /// A style for each layer.
    WPlus,
}

/// What is decided about a generator beside its weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decided {
    pub space: SpaceKind,
    /// How far styles may be from their centre: 1 leaves them alone, 0 makes them all the same.
    pub truncation: f64,
    /// True when noise is added.
    pub noise: bool,
    /// What results are clamped to.
    pub clamp: Option<f32>,
}

/// From latents to styles.
#[derive(Clone, Debug)]
enum Styles {
    /// Maps latents, then moves the styles towards a centre: mapped * truncation + offset.
    Mapped { mapping: Mapping, truncation: f64, offset: Option<Tensor> },
    /// Coordinates in the principal directions of styles; the truncation is in the weights.
    Directions { layer: Linear, each: bool },
}

/// The generator of a `StyleGAN2`.
#[derive(Clone, Debug)]
pub struct StyleGan2 {
    styles: Styles,
    synthesis: Synthesis,
    latent_len: usize,
}

impl StyleGan2 {
    pub(super) fn load(
        network: &Network<'_>,
        plan: &Plan,
        decided: Decided,
        device: &Device,
    ) -> Result<Self> {
        let Decided { space, truncation, noise, clamp } = decided;
        let taps = plan.taps(network.tensors)?;
        let common = Common { plan, tensors: network.tensors, taps, noise, clamp, device };
        let synthesis = Synthesis::load(&common)?;
        let mapping = Mapping::load(plan, network.tensors, device)?;
        let samples = || sample_styles(&mapping, plan.latents, plan.classes, device);
        let centre = || match stored_centre(network, plan, device)? {
            Some(centre) => Ok::<_, Error>(centre),
            None => Ok(samples()?.mean(0)?),
        };
        // centre + truncation (style - centre)
        let offset = |centre: &Tensor| Ok::<_, Error>((centre * (1.0 - truncation))?);
        let moved = (truncation - 1.0).abs() > f64::EPSILON;
        let (styles, latent_len) = match space {
            SpaceKind::Z => {
                let offset = moved.then(|| offset(&centre()?)).transpose()?;
                let inputs = mapping.inputs();
                (Styles::Mapped { mapping, truncation, offset }, inputs)
            }
            SpaceKind::W | SpaceKind::WPlus => {
                let Principal { mean, directions } = Principal::of(&samples()?)?;
                let mut bias = (mean * truncation)?;
                if moved {
                    bias = (bias + offset(&centre()?)?)?;
                }
                let layer = Linear::new(&(directions * truncation)?, Some(bias), Activation::None)?;
                let each = space == SpaceKind::WPlus;
                let count = if each { synthesis.layers() } else { 1 };
                (Styles::Directions { layer, each }, count * plan.styles)
            }
        };
        Ok(Self { styles, synthesis, latent_len })
    }

    /// One style for each layer, each N x W.
    fn styles(&self, latents: &Tensor) -> Result<Vec<Tensor>> {
        let layers = self.synthesis.layers();
        let (count, length) = latents.dims2()?;
        if length != self.latent_len {
            return Err(Error::Shape {
                op: "latents of a generator",
                left: latents.dims().to_vec(),
                right: vec![self.latent_len],
                why: "the numbers of its groups, one after the other".into(),
            });
        }
        match &self.styles {
            Styles::Mapped { mapping, truncation, offset } => {
                let style = mapping.forward(&latents.contiguous()?)?;
                let style = match offset {
                    Some(offset) => (style * *truncation)?.broadcast_add(offset)?,
                    None => style,
                };
                Ok(vec![style; layers])
            }
            Styles::Directions { layer, each: false } => Ok(vec![layer.forward(latents)?; layers]),
            Styles::Directions { layer, each: true } => {
                let styles = layer.forward(&latents.reshape((count * layers, length / layers))?)?;
                let styles = styles.reshape((count, layers, ()))?;
                (0..layers).map(|i| Ok(styles.narrow(1, i, 1)?.squeeze(1)?.contiguous()?)).collect()
            }
        }
    }
}

impl Decoder for StyleGan2 {
    fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.synthesis.forward(&self.styles(latents)?)
    }

    fn sides(&self) -> [usize; 2] {
        [self.synthesis.size(); 2]
    }

    fn latent_len(&self) -> usize {
        self.latent_len
    }

    fn parameters(&self) -> usize {
        let styles = match &self.styles {
            Styles::Mapped { mapping, .. } => mapping.parameters(),
            Styles::Directions { .. } => 0,
        };
        styles + self.synthesis.parameters()
    }

    fn family(&self) -> &'static str {
        "StyleGAN2"
    }

    fn operations(&self) -> f64 {
        self.synthesis.multiplications()
    }
}

/// What the latents of a generator are made of.
pub(super) fn latent_spec(plan: &Plan, space: SpaceKind) -> LatentSpec {
    let continuous = |name: String, dimensions: usize| {
        LatentGroup::new(name, GroupKind::Continuous { dimensions, prior: Prior::Normal })
    };
    let groups = match space {
        SpaceKind::Z => {
            let classes = (0..plan.classes).map(|class| class.to_string()).collect();
            let class = LatentGroup::new("class", GroupKind::Categorical { classes });
            let z = continuous("z".into(), plan.latents);
            [z].into_iter().chain((plan.classes > 0).then_some(class)).collect()
        }
        SpaceKind::W => vec![continuous("w".into(), plan.styles)],
        SpaceKind::WPlus => (0..plan.layers()).map(|i| continuous(format!("w{i}"), plan.styles)).collect(),
    };
    LatentSpec { groups }
}

/// The mean style that the file has, W.
fn stored_centre(network: &Network<'_>, plan: &Plan, device: &Device) -> Result<Option<Tensor>> {
    // One layout keeps it in the mapping, the other one beside the network.
    let places =
        [(network.tensors, "mapping.w_avg"), (network.tensors, "latent_avg"), (network.all, "latent_avg")];
    for (tensors, name) in places {
        if tensors.get(name).is_some_and(|stored| stored.len() == plan.styles) {
            return Ok(Some(tensors.load(name, device)?.flatten_all()?));
        }
    }
    Ok(None)
}
