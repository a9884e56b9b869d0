//! Spectral normalization (Miyato et al. 2018): weights divided by their largest singular value, which one
//! power iteration a step keeps track of.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor, Var};

use super::network::Network;
use crate::Result;
use crate::nn::graph::Weights;
use crate::nn::host::{guarded, tensor, values};
use crate::rng::Rng;

/// The running estimate of the largest singular vectors of a matrix of rows x cols weights.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SingularVectors {
    /// On the side of the columns (the output channels): what is carried from step to step.
    pub right: Vec<f32>,
    left: Vec<f32>,
}

impl SingularVectors {
    /// A random start for weights ... x `cols`.
    pub fn new(cols: usize, rng: &mut Rng) -> Self {
        let mut right = rng.normals(cols);
        normalize(&mut right);
        Self { right, left: Vec::new() }
    }

    /// One power iteration.
    pub fn iterate(&mut self, weights: &Tensor) -> Result<()> {
        let weights = weights.contiguous()?;
        let (storage, layout) = weights.storage_and_layout();
        let w = guarded(&storage, layout)?;
        self.left = times(w, &self.right);
        normalize(&mut self.left);
        self.right = times_left(w, &self.left, self.right.len());
        normalize(&mut self.right);
        Ok(())
    }

    /// The weights over their largest singular value as these vectors have it, or over `least` where that is larger. The
    /// gradient flows through the division, with the vectors as constants.
    pub fn normalize(&self, weights: &Tensor, least: f32) -> Result<Tensor> {
        let operation = Normalize { right: self.right.clone(), left: self.left.clone(), least };
        Ok(weights.contiguous()?.apply_op1(operation)?)
    }
}

/// The largest singular vectors of some weights of a network, by the weights' names.
#[derive(Clone, Debug, Default)]
pub struct SpectralNorm {
    vectors: Vec<(String, SingularVectors)>,
    /// Weights whose largest singular value is less than this are divided by this.
    least: f32,
}

impl SpectralNorm {
    /// Random starts for the convolutions of a network but those of the nodes `free`.
    pub fn of(network: &Network, free: &[&str], rng: &mut Rng) -> Self {
        let weights = network
            .names()
            .iter()
            .zip(network.vars())
            .filter(|(name, _)| name.strip_suffix(".weight").is_some_and(|node| !free.contains(&node)));
        let one = |(name, weight): (&String, &Var)| {
            let columns = weight.dims().last().copied().unwrap_or(1);
            (name.clone(), SingularVectors::new(columns, rng))
        };
        Self { vectors: weights.map(one).collect(), least: 0.0 }
    }

    /// Weights with a largest singular value up to 1 stay as they are: a layer can be silent.
    #[must_use]
    pub fn at_most_one(self) -> Self {
        Self { least: 1.0, ..self }
    }

    /// One power iteration for each of them.
    pub fn iterate(&mut self, weights: &Weights) -> Result<()> {
        self.vectors.iter_mut().try_for_each(|(name, vectors)| vectors.iterate(weights.get(name)?))
    }

    /// The weights with those divided by their largest singular values.
    pub fn normalized(&self, mut weights: Weights) -> Result<Weights> {
        for (name, vectors) in &self.vectors {
            let normal = vectors.normalize(weights.get(name)?, self.least)?;
            weights.insert(name.as_str(), normal);
        }
        Ok(weights)
    }

    /// The weights as they are after one more power iteration, which is not kept.
    pub fn iterated(&self, weights: &Weights) -> Result<Weights> {
        let mut next = self.clone();
        next.iterate(weights)?;
        next.normalized(weights.clone())
    }

    /// Names and vectors.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Vec<f32>)> {
        self.vectors.iter_mut().map(|(name, vectors)| (name.as_str(), &mut vectors.right))
    }
}

struct Normalize {
    right: Vec<f32>,
    left: Vec<f32>,
    least: f32,
}

impl Normalize {
    fn sigma(&self, w: &[f32]) -> f32 {
        dot(&times(w, &self.right), &self.left).max(self.least).max(1e-12)
    }
}

