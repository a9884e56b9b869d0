//! The beta-VAEs of 1Konny's Beta-VAE, its models H and B: convolutions with a kernel of 4 and ReLU, no batch
//! norm. The network makes logits; the sigmoid that its scripts apply outside is part of the generator here.

use super::layers::{Assembly, Draft, doubled, doubling, square_side};
use super::modules::{Module, Shape, modules};
use super::{Architecture, Described, Detection, Network, Part, Support};
use crate::checkpoint::TensorTable;
use crate::model::{Assumptions, LatentSpec, Prior};
use crate::nn::{Activation, ConvConfig, ConvTransposeConfig};
use crate::{Error, Result, ValueRange};

const NAME: &str = "Beta-VAE";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "beta_vae", name: NAME, detect, support: Support::Describes(describe) };

const KERNEL: usize = 4;

/// The layers of a half of the network: dense ones with (outputs, inputs), convolutions with the first two
/// dimensions of their weights.
struct Half {
    dense: Vec<(Module, [usize; 2])>,
    kernels: Vec<(Module, [usize; 2])>,
}

fn half(tensors: &TensorTable) -> Option<Half> {
    let mut half = Half { dense: Vec::new(), kernels: Vec::new() };
    for module in modules(tensors) {
        module.index_in("")?;
        match module.shape {
            Shape::Dense(shape) => half.dense.push((module, shape)),
            Shape::Kernel([a, b, KERNEL, KERNEL]) => half.kernels.push((module, [a, b])),
            _ => return None,
        }
    }
    Some(half)
}

struct Layout {
    half: Half,
    latents: usize,
    channels: usize,
    /// Side of the maps that the dense layers make.
    side: usize,
    size: usize,
}

/// The decoder: dense layers, then transposed convolutions that double the side.
fn decoder(tensors: &TensorTable) -> Option<Layout> {
    let half = half(&tensors.under("decoder"))?;
    let (_, [_, latents]) = *half.dense.first()?;
    let (_, [outputs, _]) = *half.dense.last()?;
    let (_, [inputs, _]) = *half.kernels.first()?;
    let (_, [_, channels]) = *half.kernels.last()?;
    let side = square_side(outputs, inputs)?;
    // From a single pixel, the first one makes its whole kernel.
    let (start, doublings) =
        if side == 1 { (KERNEL, half.kernels.len() - 1) } else { (side, half.kernels.len()) };
    let size = doubled(start, doublings)?;
    let chained = half.kernels.windows(2).all(|pair| pair[0].1[1] == pair[1].1[0])
        && half.dense.windows(2).all(|pair| pair[0].1[0] == pair[1].1[1]);
    let dense_first = half.dense.last()?.0.numbers < half.kernels.first()?.0.numbers;
    (chained && dense_first && matches!(channels, 1 | 3)).then_some(Layout {
        half,
        latents,
        channels,
        side,
        size,
    })
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let layout = decoder(network.tensors)?;
    let model = if layout.half.dense.len() == 1 { "H" } else { "B" };
    Some(
        Detection::new(Assumptions::new().prior(Prior::Normal).range(ValueRange::Unit))
            .fact("model", model)
            .fact("latents", layout.latents)
            .fact("channels", layout.channels)
            .fact("size", layout.size),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let layout = decoder(network.tensors).ok_or_else(|| Error::Invalid("is no beta-VAE".into()))?;
    let tensors = network.tensors.under("decoder");
    let mut generator = Assembly::new("z", [1, 1, layout.latents])?;
    for (position, (module, _)) in layout.half.dense.iter().enumerate() {
        let mut draft = Draft::dense(module.weight(&tensors)?).bias(module.bias(&tensors)?);
        if position + 1 == layout.half.dense.len() {
            let channels = layout.half.kernels[0].1[0];
            draft = draft.making_maps([layout.side, layout.side, channels])?;
        }
        generator.layer(&module.path, draft.activation(Activation::Relu))?;
    }
    for (position, (module, _)) in layout.half.kernels.iter().enumerate() {
        let from_a_pixel = layout.side == 1 && position == 0;
        let config = if from_a_pixel { ConvTransposeConfig::default() } else { doubling(KERNEL) };
        let draft = Draft::transposed(module.weight(&tensors)?, config).bias(module.bias(&tensors)?);
        let last = position + 1 == layout.half.kernels.len();
        let activation = if last { Activation::Sigmoid } else { Activation::Relu };
        generator.layer(&module.path, draft.activation(activation))?;
    }
    let [size, ..] = generator.maps();
    let generator = generator.finish("picture")?;
    let encoder = encoder(&network.tensors.under("encoder"), &layout, size)?;
    let assumed = &detection.assumptions;
    let latents = LatentSpec::continuous(layout.latents, assumed.prior_of());
    Ok(Described { encoder, ..Described::of_generator(NAME, generator, latents, assumed.range_of()) })
}

/// The encoder, where the file has one: convolutions that halve the side, then dense layers, the last of which
/// makes means and then logarithms of variances.
fn encoder(tensors: &TensorTable, layout: &Layout, size: usize) -> Result<Option<Part>> {
    let Some(half) = half(tensors).filter(|h| !h.kernels.is_empty() && !h.dense.is_empty()) else {
        return Ok(None);
    };
    let mut encoder = Assembly::new("picture", [size, size, layout.channels])?;
    for (module, _) in &half.kernels {
        let weight = module.weight(tensors)?;
        let draft = if encoder.maps()[0] == KERNEL {
            Draft::convolution(weight, ConvConfig { stride: 1, padding: 0 })
        } else {
            Draft::halving(weight)?
        };
        let draft = draft.bias(module.bias(tensors)?);
        encoder.layer(&module.path, draft.activation(Activation::Relu))?;
    }
    for (position, (module, _)) in half.dense.iter().enumerate() {
        let mut draft = Draft::dense(module.weight(tensors)?).bias(module.bias(tensors)?);
        if position == 0 {
            draft = draft.taking_maps(encoder.maps())?;
        }
        draft = if position + 1 == half.dense.len() {
            draft.first_outputs(layout.latents)?
        } else {
            draft.activation(Activation::Relu)
        };
        encoder.layer(&module.path, draft)?;
    }
    Ok(Some(encoder.finish("mean")?))
}
