//! The custom operation behind both convolutions: forward and the gradients that somebody asked for.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::activation::Activation;
use super::columns::Windows;
use super::conv_transpose::FrozenWeights;
use super::host::{guarded, tensor, values};
use super::lowering::{gather, spread, weight_gradient};
use super::matmul::Matrix;
use super::phases::Direction;
use super::planes::{Planes, tiles};
use super::winograd;

/// Tiles from which on it is worth to transform weights for a single use.
const SINGLE_USE_TILES: usize = 256;

/// A convolution (windows over its input) or a transposed one (windows over its output).
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub windows: Windows,
    /// Number of images.
    pub count: usize,
    /// Channels of the grid: the output's in a convolution, the input's in a transposed one.
    pub features: usize,
    pub transposed: bool,
    pub activation: Activation,
    /// Where the weights are constants: whatever is made of them is then kept.
    pub frozen: Option<FrozenWeights>,
    /// Whether the weights are being learned.
    pub trained: bool,
}

impl Operation {
    fn input_len(&self) -> usize {
        let w = &self.windows;
        self.count * if self.transposed { w.cells() * self.features } else { w.image_len() }
    }

    fn output_shape(&self) -> Shape {
        let w = &self.windows;
        if self.transposed {
            Shape::from((self.count, w.image_height, w.image_width, w.channels))
        } else {
            Shape::from((self.count, w.grid_height, w.grid_width, self.features))
        }
    }

    fn output_channels(&self) -> usize {
        if self.transposed { self.windows.channels } else { self.features }
    }

    fn weights<'a>(&self, w: &'a [f32]) -> Matrix<'a> {
        if self.transposed {
            Matrix::new(w, self.features, self.windows.window_len())
        } else {
            Matrix::new(w, self.windows.window_len(), self.features)
        }
    }

    /// The way of the forward pass.
    fn direction(&self) -> Direction {
        if self.transposed { Direction::Spread } else { Direction::Gather }
    }

    /// Transformed weights, where they are of use.
    ///
    /// A model's picture must not depend on how many are made at once, so for constant weights the shapes of a single
    /// map decide; training may look at the whole batch.
    fn planes(&self, direction: Direction, weights: Matrix<'_>) -> Option<Arc<Planes>> {
        let enough = || self.count * tiles(&self.windows, direction) >= SINGLE_USE_TILES;
        let wanted = self.frozen.is_some() || (self.trained && enough());
        if !wanted || !Planes::suit(&self.windows, self.features, direction) {
            return None;
        }
        let make = || Arc::new(Planes::new(&self.windows, self.features, direction, weights));
        Some(match &self.frozen {
            Some(frozen) => frozen.planes(direction).get_or_init(make).clone(),
            None => make(),
        })
    }

    /// From one side to the other, by the plain way.
    fn lower(
        &self,
        direction: Direction,
        input: &[f32],
        weights: Matrix<'_>,
        bias: Option<&[f32]>,
        activation: Activation,
        out: &mut [f32],
    ) {
        let kernel = match direction {
            Direction::Spread => spread,
            Direction::Gather => gather,
        };
        kernel(&self.windows, input, weights, self.features, bias, activation, out);
    }

    fn forward(&self, x: &[f32], w: &[f32], bias: Option<&[f32]>) -> (CpuStorage, Shape) {
        let shape = self.output_shape();
        let mut out = vec![0.0; shape.elem_count()];
        let (direction, weights) = (self.direction(), self.weights(w));
        match self.planes(direction, weights) {
            Some(planes) => {
                winograd::convolve(&self.windows, &planes, x, bias, self.activation, &mut out);
            }
            None => self.lower(direction, x, weights, bias, self.activation, &mut out),
        }
        (CpuStorage::F32(out), shape)
    }

    /// The gradient of the input (its length is [`Self::input_len`]): the other way.
    fn input_gradient(&self, gradient: &[f32], w: &Tensor) -> Result<Vec<f32>> {
        let direction = match self.direction() {
            Direction::Spread => Direction::Gather,
            Direction::Gather => Direction::Spread,
        };
        let mut out = vec![0.0; self.input_len()];
        let (storage, layout) = w.storage_and_layout();
        let weights = self.weights(guarded(&storage, layout)?).transposed();
        if let Some(planes) = self.planes(direction, weights) {
            winograd::convolve(&self.windows, &planes, gradient, None, Activation::None, &mut out);
            return Ok(out);
        }
        match &self.frozen {
            Some(frozen) => {
                let (storage, layout) = frozen.turned()?.storage_and_layout();
                let turned = guarded(&storage, layout)?;
                let weights = Matrix::new(turned, self.windows.window_len(), self.features);
                self.lower(direction, gradient, weights, None, Activation::None, &mut out);
            }
            None => self.lower(direction, gradient, weights, None, Activation::None, &mut out),
        }
        Ok(out)
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

        let of_input = if x.track_op() { Some(tensor(self.input_gradient(g, w)?, x.shape())?) } else { None };
        let of_weights = if w.track_op() {
            let (storage, layout) = x.storage_and_layout();
            let x = guarded(&storage, layout)?;
            let (images, grid) = if self.transposed { (g, x) } else { (x, g) };
            let mut out = vec![0.0; w.elem_count()];
            weight_gradient(&self.windows, images, grid, self.features, self.transposed, &mut out);
            Some(tensor(out, w.shape())?)
        } else {
            None
        };
        let of_bias = match bias {
            Some(bias) if bias.track_op() => {
                Some(tensor(sum_of_rows(g, self.output_channels()), bias.shape())?)
            }
            _ => None,
        };
        Ok((of_input, of_weights, of_bias))
    }
}

impl CustomOp2 for Operation {
    fn name(&self) -> &'static str {
        if self.transposed { "conv_transpose2d" } else { "conv2d" }
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
    out.par_chunks_mut(PART)
        .zip(result.par_chunks(PART).zip(g.par_chunks(PART)))
        .for_each(|(out, (result, g))| activation.undo(result, g, out));
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
