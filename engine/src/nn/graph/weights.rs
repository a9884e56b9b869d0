//! The numbers of a network, by name.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::Graph;
use super::role::Role;
use crate::{Error, Result};

/// Tensors by the names of weights (`up0.weight`), float32. Clones share the numbers.
#[derive(Clone, Debug, Default)]
pub struct Weights(BTreeMap<String, Tensor>);

impl Weights {
    /// A weight of a node.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is not there.
    pub fn of(&self, node: &str, role: Role) -> Result<&Tensor> {
        self.get(&format!("{node}.{}", role.name()))
    }

    /// A weight.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is not there.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        self.0.get(name).ok_or_else(|| Error::Invalid(format!("the network's weight \"{name}\" is missing")))
    }

    /// Adds or replaces a weight.
    pub fn insert(&mut self, name: impl Into<String>, tensor: Tensor) {
        self.0.insert(name.into(), tensor);
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.0.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// With those of `other`, which replace those of the same names.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// On a device.
    ///
    /// # Errors
    /// [`Error::Tensor`] when the device refuses.
    pub fn to_device(&self, device: &Device) -> Result<Self> {
        self.0.iter().map(|(name, tensor)| Ok((name.clone(), tensor.to_device(device)?))).collect()
    }

    /// Refuses weights that are missing, of another shape, or not numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first of them.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        for (name, spec) in graph.weights() {
            let tensor = self.get(&name)?;
            if tensor.dims() != spec.shape {
                return Err(Error::Invalid(format!(
                    "the network's weight \"{name}\" is {:?} instead of {:?}",
                    tensor.dims(),
                    spec.shape
                )));
            }
            // NaN and infinity survive a sum.
            if !tensor.sum_all()?.to_scalar::<f32>()?.is_finite() {
                return Err(Error::Invalid(format!(
                    "the network's weight \"{name}\" holds numbers that are not finite; the file is damaged"
                )));
            }
        }
        Ok(())
    }
}

impl FromIterator<(String, Tensor)> for Weights {
    fn from_iter<I: IntoIterator<Item = (String, Tensor)>>(weights: I) -> Self {
        Self(weights.into_iter().collect())
    }
}
