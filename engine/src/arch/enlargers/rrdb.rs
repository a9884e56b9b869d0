//! ESRGAN's generator (Wang et al. 2018), a residual network of residual dense blocks ("RRDBNet"), as its authors, BasicSR
//! and Real-ESRGAN have it, and as PyTorch-GAN has it.

use candle_core::{Device, Tensor};

use super::naming::Naming;
use super::{LARGEST_FACTOR, PICTURE, convolution, keeps, shuffles, weight};
use crate::arch::layers::{Assembly, Draft};
use crate::arch::norm::Norm;
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::Assumptions;
use crate::nn::Activation;
use crate::nn::graph::Op;
use crate::{Error, Result, ValueRange};

const NAME: &str = "ESRGAN";

pub(in crate::arch) const ARCHITECTURE: Architecture =
    Architecture { key: "rrdb", name: NAME, detect, support: Support::Describes(describe) };

/// Dense blocks in a block, and convolutions in a dense block.
const DENSE_BLOCKS: usize = 3;
const CONVOLUTIONS: usize = 5;
/// What a block makes counts so much beside what it took.
const RESIDUAL: Op = Op::Affine { scale: 0.2, offset: 0.0 };
/// Mean and deviation of red, green and blue by which PyTorch-GAN brings pictures to what its network takes: those of
/// the photographs of ImageNet.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// Its names and sizes.
struct Sizes {
    naming: Naming,
    /// Squares of so many pixels a side become channels at first; 1 where they don't.
    squares: usize,
    width: usize,
    blocks: usize,
    /// Channels that every convolution of a dense block adds.
    growth: usize,
    /// The steps that make the sides larger, and how many times larger each.
    steps: Vec<(String, usize)>,
    ends: [String; 2],
    factor: usize,
}

impl Sizes {
    fn of(tensors: &TensorTable) -> Option<Self> {
        let naming = Naming::of(tensors)?;
        let dims = |path: &str| tensors.dims::<4>(&format!("{path}.weight"));
        let [width, inputs, ..] = dims(naming.first())?;
        keeps(tensors, naming.first(), width, inputs)?;
        let squares = match inputs {
            3 => 1,
            12 => 2,
            48 => 4,
            _ => return None,
        };
        let [growth, ..] = dims(&naming.dense(0, 0, 0))?;
        let blocks = (0..).take_while(|&block| is_block(tensors, naming, block, [width, growth])).count();
        keeps(tensors, &naming.body(blocks), width, width)?;
        let (steps, ends) = naming.ends(tensors)?;
        keeps(tensors, &ends[0], width, width)?;
        keeps(tensors, &ends[1], 3, width)?;
        let step = |path: String| {
            let factor = match naming {
                Naming::Zoo => shuffles(tensors, &path, width)?,
                _ => dims(&path).filter(|dims| *dims == [width, width, 3, 3]).map(|_| 2)?,
            };
            Some((path, factor))
        };
        let steps = steps.into_iter().map(step).collect::<Option<Vec<_>>>()?;
        let larger = steps.iter().try_fold(1usize, |all, (_, factor)| all.checked_mul(*factor))?;
        let factor = larger / squares;
        let sound = blocks > 0 && larger.is_multiple_of(squares) && (1..=LARGEST_FACTOR).contains(&factor);
        sound.then_some(Self { naming, squares, width, blocks, growth, steps, ends, factor })
    }

    /// Slope of the leaky ReLUs where they are off.
    fn leaky(&self) -> Activation {
        Activation::LeakyRelu(if self.naming == Naming::Zoo { 0.01 } else { 0.2 })
    }
}

