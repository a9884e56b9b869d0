//! SRResNet in the layout of twtygqyy/pytorch-SRResNet: convolutions without biases, leaky ReLUs, and norms of single maps
//! (`in1`) or, in files of its first weeks, of batches (`bn1`). The last convolution is the end.

use candle_core::{Device, Tensor};

use super::{PICTURE, convolution, keeps, norm, product, shuffles};
use crate::arch::dcgan::BATCH_NORM_EPSILON;
use crate::arch::layers::{Assembly, Draft};
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::Assumptions;
use crate::nn::Activation;
use crate::nn::graph::Op;
use crate::{Error, Result, ValueRange};

const NAME: &str = "SRResNet";

pub(in crate::arch) const ARCHITECTURE: Architecture =
    Architecture { key: "srresnet", name: NAME, detect, support: Support::Describes(describe) };

const LEAKY: Activation = Activation::LeakyRelu(0.2);
/// PyTorch's default for norms of single maps.
const INSTANCE_NORM_EPSILON: f64 = 1e-5;

/// Its sizes.
struct Sizes {
    width: usize,
    blocks: usize,
    /// How many times larger every step makes a side.
    factors: Vec<usize>,
    /// Norms are those of batches.
    of_batches: bool,
}

impl Sizes {
    fn of(tensors: &TensorTable) -> Option<Self> {
        let [width, ..] = tensors.dims::<4>("conv_input.weight")?;
        keeps(tensors, "conv_input", width, 3)?;
        keeps(tensors, "conv_mid", width, width)?;
        keeps(tensors, "conv_output", 3, width)?;
        let residual = |block: &usize| {
            let convolution = |part: &str| keeps(tensors, &format!("residual.{block}.{part}"), width, width);
            convolution("conv1").and_then(|()| convolution("conv2")).is_some()
        };
        let blocks = (0..).take_while(residual).count();
        let factors: Vec<usize> = (0..).map_while(|i| shuffles(tensors, &step(i), width)).collect();
        product(&factors)?;
        let of_batches = tensors.contains("residual.0.bn1.weight");
        (blocks > 0).then_some(Self { width, blocks, factors, of_batches })
    }
}

/// The convolution of a step that makes sides larger: what follows each in the list has no weights.
fn step(step: usize) -> String {
    format!("upscale4x.{}", 3 * step)
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    let mut assumed = Assumptions::new().range(ValueRange::Unit);
    if sizes.of_batches {
        assumed = assumed.batch_norm_epsilon(BATCH_NORM_EPSILON);
    }
    Some(
        Detection::new(assumed)
            .fact("factor", product(&sizes.factors)?)
            .fact("width", sizes.width)
            .fact("blocks", sizes.blocks)
            .fact("norms", if sizes.of_batches { "of batches" } else { "of single pictures" }),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of an SRResNet".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let assumed = &detection.assumptions;
    let epsilon = assumed.number_of("batch_norm_epsilon").filter(|_| sizes.of_batches);

    let mut net = Assembly::new("picture", PICTURE)?;
    net.layer("conv_input", convolution(tensors, "conv_input")?.activation(LEAKY))?;
    let head = net.last().to_owned();
    for block in 0..sizes.blocks {
        let part = |part: &str| format!("residual.{block}.{part}");
        let norms = if sizes.of_batches { ["bn1", "bn2"] } else { ["in1", "in2"] }.map(part);
        let before = net.last().to_owned();
        normed(&mut net, tensors, &part("conv1"), &norms[0], epsilon)?;
        net.operation(&part("relu"), Op::Activation { activation: LEAKY }, &[])?;
        normed(&mut net, tensors, &part("conv2"), &norms[1], epsilon)?;
        net.add_to(&part("sum"), &before)?;
    }
    // Called after batches whatever it is.
    normed(&mut net, tensors, "conv_mid", "bn_mid", epsilon)?;
    net.add_to("sum", &head)?;
    for (i, &factor) in sizes.factors.iter().enumerate() {
        let path = step(i);
        net.layer(&path, convolution(tensors, &path)?)?;
        net.operation(&format!("{path}.pixels"), Op::PixelShuffle { factor }, &[])?;
        net.operation(&format!("{path}.relu"), Op::Activation { activation: LEAKY }, &[])?;
    }
    net.layer("conv_output", convolution(tensors, "conv_output")?)?;
    Ok(Described::of_enlarger(NAME, net.finish("large")?, assumed.range_of()))
}

/// Adds a convolution and the norm after it: of batches where there is an epsilon for those.
fn normed(
    net: &mut Assembly,
    tensors: &TensorTable,
    path: &str,
    after: &str,
    epsilon: Option<f64>,
) -> Result<()> {
    let draft: Draft = convolution(tensors, path)?;
    if let Some(epsilon) = epsilon {
        return net.layer(path, draft.norm(norm(tensors, after, epsilon)?));
    }
    net.layer(path, draft)?;
    let load = |name: &str| -> Result<Tensor> { tensors.load(&format!("{after}.{name}"), &Device::Cpu) };
    net.instance_norm(after, [load("weight")?, load("bias")?], INSTANCE_NORM_EPSILON)
}
