//! A DCGAN's generator that takes classes and codes beside the noise: what the studio's own CGANs, ACGANs and InfoGANs
//! are.
//!
//! The generator is that of [`super::dcgan`], its first layer `main.0.weight` (noise x channels x 4 x 4). Classes and
//! codes are further inputs of that layer, with weights of their own, so that the file itself tells them apart:
//! `class.weight` (classes x channels x 4 x 4) and `code.weight` (codes x channels x 4 x 4), one of them at least.

use candle_core::{Device, Tensor};

use super::dcgan;
use super::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::TensorTable;
use crate::model::{LatentSpec, Prior};
use crate::{Error, Result};

pub(super) const ARCHITECTURE: Architecture = Architecture {
    key: "dcgan_conditional",
    name: "Conditional DCGAN",
    detect,
    support: Support::Describes(describe),
};

/// The first layer's weights for the noise, and those for classes and for codes.
const FIRST: &str = "main.0.weight";
const TOLD: [&str; 2] = ["class.weight", "code.weight"];

/// The generator's tensors without what is for classes and codes.
fn plain(tensors: &TensorTable) -> TensorTable {
    tensors.without("class").without("code")
}

/// How many classes and codes there are; `None` when the weights don't fit the first layer's.
fn counts(tensors: &TensorTable) -> Option<[usize; 2]> {
    let [_, channels, height, width] = tensors.dims::<4>(FIRST)?;
    let count = |name: &str| match tensors.dims::<4>(name) {
        Some([count, c, h, w]) if [c, h, w] == [channels, height, width] => Some(count),
        _ if tensors.contains(name) => None,
        _ => Some(0),
    };
    let counts = [count(TOLD[0])?, count(TOLD[1])?];
    (counts != [0, 0]).then_some(counts)
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let [classes, codes] = counts(network.tensors)?;
    let detection = dcgan::detect(&Network { tensors: &plain(network.tensors), ..*network })?;
    let facts = [("classes", classes), ("codes", codes)].into_iter().filter(|(_, count)| *count > 0);
    Some(facts.fold(detection, |detection, (name, count)| detection.fact(name, count)))
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let tensors = network.tensors;
    let [classes, codes] =
        counts(tensors).ok_or_else(|| Error::Invalid("has no weights for classes or codes".into()))?;
    let rest = plain(tensors);
    let mut loaded = Vec::new();
    for (name, _) in rest.iter().filter(|(_, row)| row.element().is_float()) {
        let mut tensor = rest.load(name, &Device::Cpu)?;
        if name == FIRST {
            let mut first = vec![tensor];
            for told in TOLD.into_iter().filter(|told| tensors.contains(told)) {
                first.push(tensors.load(told, &Device::Cpu)?);
            }
            tensor = Tensor::cat(&first, 0)?;
        }
        loaded.push((name.to_owned(), tensor));
    }
    let whole = TensorTable::from_tensors(loaded);
    let described = dcgan::describe(&Network { tensors: &whole, ..*network }, detection)?;
    let noise = described.latents.len() - classes - codes;
    let latents = LatentSpec { groups: Vec::new() }
        .and_continuous("z", noise, detection.assumptions.prior_of())
        .and_classes("class", classes)
        .and_continuous("code", codes, Prior::Uniform);
    Ok(Described { latents, ..described })
}
