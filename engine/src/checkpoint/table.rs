//! The tensors of a file by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::monitor::LoadMonitor;
use super::tensor::StoredTensor;
use super::weights::WeightCheck;
use crate::{Error, Result};

/// The tensors of a file, or of one network in it, by name. Cheap to clone and to look into: weights are
/// read by [`Self::load`] alone.
#[derive(Clone, Debug, Default)]
pub struct TensorTable {
    rows: BTreeMap<String, Arc<StoredTensor>>,
    /// What stands before these names in the file: errors tell the whole name.
    prefix: String,
    monitor: Arc<LoadMonitor>,
    /// Looks at everything that is loaded, where somebody wants that.
    check: Option<Arc<WeightCheck>>,
}

impl TensorTable {
    /// A table of tensors that are in memory already.
    #[must_use]
    pub fn from_tensors(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Self {
        tensors.into_iter().map(|(name, tensor)| (name, StoredTensor::from_tensor(&tensor))).collect()
    }

    /// A table that knows names and shapes only: enough to tell a family.
    #[must_use]
    pub fn from_shapes(shapes: impl IntoIterator<Item = (String, Vec<usize>)>) -> Self {
        shapes.into_iter().map(|(name, shape)| (name, StoredTensor::from_shape(shape))).collect()
    }

    /// How many tensors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is no tensor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The tensors in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredTensor)> {
        self.rows.iter().map(|(name, tensor)| (name.as_str(), tensor.as_ref()))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// A tensor.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StoredTensor> {
        self.rows.get(name).map(Arc::as_ref)
    }

    /// True when there is a tensor of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.rows.contains_key(name)
    }

    /// The shape of a tensor.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.get(name).map(StoredTensor::shape)
    }

    /// The shape of a tensor that has as many dimensions as the caller expects.
    #[must_use]
    pub fn dims<const N: usize>(&self, name: &str) -> Option<[usize; N]> {
        self.shape(name)?.try_into().ok()
    }

    /// The tensors whose names begin with `prefix` and a dot, without both; all of them for an empty prefix.
    #[must_use]
    pub fn under(&self, prefix: &str) -> Self {
        if prefix.is_empty() {
            return self.clone();
        }
        let prefix = format!("{prefix}.");
        let rows = self
            .rows
            .range(prefix.clone()..)
            .map_while(|(name, row)| Some((name.strip_prefix(&prefix)?.to_owned(), row.clone())))
            .collect();
        let prefix = format!("{}{prefix}", self.prefix);
        Self { rows, prefix, monitor: self.monitor.clone(), check: self.check.clone() }
    }

    /// The tensors whose names don't begin with `prefix` and a dot, under their own names.
    #[must_use]
    pub fn without(&self, prefix: &str) -> Self {
        let outside = |name: &str| !name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
        let rows = self.rows.iter().filter(|(name, _)| outside(name));
        Self {
            rows: rows.map(|(name, row)| (name.clone(), row.clone())).collect(),
            prefix: self.prefix.clone(),
            monitor: self.monitor.clone(),
            check: self.check.clone(),
        }
    }

    /// The same tensors, each looked at when it is loaded.
    #[must_use]
    pub fn checked_by(self, check: Arc<WeightCheck>) -> Self {
        Self { check: Some(check), ..self }
    }

    /// The same tensors, their reading watched by another monitor.
    #[must_use]
    pub fn watched_by(self, monitor: Arc<LoadMonitor>) -> Self {
        Self { monitor, ..self }
    }

    /// Counts what is read of these tensors, and can stop it.
    #[must_use]
    pub fn monitor(&self) -> &Arc<LoadMonitor> {
        &self.monitor
    }

    /// How many bytes all tensors together have in the file, unpacked; one that two of them share counts twice.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.rows.values().map(|row| row.stored_bytes() as u64).sum()
    }

    /// How many learned numbers there are: counters and other integers don't count.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.rows
            .values()
            .filter(|row| row.element().is_float())
            .fold(0, |all, row| all.saturating_add(row.len()))
    }

    /// The numbers of a tensor as float32, contiguous.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such tensor, its bytes are damaged, or a check wants finite numbers and it
    /// has others, [`Error::Cancelled`] when the monitor says so, [`Error::Tensor`] when the device refuses.
    pub fn load(&self, name: &str, device: &Device) -> Result<Tensor> {
        let whole = format!("{}{name}", self.prefix);
        let row =
            self.get(name).ok_or_else(|| Error::Invalid(format!("the tensor \"{whole}\" is missing")))?;
        let load = |device: &Device| {
            row.load(device, &self.monitor).map_err(|error| match error {
                Error::Invalid(why) => Error::Invalid(format!("the tensor \"{whole}\" can't be read: {why}")),
                other => other,
            })
        };
        let Some(check) = &self.check else { return load(device) };
        let tensor = load(&Device::Cpu)?;
        check.look(&whole, &tensor)?;
        Ok(tensor.to_device(device)?)
    }
}

impl FromIterator<(String, StoredTensor)> for TensorTable {
    fn from_iter<I: IntoIterator<Item = (String, StoredTensor)>>(rows: I) -> Self {
        let mut table = Self::default();
        for (name, row) in rows {
            // The first of two tensors of one name stays: a file's own order says which one is meant.
            table.rows.entry(name).or_insert_with(|| Arc::new(row));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_found_under_their_prefix() {
        let table = TensorTable::from_shapes(["g.a", "g.b.c", "ga"].map(|n| (n.to_owned(), vec![1])));
        assert_eq!(table.under("g").names().collect::<Vec<_>>(), ["a", "b.c"]);
        assert_eq!(table.without("g").names().collect::<Vec<_>>(), ["ga"]);
        assert_eq!(table.under("").len(), 3);
        // A user finds the tensor in the file.
        let missing = table.under("g").under("b").load("d", &Device::Cpu).unwrap_err().to_string();
        assert!(missing.contains("\"g.b.d\""), "{missing}");
        assert!(table.load("ga", &Device::Cpu).unwrap_err().to_string().contains("ga"));
    }
}
