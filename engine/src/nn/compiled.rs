//! A network with constant weights as a single operation: what all models here are painted with, once batch norm is folded
//! away.
//!
//! candle would make a tensor of every layer's results and two of its gradient, each in fresh memory. Here results
//! and gradients lie in buffers that the next pass takes over, activations are applied and undone while values are
//! in the cache, and what no gradient needs is not kept. Where layers stand one after the other, each gradient is written
//! once; where a result is used more than once, its gradients add up.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Shape, Tensor, bail};
use rayon::prelude::*;

use super::MapShape;
use super::finish::{End, Finish};
use super::frozen::FrozenLayer;
use super::host::{guarded, tensor, values};
use super::layout::turn_each;
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
    /// How many steps take what is at a place: first what goes in, then what each step makes.
    uses: Vec<usize>,
    /// The last step that takes it.
    last_use: Vec<usize>,
    /// Whether what a step makes is looked at by a gradient.
    kept: Vec<bool>,
    /// What goes in.
    from: Vec<MapShape>,
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
        Self::of_steps(steps, vec![from], to)
    }

    /// Steps in an order in which each finds what it takes; the last one's results come out, as maps of the shape
    /// `to`.
    pub(super) fn of_steps(steps: Vec<Step>, from: Vec<MapShape>, to: MapShape) -> Result<Self> {
        if steps.is_empty() || from.is_empty() || from.iter().any(|shape| shape.contains(&0)) {
            return Err(Error::Invalid("a network needs layers and something that goes in".into()));
        }
        let places = from.len() + steps.len();
        let (mut uses, mut last_use) = (vec![0; places], vec![0; places]);
        let mut kept: Vec<bool> = steps.iter().map(|step| step.work.looks_at_made()).collect();
        for (index, step) in steps.iter().enumerate() {
            for &place in &step.from {
                uses[place] += 1;
                last_use[place] = index;
                if let Some(before) = place.checked_sub(from.len()) {
                    kept[before] |= step.work.looks_at_taken();
                }
            }
        }
        let pool = Pool::of(steps.len() + 2);
        Ok(Self(Arc::new(Program { steps, uses, last_use, kept, from, to, pool })))
    }

    /// What a network that takes one thing makes of maps.
    ///
    /// # Shapes
    /// N x H x W x C of [`Self::inputs`] to N x C x H x W of [`Self::outputs`], float32: channels first, as pictures
    /// have them. Differentiable; the weights are constants.
    ///
    /// # Errors
    /// [`Error::Shape`] when the maps have another shape.
    pub fn forward(&self, maps: &Tensor) -> Result<Tensor> {
        self.forward_of(&[maps])
    }

    /// What the network makes of all that it takes, in the order of [`Self::takes`]; as [`Self::forward`].
    ///
    /// # Errors
    /// [`Error::Shape`] when maps have other shapes, or there are not as many of one as of the others.
    pub fn forward_of(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        let program = &*self.0;
        let Some(first) = inputs.first().filter(|_| inputs.len() == program.from.len()) else {
            let (takes, given) = (program.from.len(), inputs.len());
            return Err(Error::Invalid(format!("the network takes {takes} inputs and was given {given}")));
        };
        let count = first.dims().first().copied().unwrap_or_default();
        for (maps, shape) in inputs.iter().zip(&program.from) {
            if maps.rank() != 4 || maps.dims()[1..] != *shape || maps.dims()[0] != count {
                return Err(Error::Shape {
                    op: "maps for a network",
                    left: maps.dims().to_vec(),
                    right: shape.to_vec(),
                    why: "any number of maps of this height, width and channels".into(),
                });
            }
            if maps.dtype() != DType::F32 {
                return Err(Error::Invalid(format!("networks take float32, not {}", maps.dtype().as_str())));
            }
        }
        if !first.device().is_cpu() {
            return Ok(self.on_device(inputs)?.permute((0, 3, 1, 2))?.contiguous()?);
        }
        let tracked: Vec<bool> = inputs.iter().map(|maps| maps.track_op()).collect();
        // An operation of candle takes three things at most: several go in one after the other, as one.
        let joined = match inputs {
            [one] => one.contiguous()?,
            all => {
                let flat = all.iter().map(|maps| maps.contiguous()?.flatten_all());
                Tensor::cat(&flat.collect::<candle_core::Result<Vec<_>>>()?, 0)?
            }
        };
        let pass = Pass { network: self.clone(), count, tracked, results: OnceLock::new() };
        Ok(joined.apply_op1(pass)?)
    }

    /// The same with candle's operations, channels last.
    pub(super) fn on_device(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        let mut results: Vec<Tensor> = inputs.iter().map(|&maps| maps.clone()).collect();
        for step in &self.0.steps {
            let taken = step.from.iter().zip(&step.takes);
            let from: Vec<Tensor> =
                taken.map(|(&place, shape)| shaped(&results[place], *shape)).collect::<Result<_>>()?;
            results.push(step.work.on_device(&from, inputs[0])?);
        }
        shaped(results.last().unwrap_or(inputs[0]), self.0.to)
    }

    /// The shape of what goes in; of the first, where there is more.
    #[must_use]
    pub fn inputs(&self) -> MapShape {
        self.0.from[0]
    }

    /// The shapes of all that goes in.
    #[must_use]
    pub fn takes(&self) -> &[MapShape] {
        &self.0.from
    }

    /// The shape of what comes out.
    #[must_use]
    pub fn outputs(&self) -> MapShape {
        self.0.to
    }

    #[cfg(test)]
    pub(super) fn steps(&self) -> usize {
        self.0.steps.len()
    }

    /// About how many multiplications one of the maps that go in takes.
    #[must_use]
    pub fn multiplications(&self) -> f64 {
        self.0.steps.iter().map(|step| step.work.multiplications()).sum()
    }

    /// How many numbers its layers have.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.0.steps.iter().map(|step| step.work.parameters()).sum()
    }
}

