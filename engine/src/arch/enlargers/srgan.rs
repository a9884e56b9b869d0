//! SRGAN in the layout of leftthomas/SRGAN: `block1` with a kernel of 9, residual blocks from `block2` on, a convolution,
//! and blocks that make the sides larger; a hyperbolic tangent brought to 0 to 1 at the end. PReLUs have one slope.

use super::{PICTURE, convolution, keeps, norm, prelu, product, shuffles};
use crate::arch::dcgan::BATCH_NORM_EPSILON;
use crate::arch::layers::Assembly;
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::Assumptions;
use crate::nn::Activation;
use crate::nn::graph::Op;
use crate::{Error, Result, ValueRange};

const NAME: &str = "SRGAN";

pub(in crate::arch) const ARCHITECTURE: Architecture =
    Architecture { key: "srgan", name: NAME, detect, support: Support::Describes(describe) };

/// Its sizes.
struct Sizes {
    width: usize,
    /// Residual blocks; the first of them is `block2`.
    blocks: usize,
    /// How many times larger every block of `block8` makes a side.
    factors: Vec<usize>,
}

impl Sizes {
    fn of(tensors: &TensorTable) -> Option<Self> {
        let [width, ..] = tensors.dims::<4>("block1.0.weight")?;
        keeps(tensors, "block1.0", width, 3)?;
        let residual = |block: &usize| {
            let convolution = |part: &str| keeps(tensors, &format!("block{block}.{part}"), width, width);
            convolution("conv1").and_then(|()| convolution("conv2")).is_some()
        };
        let blocks = (2..).take_while(residual).count();
        let sizes = |factors| Self { width, blocks, factors };
        let end = sizes(Vec::new()).enlarging();
        let factors = (0..).map_while(|i| shuffles(tensors, &format!("{end}.{i}.conv"), width)).collect();
        let sizes = sizes(factors);
        keeps(tensors, &format!("{}.0", sizes.middle()), width, width)?;
        keeps(tensors, &sizes.last(), 3, width)?;
        product(&sizes.factors)?;
        Some(sizes)
    }

    /// The convolution after the residual blocks: `block7`, as the blocks are five.
    fn middle(&self) -> String {
        format!("block{}", self.blocks + 2)
    }

    /// The list of blocks that make the sides larger: `block8`.
    fn enlarging(&self) -> String {
        format!("block{}", self.blocks + 3)
    }

    /// The last convolution.
    fn last(&self) -> String {
        format!("{}.{}", self.enlarging(), self.factors.len())
    }
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    let assumed = Assumptions::new().range(ValueRange::Unit).batch_norm_epsilon(BATCH_NORM_EPSILON);
    Some(
        Detection::new(assumed)
            .fact("factor", product(&sizes.factors)?)
            .fact("width", sizes.width)
            .fact("blocks", sizes.blocks),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of an SRGAN's generator".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let assumed = &detection.assumptions;
    let epsilon = assumed.number_of("batch_norm_epsilon").unwrap_or(BATCH_NORM_EPSILON);

    let mut net = Assembly::new("picture", PICTURE)?;
    net.layer("block1.0", convolution(tensors, "block1.0")?)?;
    prelu(&mut net, tensors, "block1.1")?;
    for block in (2..).take(sizes.blocks) {
        let part = |part: &str| format!("block{block}.{part}");
        let before = net.last().to_owned();
        let first = convolution(tensors, &part("conv1"))?.norm(norm(tensors, &part("bn1"), epsilon)?);
        net.layer(&part("conv1"), first)?;
        prelu(&mut net, tensors, &part("prelu"))?;
        let second = convolution(tensors, &part("conv2"))?.norm(norm(tensors, &part("bn2"), epsilon)?);
        net.layer(&part("conv2"), second)?;
        net.add_to(&part("sum"), &before)?;
    }
    let middle = sizes.middle();
    let [path, after] = ["0", "1"].map(|part| format!("{middle}.{part}"));
    // Files before 2019 have a PReLU here, later ones a norm.
    let normed = tensors.contains(&format!("{after}.running_mean"));
    let mut draft = convolution(tensors, &path)?;
    if normed {
        draft = draft.norm(norm(tensors, &after, epsilon)?);
    }
    net.layer(&path, draft)?;
    if !normed {
        prelu(&mut net, tensors, &after)?;
    }
    net.add_to(&format!("{middle}.sum"), "block1.1")?;
    for (i, &factor) in sizes.factors.iter().enumerate() {
        let part = |part: &str| format!("{}.{i}.{part}", sizes.enlarging());
        net.layer(&part("conv"), convolution(tensors, &part("conv"))?)?;
        net.operation(&part("pixels"), Op::PixelShuffle { factor }, &[])?;
        prelu(&mut net, tensors, &part("prelu"))?;
    }
    net.layer(&sizes.last(), convolution(tensors, &sizes.last())?.activation(Activation::Tanh))?;
    net.operation("from_0_to_1", Op::Affine { scale: 0.5, offset: 0.5 }, &[])?;
    Ok(Described::of_enlarger(NAME, net.finish("large")?, assumed.range_of()))
}