impl CustomOp1 for Normalize {
    fn name(&self) -> &'static str {
        "spectral_norm"
    }

    fn cpu_fwd(&self, w: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let w = values(w, layout)?;
        let scale = 1.0 / self.sigma(w);
        Ok((CpuStorage::F32(w.iter().map(|w| w * scale).collect()), layout.shape().clone()))
    }

    fn bwd(&self, w: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        let (ws, wl) = w.storage_and_layout();
        let (gs, gl) = gradient.storage_and_layout();
        let (w_values, g) = (guarded(&ws, wl)?, guarded(&gs, gl)?);
        // d(W / s) = dW / s - W (left' dW right) / s^2.
        let sigma = self.sigma(w_values);
        let scale = 1.0 / sigma;
        // The least is a constant.
        let along = if sigma > self.least { dot(w_values, g) * scale * scale } else { 0.0 };
        let mut out = Vec::with_capacity(g.len());
        for (row, left) in g.chunks_exact(self.right.len()).zip(&self.left) {
            out.extend(row.iter().zip(&self.right).map(|(g, right)| g * scale - along * left * right));
        }
        Ok(Some(tensor(out, w.shape())?))
    }
}

fn times(w: &[f32], right: &[f32]) -> Vec<f32> {
    w.chunks_exact(right.len()).map(|row| dot(row, right)).collect()
}

fn times_left(w: &[f32], left: &[f32], cols: usize) -> Vec<f32> {
    let mut out = vec![0.0; cols];
    for (row, l) in w.chunks_exact(cols).zip(left) {
        for (o, w) in out.iter_mut().zip(row) {
            *o += l * w;
        }
    }
    out
}

/// A scalar product in eight lanes, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a8.remainder().iter().zip(b8.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a8.zip(b8) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

fn normalize(v: &mut [f32]) {
    let scale = 1.0 / dot(v, v).sqrt().max(1e-12);
    v.iter_mut().for_each(|x| *x *= scale);
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    fn settled() -> (Var, SingularVectors) {
        let mut rng = Rng::new(6);
        let w = Tensor::from_vec(rng.normals(12 * 5), (3, 4, 5), &Device::Cpu).unwrap();
        let w = Var::from_tensor(&w).unwrap();
        let mut vectors = SingularVectors::new(5, &mut rng);
        for _ in 0..300 {
            vectors.iterate(&w).unwrap();
        }
        (w, vectors)
    }

    #[test]
    fn the_largest_singular_value_becomes_one() {
        let (w, vectors) = settled();
        let normal = vectors.normalize(&w, 0.0).unwrap();
        let mut again = SingularVectors::new(5, &mut Rng::new(7));
        for _ in 0..300 {
            again.iterate(&normal).unwrap();
        }
        let sigma = {
            let twice = again.normalize(&normal, 0.0).unwrap();
            (normal / twice).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap()[0]
        };
        assert!((sigma - 1.0).abs() < 1e-4, "{sigma}");
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        // The largest singular value of the weights is between the two.
        [0.0, 100.0].into_iter().for_each(check_gradient);
    }

    fn check_gradient(least: f32) {
        let (w, vectors) = settled();
        let mut rng = Rng::new(8);
        let g = Tensor::from_vec(rng.normals(60), (3, 4, 5), &Device::Cpu).unwrap();
        let d = Tensor::from_vec(rng.normals(60), (3, 4, 5), &Device::Cpu).unwrap();
        let f = |w: &Tensor| (vectors.normalize(w, least).unwrap() * &g).unwrap().sum_all().unwrap();
        let grads = f(&w).backward().unwrap();
        let claimed = (grads.get(&w).unwrap() * &d).unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
        let at = |step: f64| {
            let moved = (w.as_tensor().detach() + (&d * step).unwrap()).unwrap();
            f(&moved).to_scalar::<f32>().unwrap()
        };
        let measured = (at(5e-3) - at(-5e-3)) / 1e-2;
        assert!((measured - claimed).abs() < 1e-2 * (1.0 + claimed.abs()), "{measured} {claimed}");
    }
}
