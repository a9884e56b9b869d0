//! A translator of our own: a U-Net (Ronneberger et al. 2015, Isola et al. 2017) for pictures or maps of labels. It has no norms,
//! which would wash flat areas of labels away (Park et al. 2019); what is known of the whole picture scales the channels of
//! every convolution on the way up instead (Karras et al. 2020), which keeps their size as well.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Own, check};
use crate::model::{Label, LatentSpec, Prior, StyleFactor};
use crate::nn::graph::{Begin, Graph, Op};
use crate::nn::{Activation, ConvConfig, Resampling};
use crate::{Error, Result, ValueRange};

/// Slope of the leaky ReLUs where they are off.
const LEAK: f32 = 0.2;
/// Numbers that a style is spread to before it scales channels.
const STYLE_WIDTH: usize = 64;
/// More channels than this many times the width no level has.
const WIDEST: usize = 8;
/// Added to the square of a norm that divides.
const EPSILON: f64 = 1e-8;

/// The configuration of a translator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translator {
    /// Channels next to the picture; they double with every halving of the sides, up to eight times as many.
    pub width: usize,
    /// How often the sides are halved.
    pub levels: usize,
    /// Residual blocks where the sides are smallest.
    pub blocks: usize,
    /// What its maps of labels may show; empty where it takes pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// What is known of whole pictures beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub style: Vec<StyleFactor>,
}

impl Translator {
    /// Channels of what goes in.
    #[must_use]
    pub fn takes(&self) -> usize {
        if self.labels.is_empty() { 3 } else { self.labels.len() }
    }

    /// The sides of pictures are multiples of this.
    #[must_use]
    pub fn multiple_of(&self) -> usize {
        1 << self.levels
    }

    /// Channels of the maps after so many halvings.
    fn channels(&self, level: usize) -> usize {
        self.width * (1usize << level.min(16)).min(WIDEST)
    }

    /// From "picture" (from -1 to 1, or labels) and, where there are factors, "style" (from -1 to 1) to "translated", from -1
    /// to 1, for pictures of a height and width.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a configuration that makes no sense, or sides that don't fit it.
    pub fn graph(&self, [height, width]: [usize; 2]) -> Result<Graph> {
        check("the width", self.width, 1024)?;
        check("the number of halvings", self.levels, 8)?;
        check("the number of blocks", self.blocks, 64)?;
        let side = self.multiple_of();
        if !height.is_multiple_of(side) || !width.is_multiple_of(side) || height * width == 0 {
            return Err(Error::Invalid(format!(
                "a translator of {} levels takes sides that are multiples of {side}, not {width} x {height}",
                self.levels
            )));
        }
        let mut graph = Graph::new("picture", [height, width, self.takes()], Begin::He)?;
        let leaky = Op::Activation { activation: Activation::LeakyRelu(LEAK) };
        if !self.style.is_empty() {
            graph.add("style", Op::Input { shape: [1, 1, self.style.len()] }, &[])?;
            for (name, on) in [("style0", "style0_on"), ("style1", "spread")] {
                graph
                    .then(name, Op::Dense { to: [1, 1, STYLE_WIDTH], bias: true })?
                    .then(on, leaky.clone())?;
            }
        }
        graph.add("head", keeping(self.channels(0), true), &["picture"])?.then("found0", leaky.clone())?;
        for level in 1..=self.levels {
            let down = Op::Convolution {
                outputs: self.channels(level),
                kernel: 4,
                config: ConvConfig { stride: 2, padding: 1 },
                bias: true,
            };
            graph.then(format!("down{level}"), down)?.then(format!("found{level}"), leaky.clone())?;
        }
        for block in 0..self.blocks {
            let name = |part: &str| format!("block{block}_{part}");
            let (before, channels) = (graph.last().to_owned(), self.channels(self.levels));
            graph.then(name("first"), keeping(channels, true))?.then(name("on"), leaky.clone())?;
            graph.then(name("second"), keeping(channels, true))?;
            graph.add(name("sum"), Op::Add, &[&name("second"), &before])?;
        }
        for level in (0..self.levels).rev() {
            let name = |part: &str| format!("up{level}_{part}");
            graph.then(name("large"), Op::Resample { filter: Resampling::doubling() })?;
            graph.add(name("both"), Op::Concatenate, &[&name("large"), &format!("found{level}")])?;
            self.styled(&mut graph, &format!("up{level}"), self.channels(level))?;
            graph.then(name("on"), leaky.clone())?;
        }
        graph.then("end", keeping(3, true))?;
        graph.then("translated", Op::Activation { activation: Activation::Tanh })?;
        graph.output("translated", "translated")?;
        Ok(graph)
    }

    /// Adds a convolution whose channels the style scales, where there is one.
    fn styled(&self, graph: &mut Graph, name: &str, outputs: usize) -> Result<()> {
        if self.style.is_empty() {
            graph.then(name, keeping(outputs, true))?;
            return Ok(());
        }
        let part = |part: &str| format!("{name}_{part}");
        let (maps, inputs) = (graph.last().to_owned(), graph.last_shape()[2]);
        graph.add(part("scales"), Op::Dense { to: [1, 1, inputs], bias: true }, &["spread"])?;
        // Scales lie about one.
        graph.then(part("style"), Op::Affine { scale: 1.0, offset: 1.0 })?;
        graph.add(part("scaled"), Op::Modulate, &[&maps, &part("style")])?;
        graph.then(name, keeping(outputs, false))?;
        let demodulate = Op::Demodulate { of: name.to_owned(), epsilon: EPSILON };
        graph.add(part("even"), demodulate, &[name, &part("style")])?;
        graph.then(part("bias"), Op::Bias)?;
        Ok(())
    }
}

/// A convolution with a kernel of 3 that keeps the sides.
fn keeping(outputs: usize, bias: bool) -> Op {
    Op::Convolution { outputs, kernel: 3, config: ConvConfig { stride: 1, padding: 1 }, bias }
}

impl Own for Translator {
    const KEY: &'static str = "translator";
    const NAME: &'static str = "U-Net";
    const RANGE: ValueRange = ValueRange::SignedUnit;

    fn networks(&self) -> Result<BTreeMap<&'static str, Graph>> {
        let side = self.multiple_of();
        Ok([("translator", self.graph([side, side])?)].into())
    }

    fn latents(&self, _: Prior) -> LatentSpec {
        LatentSpec::none()
    }

    fn labels(&self) -> &[Label] {
        &self.labels
    }

    fn style(&self) -> &[StyleFactor] {
        &self.style
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts: Vec<(&'static str, String)> =
            [("width", self.width), ("levels", self.levels), ("blocks", self.blocks)]
                .map(|(name, value)| (name, value.to_string()))
                .into();
        let label = |Label { name, colour: [r, g, b] }: &Label| format!("{name} #{r:02x}{g:02x}{b:02x}");
        let factor = |StyleFactor { name, least, most, usual }: &StyleFactor| {
            format!("{name} {least:.2} to {most:.2} ({usual:.2})")
        };
        if !self.labels.is_empty() {
            facts.push(("labels", self.labels.iter().map(label).collect::<Vec<_>>().join(", ")));
        }
        if !self.style.is_empty() {
            facts.push(("style", self.style.iter().map(factor).collect::<Vec<_>>().join(", ")));
        }
        facts
    }
}
