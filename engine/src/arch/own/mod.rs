//! Architectures of our own: a configuration builds the networks, for training as for use, and a model folder carries it.
//!
//! A file has the weights under the names of the networks and of their nodes, `generator.up0.weight`, in the engine's own
//! layout, and says in its description (`[architecture]` in `model.toml`, and the same in the weights file) which
//! architecture it is and with which configuration. Nothing is guessed.

mod dcgan;
mod encoder;
mod enlarger;
mod ian;
mod patches;
mod reader;
mod skip;
mod translator;
mod vae;

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use dcgan::Dcgan;
pub use encoder::Encoded;
pub use enlarger::Enlarger;
pub use ian::Ian;
pub use patches::Patches;
pub use reader::Reader;
pub use skip::{Skip, begins_silent};
pub use translator::Translator;
pub use vae::Vae;

use super::described::{Described, Part};
use super::{Architecture, Detection, Network, Support};
pub use crate::checkpoint::{ARCHITECTURE_KEY, Stated};
use crate::checkpoint::{TensorTable, Values};
use crate::model::{Ability, Assumptions, Label, LatentSpec, Prior, StyleFactor};
use crate::nn::graph::{Graph, Weights};
use crate::{Error, Result, ValueRange};

/// An architecture of our own.
pub trait Own: Serialize + DeserializeOwned {
    /// As it is written in files.
    const KEY: &'static str;
    /// As people read it.
    const NAME: &'static str;
    /// The numbers for black and white.
    const RANGE: ValueRange;

    /// The networks of a model by the names of [`NETWORKS`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that makes no sense.
    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>>;

    /// What latents are made of, for noise of this distribution.
    fn latents(&self, prior: Prior) -> LatentSpec;

    /// What its maps of labels may show; empty where it takes pictures, or none at all.
    fn labels(&self) -> &[Label] {
        &[]
    }

    /// What has to be known of whole pictures beside those that it translates.
    fn style(&self) -> &[StyleFactor] {
        &[]
    }

    /// What people should know of it, by name.
    fn facts(&self) -> Vec<(&'static str, String)>;

    /// Why a model without an ability has not got it, as the rest of a sentence.
    #[must_use]
    fn why_not(_: Ability) -> Option<&'static str> {
        None
    }

    /// As a model folder says it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it can't be written down.
    fn stated(&self) -> Result<Stated> {
        let configuration = toml::Table::try_from(self)
            .map_err(|e| Error::Invalid(format!("the architecture can't be written down: {e}")))?;
        Ok(Stated { key: Self::KEY.into(), configuration })
    }
}

/// The networks of a model, and what each is asked for: pictures of latents, latents of pictures, how real a picture looks,
/// larger pictures, the same by the network that was trained for squared error alone, and pictures of pictures.
pub const NETWORKS: [(&str, &str); 6] = [
    ("generator", "picture"),
    ("encoder", "mean"),
    ("critic", "score"),
    ("enlarger", "large"),
    ("faithful", "large"),
    ("translator", "translated"),
];

/// The line of the registry for an architecture.
pub(super) const fn architecture<C: Own>() -> Architecture {
    Architecture {
        key: C::KEY,
        name: C::NAME,
        detect: detect::<C>,
        support: Support::Describes(describe::<C>),
    }
}

fn configuration<C: Own>(values: &Values) -> Option<C> {
    let stated = Stated::of(values).filter(|stated| stated.key == C::KEY)?;
    stated.configuration.try_into().ok()
}

fn detect<C: Own>(network: &Network<'_>) -> Option<Detection> {
    let config: C = configuration(network.values)?;
    let networks = config.networks().ok()?;
    for (name, graph) in &networks {
        let tensors = network.tensors.under(name);
        graph.weights().all(|(name, spec)| tensors.shape(&name) == Some(&spec.shape)).then_some(())?;
    }
    let assumed = Assumptions::new().prior(Prior::Normal).range(C::RANGE);
    let missing = NETWORKS.iter().zip([Ability::Decode, Ability::Encode, Ability::Judge]);
    let missing = missing.filter(|((network, _), _)| !networks.contains_key(*network));
    let found = missing.fold(Detection::new(assumed), |found, (_, ability)| match C::why_not(ability) {
        Some(why) => found.lacks(ability, why),
        None => found,
    });
    Some(config.facts().into_iter().fold(found, |found, (name, value)| found.fact(name, value)))
}

fn describe<C: Own>(network: &Network<'_>, detection: &Detection) -> Result<Described> {
    let config: C = configuration(network.values)
        .ok_or_else(|| Error::Invalid(format!("is no {} that says how it is built", C::NAME)))?;
    let mut graphs = config.networks()?;
    let mut part = |(name, output): (&'static str, &'static str)| {
        let Some(graph) = graphs.remove(name) else { return Ok(None) };
        let weights = load(&graph, &network.tensors.under(name))?;
        Ok::<_, Error>(Some(Part { graph, weights, output: output.into() }))
    };
    let [generator, encoder, critic, enlarger, faithful, translator] = NETWORKS;
    let assumed = &detection.assumptions;
    Ok(Described {
        name: C::NAME,
        generator: part(generator)?,
        encoder: part(encoder)?,
        critic: part(critic)?,
        enlarger: part(enlarger)?,
        faithful: part(faithful)?,
        translator: part(translator)?,
        labels: config.labels().to_vec(),
        style: config.style().to_vec(),
        latents: config.latents(assumed.prior_of()),
        range: assumed.range_of(),
    })
}

/// The weights of a graph from the tensors of a file, in the engine's own layout.
fn load(graph: &Graph, tensors: &TensorTable) -> Result<Weights> {
    graph.weights().map(|(name, _)| Ok((name.clone(), tensors.load(&name, &Device::Cpu)?))).collect()
}

/// The weights of a network as a file has them: in the order of its nodes, under the network's name. What the network
/// does not need is left out.
///
/// # Errors
/// [`Error::Invalid`] when one is missing.
pub fn exported(network: &str, graph: &Graph, weights: &Weights) -> Result<Vec<(String, Tensor)>> {
    let one = |(name, _): (String, _)| Ok((format!("{network}.{name}"), weights.get(&name)?.contiguous()?));
    graph.weights().map(one).collect()
}

/// Refuses a size that no network here has.
fn check(what: &str, value: usize, most: usize) -> Result<()> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::Invalid(format!("{what} is 1 to {most}, not {value}")))
}

/// How often the side of pictures is halved down to 4 pixels.
fn levels(size: usize) -> Result<usize> {
    if size.is_power_of_two() && (8..=1024).contains(&size) {
        return Ok((size / 4).ilog2() as usize);
    }
    Err(Error::Invalid(format!("pictures have a side of 8, 16, ..., 1024 pixels, not {size}")))
}

#[cfg(test)]
mod tests;
