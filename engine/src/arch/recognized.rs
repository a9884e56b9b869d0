//! Networks that are known by their names and can't be used yet.

use super::{Architecture, Detection, Network, Support};
use crate::model::Assumptions;

/// A family that is told by names alone.
macro_rules! recognized {
    ($key:literal, $name:literal, $what:literal, $signs:expr) => {
        Architecture {
            key: $key,
            name: $name,
            detect: |network| detect(network, $signs),
            support: Support::RecognizedOnly($what),
        }
    };
}

/// Ways to tell a family: all names of one of them are there.
type Signs<'a> = &'a [&'a [&'a str]];

pub(super) const IAN_FULL: Architecture = recognized!(
    "ian_full",
    "IAN (full)",
    "a full Introspective Adversarial Network (IANv1)",
    &[&["dec_conv4.W", "enc_conv1.W"], &["dec_conv4.W", "dec_conv1.W"]]
);
pub(super) const STYLEGAN3: Architecture = recognized!(
    "stylegan3",
    "StyleGAN3",
    "a StyleGAN3 generator",
    &[&["synthesis.input.freqs", "synthesis.input.phases"]]
);
pub(super) const GLOW: Architecture = recognized!(
    "glow",
    "Glow",
    "a normalizing flow (Glow)",
    &[&["blocks.0.flows.0.actnorm.loc", "blocks.0.flows.0.coupling.net.0.weight"]]
);
pub(super) const REAL_NVP: Architecture = recognized!(
    "real_nvp",
    "RealNVP",
    "a normalizing flow (RealNVP)",
    &[
        &["data_constraint", "flows.in_couplings.0.rescale.weight_g"],
        &["flows.in_couplings.0.st_net.in_norm.weight"]
    ]
);
pub(super) const NICE: Architecture = recognized!(
    "nice",
    "NICE",
    "a normalizing flow (NICE)",
    &[&["coupling.0.in_block.0.weight", "coupling.0.out_block.weight", "scaling.scale"]]
);
pub(super) const PIXEL_CNN: Architecture = recognized!(
    "pixel_cnn",
    "PixelCNN++",
    "an autoregressive model without latents (PixelCNN++)",
    &[
        &["ul_init.0.conv.weight_v", "nin_out.lin_a.weight_v"],
        &["ul_init.0.conv.weight", "nin_out.lin_a.weight"]
    ]
);
fn detect(network: &Network<'_>, signs: Signs<'_>) -> Option<Detection> {
    let all_of = |names: &&[&str]| names.iter().all(|name| network.tensors.contains(name));
    signs.iter().any(all_of).then(|| Detection::new(Assumptions::new()))
}
