//! Families against naive twins of their networks, layer by layer with candle's own operations on random weights.

mod enlargers;
mod hostile;
mod theano;
mod translators;
mod vae;
mod zoo;

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor, Var};

use super::{Detection, Network, Parts, REGISTRY};
use crate::Result;
use crate::checkpoint::{TensorTable, Values};
use crate::model::{Ability, Decisions};
use crate::rng::Rng;

/// Largest difference from a twin.
const TOLERANCE: f32 = 2e-5;

/// Random tensors under the names of a file, and the layers of the naive twin that use them.
struct Weights {
    rng: Rng,
    tensors: BTreeMap<String, Tensor>,
}

impl Weights {
    fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), tensors: BTreeMap::new() }
    }

    fn add(&mut self, name: &str, shape: &[usize]) {
        let inputs = shape[1..].iter().product::<usize>().max(1) as f32;
        let values = self.rng.normals(shape.iter().product());
        let scale = if shape.len() == 1 { 0.3 } else { 1.5 / inputs.sqrt() };
        let values: Vec<f32> = values.into_iter().map(|v| scale * v).collect();
        self.tensors.insert(name.into(), Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    }

    /// A tensor of numbers from 0.5 to 2: a variance or its like.
    fn add_positive(&mut self, name: &str, count: usize) {
        let values: Vec<f32> = (0..count).map(|_| self.rng.uniform(0.5, 2.0)).collect();
        self.tensors.insert(name.into(), Tensor::from_vec(values, count, &Device::Cpu).unwrap());
    }

    /// Weight and bias of a PyTorch module.
    fn add_module(&mut self, path: &str, shape: &[usize], outputs: usize) {
        self.add(&format!("{path}.weight"), shape);
        self.add(&format!("{path}.bias"), &[outputs]);
    }

    /// A PyTorch batch norm.
    fn add_norm(&mut self, path: &str, channels: usize) {
        for name in ["weight", "bias", "running_mean"] {
            self.add(&format!("{path}.{name}"), &[channels]);
        }
        self.add_positive(&format!("{path}.running_var"), channels);
    }

    fn get(&self, name: &str) -> Tensor {
        self.tensors[name].clone()
    }

    /// One number per channel, N x C or N x C x H x W.
    fn per_channel(&self, name: &str, x: &Tensor) -> Tensor {
        let mut shape = vec![1; x.rank()];
        shape[1] = x.dims()[1];
        self.get(name).reshape(shape).unwrap()
    }

    /// (x - mean) / sqrt(variance + epsilon) * gain + offset by the names of the four.
    fn norm(&self, x: &Tensor, names: [&str; 4], epsilon: f64) -> Tensor {
        let [mean, variance, gain, offset] = names.map(|name| self.per_channel(name, x));
        let deviation = (variance + epsilon).unwrap().sqrt().unwrap();
        let x = x.broadcast_sub(&mean).unwrap().broadcast_div(&deviation).unwrap();
        x.broadcast_mul(&gain).unwrap().broadcast_add(&offset).unwrap()
    }

    fn module_norm(&self, x: &Tensor, path: &str, epsilon: f64) -> Tensor {
        let names = ["running_mean", "running_var", "weight", "bias"].map(|name| format!("{path}.{name}"));
        self.norm(x, names.each_ref().map(String::as_str), epsilon)
    }

    fn biased(&self, y: &Tensor, path: &str) -> Tensor {
        y.broadcast_add(&self.per_channel(&format!("{path}.bias"), y)).unwrap()
    }

    fn dense(&self, x: &Tensor, path: &str) -> Tensor {
        self.biased(&x.matmul(&self.get(&format!("{path}.weight")).t().unwrap()).unwrap(), path)
    }

    fn conv(&self, x: &Tensor, path: &str, stride: usize, padding: usize) -> Tensor {
        let weight = self.get(&format!("{path}.weight"));
        self.biased(&x.conv2d(&weight, padding, stride, 1, 1).unwrap(), path)
    }

    fn transposed(&self, x: &Tensor, path: &str, stride: usize, padding: usize, more: usize) -> Tensor {
        let weight = self.get(&format!("{path}.weight"));
        self.biased(&x.conv_transpose2d(&weight, padding, more, stride, 1).unwrap(), path)
    }

    /// The family that knows these tensors.
    fn detect(&self) -> Option<(&'static str, Detection)> {
        let table = self.table();
        let network = Network { tensors: &table, all: &table, values: &Values::new() };
        REGISTRY.iter().find_map(|f| Some((f.key, (f.detect)(&network)?)))
    }

    /// What that family makes of them, with a user's decisions.
    fn build(&self, decisions: &[(&str, &str)]) -> Result<Parts> {
        let table = self.table();
        let network = Network { tensors: &table, all: &table, values: &Values::new() };
        let found = REGISTRY.iter().find_map(|f| Some((f, (f.detect)(&network)?)));
        let (family, mut detection) = found.unwrap();
        let decisions: Decisions = decisions.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        detection.assumptions.decide(&decisions).unwrap();
        family.build(&network, &detection, &Device::Cpu)
    }

    /// Why a model of these tensors can't do something, as far as the family says.
    fn why_not(&self, ability: Ability) -> Option<String> {
        let said = self.build(&[]).unwrap().abilities.reasons.get(&ability).cloned();
        assert_eq!(said.as_ref(), self.detect().unwrap().1.lacks.get(&ability));
        said
    }

    fn table(&self) -> TensorTable {
        TensorTable::from_tensors(self.tensors.clone())
    }
}

