//! Every channel of every map times a number of its own, as styles modulate them (Karras et al. 2020), channels last;
//! with what follows in the same pass while it is in the cache.

use candle_core::{CpuStorage, CustomOp2, DType, Layout, Shape, Tensor};
use rayon::prelude::*;

use super::activation::Activation;
use super::conv::mismatch;
use super::host::{guarded, tensor, values};
use crate::{Error, Result};

/// Values that one task works on, about.
const PART: usize = 1 << 14;

/// `x[n, h, w, c] * scales[n, c]`.
///
/// # Shapes
/// `x` N x H x W x C, `scales` N x C or N x 1 x 1 x C, float32. Differentiable in both.
///
/// # Errors
/// [`Error::Shape`] when they don't fit.
pub(super) fn scale_channels(x: &Tensor, scales: &Tensor) -> Result<Tensor> {
    let wrong = || mismatch("scale_channels", x, scales, "maps are N x H x W x C, scales N x C");
    let &[count, height, width, channels] = x.dims() else { return Err(wrong()) };
    if !matches!(*scales.dims(), [n, c] | [n, 1, 1, c] if (n, c) == (count, channels)) || x.elem_count() == 0
    {
        return Err(wrong());
    }
    if x.dtype() != DType::F32 || scales.dtype() != DType::F32 {
        return Err(Error::Invalid("scale_channels works on float32".into()));
    }
    if !x.device().is_cpu() {
        return Ok(x.broadcast_mul(&scales.reshape((count, 1, 1, channels))?)?);
    }
    let scaling = Scaling { pixels: height * width, channels, tail: Tail::default() };
    Ok(x.contiguous()?.apply_op2(&scales.contiguous()?, scaling)?)
}

/// What follows a scaling: constants, an activation and bounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tail {
    /// A factor of all scales.
    pub gain: f32,
    /// Added to all channels of a pixel, H x W values; the same for every map.
    pub noise: Option<Vec<f32>>,
    /// Added to all pixels of a channel.
    pub bias: Option<Vec<f32>>,
    pub activation: Activation,
    /// Results are kept between these.
    pub bounds: Option<[f32; 2]>,
}

impl Default for Tail {
    fn default() -> Self {
        Self { gain: 1.0, noise: None, bias: None, activation: Activation::None, bounds: None }
    }
}

/// The scaling of maps of one shape, and its tail: `activation(x scales gain + noise + bias)` within bounds.
#[derive(Clone, Debug)]
pub(super) struct Scaling {
    /// Pixels of a map.
    pub pixels: usize,
    pub channels: usize,
    pub tail: Tail,
}

impl Scaling {
    /// Values of the whole pixels that one task works on.
    fn part(&self) -> usize {
        PART.next_multiple_of(self.channels)
    }

    fn map_len(&self) -> usize {
        self.pixels * self.channels
    }

    /// The numbers of a map, with the gain.
    fn gained(&self, scales: &[f32]) -> Vec<f32> {
        scales.iter().map(|scale| scale * self.tail.gain).collect()
    }

    /// What it makes of maps, into `out`, whose content does not matter.
    pub fn forward(&self, x: &[f32], scales: &[f32], out: &mut [f32]) {
        let maps = out.par_chunks_mut(self.map_len()).zip(x.par_chunks(self.map_len()));
        maps.zip(scales.par_chunks(self.channels)).for_each(|((out, x), scales)| {
            let scales = self.gained(scales);
            let parts = out.par_chunks_mut(self.part()).zip(x.par_chunks(self.part()));
            parts.enumerate().for_each(|(part, (out, x))| {
                let first = part * self.part() / self.channels;
                let pixels = out.chunks_exact_mut(self.channels).zip(x.chunks_exact(self.channels));
                for (pixel, (out, x)) in pixels.enumerate() {
                    let noise = self.tail.noise.as_ref().map_or(0.0, |noise| noise[first + pixel]);
                    let terms = out.iter_mut().zip(x).zip(&scales);
                    match &self.tail.bias {
                        Some(bias) => {
                            terms.zip(bias).for_each(|(((out, x), s), b)| *out = x * s + (noise + b));
                        }
                        None => terms.for_each(|((out, x), s)| *out = x * s + noise),
                    }
                }
                self.tail.activation.apply(out);
                if let Some([least, most]) = self.tail.bounds {
                    out.iter_mut().for_each(|y| *y = clipped(*y, least, most));
                }
            });
        });
    }

