//! The introspective adversarial network (Brock et al. 2017): a DCGAN's generator, and one network that judges pictures
//! and makes latents of them with the same features.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Dcgan, Own, Reader};
use crate::arch::lacking::UNJUDGED;
use crate::model::{Ability, LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph, Op};
use crate::{Result, ValueRange};

/// The configuration of the networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ian {
    /// Pixels a side: a power of two from 8 on.
    pub size: usize,
    /// Numbers in a latent.
    pub latent: usize,
    /// Channels of the generator's last maps but the picture.
    pub width: usize,
    /// Channels of the other network's first maps.
    pub critic_width: usize,
}

impl Ian {
    /// From latents, "z", to "picture", from -1 to 1.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn generator(&self) -> Result<Graph> {
        let Self { size, latent, width, .. } = *self;
        Dcgan { size, latent, width, classes: 0, codes: 0 }.generator()
    }

    /// From a picture to "mean" and "log_variance" of its latent, to further ends by their names, and to the features that
    /// they share. A model in use has no further ends.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn critic(&self, ends: &[(&str, usize)]) -> Result<Graph> {
        let Self { size, latent, critic_width: width, .. } = *self;
        let all: Vec<_> = ends.iter().copied().chain([("latents", 2 * latent)]).collect();
        let mut graph = Reader { size, width }.graph(&all, Begin::DCGAN)?;
        mean_and_variance(&mut graph, "latents", latent)?;
        Ok(graph)
    }
}

/// The halves of what a node makes, as "mean" and "log_variance" of so many latents.
pub(super) fn mean_and_variance(graph: &mut Graph, node: &str, latent: usize) -> Result<()> {
    for (name, first) in [("mean", 0), ("log_variance", latent)] {
        graph.add(name, Op::Narrow { first, count: latent }, &[node])?;
        graph.output(name, name)?;
    }
    Ok(())
}

impl Own for Ian {
    const KEY: &'static str = "ian";
    const NAME: &'static str = "IAN";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        Ok([("generator", self.generator()?), ("encoder", self.critic(&[])?)].into())
    }

    fn latents(&self, prior: Prior) -> LatentSpec {
        LatentSpec::continuous(self.latent, prior)
    }

    fn why_not(ability: Ability) -> Option<&'static str> {
        (ability == Ability::Judge).then_some(UNJUDGED)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let all = [("latents", self.latent), ("width", self.width), ("channels", 3), ("size", self.size)];
        all.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }
}
