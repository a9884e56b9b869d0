//! The whole generator as a graph, with the space in which its latents are moved.

use candle_core::{Device, Tensor};

use super::plan::Plan;
use super::principal::{Principal, sample_styles};
use super::synthesis::Synthesis;
use crate::Result;
use crate::arch::{Network, Part};
use crate::model::{GroupKind, LatentGroup, LatentSpec, Prior};
use crate::nn::ConvConfig;
use crate::nn::graph::{Begin, Graph, Op, Weights};

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

/// A graph that is being drawn, and its weights.
#[derive(Clone)]
pub(super) struct Drawing {
    pub graph: Graph,
    pub weights: Weights,
}

impl Drawing {
    /// Of a graph that takes a vector.
    pub fn new(input: &str, length: usize) -> Result<Self> {
        Ok(Self { graph: Graph::new(input, [1, 1, length], Begin::He)?, weights: Weights::default() })
    }

    /// Adds a dense layer from a vector to a vector.
    pub fn dense(&mut self, name: &str, weight: Tensor, bias: Tensor, from: &str) -> Result<()> {
        let op = Op::Dense { to: [1, 1, weight.dim(1)?], bias: true };
        self.graph.add(name, op, &[from])?;
        self.weight(name, "weight", weight);
        self.weight(name, "bias", bias);
        Ok(())
    }

    pub fn weight(&mut self, node: &str, role: &str, tensor: Tensor) {
        self.weights.insert(format!("{node}.{role}"), tensor);
    }

    /// Its nodes that stand for the styles of so many layers, side by side in what a node makes.
    pub fn styles(&mut self, count: usize, length: usize, from: &str) -> Result<Vec<String>> {
        let one = |index: usize| -> Result<String> {
            let name = format!("style{index}");
            self.graph.add(&name, Op::Narrow { first: index * length, count: length }, &[from])?;
            Ok(name)
        };
        (0..count).map(one).collect()
    }
}

/// The generator from latents of a space to pictures.
pub(super) fn generator(network: &Network<'_>, plan: &Plan, decided: Decided) -> Result<Part> {
    let Decided { space, truncation, noise, clamp } = decided;
    let tensors = network.tensors;
    let mapping = plan.mapping(tensors)?;
    let samples = || sample_styles(&mapping, plan);
    // centre + truncation (style - centre)
    let offset = || -> Result<Option<Tensor>> {
        if (truncation - 1.0).abs() <= f64::EPSILON {
            return Ok(None);
        }
        let centre = match stored_centre(network, plan)? {
            Some(centre) => centre,
            None => samples()?.mean(0)?,
        };
        Ok(Some((centre * (1.0 - truncation))?))
    };
    // Coordinates in the principal directions of styles.
    let directions = || -> Result<(Tensor, Tensor)> {
        let Principal { mean, directions } = Principal::of(&samples()?)?;
        let bias = (mean * truncation)?;
        let bias = offset()?.map_or(Ok(bias.clone()), |offset| bias + offset)?;
        Ok(((directions * truncation)?, bias))
    };
    let layers = plan.layers();
    let (mut drawing, styles) = match space {
        SpaceKind::Z => {
            let mut drawing = mapping.clone();
            if let Some(offset) = offset()? {
                drawing.graph.then("truncation", Op::Affine { scale: truncation as f32, offset: 0.0 })?;
                drawing.graph.then("centre", Op::Bias)?;
                drawing.weight("centre", "bias", offset);
            }
            let style = drawing.graph.last().to_owned();
            (drawing, vec![style; layers])
        }
        SpaceKind::W => {
            let (mut drawing, (weight, bias)) = (Drawing::new("w", plan.styles)?, directions()?);
            drawing.dense("directions", weight, bias, "w")?;
            (drawing, vec!["directions".to_owned(); layers])
        }
        SpaceKind::WPlus => {
            let (mut drawing, (weight, bias)) =
                (Drawing::new("w_plus", layers * plan.styles)?, directions()?);
            let config = ConvConfig::default();
            let directions = Op::Convolution { outputs: plan.styles, kernel: 1, config, bias: true };
            drawing
                .graph
                .then("layers", Op::Reshape { to: [layers, 1, plan.styles] })?
                .then("directions", directions)?
                .then("styles", Op::Reshape { to: [1, 1, layers * plan.styles] })?;
            drawing.weight("directions", "weight", weight.unsqueeze(0)?.unsqueeze(0)?);
            drawing.weight("directions", "bias", bias);
            let styles = drawing.styles(layers, plan.styles, "styles")?;
            (drawing, styles)
        }
    };
    let synthesis = Synthesis { plan, tensors, taps: plan.taps(tensors)?, noise, clamp };
    synthesis.draw(&mut drawing, &styles)?;
    let Drawing { graph, weights } = drawing;
    Ok(Part { graph, weights, output: "picture".into() })
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
fn stored_centre(network: &Network<'_>, plan: &Plan) -> Result<Option<Tensor>> {
    // One layout keeps it in the mapping, the other one beside the network.
    let places =
        [(network.tensors, "mapping.w_avg"), (network.tensors, "latent_avg"), (network.all, "latent_avg")];
    for (tensors, name) in places {
        if tensors.get(name).is_some_and(|stored| stored.len() == plan.styles) {
            return Ok(Some(tensors.load(name, &Device::Cpu)?.flatten_all()?));
        }
    }
    Ok(None)
}
