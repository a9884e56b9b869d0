//! A network with constant weights as a single operation: what all models here are painted with, once batch norm is folded
//! away.
//!
//! candle would make a tensor of every layer's results and two of its gradient, each in fresh memory. Here results
//! and gradients lie in buffers that the next pass takes over, activations are applied and undone while values are
//! in the cache, and what no gradient needs is not kept. Where layers stand one after the other, each gradient is written
//! once; where a result is used more than once, its gradients add up.

use std::sync::{Arc, OnceLock};

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Shape, Tensor, bail};
use rayon::prelude::*;

use super::MapShape;
use super::finish::Finish;
use super::frozen::FrozenLayer;
use super::host::{guarded, tensor, values};
use super::pool::{Buffer, Pool};
use super::step::{Known, Step, Work, add};
use crate::{Error, Result};

/// Largest side of feature maps: a file whose layers double it further is broken or hostile.
pub(crate) const LARGEST_SIDE: usize = 4096;

/// A network with constant weights, from maps of one shape to maps of another. Clones share the weights.
#[derive(Clone, Debug)]
pub struct Compiled(Arc<Program>);

#[derive(Debug)]
struct Program {
    steps: Vec<Step>,
    /// How many steps take what is at a place: 0 is what goes in, `i + 1` what step `i` makes.
    uses: Vec<usize>,
    /// The last step that takes it.
    last_use: Vec<usize>,
    from: MapShape,
    to: MapShape,
    pool: Pool,
}

impl Compiled {
    /// Layers one after the other, for maps of a shape.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a layer doesn't fit what the one before it makes, or for no layers.
    pub fn chain(layers: Vec<FrozenLayer>, from: MapShape) -> Result<Self> {
        let (mut to, mut steps) = (from, Vec::with_capacity(layers.len()));
        for (i, layer) in layers.into_iter().enumerate() {
            let sides = 1..=LARGEST_SIDE;
            let fitting = layer.placed(to);
            let fitting = fitting.filter(|(_, to)| sides.contains(&to[0]) && sides.contains(&to[1]));
            let Some((linear, shape)) = fitting else {
                return Err(Error::Invalid(format!(
                    "layer {} of the network does not fit maps of {to:?}",
                    i + 1
                )));
            };
            steps.push(Step { work: Work::Layer { layer, linear }, from: vec![i], takes: vec![to], shape });
            to = shape;
        }
        Self::of_steps(steps, from, to)
    }

    /// Steps in an order in which each finds what it takes; the last one's results come out, as maps of the shape
    /// `to`.
    pub(super) fn of_steps(steps: Vec<Step>, from: MapShape, to: MapShape) -> Result<Self> {
        if steps.is_empty() || from.contains(&0) {
            return Err(Error::Invalid("a network needs layers and something that goes in".into()));
        }
        let (mut uses, mut last_use) = (vec![0; steps.len() + 1], vec![0; steps.len() + 1]);
        for (index, step) in steps.iter().enumerate() {
            for &place in &step.from {
                uses[place] += 1;
                last_use[place] = index;
            }
        }
        let pool = Pool::of(steps.len() + 2);
        Ok(Self(Arc::new(Program { steps, uses, last_use, from, to, pool })))
    }

    /// What the network makes of maps.
    ///
    /// # Shapes
    /// N x H x W x C of [`Self::inputs`] to N x C x H x W of [`Self::outputs`], float32: channels first, as pictures
    /// have them. Differentiable; the weights are constants.
    ///
    /// # Errors
    /// [`Error::Shape`] when the maps have another shape.
    pub fn forward(&self, maps: &Tensor) -> Result<Tensor> {
        let program = &*self.0;
        if maps.rank() != 4 || maps.dims()[1..] != program.from {
            return Err(Error::Shape {
                op: "maps for a network",
                left: maps.dims().to_vec(),
                right: program.from.to_vec(),
                why: "any number of maps of this height, width and channels".into(),
            });
        }
        if maps.dtype() != DType::F32 {
            return Err(Error::Invalid(format!("networks take float32, not {}", maps.dtype().as_str())));
        }
        if !maps.device().is_cpu() {
            return Ok(self.on_device(maps)?.permute((0, 3, 1, 2))?.contiguous()?);
        }
        let pass = Pass { network: self.clone(), tracked: maps.track_op(), results: OnceLock::new() };
        Ok(maps.contiguous()?.apply_op1(pass)?)
    }

    /// The same with candle's operations, channels last.
    pub(super) fn on_device(&self, maps: &Tensor) -> Result<Tensor> {
        let mut results = vec![maps.clone()];
        for step in &self.0.steps {
            let taken = step.from.iter().zip(&step.takes);
            let from: Vec<Tensor> =
                taken.map(|(&place, shape)| shaped(&results[place], *shape)).collect::<Result<_>>()?;
            results.push(step.work.on_device(&from)?);
        }
        shaped(results.last().unwrap_or(maps), self.0.to)
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
        self.layers().map(|(layer, linear)| layer.multiplications(linear)).sum()
    }

    /// How many numbers its layers have.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers().map(|(layer, _)| layer.parameters()).sum()
    }

    fn layers(&self) -> impl Iterator<Item = (&FrozenLayer, &super::linear::Linear)> {
        self.0.steps.iter().filter_map(|step| match &step.work {
            Work::Layer { layer, linear } => Some((layer, linear)),
            _ => None,
        })
    }
}

/// One way through a network, and back.
struct Pass {
    network: Compiled,
    /// Whether somebody may ask for a gradient.
    tracked: bool,
    /// What every step made, for the gradient.
    results: OnceLock<Vec<Buffer>>,
}

