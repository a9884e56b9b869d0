//! How weights begin, and the variables that a training changes.

use candle_core::{DType, Device, Tensor, Var};
use serde::{Deserialize, Serialize};

use super::op::{Role, WeightSpec};
use super::{Graph, Weights};
use crate::Result;
use crate::rng::Rng;

/// The rule by which the weights of a network begin; biases begin at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Begin {
    /// Normal with a variance of 2 over the numbers that a result sums over, which keeps the variance through ReLUs (He
    /// et al. 2015); factors of norms begin at 1.
    #[default]
    He,
    /// Normal with this deviation whatever a result sums over; factors of norms the same around 1 (Radford et al. 2016
    /// take 0.02).
    Normal(f32),
}

impl Begin {
    /// As a DCGAN's.
    pub const DCGAN: Self = Self::Normal(0.02);

    fn values(self, spec: &WeightSpec, rng: &mut Rng) -> Vec<f32> {
        let count = spec.shape.iter().product();
        let mut normal = |mean: f32, deviation: f32| -> Vec<f32> {
            (0..count).map(|_| mean + deviation * rng.normal()).collect()
        };
        match (spec.role, self) {
            (Role::Weight, Self::He) => normal(0.0, (2.0 / spec.sums.max(1) as f32).sqrt()),
            (Role::Weight, Self::Normal(deviation)) => normal(0.0, deviation),
            (Role::Gamma, Self::Normal(deviation)) => normal(1.0, deviation),
            (Role::Gamma, Self::He) | (Role::Variance, _) => vec![1.0; count],
            (Role::Slope, _) => vec![0.25; count],
            (Role::Bias | Role::Beta | Role::Mean, _) => vec![0.0; count],
        }
    }
}

/// The learned weights of a network as variables, in the order of its nodes.
#[derive(Debug)]
pub struct Variables {
    /// Their names: `up0.weight`.
    pub names: Vec<String>,
    /// Their values.
    pub vars: Vec<Var>,
}

impl Variables {
    /// Those of a network, as they begin.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn begin(graph: &Graph, rng: &mut Rng) -> Result<Self> {
        let mut variables = Self { names: Vec::new(), vars: Vec::new() };
        for (name, spec) in graph.weights().filter(|(_, spec)| spec.role.is_learned()) {
            let values = graph.begin.values(&spec, rng);
            variables.vars.push(Var::from_vec(values, spec.shape, &Device::Cpu)?);
            variables.names.push(name);
        }
        Ok(variables)
    }

    /// By their names, as something that learns.
    #[must_use]
    pub fn weights(&self) -> Weights {
        self.named(self.vars.iter().map(|var| var.as_tensor().clone()))
    }

    /// By their names, as constants. They share the memory of the variables, so they follow them.
    #[must_use]
    pub fn frozen(&self) -> Weights {
        self.named(self.vars.iter().map(Var::as_detached_tensor))
    }

    /// Other values for the same weights, in their order.
    #[must_use]
    pub fn named(&self, values: impl IntoIterator<Item = Tensor>) -> Weights {
        self.names.iter().cloned().zip(values).collect()
    }

    /// Copies of the values, to begin a moving average with.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn copies(&self) -> Result<Vec<Tensor>> {
        Ok(self.vars.iter().map(|var| var.copy().map(|t| t.detach())).collect::<Result<_, _>>()?)
    }

    /// The variable of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Var> {
        self.names.iter().position(|n| n == name).map(|place| &self.vars[place])
    }
}

impl Graph {
    /// How its weights begin.
    #[must_use]
    pub fn begins(&self) -> Begin {
        self.begin
    }

    /// Weights as they begin, with statistics of norms that change nothing.
    ///
    /// # Errors
    /// [`crate::Error::Tensor`] when memory runs out.
    pub fn begin(&self, rng: &mut Rng) -> Result<Weights> {
        let one = |(name, spec): (String, WeightSpec)| {
            let values = self.begin.values(&spec, rng);
            let tensor = Tensor::from_vec(values, spec.shape, &Device::Cpu)?;
            Ok((name, tensor.to_dtype(DType::F32)?))
        };
        self.weights().map(one).collect()
    }
}