fn noise(seed: u64, shape: &[usize]) -> Tensor {
    Tensor::from_vec(Rng::new(seed).normals(shape.iter().product()), shape, &Device::Cpu).unwrap()
}

/// One number for each class, 1 for the chosen ones.
fn one_hot(labels: &[usize], classes: usize) -> Tensor {
    let values =
        labels.iter().flat_map(|l| (0..classes).map(move |i| f32::from(u8::from(i == *l)))).collect();
    Tensor::from_vec(values, (labels.len(), classes), &Device::Cpu).unwrap()
}

fn leaky(x: &Tensor, slope: f64) -> Tensor {
    candle_nn::ops::leaky_relu(x, slope).unwrap()
}

fn sigmoid(x: &Tensor) -> Tensor {
    let e = x.neg().unwrap().exp().unwrap();
    (e + 1.0).unwrap().recip().unwrap()
}

fn assert_close(a: &Tensor, b: &Tensor) {
    assert_eq!(a.dims(), b.dims());
    let off = (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    assert!(off < TOLERANCE, "{off}");
}

/// Pictures and the gradients of a weighted sum of them agree with those of a twin.
fn assert_twins(parts: &Parts, latents: &Tensor, twin: impl Fn(&Tensor) -> Tensor) {
    assert_eq!(parts.latents.len(), latents.dims()[1]);
    let run = |f: &dyn Fn(&Tensor) -> Tensor| {
        let latents = Var::from_tensor(latents).unwrap();
        let pictures = f(&latents);
        let cotangent = noise(5, pictures.dims());
        let sum = (&pictures * cotangent).unwrap().sum_all().unwrap();
        let gradient = sum.backward().unwrap().remove(&latents).unwrap();
        (pictures.detach(), gradient)
    };
    let (pictures, gradient) = run(&|z| parts.decoder().unwrap().decode(z).unwrap());
    let (expected, of_twin) = run(&twin);
    assert_close(&pictures, &expected);
    let size = of_twin.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    assert_close(&(gradient / f64::from(size)).unwrap(), &(of_twin / f64::from(size)).unwrap());
    assert_eq!(pictures.dims()[2..], [parts.decoder().unwrap().sides()[0]; 2]);
    assert_eq!(pictures.dtype(), DType::F32);
}
