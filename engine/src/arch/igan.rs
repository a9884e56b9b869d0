//! iGAN's models (Zhu et al. 2016), `.dcgan_theano`: a generator, a network that predicts latents of pictures,
//! and a discriminator in one pickle of lists of arrays.
//!
//! The math is that of iGAN's `model_def/dcgan_theano.py` and `train_dcgan/train_dcgan_utils.py`: kernels of 5,
//! turned by half a turn because cuDNN ran them as true convolutions; batch norm with a stored variance and an
//! epsilon of 1e-8; latents clipped to [-1, 1].

use candle_core::{Device, Tensor};

use super::layers::{Assembly, Draft, doubled, square_side};
use super::norm::Norm;
use super::{Architecture, Described, Detection, Network, Part, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::graph::Op;
use crate::nn::{Activation, MapShape};
use crate::{Error, Result, ValueRange};

const NAME: &str = "iGAN";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "igan", name: NAME, detect, support: Support::Describes(describe) };

const BATCH_NORM_EPSILON: f64 = 1e-8;

/// The lists of a network, new layout first and then that before `upgrade_model.py`.
struct Lists {
    weights: &'static str,
    norms: [&'static str; 2],
}

const GENERATOR: Lists = Lists { weights: "gen_params", norms: ["gen_batchnorm", "postlearn_params.1"] };
const PREDICTOR: Lists =
    Lists { weights: "predict_params", norms: ["predict_batchnorm", "postlearn_predict_params"] };
const DISCRIMINATOR: Lists =
    Lists { weights: "disc_params", norms: ["disc_batchnorm", "postlearn_params.0"] };

impl Lists {
    /// How many arrays the network has.
    fn len(&self, tensors: &TensorTable) -> usize {
        (0..).take_while(|i| tensors.contains(&format!("{}.{i}", self.weights))).count()
    }

    fn load(&self, tensors: &TensorTable, index: usize) -> Result<Tensor> {
        tensors.load(&format!("{}.{index}", self.weights), &Device::Cpu)
    }

    /// The list of statistics, where the file has one.
    fn statistics(&self, tensors: &TensorTable) -> Option<&'static str> {
        self.norms.into_iter().find(|list| tensors.contains(&format!("{list}.0")))
    }

    /// The batch norm `index` of `count`, whose gain stands at `gain` among the weights and its offset after
    /// it. Statistics are all means, then all variances.
    fn norm(&self, tensors: &TensorTable, index: usize, count: usize, gain: usize) -> Result<Norm> {
        let Some(list) = self.statistics(tensors) else {
            let name = self.norms[0];
            return Err(Error::Invalid(format!(
                "is an iGAN model without the statistics of its batch norm ({name}); compute them with iGAN's \
                 batchnorm_dcgan.py and pack the model again"
            )));
        };
        let statistic = |i: usize| tensors.load(&format!("{list}.{i}"), &Device::Cpu);
        let (gain, offset) = (self.load(tensors, gain)?, self.load(tensors, gain + 1)?);
        let (mean, variance) = (statistic(index)?, statistic(count + index)?);
        Norm::new(mean, variance, Some(gain), Some(offset), BATCH_NORM_EPSILON)
    }
}

/// The sizes of a generator.
struct Sizes {
    latents: usize,
    /// Of the maps that the dense layer makes.
    first: MapShape,
    /// Layers between the dense one and the last.
    layers: usize,
    width: usize,
    channels: usize,
    size: usize,
}

