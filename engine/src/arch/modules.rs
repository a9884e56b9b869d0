//! The modules of a PyTorch network in the order in which they were built, told by the numbers in their names.

use std::collections::BTreeSet;

use candle_core::{Device, Tensor};

use super::norm::Norm;
use crate::Result;
use crate::checkpoint::TensorTable;

/// What a module is, by the shapes of its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A convolution (outputs x inputs x k x k) or a transposed one (inputs x outputs x k x k): nothing tells
    /// them apart but their neighbours.
    Kernel([usize; 4]),
    /// A dense layer, outputs x inputs; an embedding looks the same.
    Dense([usize; 2]),
    /// A batch norm with statistics of so many channels.
    Norm(usize),
    /// Something else.
    Other,
}

/// A module of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// Its name: that of its tensors without the last part.
    pub path: String,
    /// The numbers in its name.
    pub numbers: Vec<usize>,
    /// What it is.
    pub shape: Shape,
}

impl Module {
    /// Its place in a list of modules, when its name is that list's and a number.
    pub fn index_in(&self, list: &str) -> Option<usize> {
        let inner =
            if list.is_empty() { &self.path } else { self.path.strip_prefix(list)?.strip_prefix('.')? };
        inner.parse().ok()
    }

    /// Its weight as the file has it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn weight(&self, tensors: &TensorTable) -> Result<Tensor> {
        tensors.load(&format!("{}.weight", self.path), &Device::Cpu)
    }

    /// Its bias, where it has one.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn bias(&self, tensors: &TensorTable) -> Result<Option<Tensor>> {
        let name = format!("{}.bias", self.path);
        tensors.contains(&name).then(|| tensors.load(&name, &Device::Cpu)).transpose()
    }

    /// Its normalization.
    ///
    /// # Errors
    /// When it is no batch norm or can't be read.
    pub fn norm(&self, tensors: &TensorTable, epsilon: f64) -> Result<Norm> {
        Norm::of_module(tensors, &self.path, epsilon)
    }
}

/// All modules, by the numbers in their names; of two with the same numbers ("conv1", "bn1") the norm comes
/// second.
pub(super) fn modules(tensors: &TensorTable) -> Vec<Module> {
    let paths: BTreeSet<&str> =
        tensors.names().map(|name| name.rsplit_once('.').map_or("", |(path, _)| path)).collect();
    let module = |path: &str| Module {
        path: path.to_owned(),
        numbers: path.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect(),
        shape: shape(tensors, path),
    };
    let mut modules: Vec<Module> = paths.into_iter().map(module).collect();
    modules.sort_by(|a, b| {
        let key = |m: &Module| (m.numbers.clone(), matches!(m.shape, Shape::Norm(_)));
        key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
    });
    modules
}

fn shape(tensors: &TensorTable, path: &str) -> Shape {
    let dims = |name: &str| tensors.shape(&format!("{path}.{name}"));
    let all_of = |count: usize| {
        ["weight", "bias", "running_var"].iter().all(|name| dims(name).is_none_or(|d| d == [count]))
    };
    match (dims("weight"), dims("running_mean")) {
        (Some(&[a, b, h, w]), None) => Shape::Kernel([a, b, h, w]),
        (Some(&[outputs, inputs]), None) => Shape::Dense([outputs, inputs]),
        (_, Some(&[count])) if all_of(count) && dims("running_var").is_some() => Shape::Norm(count),
        _ => Shape::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_stand_in_the_order_of_their_numbers() {
        let shapes = [
            ("main.10.weight", vec![3, 4, 4, 4]),
            ("main.9.running_mean", vec![3]),
            ("main.9.running_var", vec![3]),
            ("main.2.weight", vec![5, 6]),
            ("bn2.running_mean", vec![2]),
            ("bn2.running_var", vec![1]),
        ];
        let table = TensorTable::from_shapes(shapes.map(|(n, s)| (n.to_owned(), s)));
        let modules = modules(&table);
        let paths: Vec<_> = modules.iter().map(|m| (m.path.as_str(), m.shape)).collect();
        assert_eq!(
            paths,
            [
                ("bn2", Shape::Other),
                ("main.2", Shape::Dense([5, 6])),
                ("main.9", Shape::Norm(3)),
                ("main.10", Shape::Kernel([3, 4, 4, 4])),
            ]
        );
        assert_eq!((modules[2].index_in("main"), modules[2].index_in("")), (Some(9), None));
    }
}