    /// The gradient of the maps from that of what was made before activation and bounds, into `out`, whose content does
    /// not matter.
    pub fn of_maps(&self, scales: &[f32], gradient: &[f32], out: &mut [f32]) {
        let maps = out.par_chunks_mut(self.map_len()).zip(gradient.par_chunks(self.map_len()));
        maps.zip(scales.par_chunks(self.channels)).for_each(|((out, gradient), scales)| {
            let scales = self.gained(scales);
            let parts = out.par_chunks_mut(self.part()).zip(gradient.par_chunks(self.part()));
            parts.for_each(|(out, gradient)| {
                let rows = gradient.chunks_exact(self.channels);
                for (out, g) in out.chunks_exact_mut(self.channels).zip(rows) {
                    out.iter_mut().zip(g).zip(&scales).for_each(|((out, g), scale)| *out = g * scale);
                }
            });
        });
    }

    /// The same of the scales. Whole parts are added in their order, whatever the number of threads.
    pub fn of_scales(&self, x: &[f32], gradient: &[f32], out: &mut [f32]) {
        let maps = x.par_chunks(self.map_len()).zip(gradient.par_chunks(self.map_len()));
        out.par_chunks_mut(self.channels).zip(maps).for_each(|(out, (x, gradient))| {
            let parts = x.par_chunks(self.part()).zip(gradient.par_chunks(self.part()));
            let sums: Vec<Vec<f32>> = parts
                .map(|(x, gradient)| {
                    let mut sum = vec![0.0; self.channels];
                    let rows = x.chunks_exact(self.channels).zip(gradient.chunks_exact(self.channels));
                    for (x, g) in rows {
                        sum.iter_mut().zip(x).zip(g).for_each(|((sum, x), g)| *sum += x * g);
                    }
                    sum
                })
                .collect();
            out.fill(0.0);
            for sum in sums {
                out.iter_mut().zip(sum).for_each(|(total, term)| *total += term);
            }
            out.iter_mut().for_each(|total| *total *= self.tail.gain);
        });
    }

    /// The same as [`Self::forward`] with candle's operations.
    pub fn on_device(&self, x: &Tensor, scales: &Tensor) -> candle_core::Result<Tensor> {
        let (count, height, width, channels) = x.dims4()?;
        let Tail { gain, noise, bias, activation, bounds } = &self.tail;
        let scales = (scales.reshape((count, 1, 1, channels))? * f64::from(*gain))?;
        let mut y = x.broadcast_mul(&scales)?;
        if let Some(noise) = noise {
            y = y.broadcast_add(&Tensor::from_slice(noise, (1, height, width, 1), x.device())?)?;
        }
        if let Some(bias) = bias {
            y = y.broadcast_add(&Tensor::from_slice(bias, channels, x.device())?)?;
        }
        let y = activation.on_device(&y)?;
        bounds.map_or(Ok(y.clone()), |[least, most]| y.clamp(least, most))
    }
}

/// A number kept within bounds. Not `clamp`, which panics for bounds of NaN; comparisons keep NaN as it is.
pub(super) fn clipped(x: f32, least: f32, most: f32) -> f32 {
    if x < least {
        least
    } else if x > most {
        most
    } else {
        x
    }
}

impl CustomOp2 for Scaling {
    fn name(&self) -> &'static str {
        "scale_channels"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        scales: &CpuStorage,
        ls: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let x = values(x, lx)?;
        let mut out = vec![0.0; x.len()];
        self.forward(x, values(scales, ls)?, &mut out);
        Ok((CpuStorage::F32(out), lx.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scales: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let (gs, gl) = gradient.storage_and_layout();
        let gradient = guarded(&gs, gl)?;
        let of_x = if x.track_op() {
            let (storage, layout) = scales.storage_and_layout();
            let mut out = vec![0.0; x.elem_count()];
            self.of_maps(guarded(&storage, layout)?, gradient, &mut out);
            Some(tensor(out, x.shape())?)
        } else {
            None
        };
        let of_scales = if scales.track_op() {
            let (storage, layout) = x.storage_and_layout();
            let mut out = vec![0.0; scales.elem_count()];
            self.of_scales(guarded(&storage, layout)?, gradient, &mut out);
            Some(tensor(out, scales.shape())?)
        } else {
            None
        };
        Ok((of_x, of_scales))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;
    use crate::rng::Rng;

    fn noise(rng: &mut Rng, shape: &[usize]) -> Tensor {
        Tensor::from_vec(rng.normals(shape.iter().product()), shape, &Device::Cpu).unwrap()
    }

    fn numbers(t: &Tensor) -> Vec<f32> {
        t.flatten_all().unwrap().to_vec1().unwrap()
    }

    fn assert_close(a: &[f32], b: &[f32]) {
        assert_eq!(a.len(), b.len());
        let scale = b.iter().fold(1f32, |most, v| most.max(v.abs()));
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() <= 1e-5 * scale, "{a} {b} of {scale}");
        }
    }

