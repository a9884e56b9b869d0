//! A generator with skips to the picture (Karras et al. 2020, StyleGAN2's without its styles): every level that doubles the
//! side adds what it knows to the doubled picture of the level before. And its critic, which sees the picture in every size
//! (Karnewar and Wang 2020).
//!
//! Nodes carry the side that they make, and a level's own nodes do not change when a larger one comes after it: a network
//! of 64 pixels is a part of that of 128, which can begin with its weights ([`begins_silent`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dcgan::{DOUBLING, KERNEL};
use super::reader::{HALVING, LEAK};
use super::{Own, check, levels};
use crate::arch::BATCH_NORM_EPSILON;
use crate::model::{LatentSpec, Prior};
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig, Resampling};
use crate::{Result, ValueRange};

/// The end of a critic that says how real a picture looks.
const VERDICT: &str = "verdict";
/// Pictures that are compared with each other in training.
const GROUP: usize = 4;

/// The configuration of both networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// Pixels a side: a power of two from 8 on.
    pub size: usize,
    /// Numbers of noise in a latent.
    pub latent: usize,
    /// Channels of the largest maps, which are half as large as the picture; they double with every halving of the side.
    pub width: usize,
    /// The most channels that maps have.
    pub cap: usize,
    /// Maps up to this side have a layer that looks around beside the one that made them.
    pub mixed: usize,
    /// Classes after the noise; 0 for none.
    #[serde(default)]
    pub classes: usize,
    /// Codes after the classes; 0 for none.
    #[serde(default)]
    pub codes: usize,
    /// The width of the critic; 0 where the model carries none.
    #[serde(default)]
    pub critic_width: usize,
}

/// Whether a node of a network that begins with the weights of a smaller one is to be silent at first: what it makes is
/// added to what the smaller one made.
#[must_use]
pub fn begins_silent(node: &str) -> bool {
    node.starts_with("rgb") || node.starts_with("down")
}

/// How many pictures that follow each other are compared where real and generated ones come in batches of this size: never
/// one with the other kind.
fn compared(batch: usize) -> usize {
    (1..=GROUP).rev().find(|group| batch.is_multiple_of(*group)).unwrap_or(1)
}

fn leaky() -> Op {
    Op::Activation { activation: Activation::LeakyRelu(LEAK) }
}

fn around(outputs: usize, bias: bool) -> Op {
    Op::Convolution { outputs, kernel: 3, config: ConvConfig { stride: 1, padding: 1 }, bias }
}

impl Skip {
    /// Channels of maps of a side in a network of this width.
    fn channels(&self, width: usize, side: usize) -> usize {
        self.cap.min(width * (self.size / 2) / side)
    }

    fn check(&self, width: usize) -> Result<usize> {
        check("the width", width, 4096)?;
        check("the most channels", self.cap, 4096)?;
        levels(self.size)
    }

