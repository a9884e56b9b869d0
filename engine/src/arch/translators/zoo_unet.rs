//! The U-Net of pix2pix as eriklindernoren/PyTorch-GAN writes it down: `down1` to `down8`, `up1` to `up7`, norms of single
//! pictures, and a last convolution of pixels that are repeated.

use super::{AfterConvolution, LEAKY, assumptions, channels, doubled, halving, load, normed};
use crate::arch::layers::{Assembly, Draft};
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::nn::graph::Op;
use crate::nn::{Activation, ConvConfig, Resampling};
use crate::{Error, Result};

const NAME: &str = "pix2pix";

pub(in crate::arch) const ARCHITECTURE: Architecture = Architecture {
    key: "pix2pix_zoo",
    name: "pix2pix (PyTorch-GAN)",
    detect,
    support: Support::Describes(describe),
};

const MOST_LEVELS: usize = 12;

/// Its sizes.
struct Sizes {
    takes: usize,
    makes: usize,
    width: usize,
    /// How often the sides are halved.
    levels: usize,
}

fn down(level: usize) -> String {
    format!("down{level}.model.0")
}

fn up(level: usize) -> String {
    format!("up{level}.model.0")
}

impl Sizes {
    fn of(tensors: &TensorTable) -> Option<Self> {
        let weight = |path: &str| tensors.dims::<4>(&format!("{path}.weight"));
        let [width, takes, ..] = weight(&down(1))?;
        let levels = (1..=MOST_LEVELS).take_while(|level| weight(&down(*level)).is_some()).count();
        // What is made on the way down, the outermost first.
        let mut made = Vec::with_capacity(levels);
        for level in 1..=levels {
            let [outputs, inputs, 4, 4] = weight(&down(level))? else { return None };
            if inputs != made.last().copied().unwrap_or(takes) {
                return None;
            }
            made.push(outputs);
        }
        let mut before = *made.last()?;
        for level in 1..levels {
            let [inputs, outputs, 4, 4] = weight(&up(level))? else { return None };
            if inputs != before {
                return None;
            }
            before = outputs + made[levels - 1 - level];
        }
        let [makes, last, 4, 4] = weight("final.2")? else { return None };
        let fits = last == before && levels >= 2;
        fits.then_some(Self { takes: channels(takes)?, makes: channels(makes)?, width, levels })
    }
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    Some(
        Detection::new(assumptions(false))
            .fact("width", sizes.width)
            .fact("levels", sizes.levels)
            .fact("size", 1usize << sizes.levels)
            .fact("channels", sizes.makes),
    )
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of a U-Net of pix2pix".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let side = 1 << sizes.levels;
    let instance = AfterConvolution::Instance;

    let mut net = Assembly::new("picture", [side, side, sizes.takes])?;
    let mut found = Vec::with_capacity(sizes.levels);
    for level in 1..=sizes.levels {
        let (path, draft) = (down(level), halving(tensors, &down(level))?);
        if level == 1 || level == sizes.levels {
            net.layer(&path, draft.activation(LEAKY))?;
        } else {
            normed(&mut net, tensors, [&path, ""], draft, instance, LEAKY)?;
        }
        found.push(net.last().to_owned());
    }
    for level in 1..sizes.levels {
        let path = up(level);
        normed(&mut net, tensors, [&path, ""], doubled(tensors, &path)?, instance, Activation::Relu)?;
        let made = net.last().to_owned();
        let beside = &found[sizes.levels - 1 - level];
        net.operation(&format!("up{level}.both"), Op::Concatenate, &[&made, beside])?;
    }
    net.operation("final.0", Op::Resample { filter: Resampling::repeating(2) }, &[])?;
    // A row and a column more in front than behind: the kernel is even.
    net.operation("final.1", Op::Resample { filter: Resampling::zeros(1, 0) }, &[])?;
    let bias = Some(load(tensors, "final.2", "bias")?);
    let last = Draft::convolution(load(tensors, "final.2", "weight")?, ConvConfig { stride: 1, padding: 1 });
    net.layer("final.2", last.bias(bias).activation(Activation::Tanh))?;
    Ok(Described::of_translator(NAME, net.finish("translated")?, detection.assumptions.range_of()))
}
