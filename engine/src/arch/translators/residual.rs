//! The residual generator of CycleGAN: as junyanz/pytorch-CycleGAN-and-pix2pix keeps it (`conv_block`, transposed convolutions,
//! norms of batches or of single pictures), and as eriklindernoren/PyTorch-GAN does (`block`, sides doubled by repeating).

use super::{
    AfterConvolution, assumptions, bias, channels, doubled, halving, is_batch_norm, load, normed, reflected,
};
use crate::arch::layers::{Assembly, Draft};
use crate::arch::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::nn::{Activation, ConvConfig};
use crate::{Error, Result};

const NAME: &str = "CycleGAN";

pub(in crate::arch) const ARCHITECTURE: Architecture =
    Architecture { key: "cyclegan", name: NAME, detect, support: Support::Describes(describe) };

/// Sides of the pictures that the graph is written down for; it takes any.
const SIDE: usize = 64;
/// The module of the first block.
const FIRST_BLOCK: usize = 10;
const MOST_BLOCKS: usize = 64;

/// Its sizes.
struct Sizes {
    takes: usize,
    makes: usize,
    width: usize,
    blocks: usize,
    of_batches: bool,
    /// Sides are doubled by repeating pixels.
    repeats: bool,
    /// What the list of a block's modules is called.
    block: &'static str,
    /// The place of a block's second convolution in it: one further where dropout comes before it.
    second: usize,
}

impl Sizes {
    fn of(tensors: &TensorTable) -> Option<Self> {
        let weight = |path: &str| tensors.dims::<4>(&format!("{path}.weight"));
        let [width, takes, 7, 7] = weight("model.1")? else { return None };
        let part = |block: &str, number: usize| format!("model.{FIRST_BLOCK}.{block}.{number}");
        let block = ["conv_block", "block"].into_iter().find(|block| weight(&part(block, 1)).is_some())?;
        let second = [5, 6].into_iter().find(|number| weight(&part(block, *number)).is_some())?;
        let wide = 4 * width;
        let keeps = |path: &str| weight(path) == Some([wide, wide, 3, 3]);
        let blocks = (0..=MOST_BLOCKS).take_while(|number| {
            let path = format!("model.{}.{block}", FIRST_BLOCK + number);
            keeps(&format!("{path}.1")) && keeps(&format!("{path}.{second}"))
        });
        let mut sizes = Self {
            takes: channels(takes)?,
            makes: 0,
            width,
            blocks: blocks.count(),
            of_batches: is_batch_norm(tensors, "model.2"),
            repeats: block == "block",
            block,
            second,
        };
        let [makes, last, 7, 7] = weight(&sizes.last())? else { return None };
        sizes.makes = channels(makes)?;
        let up = |number: usize, from: usize, to: usize| {
            // Transposed ones count what goes in first.
            let wanted = if sizes.repeats { [to, from, 3, 3] } else { [from, to, 3, 3] };
            weight(&sizes.up(number)) == Some(wanted)
        };
        let fits = weight("model.4") == Some([2 * width, width, 3, 3])
            && weight("model.7") == Some([wide, 2 * width, 3, 3])
            && up(0, wide, 2 * width)
            && up(1, 2 * width, width)
            && last == width
            && (1..=MOST_BLOCKS).contains(&sizes.blocks);
        fits.then_some(sizes)
    }

    /// The module where the way up begins.
    fn after_blocks(&self) -> usize {
        FIRST_BLOCK + self.blocks
    }

    /// A convolution on the way up; before it pixels are repeated, or not.
    fn up(&self, number: usize) -> String {
        let (first, each) = if self.repeats { (1, 4) } else { (0, 3) };
        format!("model.{}", self.after_blocks() + first + each * number)
    }

    fn last(&self) -> String {
        format!("model.{}", self.after_blocks() + if self.repeats { 9 } else { 7 })
    }

    /// The border of the first and last convolution: three pixels, or in PyTorch-GAN as many as there are channels.
    fn border(&self) -> usize {
        if self.repeats { self.takes } else { 3 }
    }
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let sizes = Sizes::of(network.tensors)?;
    let detection = Detection::new(assumptions(sizes.of_batches))
        .fact("width", sizes.width)
        .fact("blocks", sizes.blocks)
        .fact("norms", if sizes.of_batches { "of batches" } else { "of single pictures" });
    Some(detection)
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let refused = || Error::Invalid("the tensors are not those of a residual generator of CycleGAN".into());
    let sizes = Sizes::of(tensors).ok_or_else(refused)?;
    let assumed = &detection.assumptions;
    let norm = AfterConvolution::of(sizes.of_batches, assumed);
    // Without a border of zeros: it is there already.
    let bare = |path: &str| -> Result<Draft> {
        let config = ConvConfig { stride: 1, padding: 0 };
        Ok(Draft::convolution(load(tensors, path, "weight")?, config).bias(bias(tensors, path)?))
    };
    let after = |path: &str| {
        let (list, number) = path.rsplit_once('.').unwrap_or_default();
        format!("{list}.{}", number.parse::<usize>().unwrap_or_default() + 1)
    };
    let mut net = Assembly::new("picture", [SIDE, SIDE, sizes.takes])?;
    let add = |net: &mut Assembly, path: &str, draft: Draft, activation| {
        normed(net, tensors, [path, &after(path)], draft, norm, activation)
    };

    reflected(&mut net, "border", sizes.border())?;
    add(&mut net, "model.1", bare("model.1")?, Activation::Relu)?;
    for path in ["model.4", "model.7"] {
        add(&mut net, path, halving(tensors, path)?, Activation::Relu)?;
    }
    for number in FIRST_BLOCK..sizes.after_blocks() {
        let part = |part: &str| format!("model.{number}.{}.{part}", sizes.block);
        let before = net.last().to_owned();
        reflected(&mut net, &part("border1"), 1)?;
        add(&mut net, &part("1"), bare(&part("1"))?, Activation::Relu)?;
        reflected(&mut net, &part("border2"), 1)?;
        let second = part(&sizes.second.to_string());
        add(&mut net, &second, bare(&second)?, Activation::None)?;
        net.add_to(&format!("model.{number}.sum"), &before)?;
    }
    for path in [sizes.up(0), sizes.up(1)] {
        let draft = if sizes.repeats {
            Draft::upsampled(&load(tensors, &path, "weight")?)?.bias(bias(tensors, &path)?)
        } else {
            doubled(tensors, &path)?
        };
        add(&mut net, &path, draft, Activation::Relu)?;
    }
    reflected(&mut net, "last_border", sizes.border())?;
    net.layer(&sizes.last(), bare(&sizes.last())?.activation(Activation::Tanh))?;
    Ok(Described::of_translator(NAME, net.finish("translated")?, assumed.range_of()))
}