/// Whether there is a block of these sizes and nothing else in it, as the 1 x 1 convolutions of ESRGAN+.
fn is_block(tensors: &TensorTable, naming: Naming, block: usize, [width, growth]: [usize; 2]) -> bool {
    let all = (0..DENSE_BLOCKS).flat_map(|dense| (0..CONVOLUTIONS).map(move |number| (dense, number)));
    let mut all = all.map(|(dense, number)| {
        let outputs = if number + 1 == CONVOLUTIONS { width } else { growth };
        let inputs = growth.checked_mul(number)?.checked_add(width)?;
        keeps(tensors, &naming.dense(block, dense, number), outputs, inputs)
    });
    let other = format!("{}.conv1x1.weight", naming.dense_block(block, 0));
    all.all(|fits| fits.is_some()) && !tensors.contains(&other)
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    Some(
        Detection::new(Assumptions::new().range(ValueRange::Unit))
            .fact("factor", sizes.factor)
            .fact("width", sizes.width)
            .fact("blocks", sizes.blocks)
            .fact("growth", sizes.growth),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of an ESRGAN's generator".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let (naming, leaky) = (sizes.naming, sizes.leaky());

    let mut net = Assembly::new("picture", PICTURE)?;
    if naming == Naming::Zoo {
        net.norm("normalized", colours(true)?)?;
    }
    if sizes.squares > 1 {
        net.operation("squares", Op::PixelUnshuffle { factor: sizes.squares }, &[])?;
    }
    net.layer(naming.first(), convolution(tensors, naming.first())?)?;
    for block in 0..sizes.blocks {
        let before = net.last().to_owned();
        for dense in 0..DENSE_BLOCKS {
            dense_block(&mut net, tensors, &sizes, [block, dense])?;
        }
        net.operation(&format!("{}.part", naming.block(block)), RESIDUAL, &[])?;
        net.add_to(&format!("{}.sum", naming.block(block)), &before)?;
    }
    let body = naming.body(sizes.blocks);
    net.layer(&body, convolution(tensors, &body)?)?;
    net.add_to(&format!("{body}.sum"), naming.first())?;
    for (path, factor) in &sizes.steps {
        if naming == Naming::Zoo {
            net.layer(path, convolution(tensors, path)?.activation(leaky))?;
            net.operation(&format!("{path}.pixels"), Op::PixelShuffle { factor: *factor }, &[])?;
        } else {
            // Every pixel becomes four, and then a convolution.
            let bias = tensors.load(&format!("{path}.bias"), &Device::Cpu)?;
            let draft = Draft::upsampled(&weight(tensors, path)?)?.bias(Some(bias));
            net.layer(path, draft.activation(leaky))?;
        }
    }
    let [before, last] = &sizes.ends;
    net.layer(before, convolution(tensors, before)?.activation(leaky))?;
    net.layer(last, convolution(tensors, last)?)?;
    if naming == Naming::Zoo {
        net.norm("denormalized", colours(false)?)?;
    }
    Ok(Described::of_enlarger(NAME, net.finish("large")?, detection.assumptions.range_of()))
}

/// Adds five convolutions, each of which takes what the block takes and all that those before it made.
fn dense_block(
    net: &mut Assembly,
    tensors: &TensorTable,
    sizes: &Sizes,
    [block, dense]: [usize; 2],
) -> Result<()> {
    let outer = sizes.naming.dense_block(block, dense);
    let mut maps = vec![net.last().to_owned()];
    for number in 0..CONVOLUTIONS {
        let path = sizes.naming.dense(block, dense, number);
        if number > 0 {
            let from: Vec<&str> = maps.iter().map(String::as_str).collect();
            net.operation(&format!("{outer}.maps{number}"), Op::Concatenate, &from)?;
        }
        let draft = convolution(tensors, &path)?;
        let ends = number + 1 == CONVOLUTIONS;
        net.layer(&path, if ends { draft } else { draft.activation(sizes.leaky()) })?;
        maps.push(net.last().to_owned());
    }
    net.operation(&format!("{outer}.part"), RESIDUAL, &[])?;
    net.add_to(&format!("{outer}.sum"), &maps[0])
}

/// The colours of pictures as PyTorch-GAN's network takes them, or back.
fn colours(forward: bool) -> Result<Norm> {
    let row = |values: [f32; 3]| Tensor::new(&values, &Device::Cpu);
    let (mean, deviation) = (row(MEAN)?, row(DEVIATION)?);
    if forward {
        return Norm::new(mean, deviation.sqr()?, None, None, 0.0);
    }
    let (zeros, ones) = (mean.zeros_like()?, mean.ones_like()?);
    Norm::new(zeros, ones, Some(deviation), Some(mean), 0.0)
}
