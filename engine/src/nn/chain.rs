//! Layers one after the other as a single operation: what all families are made of once batch norm is folded away.
//!
//! candle would make a tensor of every layer's results and two of its gradient, each in fresh memory. Here results
//! and gradients lie in buffers that the next step takes over, activations are applied and undone while values are
//! in the cache, and what no gradient needs is not kept.

use std::sync::{Arc, OnceLock};

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Shape, Tensor, bail};
use rayon::prelude::*;

use super::MapShape;
use super::finish::Finish;
use super::frozen::FrozenLayer;
use super::host::{guarded, tensor, values};
use super::linear::Linear;
use super::pool::{Buffer, Pool};
use crate::{Error, Result};

/// Largest side of feature maps: a file whose layers double it further is broken or hostile.
pub(crate) const LARGEST_SIDE: usize = 4096;

/// Layers with constant weights, one after the other. Clones share the weights.
#[derive(Clone, Debug)]
pub struct Chain(Arc<Layers>);

#[derive(Debug)]
struct Layers {
    layers: Vec<Placed>,
    from: MapShape,
    to: MapShape,
    pool: Pool,
}

/// A layer and how it lies over what the one before it makes.
#[derive(Debug)]
struct Placed {
    layer: FrozenLayer,
    linear: Linear,
}

impl Chain {
    /// Layers for maps of a shape.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a layer doesn't fit what the one before it makes, or for no layers.
    pub fn new(layers: Vec<FrozenLayer>, from: MapShape) -> Result<Self> {
        if layers.is_empty() || from.contains(&0) {
            return Err(Error::Invalid("a network needs layers and something that goes in".into()));
        }
        let (mut to, mut placed) = (from, Vec::with_capacity(layers.len()));
        for (i, layer) in layers.into_iter().enumerate() {
            let sides = 1..=LARGEST_SIDE;
            let fitting = layer.placed(to);
            let fitting = fitting.filter(|(_, to)| sides.contains(&to[0]) && sides.contains(&to[1]));
            let Some((linear, next)) = fitting else {
                return Err(Error::Invalid(format!(
                    "layer {} of the network does not fit maps of {to:?}",
                    i + 1
                )));
            };
            to = next;
            placed.push(Placed { layer, linear });
        }
        Ok(Self(Arc::new(Layers { layers: placed, from, to, pool: Pool::default() })))
    }

    /// What the layers make of maps.
    ///
    /// # Shapes
    /// N x H x W x C of [`Self::inputs`] to N x C x H x W of [`Self::outputs`], float32: channels first, as pictures
    /// have them. Differentiable; the weights are constants.
    ///
    /// # Errors
    /// [`Error::Shape`] when the maps have another shape.
    pub fn forward(&self, maps: &Tensor) -> Result<Tensor> {
        let chain = &*self.0;
        if maps.rank() != 4 || maps.dims()[1..] != chain.from {
            return Err(Error::Shape {
                op: "maps for a network",
                left: maps.dims().to_vec(),
                right: chain.from.to_vec(),
                why: "any number of maps of this height, width and channels".into(),
            });
        }
        if maps.dtype() != DType::F32 {
            return Err(Error::Invalid(format!("networks take float32, not {}", maps.dtype().as_str())));
        }
        if !maps.device().is_cpu() {
            let maps =
                chain.layers.iter().try_fold(maps.clone(), |maps, placed| placed.layer.on_device(&maps))?;
            return Ok(maps.permute((0, 3, 1, 2))?.contiguous()?);
        }
        let pass = Pass { chain: self.clone(), tracked: maps.track_op(), results: OnceLock::new() };
        Ok(maps.contiguous()?.apply_op1(pass)?)
    }

    /// The shape of what goes in.
    #[must_use]
    pub fn inputs(&self) -> MapShape {
        self.0.from
    }

    /// The shape of what comes out.
    #[must_use]
    pub fn outputs(&self) -> MapShape {
        self.0.to
    }

