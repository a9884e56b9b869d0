//! A network that learns: its description, and its weights as variables.

use candle_core::{Tensor, Var};

use crate::Result;
use crate::nn::graph::{Graph, Op, Variables, Weights};
use crate::rng::Rng;

/// A network that learns.
#[derive(Debug)]
pub struct Network {
    /// What it is.
    pub graph: Graph,
    /// Its weights, in the order of its nodes.
    pub variables: Variables,
}

impl Network {
    /// A network whose weights begin as its description says.
    pub(crate) fn begin(graph: Graph, rng: &mut Rng) -> Result<Self> {
        let variables = Variables::begin(&graph, rng)?;
        Ok(Self { graph, variables })
    }

    /// The names of its weights: `up0.weight`.
    pub(crate) fn names(&self) -> &[String] {
        &self.variables.names
    }

    /// Its weights.
    pub(crate) fn vars(&self) -> &[Var] {
        &self.variables.vars
    }

    /// By their names, as something that learns.
    pub(crate) fn weights(&self) -> Weights {
        self.variables.weights()
    }

    /// By their names, as constants that follow them.
    pub(crate) fn frozen(&self) -> Weights {
        self.variables.frozen()
    }

    /// A moving average of its weights, in their order, by their names.
    pub(crate) fn averaged(&self, average: &[Tensor]) -> Weights {
        self.variables.named(average.iter().cloned())
    }

    /// Copies of its weights, to begin a moving average with.
    pub(crate) fn copies(&self) -> Result<Vec<Tensor>> {
        self.variables.copies()
    }
}

/// Numbers that a network has learned, and numbers that its layers make of one picture; nothing is made to count them.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub weights: u64,
    pub maps: u64,
}

impl Cost {
    /// Of a network.
    pub fn of(graph: &Graph) -> Self {
        // Activations are made together with the layer before them, other shapes of maps are those maps.
        let makes = |op: &Op| !matches!(op, Op::Activation { .. } | Op::Reshape { .. });
        let made = graph.nodes().iter().filter(|node| makes(&node.op));
        let size = |shape: [usize; 3]| shape.iter().map(|n| *n as u64).product::<u64>();
        let maps = made.filter_map(|node| graph.shape_of(&node.name)).map(size).sum();
        Self { weights: graph.parameters() as u64, maps }
    }
}
