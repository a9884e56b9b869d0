//! Networks as data: nodes with names, each an operation of a closed set, in an order in which each finds what it takes.
//!
//! One description is trained ([`Graph::run`], with gradients of the weights), moved along a direction
//! ([`Graph::tangent`]), painted with ([`Graph::compile`]: batch norm folded in, activations fused, kept buffers), run on
//! a device, counted and shown ([`Graph::describe`]). Each of these is a match over [`Op`] without a wildcard; writing a
//! network out for other programs (ONNX) will be one more. Adding an operation means answering the compiler's questions.
//!
//! Weights have the names of their nodes: `up0.weight`, `norm0.gamma`. Nothing is found by its position.

mod begin;
mod compile;
mod count;
mod modulation;
mod op;
mod plan;
mod role;
mod sight;
mod statistics;
mod tangent;
mod train;
mod weights;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use begin::{Begin, Variables};
pub use op::Op;
pub use role::{Role, WeightSpec};
pub use train::{Norms, Results};
pub use weights::Weights;

use super::MapShape;
use crate::{Error, Result};

/// More nodes than this no network has that anybody drew by hand or found in a file.
const MOST_NODES: usize = 4096;

/// A node of a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its name, which no other node of the graph has.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub op: Op,
    /// The names of the nodes whose results it takes; all stand before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
}

/// A network as it stands in files; [`Graph`] is the same, checked.
#[derive(Serialize, Deserialize)]
struct Description {
    nodes: Vec<Node>,
    outputs: BTreeMap<String, String>,
    #[serde(default)]
    begin: Begin,
}

/// A network: nodes that fit each other, and names for what it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Description", into = "Description")]
pub struct Graph {
    nodes: Vec<Node>,
    /// Places of the nodes that each takes from.
    from: Vec<Vec<usize>>,
    /// What each makes.
    shapes: Vec<MapShape>,
    outputs: BTreeMap<String, usize>,
    begin: Begin,
}

impl Graph {
    /// A graph that takes maps of a shape in its first node; weights begin by the rule.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a shape without values.
    pub fn new(name: &str, shape: MapShape, begin: Begin) -> Result<Self> {
        let mut graph =
            Self { nodes: Vec::new(), from: Vec::new(), shapes: Vec::new(), outputs: BTreeMap::new(), begin };
        graph.add(name, Op::Input { shape }, &[])?;
        Ok(graph)
    }

    /// Adds a node that takes the results of others, by their names.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they don't fit, are not there, or the name is taken.
    pub fn add(&mut self, name: impl Into<String>, op: Op, from: &[&str]) -> Result<&mut Self> {
        let name = name.into();
        let wrong = |why: &str| Err(Error::Invalid(format!("the network's node \"{name}\" {why}")));
        if name.is_empty() || name.len() > 128 || name.chars().any(char::is_whitespace) {
            return wrong("needs a name without spaces");
        }
        if self.place(&name).is_some() {
            return wrong("is there twice");
        }
        if self.nodes.len() == MOST_NODES {
            return wrong("is one too many");
        }
        let mut places = Vec::with_capacity(from.len());
        for &before in from {
            match self.place(before) {
                Some(place) => places.push(place),
                None => {
                    return wrong(&format!(
                        "takes what \"{before}\" makes, and no such node stands before it"
                    ));
                }
            }
        }
        let shapes: Vec<MapShape> = places.iter().map(|&place| self.shapes[place]).collect();
        let shape = op.shape(&shapes).and_then(|shape| match &op {
            Op::Demodulate { of, .. } => self.check_demodulation(of, &places).map(|()| shape),
            _ => Ok(shape),
        });
        match shape {
            Ok(shape) => self.shapes.push(shape),
            Err(why) => return wrong(&format!("({}) {why}", op.name())),
        }
        self.from.push(places);
        let from = from.iter().map(|&before| before.to_owned()).collect();
        self.nodes.push(Node { name, op, from });
        Ok(self)
    }