impl Program {
    /// Rows of a map that comes out, and values in a row.
    fn output_rows(&self) -> (usize, usize) {
        (self.to[0] * self.to[1], self.to[2])
    }

    /// Values of one of the maps at a place.
    fn len(&self, place: usize) -> usize {
        let shape = if place == 0 { self.from } else { self.steps[place - 1].shape };
        shape.iter().product()
    }
}

impl CustomOp1 for Pass {
    fn name(&self) -> &'static str {
        "network"
    }

    fn cpu_fwd(&self, maps: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let program = &*self.network.0;
        let maps = values(maps, layout)?;
        let count = maps.len() / program.len(0);
        let mut results: Vec<Option<Buffer>> = Vec::with_capacity(program.steps.len());
        for (index, step) in program.steps.iter().enumerate() {
            let mut out = program.pool.take(count * program.len(index + 1));
            let from: Vec<&[f32]> = step.from.iter().filter_map(|&place| at(place, maps, &results)).collect();
            step.work.forward(&from, &mut out)?;
            if !self.tracked {
                for &place in step.from.iter().filter(|&&place| place > 0 && program.last_use[place] == index)
                {
                    results[place - 1] = None;
                }
            }
            results.push(Some(out));
        }
        let (rows, columns) = program.output_rows();
        let mut out = vec![0.0; count * rows * columns];
        if let Some(Some(last)) = results.last() {
            turn_each(last, rows, columns, &mut out);
        }
        if self.tracked {
            // candle calls this once for every instance.
            let _ = self.results.set(results.into_iter().flatten().collect());
        }
        let [height, width, channels] = program.to;
        Ok((CpuStorage::F32(out), Shape::from((count, channels, height, width))))
    }

    fn bwd(&self, maps: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let program = &*self.network.0;
        let Some(results) = self.results.get() else { bail!("the gradient of a pass that never was") };
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let gradient = guarded(&storage, layout)?;
        let (rows, columns) = program.output_rows();
        let mut turned = program.pool.take(gradient.len());
        turn_each(gradient, columns, rows, &mut turned);

        let (storage, layout) = maps.storage_and_layout();
        let input = guarded(&storage, layout)?;
        let mut back = Backward {
            program,
            input,
            results,
            gradients: (0..program.steps.len()).map(|_| None).collect(),
            of_input: vec![0.0; input.len()],
            met_input: false,
        };
        if let Some(last) = back.gradients.last_mut() {
            *last = Some(Gradient { values: turned, undone: false });
        }
        for index in (0..program.steps.len()).rev() {
            back.step(index)?;
        }
        Ok(Some(tensor(back.of_input, maps.shape())?))
    }
}

/// Maps as maps of another shape.
fn shaped(maps: &Tensor, [height, width, channels]: MapShape) -> Result<Tensor> {
    Ok(maps.contiguous()?.reshape(((), height, width, channels))?)
}

/// What is at a place.
fn at<'a>(place: usize, input: &'a [f32], results: &'a [Option<Buffer>]) -> Option<&'a [f32]> {
    match place.checked_sub(1) {
        None => Some(input),
        Some(step) => results[step].as_deref(),
    }
}

/// The gradient of what a step made.
struct Gradient {
    values: Buffer,
    /// Whether it has been taken through the step's activation already.
    undone: bool,
}

/// A way back through a network.
struct Backward<'a> {
    program: &'a Program,
    input: &'a [f32],
    results: &'a [Buffer],
    /// Of what every step made, until the step itself is gone through.
    gradients: Vec<Option<Gradient>>,
    of_input: Vec<f32>,
    met_input: bool,
}

impl Backward<'_> {
    /// Takes the gradient of what a step made to what it took.
    fn step(&mut self, index: usize) -> candle_core::Result<()> {
        let Some(Gradient { mut values, undone }) = self.gradients[index].take() else { return Ok(()) };
        let step = &self.program.steps[index];
        let result = &*self.results[index];
        if !undone {
            const PART: usize = 1 << 14;
            let activation = step.work.activation();
            let parts = values.par_chunks_mut(PART).zip(result.par_chunks(PART));
            parts.for_each(|(gradient, result)| activation.undo(result, gradient));
        }
        let from: Vec<&[f32]> = step
            .from
            .iter()
            .map(|&place| place.checked_sub(1).map_or(self.input, |step| &*self.results[step]))
            .collect();
        let known = Known { from: &from, result };
        for (which, &place) in step.from.iter().enumerate() {
            let Some(before) = place.checked_sub(1) else {
                self.reach_input(&step.work, which, &values, &known)?;
                continue;
            };
            let results = &*self.results[before];
            // With a single use, the activation before is undone while the gradient is in the cache.
            let undone = self.program.uses[place] == 1;
            let activation = self.program.steps[before].work.activation();
            let finish = if undone { Finish::Undo { activation, results } } else { Finish::NOTHING };
            let mut out = self.program.pool.take(results.len());
            step.work.backward(which, &values, &known, finish, &mut out)?;
            match &mut self.gradients[before] {
                Some(sum) => add(&mut sum.values, &out),
                none => *none = Some(Gradient { values: out, undone }),
            }
        }
        Ok(())
    }

    fn reach_input(
        &mut self,
        work: &Work,
        which: usize,
        gradient: &[f32],
        known: &Known<'_>,
    ) -> candle_core::Result<()> {
        if self.met_input {
            let mut out = self.program.pool.take(self.of_input.len());
            work.backward(which, gradient, known, Finish::NOTHING, &mut out)?;
            add(&mut self.of_input, &out);
        } else {
            work.backward(which, gradient, known, Finish::NOTHING, &mut self.of_input)?;
            self.met_input = true;
        }
        Ok(())
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
#[path = "compiled_tests.rs"]
mod tests;