    #[test]
    fn the_kernels_agree_with_candles_operations() {
        let mut rng = Rng::new(3);
        // More pixels than one part, and a last part that is not full.
        let shape = [2, 41, 17, 65];
        let (x, scales) = (noise(&mut rng, &shape), noise(&mut rng, &[2, 65]));
        let weights = noise(&mut rng, &shape);
        let full = Tail {
            gain: 1.5,
            noise: Some(rng.normals(41 * 17)),
            bias: Some(rng.normals(65)),
            activation: Activation::LeakyRelu(0.2),
            bounds: Some([-0.4, 1.5]),
        };
        let linear = Tail { activation: Activation::None, bounds: None, ..full.clone() };
        for tail in [Tail::default(), linear, full] {
            let scaling = Scaling { pixels: 41 * 17, channels: 65, tail };
            let (x, scales) = (Var::from_tensor(&x).unwrap(), Var::from_tensor(&scales).unwrap());
            let slow = scaling.on_device(&x, &scales).unwrap();
            let mut fast = vec![f32::NAN; x.elem_count()];
            scaling.forward(&numbers(&x), &numbers(&scales), &mut fast);
            assert_close(&fast, &numbers(&slow));
            // What comes after is undone by others: the gradient is that of the linear part.
            if scaling.tail.activation != Activation::None {
                continue;
            }
            let gradients = (&slow * &weights).unwrap().sum_all().unwrap().backward().unwrap();
            let (mut of_x, mut of_scales) = (vec![f32::NAN; x.elem_count()], vec![f32::NAN; 130]);
            scaling.of_maps(&numbers(&scales), &numbers(&weights), &mut of_x);
            scaling.of_scales(&numbers(&x), &numbers(&weights), &mut of_scales);
            assert_close(&of_x, &numbers(gradients.get(&x).unwrap()));
            assert_close(&of_scales, &numbers(gradients.get(&scales).unwrap()));
        }
    }

    #[test]
    fn scaled_maps_are_differentiable_in_both() {
        let mut rng = Rng::new(5);
        let (x, scales) = (noise(&mut rng, &[2, 3, 4, 5]), noise(&mut rng, &[2, 1, 1, 5]));
        let weights = noise(&mut rng, &[2, 3, 4, 5]);
        let run = |f: &dyn Fn(&Tensor, &Tensor) -> Tensor| {
            let (x, scales) = (Var::from_tensor(&x).unwrap(), Var::from_tensor(&scales).unwrap());
            let y = f(&x, &scales);
            let gradients = (&y * &weights).unwrap().sum_all().unwrap().backward().unwrap();
            [y, gradients.get(&x).unwrap().clone(), gradients.get(&scales).unwrap().clone()]
        };
        let fast = run(&|x, scales| scale_channels(x, scales).unwrap());
        let slow = run(&|x, scales| x.broadcast_mul(scales).unwrap());
        for (fast, slow) in fast.iter().zip(&slow) {
            assert_eq!(fast.dims(), slow.dims());
            assert_close(&numbers(fast), &numbers(slow));
        }
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let x = noise(&mut Rng::new(1), &[2, 3, 3, 4]);
        for scales in [&[2, 3][..], &[1, 4], &[4], &[2, 3, 3, 4]] {
            let scales = noise(&mut Rng::new(1), scales);
            assert!(matches!(scale_channels(&x, &scales), Err(Error::Shape { .. })));
        }
    }
}
