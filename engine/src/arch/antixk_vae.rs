//! The convolutional VAEs of AntixK's PyTorch-VAE: vanilla, beta and conditional.
//!
//! Their decoders end with tanh but were trained on pictures of 0 to 1, so the value range is that: what is
//! below 0 is black.

use candle_core::Device;

use super::layers::{Assembly, Draft, doubled, doubling, square_side};
use super::modules::{Module, Shape, modules};
use super::{Architecture, BATCH_NORM_EPSILON, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::{Activation, ConvConfig, MapShape};
use crate::{Error, Result, ValueRange};

const NAME: &str = "PyTorch-VAE";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "pytorch_vae", name: NAME, detect, support: Support::Describes(describe) };

/// PyTorch's default slope.
const HIDDEN: Activation = Activation::LeakyRelu(0.01);

/// A convolution with the batch norm after it.
struct Step {
    module: Module,
    shape: [usize; 4],
    norm: Option<Module>,
}

struct Layout {
    latents: usize,
    classes: usize,
    /// Of the maps that the dense layer makes.
    first: MapShape,
    decoder: Vec<Step>,
    size: usize,
    channels: usize,
}

/// The convolutions `list.0.0`, `list.1.0`, ... with their batch norms `list.0.1`, ...
fn steps(tensors: &TensorTable, list: &str) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for module in modules(tensors).into_iter().filter(|m| m.path.starts_with(list)) {
        match module.shape {
            Shape::Kernel(shape) => steps.push(Step { module, shape, norm: None }),
            Shape::Norm(_) => steps.last_mut()?.norm = Some(module),
            _ => return None,
        }
    }
    Some(steps)
}

fn layout(tensors: &TensorTable) -> Option<Layout> {
    let [outputs, inputs] = tensors.dims("decoder_input.weight")?;
    let classes = tensors.dims::<2>("embed_class.weight").map_or(0, |[_, classes]| classes);
    let mut decoder = steps(tensors, "decoder.")?;
    let last = steps(tensors, "final_layer.")?;
    let [doubles, ends] = last.as_slice() else { return None };
    let [width, made, ..] = doubles.shape;
    let [channels, inner, 3, 3] = ends.shape else { return None };
    let mut before = decoder.first()?.shape[0];
    let first = square_side(outputs, before).map(|side| [side, side, before])?;
    for step in &decoder {
        if step.shape[0] != before {
            return None;
        }
        before = step.shape[1];
    }
    if before != width || made != inner {
        return None;
    }
    let size = doubled(first[0], decoder.len() + 1)?;
    decoder.extend(last);
    let latents = inputs.checked_sub(classes)?;
    Some(Layout { latents, classes, first, decoder, size, channels })
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let layout = layout(network.tensors)?;
    let widths: Vec<_> = layout.decoder.iter().rev().skip(1).map(|s| s.shape[0].to_string()).collect();
    let assumed = Assumptions::new()
        .prior(Prior::Normal)
        .range(ValueRange::Unit)
        .batch_norm_epsilon(BATCH_NORM_EPSILON);
    let detection = Detection::new(assumed).fact("latents", layout.latents);
    let detection = if layout.classes > 0 { detection.fact("classes", layout.classes) } else { detection };
    Some(
        detection
            .fact("widths", widths.join(" "))
            .fact("channels", layout.channels)
            .fact("size", layout.size),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let assumed = &detection.assumptions;
    let Some(layout) = layout(tensors) else {
        return Err(Error::Invalid("is no convolutional VAE of PyTorch-VAE".into()));
    };
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(BATCH_NORM_EPSILON);
    let dense = |name: &str| -> Result<Draft> {
        let load = |part: &str| tensors.load(&format!("{name}.{part}"), &Device::Cpu);
        Ok(Draft::dense(load("weight")?).bias(Some(load("bias")?)))
    };
    let whole = |draft: Draft, step: &Step, activation| -> Result<Draft> {
        let draft = draft.bias(step.module.bias(tensors)?).activation(activation);
        Ok(match &step.norm {
            Some(norm) => draft.norm(norm.norm(tensors, epsilon)?),
            None => draft,
        })
    };

    let latents =
        LatentSpec::continuous(layout.latents, assumed.prior_of()).and_classes("class", layout.classes);
    let mut generator = Assembly::new("z", [1, 1, latents.len()])?;
    generator.layer("decoder_input", dense("decoder_input")?.making_maps(layout.first)?)?;
    for (position, step) in layout.decoder.iter().enumerate() {
        let weight = step.module.weight(tensors)?;
        let (draft, activation) = if position + 1 == layout.decoder.len() {
            (Draft::convolution(weight, ConvConfig { stride: 1, padding: 1 }), Activation::Tanh)
        } else {
            (Draft::transposed(weight, doubling(step.shape[2])), HIDDEN)
        };
        generator.layer(&step.module.path, whole(draft, step, activation)?)?;
    }

    // The encoder of a conditional VAE also takes the class, which an encoder of pictures doesn't know.
    let encoder = if layout.classes == 0 && tensors.contains("fc_mu.weight") {
        let [size, ..] = generator.maps();
        let mut encoder = Assembly::new("picture", [size, size, layout.channels])?;
        for step in steps(tensors, "encoder.").unwrap_or_default() {
            let draft = Draft::halving(step.module.weight(tensors)?)?;
            encoder.layer(&step.module.path, whole(draft, &step, HIDDEN)?)?;
        }
        let maps = encoder.maps();
        encoder.layer("fc_mu", dense("fc_mu")?.taking_maps(maps)?)?;
        Some(encoder.finish("mean")?)
    } else {
        None
    };
    let generator = generator.finish("picture")?;
    Ok(Described { encoder, ..Described::of_generator(NAME, generator, latents, assumed.range_of()) })
}