/// One way through a network, and back.
struct Pass {
    network: Compiled,
    /// How many maps go in.
    count: usize,
    /// Of what goes in, whether somebody may ask for its gradient.
    tracked: Vec<bool>,
    /// What every step made, as far as the gradient looks at it.
    results: OnceLock<Vec<Option<Buffer>>>,
}

impl Program {
    /// Rows of a map that comes out, and values in a row.
    fn output_rows(&self) -> (usize, usize) {
        (self.to[0] * self.to[1], self.to[2])
    }

    /// Values of one of the maps at a place.
    fn len(&self, place: usize) -> usize {
        let step = place.checked_sub(self.from.len());
        step.map_or_else(|| &self.from[place], |step| &self.steps[step].shape).iter().product()
    }

    /// What goes in, one after the other, where so many maps do.
    fn parts(&self, count: usize) -> Vec<Range<usize>> {
        let mut end = 0;
        let part = |place: usize| {
            let start = end;
            end += count * self.len(place);
            start..end
        };
        (0..self.from.len()).map(part).collect()
    }

    /// What is at a place.
    fn at<'a>(
        &self,
        place: usize,
        inputs: &'a [f32],
        parts: &[Range<usize>],
        results: &'a [Option<Buffer>],
    ) -> &'a [f32] {
        match place.checked_sub(self.from.len()) {
            None => &inputs[parts[place].clone()],
            Some(step) => results[step].as_deref().unwrap_or_default(),
        }
    }
}