    /// Adds a node that takes what the last one makes.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn then(&mut self, name: impl Into<String>, op: Op) -> Result<&mut Self> {
        let last = self.last().to_owned();
        self.add(name, op, &[&last])
    }

    /// Gives what a node makes a name by which it is asked for.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such node.
    pub fn output(&mut self, name: impl Into<String>, node: &str) -> Result<&mut Self> {
        let name = name.into();
        let Some(place) = self.place(node) else {
            return Err(Error::Invalid(format!(
                "the network's output \"{name}\" is that of \"{node}\", and there is no such node"
            )));
        };
        self.outputs.insert(name, place);
        Ok(self)
    }

    /// The same network for inputs of another height and width, where no node asks for a size
    /// of its own; vectors stay as they are.
    ///
    /// # Errors
    /// [`Error::Invalid`] where maps of these sides don't fit, with the node that they don't fit.
    pub fn resized(&self, [height, width]: [usize; 2]) -> Result<Self> {
        let mut graph = Self {
            nodes: Vec::new(),
            from: Vec::new(),
            shapes: Vec::new(),
            outputs: self.outputs.clone(),
            begin: self.begin,
        };
        for Node { name, op, from } in &self.nodes {
            let op = match op {
                Op::Input { shape: [1, 1, _] } => op.clone(),
                Op::Input { shape: [_, _, channels] } => Op::Input { shape: [height, width, *channels] },
                other => other.clone(),
            };
            let from: Vec<&str> = from.iter().map(String::as_str).collect();
            graph.add(name, op, &from)?;
        }
        Ok(graph)
    }

    /// The nodes, in an order in which each finds what it takes.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The name of the last node.
    #[must_use]
    pub fn last(&self) -> &str {
        self.nodes.last().map_or("", |node| &node.name)
    }

    /// What the last node makes.
    #[must_use]
    pub fn last_shape(&self) -> MapShape {
        self.shapes.last().copied().unwrap_or_default()
    }

    /// The shape that a node makes.
    #[must_use]
    pub fn shape_of(&self, node: &str) -> Option<MapShape> {
        self.place(node).map(|place| self.shapes[place])
    }

    /// The shapes of what goes in, in the order of the input nodes.
    pub fn inputs(&self) -> impl Iterator<Item = MapShape> + '_ {
        self.nodes
            .iter()
            .zip(&self.shapes)
            .filter(|(node, _)| matches!(node.op, Op::Input { .. }))
            .map(|(_, s)| *s)
    }

    /// Names and shapes of what it can be asked for.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, MapShape)> {
        self.outputs.iter().map(|(name, &place)| (name.as_str(), self.shapes[place]))
    }

    /// The shape of what it can be asked for by a name.
    #[must_use]
    pub fn output_shape(&self, name: &str) -> Option<MapShape> {
        self.outputs.get(name).map(|&place| self.shapes[place])
    }

    /// Its weights: their names and what they are, node after node.
    pub fn weights(&self) -> impl Iterator<Item = (String, WeightSpec)> + '_ {
        (0..self.nodes.len()).flat_map(move |place| {
            let specs = self.specs(place).into_iter();
            specs.map(move |spec| (format!("{}.{}", self.nodes[place].name, spec.role.name()), spec))
        })
    }

    fn specs(&self, place: usize) -> Vec<WeightSpec> {
        let from: Vec<MapShape> = self.from[place].iter().map(|&before| self.shapes[before]).collect();
        self.nodes[place].op.weights(&from, self.shapes[place])
    }

    fn place(&self, node: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.name == node)
    }

    /// The place of the node behind an output.
    fn wanted(&self, output: &str) -> Result<usize> {
        self.outputs.get(output).copied().ok_or_else(|| {
            let known = self.outputs.keys().cloned().collect::<Vec<_>>().join(", ");
            Error::Invalid(format!("the network has no output \"{output}\"; there are {known}"))
        })
    }
}

impl TryFrom<Description> for Graph {
    type Error = Error;

    fn try_from(description: Description) -> Result<Self> {
        let Description { nodes, outputs, begin } = description;
        let mut graph =
            Self { nodes: Vec::new(), from: Vec::new(), shapes: Vec::new(), outputs: BTreeMap::new(), begin };
        for Node { name, op, from } in nodes {
            let from: Vec<&str> = from.iter().map(String::as_str).collect();
            graph.add(name, op, &from)?;
        }
        for (name, node) in outputs {
            graph.output(name, &node)?;
        }
        Ok(graph)
    }
}

impl From<Graph> for Description {
    fn from(graph: Graph) -> Self {
        let node = |place: usize| graph.nodes[place].name.clone();
        let outputs = graph.outputs.iter().map(|(name, &place)| (name.clone(), node(place))).collect();
        Self { outputs, begin: graph.begin, nodes: graph.nodes }
    }
}

#[cfg(test)]
mod tests;
