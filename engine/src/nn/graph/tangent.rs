//! How fast what a graph makes changes when what goes in moves along a direction (Pearlmutter 1994): a pass of its own
//! through the same nodes, without biases, and with slopes in the place of activations.
//!
//! Its value is that derivative for every operation. Its gradient in the weights is exact too, as second derivatives, where
//! the results that give the slopes were made with the same learning weights; where they were made with frozen ones, slopes
//! are constants, which is exact as well for ReLUs and leaky ones (their slopes don't change), and cheaper.

use candle_core::{DType, Tensor};

use super::op::{Op, Role};
use super::train::{Norms, Results, dense, fit};
use super::{Graph, Weights};
use crate::nn::activation::Activation;
use crate::nn::shuffle::{channels_of_pixels, pixels_of_channels};
use crate::nn::{conv_transpose2d, conv2d, deviation, resample};
use crate::{Error, Result};

impl Graph {
    /// The derivatives of the `wanted` outputs along `directions`, one for each input node and of its shape, where
    /// `results` are what [`Self::run`] made of the place at which they are taken, with the same norms.
    ///
    /// # Errors
    /// [`Error::Shape`] when directions don't fit, [`Error::Invalid`] when the run was not asked for what is wanted here.
    pub fn tangent(
        &self,
        weights: &Weights,
        results: &Results,
        directions: &[&Tensor],
        norms: Norms,
        wanted: &[&str],
    ) -> Result<Results> {
        let wanted: Vec<usize> = wanted.iter().map(|output| self.wanted(output)).collect::<Result<_>>()?;
        let plan = self.plan(&wanted);
        let mut moves: Vec<Option<Tensor>> = vec![None; self.nodes.len()];
        let mut directions = directions.iter();
        for place in (0..self.nodes.len()).filter(|&place| plan.needed[place]) {
            let input = matches!(self.nodes[place].op, Op::Input { .. }).then(|| directions.next()).flatten();
            let from: Vec<&Tensor> =
                self.from[place].iter().filter_map(|&before| moves[before].as_ref()).collect();
            let moved = self.moved(place, &from, weights, results, input.copied(), norms)?;
            moves[place] = Some(moved);
        }
        Ok(Results::new(self, moves))
    }

    fn moved(
        &self,
        place: usize,
        from: &[&Tensor],
        weights: &Weights,
        results: &Results,
        input: Option<&Tensor>,
        norms: Norms,
    ) -> Result<Tensor> {
        let node = &self.nodes[place];
        let one = || {
            from.first()
                .copied()
                .ok_or_else(|| Error::Invalid(format!("nothing goes into \"{}\"", node.name)))
        };
        let weight = |role| weights.of(&node.name, role);
        let before = |which: usize| results.at(self, self.from[place][which]);
        const PLAIN: Activation = Activation::None;
        Ok(match &node.op {
            Op::Input { shape } => fit(input, *shape)?,
            Op::Dense { .. } => dense(one()?, weight(Role::Weight)?, None, self.shapes[place], PLAIN)?,
            Op::Convolution { config, .. } => conv2d(one()?, weight(Role::Weight)?, None, *config, PLAIN)?,
            Op::TransposedConvolution { config, .. } => {
                conv_transpose2d(one()?, weight(Role::Weight)?, None, *config, PLAIN)?
            }
            Op::BatchNorm { epsilon } => {
                let gamma = weight(Role::Gamma)?;
                match norms {
                    Norms::Batch => batch_norm(one()?, before(0)?, gamma, *epsilon)?,
                    Norms::Stored => {
                        let scale = gamma.div(&(weight(Role::Variance)? + *epsilon)?.sqrt()?)?;
                        one()?.broadcast_mul(&scale)?
                    }
                }
            }
            Op::InstanceNorm { epsilon } => {
                // The statistics of a map are those of a batch of its pixels.
                let (moves, maps) = (one()?, before(0)?);
                let count = moves.dim(0)?;
                let each = |map: usize| {
                    let [direction, x] = [moves, maps].map(|t| t.narrow(0, map, 1));
                    batch_norm(&direction?, &x?, weight(Role::Gamma)?, *epsilon)
                };
                Tensor::cat(&(0..count).map(each).collect::<Result<Vec<_>>>()?, 0)?
            }
            Op::Prelu { .. } => {
                let on = before(0)?.detach().gt(0f32)?.to_dtype(DType::F32)?;
                let off = on.affine(-1.0, 1.0)?.broadcast_mul(weight(Role::Slope)?)?;
                (one()? * (on + off)?)?
            }
            Op::PixelShuffle { factor } => pixels_of_channels(one()?, *factor)?,
            Op::PixelUnshuffle { factor } => channels_of_pixels(one()?, *factor)?,
            Op::Activation { activation } => (one()? * slope(*activation, results.at(self, place)?)?)?,
            Op::Add => {
                let first = one()?.clone();
                from[1..].iter().try_fold(first, |sum, term| sum + *term)?
            }
            Op::Multiply => ((one()? * before(1)?)? + (from[1] * before(0)?)?)?,
            Op::Concatenate => Tensor::cat(from, 3)?,
            Op::Resample { filter } => resample(one()?, filter)?,
            Op::Affine { scale, .. } => (one()? * f64::from(*scale))?,
            Op::Reshape { to: [height, width, channels] } => {
                one()?.contiguous()?.reshape(((), *height, *width, *channels))?
            }
            Op::Narrow { first, count } => one()?.narrow(3, *first, *count)?.contiguous()?,
            Op::Deviation { group } => match norms {
                Norms::Batch => deviation::along(one()?, before(0)?, *group)?,
                Norms::Stored => (one()?.narrow(3, 0, 1)? * 0.0)?,
            },
            Op::Clip { least, most } => {
                let inside = (before(0)?.gt(*least)? * before(0)?.lt(*most)?)?;
                (one()? * inside.to_dtype(DType::F32)?)?
            }
        })
    }
}

/// The slope of an activation where its result is `y`.
fn slope(activation: Activation, y: &Tensor) -> Result<Tensor> {
    let on = || y.detach().gt(0f32)?.to_dtype(DType::F32);
    Ok(match activation {
        Activation::None => y.ones_like()?,
        Activation::Relu => on()?,
        Activation::LeakyRelu(slope) => on()?.affine(f64::from(1.0 - slope), f64::from(slope))?,
        Activation::Tanh => y.sqr()?.affine(-1.0, 1.0)?,
        Activation::Sigmoid => (y * y.affine(-1.0, 1.0)?)?,
        // e^x = y + 1 where it is off, 1 where it is on.
        Activation::Elu => y.minimum(&y.zeros_like()?)?.affine(1.0, 1.0)?,
    })
}

/// The derivative of a norm by the statistics of the batch, along `direction` at `x`.
fn batch_norm(direction: &Tensor, x: &Tensor, gamma: &Tensor, epsilon: f64) -> Result<Tensor> {
    let channels = x.dim(3)?;
    let (x, rows) = (x.reshape(((), channels))?, direction.reshape(((), channels))?);
    let centred = x.broadcast_sub(&x.mean_keepdim(0)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(0)? + epsilon)?.sqrt()?;
    let normal = centred.broadcast_div(&deviation)?;
    let along = (&normal * &rows)?.mean_keepdim(0)?;
    let moved = rows.broadcast_sub(&rows.mean_keepdim(0)?)?.sub(&normal.broadcast_mul(&along)?)?;
    let scaled = moved.broadcast_div(&deviation)?.broadcast_mul(gamma)?;
    Ok(scaled.reshape(direction.shape())?)
}
