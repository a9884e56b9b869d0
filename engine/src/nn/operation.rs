//! The custom operation behind both convolutions: forward and the gradients that somebody asked for.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::activation::Activation;
use super::finish::Finish;
use super::host::{guarded, tensor, values};
use super::linear::{Linear, Weights};
use super::lowering::weight_gradient;
use super::phases::Direction;

/// A convolution or a transposed one, of weights that may be learning.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub linear: Linear,
    /// Number of images.
    pub count: usize,
    pub activation: Activation,
    /// Whether the weights are being learned.
    pub trained: bool,
}

impl Operation {
    fn output_shape(&self) -> Shape {
        let [height, width, channels] = self.linear.output_shape();
        Shape::from((self.count, height, width, channels))
    }

    /// One pass, with weights that the next one may not have: they are transformed only where this pass alone gets
    /// back what that costs. A training counts all of its batch; a model does not, because its picture must not depend
    /// on how many are made.
    fn run(&self, direction: Direction, input: &[f32], w: &[f32], finish: Finish<'_>, out: &mut [f32]) {
        let linear = &self.linear;
        let weights = linear.weights(w);
        let weights = if direction == linear.forward() { weights } else { weights.transposed() };
        let together = if self.trained { self.count } else { 1 };
        if linear.pays_planes(direction, together) && linear.suits_planes(direction) {
            let planes = linear.planes(direction, weights);
            linear.run(direction, input, Weights::Transformed(&planes), finish, out);
        } else {
            linear.run(direction, input, Weights::Plain(weights), finish, out);
        }
    }

    fn forward(&self, x: &[f32], w: &[f32], bias: Option<&[f32]>) -> (CpuStorage, Shape) {
        let shape = self.output_shape();
        let mut out = vec![0.0; shape.elem_count()];
        let finish = Finish::Activate { bias, activation: self.activation };
        self.run(self.linear.forward(), x, w, finish, &mut out);
        (CpuStorage::F32(out), shape)
    }

    /// Gradients of the input, the weights and the bias; those of constants are not computed.
    fn backward(
        &self,
        x: &Tensor,
        w: &Tensor,
        bias: Option<&Tensor>,
        result: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = before_activation(self.activation, result, gradient)?;
        let (storage, layout) = gradient.storage_and_layout();
        let g = guarded(&storage, layout)?;
        let Linear { windows, features, transposed } = self.linear;

        let of_input = if x.track_op() {
            let (storage, layout) = w.storage_and_layout();
            let w = guarded(&storage, layout)?;
            let mut out = vec![0.0; x.elem_count()];
            self.run(self.linear.backward(), g, w, Finish::NOTHING, &mut out);
            Some(tensor(out, x.shape())?)
        } else {
            None
        };
        let of_weights = if w.track_op() {
            let (storage, layout) = x.storage_and_layout();
            let x = guarded(&storage, layout)?;
            let (images, grid) = if transposed { (g, x) } else { (x, g) };
            let mut out = vec![0.0; w.elem_count()];
            weight_gradient(&windows, images, grid, features, transposed, &mut out);
            Some(tensor(out, w.shape())?)
        } else {
            None
        };
        let of_bias = match bias {
            Some(bias) if bias.track_op() => Some(tensor(sum_of_rows(g, bias.elem_count()), bias.shape())?),
            _ => None,
        };
        Ok((of_input, of_weights, of_bias))
    }
}

impl CustomOp2 for Operation {
    fn name(&self) -> &'static str {
        if self.linear.transposed { "conv_transpose2d" } else { "conv2d" }
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        Ok(self.forward(values(x, lx)?, values(w, lw)?, None))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        res: &Tensor,
        g: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (gx, gw, _) = self.backward(x, w, None, res, g)?;
        Ok((gx, gw))
    }
}

impl CustomOp3 for Operation {
    fn name(&self) -> &'static str {
        CustomOp2::name(self)
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
        b: &CpuStorage,
        lb: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        Ok(self.forward(values(x, lx)?, values(w, lw)?, Some(values(b, lb)?)))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        b: &Tensor,
        res: &Tensor,
        g: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        self.backward(x, w, Some(b), res, g)
    }
}

/// The gradient in front of the activation, contiguous.
pub(crate) fn before_activation(
    activation: Activation,
    result: &Tensor,
    gradient: &Tensor,
) -> Result<Tensor> {
    let gradient = gradient.contiguous()?;
    if activation == Activation::None {
        return Ok(gradient);
    }
    let result = result.contiguous()?;
    let (rs, rl) = result.storage_and_layout();
    let (gs, gl) = gradient.storage_and_layout();
    let (result, g) = (guarded(&rs, rl)?, guarded(&gs, gl)?);
    let mut out = vec![0.0; g.len()];
    const PART: usize = 1 << 15;
    out.par_chunks_mut(PART).zip(result.par_chunks(PART).zip(g.par_chunks(PART))).for_each(
        |(out, (result, g))| {
            out.copy_from_slice(g);
            activation.undo(result, out);
        },
    );
    tensor(out, gradient.shape())
}

/// Sums over all rows of `width` values, in blocks whose order is fixed.
fn sum_of_rows(values: &[f32], width: usize) -> Vec<f32> {
    const BLOCK_ROWS: usize = 512;
    let mut blocks: Vec<Vec<f32>> = Vec::new();
    values
        .par_chunks((BLOCK_ROWS * width).max(1))
        .map(|block| {
            let mut sum = vec![0.0; width];
            for row in block.chunks_exact(width) {
                for (s, v) in sum.iter_mut().zip(row) {
                    *s += v;
                }
            }
            sum
        })
        .collect_into_vec(&mut blocks);
    let mut total = vec![0.0; width];
    for block in blocks {
        for (t, s) in total.iter_mut().zip(block) {
            *t += s;
        }
    }
    total
}