impl CustomOp1 for Pass {
    fn name(&self) -> &'static str {
        "network"
    }

    fn cpu_fwd(&self, inputs: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let program = &*self.network.0;
        let inputs = values(inputs, layout)?;
        let (parts, tracked) = (program.parts(self.count), self.tracked.contains(&true));
        let mut results: Vec<Option<Buffer>> = Vec::with_capacity(program.steps.len());
        for (index, step) in program.steps.iter().enumerate() {
            let mut out = program.pool.take(self.count * program.len(program.from.len() + index));
            let from: Vec<&[f32]> =
                step.from.iter().map(|&place| program.at(place, inputs, &parts, &results)).collect();
            step.work.forward(&from, &mut out)?;
            for &place in step.from.iter().filter(|&&place| program.last_use[place] == index) {
                if let Some(before) = place.checked_sub(program.from.len())
                    && !(tracked && program.kept[before])
                {
                    results[before] = None;
                }
            }
            results.push(Some(out));
        }
        let (rows, columns) = program.output_rows();
        let mut out = vec![0.0; self.count * rows * columns];
        if let Some(Some(last)) = results.last() {
            turn_each(last, rows, columns, &mut out);
        }
        if tracked {
            if let (Some(last), Some(false)) = (results.last_mut(), program.kept.last()) {
                *last = None;
            }
            // candle calls this once for every instance.
            let _ = self.results.set(results);
        }
        let [height, width, channels] = program.to;
        Ok((CpuStorage::F32(out), Shape::from((self.count, channels, height, width))))
    }

    fn bwd(&self, inputs: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let program = &*self.network.0;
        let Some(results) = self.results.get() else { bail!("the gradient of a pass that never was") };
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let gradient = guarded(&storage, layout)?;
        let (rows, columns) = program.output_rows();
        let mut turned = program.pool.take(gradient.len());
        turn_each(gradient, columns, rows, &mut turned);

        let (storage, layout) = inputs.storage_and_layout();
        let values = guarded(&storage, layout)?;
        // Constants have no gradients, nor what is made of them alone.
        let mut reaches = self.tracked.clone();
        for step in &program.steps {
            reaches.push(step.from.iter().any(|&place| reaches[place]));
        }
        let mut back = Backward {
            program,
            count: self.count,
            inputs: values,
            parts: program.parts(self.count),
            results,
            reaches,
            gradients: (0..program.steps.len()).map(|_| None).collect(),
            of_inputs: vec![0.0; values.len()],
            met: vec![false; program.from.len()],
        };
        if let Some(last) = back.gradients.last_mut() {
            *last = Some(Gradient { values: turned, undone: false });
        }
        for index in (0..program.steps.len()).rev() {
            back.step(index)?;
        }
        Ok(Some(tensor(back.of_inputs, inputs.shape())?))
    }
}

/// Maps as maps of another shape.
fn shaped(maps: &Tensor, [height, width, channels]: MapShape) -> Result<Tensor> {
    Ok(maps.contiguous()?.reshape(((), height, width, channels))?)
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
    count: usize,
    inputs: &'a [f32],
    /// Where each of them is.
    parts: Vec<Range<usize>>,
    results: &'a [Option<Buffer>],
    /// Whether what is at a place depends on something whose gradient is asked for.
    reaches: Vec<bool>,
    /// Of what every step made, until the step itself is gone through.
    gradients: Vec<Option<Gradient>>,
    of_inputs: Vec<f32>,
    /// Whether the gradient of an input has something in it already.
    met: Vec<bool>,
}

impl Backward<'_> {
    /// Takes the gradient of what a step made to what it took.
    fn step(&mut self, index: usize) -> candle_core::Result<()> {
        let Some(Gradient { mut values, undone }) = self.gradients[index].take() else { return Ok(()) };
        let program = self.program;
        let step = &program.steps[index];
        let result = self.results[index].as_deref().unwrap_or_default();
        let end = step.work.end();
        if !undone && !end.is_nothing() {
            const PART: usize = 1 << 14;
            let parts = values.par_chunks_mut(PART).zip(result.par_chunks(PART));
            parts.for_each(|(gradient, result)| end.undo(result, gradient));
        }
        let at = |&place| program.at(place, self.inputs, &self.parts, self.results);
        let from: Vec<&[f32]> = step.from.iter().map(at).collect();
        let known = Known { from: &from, result };
        for (which, &place) in step.from.iter().enumerate().filter(|(_, place)| self.reaches[**place]) {
            let Some(before) = place.checked_sub(program.from.len()) else {
                let of_input = &mut self.of_inputs[self.parts[place].clone()];
                if std::mem::replace(&mut self.met[place], true) {
                    let mut out = program.pool.take(of_input.len());
                    step.work.backward(which, &values, &known, Finish::NOTHING, &mut out)?;
                    add(of_input, &out);
                } else {
                    step.work.backward(which, &values, &known, Finish::NOTHING, of_input)?;
                }
                continue;
            };
            // With a single use, the end of the step before is undone while the gradient is in the cache.
            let undone = program.uses[place] == 1;
            let end = if undone { program.steps[before].work.end() } else { End::default() };
            let finish = match self.results[before].as_deref() {
                Some(results) if !end.is_nothing() => Finish::Undo { end, results },
                _ => Finish::NOTHING,
            };
            let mut out = program.pool.take(self.count * program.len(place));
            step.work.backward(which, &values, &known, finish, &mut out)?;
            match &mut self.gradients[before] {
                Some(sum) => add(&mut sum.values, &out),
                none => *none = Some(Gradient { values: out, undone }),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "compiled_tests.rs"]
mod tests;
