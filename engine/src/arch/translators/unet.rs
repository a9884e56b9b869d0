//! The U-Net of pix2pix as junyanz/pytorch-CycleGAN-and-pix2pix keeps it: a level within a level, `model.model.1.model.3.model`.

use super::{AfterConvolution, LEAKY, assumptions, channels, doubled, halving, is_batch_norm, normed};
use crate::arch::layers::Assembly;
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::nn::Activation;
use crate::nn::graph::Op;
use crate::{Error, Result};

const NAME: &str = "pix2pix";

pub(in crate::arch) const ARCHITECTURE: Architecture =
    Architecture { key: "pix2pix", name: NAME, detect, support: Support::Describes(describe) };

/// More levels would ask for pictures of 4096 pixels a side.
const MOST_LEVELS: usize = 12;

/// Its sizes.
struct Sizes {
    takes: usize,
    makes: usize,
    width: usize,
    /// How often the sides are halved.
    levels: usize,
    of_batches: bool,
}

/// The module that holds a level; 0 is the outermost one.
fn level(level: usize) -> String {
    let inner = (1..level).map(|_| ".3.model").collect::<String>();
    if level == 0 { "model.model".into() } else { format!("model.model.1.model{inner}") }
}

/// The convolution on the way down of a level.
fn down(at: usize) -> String {
    format!("{}.{}", level(at), if at == 0 { "0" } else { "1" })
}

impl Sizes {
    /// The convolution on the way up of a level: the outermost and the innermost have no norm on the way down.
    fn up(&self, at: usize) -> String {
        let number = if at == 0 || at + 1 == self.levels { 3 } else { 5 };
        format!("{}.{number}", level(at))
    }

    /// The norm after it.
    fn up_norm(&self, at: usize) -> String {
        format!("{}.{}", level(at), if at + 1 == self.levels { 4 } else { 6 })
    }

    fn of(tensors: &TensorTable) -> Option<Self> {
        let weight = |path: &str| tensors.dims::<4>(&format!("{path}.weight"));
        let [width, takes, ..] = weight("model.model.0")?;
        let levels = (0..=MOST_LEVELS).take_while(|at| weight(&down(*at)).is_some()).count();
        if !(3..=MOST_LEVELS).contains(&levels) {
            return None;
        }
        let of_batches = is_batch_norm(tensors, "model.model.1.model.2");
        let mut sizes = Self { takes: channels(takes)?, makes: 0, width, levels, of_batches };
        let [_, makes, ..] = weight(&sizes.up(0))?;
        sizes.makes = channels(makes)?;
        // What every level takes is what the one around it makes, and twice as much comes back.
        let mut before = takes;
        let mut after = makes;
        for at in 0..levels {
            let [outputs, inputs, kernel, across] = weight(&down(at))?;
            let [taken, made, up_kernel, up_across] = weight(&sizes.up(at))?;
            let kernels = [kernel, across, up_kernel, up_across] == [4; 4];
            let innermost = at + 1 == levels;
            let fits =
                inputs == before && made == after && taken == if innermost { outputs } else { 2 * outputs };
            if !kernels || !fits {
                return None;
            }
            (before, after) = (outputs, outputs);
        }
        Some(sizes)
    }
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    Some(
        Detection::new(assumptions(sizes.of_batches))
            .fact("width", sizes.width)
            .fact("levels", sizes.levels)
            .fact("size", 1usize << sizes.levels)
            .fact("norms", if sizes.of_batches { "of batches" } else { "of single pictures" }),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of a U-Net of pix2pix".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let assumed = &detection.assumptions;
    let norm = AfterConvolution::of(sizes.of_batches, assumed);
    let side = 1 << sizes.levels;

    let mut net = Assembly::new("picture", [side, side, sizes.takes])?;
    // What the levels find on the way down, for the way up.
    let mut found = Vec::with_capacity(sizes.levels);
    for at in 0..sizes.levels {
        let (path, draft) = (down(at), halving(tensors, &down(at))?);
        // Every level begins with the activation, and its convolution stays as it is in the innermost and the outermost.
        let innermost = at + 1 == sizes.levels;
        let activation = if innermost { Activation::Relu } else { LEAKY };
        if at == 0 || innermost {
            net.layer(&path, draft.activation(activation))?;
        } else {
            normed(&mut net, tensors, [&path, &format!("{}.2", level(at))], draft, norm, activation)?;
        }
        found.push(net.last().to_owned());
    }
    for at in (1..sizes.levels).rev() {
        let path = sizes.up(at);
        normed(
            &mut net,
            tensors,
            [&path, &sizes.up_norm(at)],
            doubled(tensors, &path)?,
            norm,
            Activation::Relu,
        )?;
        let made = net.last().to_owned();
        // A ReLU follows on both; the leaky one before it changes nothing that it keeps.
        let kept = format!("{path}.beside");
        net.operation(&kept, Op::Activation { activation: Activation::Relu }, &[&found[at - 1]])?;
        net.operation(&format!("{path}.both"), Op::Concatenate, &[&kept, &made])?;
    }
    net.layer(&sizes.up(0), doubled(tensors, &sizes.up(0))?.activation(Activation::Tanh))?;
    Ok(Described::of_translator(NAME, net.finish("translated")?, assumed.range_of()))
}
