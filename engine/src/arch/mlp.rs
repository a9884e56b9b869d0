//! Generators of dense layers alone: gan, cgan, wgan and wgan_gp of PyTorch-GAN (Linder-Norén), whose batch norm
//! has an epsilon of 0.8, and plain ones without any batch norm.

use candle_core::{Device, Tensor};

use super::layers::{Assembly, Draft, square_side};
use super::modules::{Module, Shape, modules};
use super::{Architecture, Described, Detection, Network, Support, zoo_conv};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, Choice, LatentSpec, Prior};
use crate::nn::{Activation, MapShape};
use crate::{Error, Result, ValueRange};

const NAME: &str = "MLP GAN";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "mlp_gan", name: NAME, detect, support: Support::Describes(describe) };

const HIDDEN: &[Choice] = &[
    Choice::new("relu", "ReLU"),
    Choice::new("leaky_relu_0.2", "leaky ReLU, 0.2"),
    Choice::new("leaky_relu_0.01", "leaky ReLU, 0.01"),
    Choice::new("tanh", "tanh"),
];
const LAST: &[Choice] =
    &[Choice::new("tanh", "tanh"), Choice::new("sigmoid", "sigmoid"), Choice::new("none", "nothing")];
/// Smaller pictures are more likely some network's inner layer.
const SMALLEST_SIDE: usize = 16;

/// A dense layer with the batch norm after it.
struct Step {
    module: Module,
    inputs: usize,
    outputs: usize,
    norm: Option<Module>,
}

struct Layout {
    /// Rows and columns of `label_emb.weight`.
    classes: Option<[usize; 2]>,
    steps: Vec<Step>,
    /// The layers are called "model.0", ..., as in PyTorch-GAN.
    of_the_zoo: bool,
}

impl Layout {
    /// Numbers that a latent has beside the class.
    fn noise(&self) -> Option<usize> {
        let inputs = self.steps.first()?.inputs;
        inputs.checked_sub(self.classes.map_or(0, |[_, length]| length)).filter(|&noise| noise > 0)
    }

    fn outputs(&self) -> usize {
        self.steps.last().map_or(0, |s| s.outputs)
    }

    /// The pictures that the outputs are: grey squares where they can be, else square ones in colour.
    fn picture(&self) -> Option<MapShape> {
        [1, 3].into_iter().find_map(|channels| {
            let side = square_side(self.outputs(), channels)?;
            Some([side, side, channels])
        })
    }
}

fn layout(tensors: &TensorTable) -> Option<Layout> {
    let classes = tensors.dims::<2>("label_emb.weight");
    let mut steps: Vec<Step> = Vec::new();
    for module in modules(tensors).into_iter().filter(|m| m.path != "label_emb" || classes.is_none()) {
        match module.shape {
            Shape::Dense([outputs, inputs]) => {
                if steps.last().is_some_and(|before| before.outputs != inputs) {
                    return None;
                }
                steps.push(Step { module, inputs, outputs, norm: None });
            }
            Shape::Norm(channels) => {
                let step = steps.last_mut().filter(|s| s.outputs == channels && s.norm.is_none())?;
                step.norm = Some(module);
            }
            _ => return None,
        }
    }
    let of_the_zoo = steps.iter().all(|s| s.module.index_in("model").is_some());
    let normed = steps.iter().any(|s| s.norm.is_some());
    let layout = Layout { classes, steps, of_the_zoo: of_the_zoo && normed };
    let several = layout.steps.len() >= 2 && layout.noise().is_some();
    let more_out_than_in = layout.outputs() / 2 >= layout.steps.first()?.inputs;
    let makes_pictures =
        layout.of_the_zoo || layout.picture().is_some_and(|[side, ..]| side >= SMALLEST_SIDE);
    (several && more_out_than_in && makes_pictures).then_some(layout)
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let layout = layout(network.tensors)?;
    let normed = layout.steps.iter().any(|s| s.norm.is_some());
    let why = "files don't record what stands between the layers";
    let mut assumed = Assumptions::new()
        .prior(Prior::Normal)
        .choice("activation", "Activation", why, HIDDEN, usize::from(layout.of_the_zoo))
        .choice("last_activation", "Activation at the end", why, LAST, 0);
    if normed {
        let epsilon = if layout.of_the_zoo { zoo_conv::EPSILON } else { super::BATCH_NORM_EPSILON };
        assumed = assumed.batch_norm_epsilon(epsilon);
    }
    let detection = Detection::new(assumed).fact("latents", layout.noise()?);
    let detection = match layout.classes {
        Some([classes, _]) => detection.fact("classes", classes),
        None => detection,
    };
    let detection = detection.fact("layers", layout.steps.len());
    Some(match layout.picture() {
        Some([size, _, channels]) => detection.fact("channels", channels).fact("size", size),
        None => detection.fact("outputs", layout.outputs()),
    })
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let assumed = &detection.assumptions;
    let refuse = || Error::Invalid("is no generator of dense layers".into());
    let layout = layout(tensors).ok_or_else(refuse)?;
    let noise = layout.noise().ok_or_else(refuse)?;
    let picture = layout.picture().ok_or_else(|| {
        Error::Invalid(format!(
            "makes {} numbers, which are no square picture of 1 or 3 channels; only those can be used",
            layout.outputs()
        ))
    })?;
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(zoo_conv::EPSILON);
    let hidden = match assumed.choice_of("activation") {
        Some("leaky_relu_0.2") => Activation::LeakyRelu(0.2),
        Some("leaky_relu_0.01") => Activation::LeakyRelu(0.01),
        Some("tanh") => Activation::Tanh,
        _ => Activation::Relu,
    };
    let (last, range) = match assumed.choice_of("last_activation") {
        Some("sigmoid") => (Activation::Sigmoid, ValueRange::Unit),
        Some("none") => (Activation::None, ValueRange::SignedUnit),
        _ => (Activation::Tanh, ValueRange::SignedUnit),
    };
    let classes = layout.classes.map_or(0, |[count, _]| count);
    let latents = LatentSpec::continuous(noise, assumed.prior_of()).and_classes("class", classes);
    let mut generator = Assembly::new("z", [1, 1, latents.len()])?;
    for (position, step) in layout.steps.iter().enumerate() {
        let mut weight = step.module.weight(tensors)?;
        if position == 0 && layout.classes.is_some() {
            weight = with_classes(&weight, &tensors.load("label_emb.weight", &Device::Cpu)?)?;
        }
        let mut draft = Draft::dense(weight).bias(step.module.bias(tensors)?);
        if let Some(norm) = &step.norm {
            draft = draft.norm(norm.norm(tensors, epsilon)?);
        }
        let draft = if position + 1 == layout.steps.len() {
            draft.making_maps(picture)?.activation(last)
        } else {
            draft.activation(hidden)
        };
        generator.layer(&step.module.path, draft)?;
    }
    let generator = generator.finish("picture")?;
    Ok(Described::of_generator(NAME, generator, latents, range))
}

/// The first layer's weight for latents of noise and then one number for each class. The network takes
/// cat(embedding of the class, noise), and the embedding is a matrix product too, so both are one.
fn with_classes(weight: &Tensor, embedding: &Tensor) -> Result<Tensor> {
    let (_, length) = embedding.dims2()?;
    let of_noise = weight.narrow(1, length, weight.dim(1)? - length)?;
    let of_classes = weight.narrow(1, 0, length)?.contiguous()?.matmul(&embedding.t()?.contiguous()?)?;
    Ok(Tensor::cat(&[of_noise.contiguous()?, of_classes], 1)?)
}