fn sizes(tensors: &TensorTable) -> Option<Sizes> {
    let count = GENERATOR.len(tensors);
    let layers = count.checked_sub(4).filter(|n| n % 3 == 0)? / 3;
    let [latents, outputs] = tensors.dims("gen_params.0")?;
    let [width, channels, ..] = tensors.dims::<4>(&format!("gen_params.{}", count - 1))?;
    // The first kernels follow the dense layer's gain and offset.
    let [inputs, ..] = tensors.dims::<4>("gen_params.3")?;
    let side = square_side(outputs, inputs)?;
    let mut before = inputs;
    for layer in 0..layers {
        let [inputs, outputs, ..] = tensors.dims::<4>(&format!("gen_params.{}", 3 * (layer + 1)))?;
        if inputs != before {
            return None;
        }
        before = outputs;
    }
    let size = doubled(side, layers + 1)?;
    (before == width && matches!(channels, 1 | 3)).then_some(Sizes {
        latents,
        first: [side, side, inputs],
        layers,
        width,
        channels,
        size,
    })
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = sizes(network.tensors)?;
    // Grey models make sketches, in which 1 is ink.
    let range = if sizes.channels == 1 { ValueRange::UnitInverted } else { ValueRange::SignedUnit };
    Some(
        Detection::new(Assumptions::new().prior(Prior::Uniform).range(range))
            .fact("latents", sizes.latents)
            .fact("width", sizes.width)
            .fact("layers", sizes.layers)
            .fact("channels", sizes.channels)
            .fact("size", sizes.size),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let sizes = sizes(tensors).ok_or_else(|| Error::Invalid("is no iGAN model".into()))?;
    let generator = generator(tensors, &sizes)?;
    let picture = [sizes.size, sizes.size, sizes.channels];
    let assumed = &detection.assumptions;
    let latents = LatentSpec::continuous(sizes.latents, assumed.prior_of());
    Ok(Described {
        encoder: downwards(tensors, &PREDICTOR, picture, Activation::Tanh, "mean")?,
        // The discriminator ends with a logistic function; without it the scores of good pictures differ more.
        critic: downwards(tensors, &DISCRIMINATOR, picture, Activation::None, "score")?,
        ..Described::of_generator(NAME, generator, latents, assumed.range_of())
    })
}

fn generator(tensors: &TensorTable, sizes: &Sizes) -> Result<Part> {
    let norms = sizes.layers + 1;
    let norm = |index: usize| GENERATOR.norm(tensors, index, norms, 3 * index + 1);
    let mut generator = Assembly::new("z", [1, 1, sizes.latents])?;
    generator.operation("clip", Op::Clip { least: -1.0, most: 1.0 }, &[])?;
    let dense = Draft::dense(GENERATOR.load(tensors, 0)?.t()?).norm(norm(0)?);
    generator.layer("dense", dense.making_maps(sizes.first)?.activation(Activation::Relu))?;
    let deconvolution = |index: usize| Draft::deconvolution(GENERATOR.load(tensors, 3 * index)?);
    for index in 1..norms {
        let draft = deconvolution(index)?.norm(norm(index)?);
        generator.layer(&format!("deconv{index}"), draft.activation(Activation::Relu))?;
    }
    let last = if sizes.channels == 1 { Activation::Sigmoid } else { Activation::Tanh };
    generator.layer(&format!("deconv{norms}"), deconvolution(norms)?.activation(last))?;
    generator.finish("picture")
}

/// The predictor or the discriminator: convolutions that halve the side, then one dense layer.
fn downwards(
    tensors: &TensorTable,
    lists: &Lists,
    picture: MapShape,
    last: Activation,
    output: &str,
) -> Result<Option<Part>> {
    let count = lists.len(tensors);
    if count == 0 || lists.statistics(tensors).is_none() {
        return Ok(None);
    }
    let norms = count.saturating_sub(2) / 3;
    let mut network = Assembly::new("picture", picture)?;
    for index in 0..=norms {
        // The first convolution has no batch norm; each of the others is followed by gain and offset.
        let at = if index == 0 { 0 } else { 3 * index - 2 };
        let mut draft = Draft::halving(lists.load(tensors, at)?)?.turned();
        if index > 0 {
            draft = draft.norm(lists.norm(tensors, index - 1, norms, at + 1)?);
        }
        network.layer(&format!("conv{index}"), draft.activation(Activation::LeakyRelu(0.2)))?;
    }
    let dense = Draft::dense(lists.load(tensors, count - 1)?.t()?).taking_maps(network.maps())?;
    network.layer("dense", dense.activation(last))?;
    Ok(Some(network.finish(output)?))
}
