//! The convolutional generators of PyTorch-GAN (Linder-Norén): dcgan, acgan, infogan and their like. A dense layer
//! makes small maps, which are doubled to the nearest pixel and convolved.
//!
//! Their batch norm has an epsilon of 0.8 (an argument in the wrong place that everybody trained with), except
//! the one right after the dense layer.

use candle_core::Device;

use super::layers::{Assembly, Draft, square_side};
use super::modules::{Module, Shape, modules};
use super::norm::Norm;
use super::{Architecture, Described, Detection, Network, Part, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::graph::Op;
use crate::nn::{Activation, ConvConfig};
use crate::{Error, Result, ValueRange};

const NAME: &str = "PyTorch-GAN";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "pytorch_gan", name: NAME, detect, support: Support::Describes(describe) };

/// What `BatchNorm2d(channels, 0.8)` sets.
pub(super) const EPSILON: f64 = 0.8;
/// PyTorch's default, used for the norm in front of the first convolution.
const FIRST_EPSILON: f64 = 1e-5;
/// Inputs of `infogan.py` as it is: 62 of noise, 10 classes, 2 codes.
const INFOGAN: (usize, usize, usize) = (74, 10, 2);

/// A convolution of `conv_blocks`.
struct Block {
    module: Module,
    inputs: usize,
    outputs: usize,
    /// The maps are doubled before it.
    doubles: bool,
    norm: Option<Module>,
}

struct Layout {
    inputs: usize,
    classes: Option<usize>,
    /// Side of the first maps.
    side: usize,
    first_norm: bool,
    blocks: Vec<Block>,
}

impl Layout {
    fn size(&self) -> Option<usize> {
        self.blocks.iter().try_fold(self.side, |side, b| side.checked_mul(1 + usize::from(b.doubles)))
    }

    fn channels(&self) -> usize {
        self.blocks.last().map_or(0, |b| b.outputs)
    }
}

fn layout(tensors: &TensorTable) -> Option<Layout> {
    let [outputs, inputs] = tensors.dims("l1.0.weight")?;
    let ours = |name: &str| {
        name == "label_emb.weight" || ["l1.0.", "conv_blocks."].iter().any(|p| name.starts_with(p))
    };
    if !tensors.names().all(ours) {
        return None;
    }
    let classes = match tensors.dims::<2>("label_emb.weight") {
        Some([classes, length]) => Some(classes).filter(|_| length == inputs),
        None if tensors.contains("label_emb.weight") => return None,
        None => None,
    };
    let mut first_norm = None;
    let mut blocks: Vec<Block> = Vec::new();
    // The first place in the list that nothing is known about yet.
    let mut next = 0;
    for module in modules(&tensors.under("conv_blocks")) {
        let index = module.index_in("")?;
        match module.shape {
            Shape::Norm(channels) => match blocks.last_mut() {
                None if index == 0 => first_norm = Some(channels),
                Some(block) if block.outputs == channels && index == next => block.norm = Some(module),
                _ => return None,
            },
            Shape::Kernel([outputs, inputs, 3, 3]) => {
                // Between two convolutions stand an activation and, perhaps, a doubling, neither of which has
                // any tensors.
                let doubles = index.checked_sub(next + usize::from(!blocks.is_empty()))?;
                let before = blocks.last().map_or(first_norm.unwrap_or(inputs), |b| b.outputs);
                if doubles > 1 || before != inputs {
                    return None;
                }
                blocks.push(Block { module, inputs, outputs, doubles: doubles == 1, norm: None });
            }
            _ => return None,
        }
        next = index + 1;
    }
    let first = blocks.first()?;
    let side = square_side(outputs, first.inputs)?;
    Some(Layout { inputs, classes, side, first_norm: first_norm.is_some(), blocks })
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let layout = layout(network.tensors)?;
    let mut assumed =
        Assumptions::new().prior(Prior::Normal).range(ValueRange::SignedUnit).batch_norm_epsilon(EPSILON);
    if layout.classes.is_none() {
        let (inputs, classes, codes) = INFOGAN;
        let (classes, codes) = if layout.inputs == inputs { (classes, codes) } else { (0, 0) };
        let bounds = || 0.0..=layout.inputs as f64;
        let why = "an InfoGAN's inputs are noise, then one number for each class, then codes, which names and \
                   shapes don't tell apart";
        assumed = assumed.number("infogan_classes", "InfoGAN classes", why, classes as f64, bounds()).number(
            "infogan_codes",
            "InfoGAN codes",
            why,
            codes as f64,
            bounds(),
        );
    }
    let kind = if layout.classes.is_some() { "ACGAN" } else { "DCGAN or InfoGAN" };
    let detection = Detection::new(assumed).fact("kind", kind).fact("latents", layout.inputs);
    let detection = match layout.classes {
        Some(classes) => detection.fact("classes", classes),
        None => detection,
    };
    Some(detection.fact("channels", layout.channels()).fact("size", layout.size()?))
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let assumed = &detection.assumptions;
    let Some(layout) = layout(tensors) else {
        return Err(Error::Invalid("is no generator of PyTorch-GAN".into()));
    };
    let latents = if let Some(classes) = layout.classes {
        LatentSpec::continuous(layout.inputs, assumed.prior_of()).and_classes("class", classes)
    } else {
        let count = |key| assumed.number_of(key).map_or(0, |n| n.round() as usize);
        let (classes, codes) = (count("infogan_classes"), count("infogan_codes"));
        let noise = layout.inputs.checked_sub(classes + codes).ok_or_else(|| {
            Error::Invalid(format!(
                "{classes} classes and {codes} codes are more than the {} inputs of the network",
                layout.inputs
            ))
        })?;
        LatentSpec { groups: Vec::new() }
            .and_continuous("z", noise, assumed.prior_of())
            .and_classes("class", classes)
            .and_continuous("code", codes, Prior::Uniform)
    };
    let generator = generator(tensors, &layout, assumed)?;
    Ok(Described::of_generator(NAME, generator, latents, assumed.range_of()))
}