    /// About how many multiplications one of the maps that go in takes.
    #[must_use]
    pub fn multiplications(&self) -> f64 {
        self.0.layers.iter().map(|Placed { layer, linear }| layer.multiplications(linear)).sum()
    }

    /// How many numbers it learned.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.0.layers.iter().map(|placed| placed.layer.parameters()).sum()
    }
}

/// One way through a chain, and back.
struct Pass {
    chain: Chain,
    /// Whether somebody may ask for a gradient.
    tracked: bool,
    /// What every layer made, for the gradient.
    results: OnceLock<Vec<Buffer>>,
}

impl Layers {
    /// Rows of a map that comes out, and values in a row.
    fn output_rows(&self) -> (usize, usize) {
        (self.to[0] * self.to[1], self.to[2])
    }
}

impl CustomOp1 for Pass {
    fn name(&self) -> &'static str {
        "chain"
    }

    fn cpu_fwd(&self, maps: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let Layers { layers, from, to, pool } = &*self.chain.0;
        let maps = values(maps, layout)?;
        let count = maps.len() / from.iter().product::<usize>();
        let mut results: Vec<Buffer> = Vec::new();
        for Placed { layer, linear } in layers {
            let mut out = pool.take(count * linear.output_len());
            layer.forward(linear, results.last().map_or(maps, |result| &**result), &mut out)?;
            if !self.tracked {
                results.clear();
            }
            results.push(out);
        }
        let (rows, columns) = self.chain.0.output_rows();
        let mut out = vec![0.0; count * rows * columns];
        if let Some(last) = results.last() {
            turn_each(last, rows, columns, &mut out);
        }
        if self.tracked {
            // candle calls this once for every instance.
            let _ = self.results.set(results);
        }
        Ok((CpuStorage::F32(out), Shape::from((count, to[2], to[0], to[1]))))
    }

    fn bwd(&self, maps: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let Layers { layers, pool, .. } = &*self.chain.0;
        let Some(results) = self.results.get() else { bail!("the gradient of a pass that never was") };
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let gradient = guarded(&storage, layout)?;
        let (rows, columns) = self.chain.0.output_rows();
        let mut current = pool.take(gradient.len());
        turn_each(gradient, columns, rows, &mut current);
        if let (Some(last), Some(result)) = (layers.last(), results.last()) {
            const PART: usize = 1 << 14;
            let parts = current.par_chunks_mut(PART).zip(result.par_chunks(PART));
            parts.for_each(|(gradient, result)| last.layer.activation().undo(result, gradient));
        }
        // Through every layer but the first, and the activation of the one before it.
        for (index, Placed { layer, linear }) in layers.iter().enumerate().skip(1).rev() {
            let results = &results[index - 1];
            let finish = Finish::Undo { activation: layers[index - 1].layer.activation(), results };
            let mut out = pool.take(results.len());
            layer.backward(linear, &current, finish, &mut out)?;
            current = out;
        }
        let mut out = vec![0.0; maps.elem_count()];
        if let Some(Placed { layer, linear }) = layers.first() {
            layer.backward(linear, &current, Finish::NOTHING, &mut out)?;
        }
        Ok(Some(tensor(out, maps.shape())?))
    }
}

/// Every `rows` x `columns` matrix with rows and columns changed.
fn turn_each(from: &[f32], rows: usize, columns: usize, to: &mut [f32]) {
    let len = (rows * columns).max(1);
    to.par_chunks_mut(len).zip(from.par_chunks(len)).for_each(|(to, from)| {
        if rows < columns {
            for (row, from) in from.chunks_exact(columns).enumerate() {
                to[row..].iter_mut().step_by(rows).zip(from).for_each(|(to, from)| *to = *from);
            }
        } else {
            for (column, to) in to.chunks_exact_mut(rows).enumerate() {
                to.iter_mut().zip(from[column..].iter().step_by(columns)).for_each(|(to, from)| *to = *from);
            }
        }
    });
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