    /// From latents, "z", to "picture", about -1 to 1. Without anything at the end that saturates: wherever a picture is
    /// too dark or too light, there is a way back.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn generator(&self) -> Result<Graph> {
        let levels = self.check(self.width)?;
        [self.latent, self.classes + 1, self.codes + 1]
            .iter()
            .try_for_each(|n| check("a latent", *n, 1 << 16))?;
        let mut graph = Graph::new("z", [1, 1, self.latent + self.classes + self.codes], Begin::DCGAN)?;
        let norm = || Op::BatchNorm { epsilon: BATCH_NORM_EPSILON };
        let double =
            |outputs, bias| Op::TransposedConvolution { outputs, kernel: KERNEL, config: DOUBLING, bias };
        let (mut maps, mut picture) = ("z".to_owned(), String::new());
        for side in (0..levels).map(|level| 4 << level) {
            let channels = self.channels(self.width, side);
            let up = match side {
                4 => Op::Dense { to: [4, 4, channels], bias: false },
                _ => double(channels, false),
            };
            graph.add(format!("up{side}"), up, &[&maps])?;
            graph.then(format!("norm{side}"), norm())?.then(format!("leaky{side}"), leaky())?;
            maps = graph.last().to_owned();
            if side <= self.mixed {
                graph.then(format!("mix{side}"), around(channels, false))?;
                graph.then(format!("mixnorm{side}"), norm())?.then(format!("mixleaky{side}"), leaky())?;
                maps = sum(&mut graph, format!("mixed{side}"), &maps)?;
            }
            // The picture twice as large as the maps.
            let rgb = format!("rgb{}", 2 * side);
            graph.add(rgb.clone(), double(3, true), &[&maps])?;
            if side > 4 {
                let filter = Resampling::doubling();
                graph.add(format!("doubled{}", 2 * side), Op::Resample { filter }, &[&picture])?;
                picture = sum(&mut graph, format!("picture{}", 2 * side), &rgb)?;
            } else {
                picture = rgb;
            }
        }
        graph.output("picture", &picture)?;
        Ok(graph)
    }

    /// From a picture to ends by their names, so many numbers each, where real and generated pictures come in batches of
    /// this size. The first end is the output "score", too.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a configuration that makes no sense.
    pub fn critic(&self, ends: &[(&str, usize)], batch: usize) -> Result<Graph> {
        let levels = self.check(self.critic_width)?;
        let mut graph = Graph::new(&picture(self.size), [self.size, self.size, 3], Begin::He)?;
        let halve = |outputs, bias| Op::Convolution { outputs, kernel: KERNEL, config: HALVING, bias };
        let mut maps = String::new();
        for side in (1..=levels).rev().map(|level| 4 << level) {
            let channels = self.channels(self.critic_width, side / 2);
            if side < self.size {
                let filter = Resampling::halving();
                graph.add(picture(side), Op::Resample { filter }, &[&picture(2 * side)])?;
            }
            graph.add(format!("from{side}"), halve(channels, true), &[&picture(side)])?;
            graph.then(format!("fromleaky{side}"), leaky())?;
            if side < self.size {
                let seen = graph.last().to_owned();
                graph.add(format!("down{side}"), halve(channels, false), &[&maps])?;
                graph.then(format!("downleaky{side}"), leaky())?;
                sum(&mut graph, format!("joined{}", side / 2), &seen)?;
            }
            maps = graph.last().to_owned();
            if side > 8 && side / 2 <= self.mixed {
                graph.then(format!("mix{}", side / 2), around(channels, true))?;
                graph.then(format!("mixleaky{}", side / 2), leaky())?;
                maps = sum(&mut graph, format!("mixed{}", side / 2), &maps)?;
            }
        }
        graph.then("deviation", Op::Deviation { group: compared(batch) })?;
        graph.add("beside", Op::Concatenate, &[&maps, "deviation"])?;
        graph.then("mix4", around(self.channels(self.critic_width, 4), true))?.then("mixleaky4", leaky())?;
        for (name, outputs) in ends {
            check("what an end makes", *outputs, 1 << 17)?;
            let config = ConvConfig::default();
            graph.add(
                *name,
                Op::Convolution { outputs: *outputs, kernel: 4, config, bias: true },
                &["mixleaky4"],
            )?;
            graph.output(*name, name)?;
        }
        if let Some((first, _)) = ends.first() {
            graph.output("score", first)?;
        }
        Ok(graph)
    }
}

fn picture(side: usize) -> String {
    format!("picture{side}")
}

/// Adds a node with the sum of what another and the last one make; its name.
fn sum(graph: &mut Graph, name: String, other: &str) -> Result<String> {
    let last = graph.last().to_owned();
    graph.add(name.clone(), Op::Add, &[other, &last])?;
    Ok(name)
}

impl Own for Skip {
    const KEY: &'static str = "skip";
    const NAME: &'static str = "Skip generator";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        let mut networks = BTreeMap::from([("generator", self.generator()?)]);
        if self.critic_width > 0 {
            networks.insert("critic", self.critic(&[(VERDICT, 1)], 1)?);
        }
        Ok(networks)
    }

    fn latents(&self, prior: Prior) -> LatentSpec {
        LatentSpec::continuous(self.latent, prior).and_classes("class", self.classes).and_continuous(
            "code",
            self.codes,
            Prior::Uniform,
        )
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let told = [("classes", self.classes), ("codes", self.codes), ("critic_width", self.critic_width)];
        let told = told.into_iter().filter(|(_, count)| *count > 0);
        let all = [("latents", self.latent), ("width", self.width), ("channels", 3), ("size", self.size)];
        all.into_iter().chain(told).map(|(name, value)| (name, value.to_string())).collect()
    }
}