fn generator(tensors: &TensorTable, layout: &Layout, assumed: &Assumptions) -> Result<Part> {
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(EPSILON);
    let list = tensors.under("conv_blocks");
    let load = |name: &str| tensors.load(name, &Device::Cpu);
    let mut generator = Assembly::new("z", [1, 1, layout.inputs + layout.classes.unwrap_or(0)])?;
    if let Some(count) = layout.classes {
        // The class chooses a row of a table, which multiplies the noise.
        generator.operation("class", Op::Narrow { first: layout.inputs, count }, &["z"])?;
        generator.table("label_emb", load("label_emb.weight")?, "class")?;
        generator.operation("noise", Op::Narrow { first: 0, count: layout.inputs }, &["z"])?;
        generator.operation("chosen", Op::Multiply, &["noise", "label_emb"])?;
    }
    let bias = tensors.contains("l1.0.bias").then(|| load("l1.0.bias")).transpose()?;
    let mut dense = Draft::dense(load("l1.0.weight")?).bias(bias);
    if layout.first_norm {
        let norm = Norm::of_module(&list, "0", FIRST_EPSILON)?;
        dense = dense.norm(norm.repeated(layout.side * layout.side)?);
    }
    let channels = layout.blocks.first().map_or(0, |b| b.inputs);
    generator.layer("l1.0", dense.making_maps([layout.side, layout.side, channels])?)?;
    for (position, block) in layout.blocks.iter().enumerate() {
        let weight = block.module.weight(&list)?;
        let draft = if block.doubles {
            Draft::upsampled(&weight)?
        } else {
            Draft::convolution(weight, ConvConfig { stride: 1, padding: 1 })
        };
        let mut draft = draft.bias(block.module.bias(&list)?);
        if let Some(norm) = &block.norm {
            draft = draft.norm(norm.norm(&list, epsilon)?);
        }
        let last = position + 1 == layout.blocks.len();
        let activation = if last { Activation::Tanh } else { Activation::LeakyRelu(0.2) };
        generator.layer(&format!("conv_blocks.{}", block.module.path), draft.activation(activation))?;
    }
    generator.finish("picture")
}
