//! The `StyleGAN2` family (Karras et al. 2020): a mapping from latents to styles, and a synthesis that styles
//! modulate, in the layouts of rosinality's `stylegan2-pytorch` and of NVIDIA's `stylegan2-ada-pytorch`.

mod generator;
mod mapping;
mod nvlabs;
mod plan;
mod principal;
mod rosinality;
mod synthesis;
#[cfg(test)]
mod tests;

use self::generator::{Decided, SpaceKind, generator, latent_spec};
use self::plan::{Layout, Plan};
use super::{Architecture, Described, Detection, Network, Support};
use crate::checkpoint::{TensorTable, Value};
use crate::model::{Assumptions, Choice};
use crate::{Error, Result, ValueRange};

const NAME: &str = "StyleGAN2";

pub(super) const ARCHITECTURE: Architecture =
    Architecture { key: "stylegan2", name: NAME, detect, support: Support::Describes(describe) };

const SPACES: &[Choice] = &[
    Choice::new("z", "z, as in training"),
    Choice::new("w", "w, one style: sliders in the order of their effect"),
    Choice::new("w_plus", "w+, a style for each layer: meets strokes best"),
];
const NOISES: &[Choice] = &[
    Choice::new("stored", "stored: the same in every picture"),
    Choice::new("none", "none: smoother pictures"),
];
/// What NVIDIA's training clamps to unless told otherwise.
const USUAL_CLAMP: f64 = 256.0;

fn plan_of(tensors: &TensorTable) -> Option<(Plan, usize)> {
    let plan = rosinality::plan(tensors).or_else(|| nvlabs::plan(tensors))?;
    let channels = plan.channels(tensors)?;
    Some((plan, channels))
}

fn detect(network: &Network<'_>) -> Option<Detection> {
    let (plan, channels) = plan_of(network.tensors)?;
    let mut assumptions = Assumptions::new()
        .choice(
            "space",
            "Latent space",
            "pictures can be moved by the latents, by one style, or by a style for each layer",
            SPACES,
            0,
        )
        .number(
            "truncation",
            "Truncation",
            "styles nearer to the mean give more ordinary pictures; 1 leaves them as they are",
            1.0,
            0.0..=1.5,
        )
        .choice(
            "noise",
            "Noise",
            "training adds other noise to every picture, a picture that is edited needs to keep it",
            NOISES,
            0,
        );
    if plan.layout == Layout::Nvidia && stored_clamp(network) == Clamp::Unknown {
        let why = "the file doesn't say how large numbers between the layers may get";
        assumptions = assumptions.number("conv_clamp", "Clamp", why, USUAL_CLAMP, 1.0..=1e30);
    }
    let widths: Vec<String> = plan.widths().iter().map(ToString::to_string).collect();
    let mut detection = Detection::new(assumptions.range(ValueRange::SignedUnit))
        .fact("layout", plan.layout.key())
        .fact("size", plan.size())
        .fact("channels", channels)
        .fact("latents", plan.latents)
        .fact("style_dim", plan.styles)
        .fact("mapping_layers", plan.mapping_layers.len())
        .fact("layers", plan.layers())
        .fact("widths", widths.join(" "))
        .of_gan(network, channels);
    if plan.classes > 0 {
        detection = detection.fact("classes", plan.classes);
    }
    Some(detection)
}

fn describe(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let refuse = || Error::Invalid("the tensors are not those of a StyleGAN2 generator".into());
    let (plan, _) = plan_of(network.tensors).ok_or_else(refuse)?;
    let assumed = &detection.assumptions;
    let space = match assumed.choice_of("space") {
        Some("w") => SpaceKind::W,
        Some("w_plus") => SpaceKind::WPlus,
        _ => SpaceKind::Z,
    };
    let clamp = match stored_clamp(network) {
        _ if plan.layout == Layout::Rosinality => None,
        Clamp::At(clamp) => Some(clamp),
        Clamp::Never => None,
        Clamp::Unknown => Some(assumed.number_of("conv_clamp").unwrap_or(USUAL_CLAMP) as f32),
    };
    let decided = Decided {
        space,
        truncation: assumed.number_of("truncation").unwrap_or(1.0),
        noise: assumed.choice_of("noise") != Some("none"),
        clamp,
    };
    let generator = generator(network, &plan, decided)?;
    let (latents, range) = (latent_spec(&plan, space), assumed.range_of());
    Ok(Described::of_generator(NAME, generator, latents, range))
}

/// What a file says of the clamp between the layers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Clamp {
    At(f32),
    Never,
    Unknown,
}

/// Generators of NVIDIA keep how they were made: a clamp that is not among it was not asked for.
fn stored_clamp(network: &Network<'_>) -> Clamp {
    let made = |key: &str| key.contains("init_kwargs") && !key.starts_with("D.");
    let preferred = |key: &str| made(key) && !key.starts_with("G.");
    let found = |wanted: &dyn Fn(&str) -> bool| {
        let mut values = network.values.iter().filter(|(key, _)| key.ends_with(".conv_clamp") && wanted(key));
        values.find_map(|(_, value)| match value {
            Value::Int(clamp) => Some(*clamp as f32),
            Value::Float(clamp) => Some(*clamp as f32),
            Value::Bool(_) | Value::Text(_) => None,
        })
    };
    match found(&preferred).or_else(|| found(&made)).filter(|clamp| *clamp > 0.0) {
        Some(clamp) => Clamp::At(clamp),
        // Their later code has no arguments of its own for the synthesis, and a clamp unless told otherwise.
        None if network.values.keys().any(|key| made(key) && key.contains("synthesis_kwargs")) => {
            Clamp::Never
        }
        None => Clamp::Unknown,
    }
}
