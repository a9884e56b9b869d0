//! Every channel of every sample times a number of its own, channels last; alone, and with all that follows it
//! in a layer whose weights are modulated by a style (Karras et al. 2020, `StyleGAN2`).

use candle_core::{CpuStorage, CustomOp2, DType, Layout, Shape, Tensor};
use rayon::prelude::*;

use super::conv::mismatch;
use super::host::{guarded, tensor, values};
use crate::{Error, Result};

/// Pixels that one task works on.
const BLOCK: usize = 256;
/// What negative numbers are multiplied by.
const SLOPE: f32 = 0.2;
/// Keeps the variance of normal numbers through the activation, about.
const GAIN: f32 = std::f32::consts::SQRT_2;

/// What follows the scaling: constants only, nothing learns here.
#[derive(Clone, Debug)]
pub struct StyledActivation {
    /// Added to all channels of a pixel, H x W; the same for every sample.
    pub noise: Option<Tensor>,
    /// Added to all pixels of a channel, C.
    pub bias: Tensor,
    /// Results are kept between minus this and this.
    pub clamp: Option<f32>,
}

/// `x[n, h, w, c] * scales[n, c]`.
///
/// # Shapes
/// `x` N x H x W x C, `scales` N x C, float32.
///
/// # Errors
/// [`Error::Shape`] when they don't fit.
pub fn scale_channels(x: &Tensor, scales: &Tensor) -> Result<Tensor> {
    let pixels = check(x, scales)?;
    if !x.device().is_cpu() {
        return Ok(x.broadcast_mul(&scales.unsqueeze(1)?.unsqueeze(1)?)?);
    }
    Ok(x.contiguous()?.apply_op2(&scales.contiguous()?, Scale { pixels, after: None })?)
}

/// `sqrt 2 leaky_relu(x[n, h, w, c] scales[n, c] + noise[h, w] + bias[c])` with a slope of 0.2, kept within the
/// clamp.
///
/// # Shapes
/// `x` N x H x W x C, `scales` N x C, float32.
///
/// # Errors
/// [`Error::Shape`] when they don't fit each other or the constants.
pub fn scale_and_activate(x: &Tensor, scales: &Tensor, after: &StyledActivation) -> Result<Tensor> {
    let pixels = check(x, scales)?;
    let (_, height, width, channels) = x.dims4()?;
    if after.bias.dims() != [channels] || after.bias.dtype() != DType::F32 {
        return Err(mismatch("scale_and_activate", x, &after.bias, "the bias has one value a channel"));
    }
    if let Some(noise) = after.noise.as_ref().filter(|n| n.dims() != [height, width]) {
        return Err(mismatch("scale_and_activate", x, noise, "the noise has one value a pixel"));
    }
    if !x.device().is_cpu() {
        return Ok(activate_on_device(x, scales, after)?);
    }
    let constant = |t: &Tensor| Ok::<_, Error>(t.flatten_all()?.to_vec1::<f32>()?);
    let noise = after.noise.as_ref().map(constant).transpose()?;
    let after = After { noise, bias: constant(&after.bias)?, clamp: after.clamp.unwrap_or(f32::INFINITY) };
    Ok(x.contiguous()?.apply_op2(&scales.contiguous()?, Scale { pixels, after: Some(after) })?)
}

/// The same with candle's operations.
fn activate_on_device(x: &Tensor, scales: &Tensor, after: &StyledActivation) -> candle_core::Result<Tensor> {
    let y = x.broadcast_mul(&scales.unsqueeze(1)?.unsqueeze(1)?)?;
    let y = match &after.noise {
        Some(noise) => y.broadcast_add(&noise.unsqueeze(0)?.unsqueeze(3)?)?,
        None => y,
    };
    let y = candle_nn::ops::leaky_relu(&y.broadcast_add(&after.bias)?, f64::from(SLOPE))?;
    let y = (y * f64::from(GAIN))?;
    after.clamp.map_or(Ok(y.clone()), |most| y.clamp(-most, most))
}

/// Pixels of a map.
fn check(x: &Tensor, scales: &Tensor) -> Result<usize> {
    let (&[count, height, width, channels], &[rows, columns]) = (x.dims(), scales.dims()) else {
        return Err(mismatch("scale_channels", x, scales, "maps are N x H x W x C, scales N x C"));
    };
    if (count, channels) != (rows, columns) || channels == 0 || height * width == 0 {
        return Err(mismatch("scale_channels", x, scales, "maps are N x H x W x C, scales N x C"));
    }
    if x.dtype() != DType::F32 || scales.dtype() != DType::F32 {
        return Err(Error::Invalid("scale_channels works on float32".into()));
    }
    Ok(height * width)
}

/// The constants of [`StyledActivation`] as numbers.
struct After {
    noise: Option<Vec<f32>>,
    bias: Vec<f32>,
    clamp: f32,
}

impl After {
    /// Adds the constants to the pixel `pixel` and applies the activation.
    fn apply(&self, pixel: usize, values: &mut [f32]) {
        let noise = self.noise.as_ref().map_or(0.0, |noise| noise[pixel]);
        for (value, bias) in values.iter_mut().zip(&self.bias) {
            let x = *value + noise + bias;
            let y = GAIN * if x > 0.0 { x } else { SLOPE * x };
            // Not `clamp`: it would panic for a bound of NaN. Comparisons keep NaN as it is.
            *value = if y > self.clamp {
                self.clamp
            } else if y < -self.clamp {
                -self.clamp
            } else {
                y
            };
        }
    }

    /// The slope where the result is `y`.
    fn slope(&self, y: f32) -> f32 {
        if y.abs() >= self.clamp {
            0.0
        } else if y > 0.0 {
            GAIN
        } else {
            GAIN * SLOPE
        }
    }
}

struct Scale {
    pixels: usize,
    after: Option<After>,
}

impl Scale {
    fn forward(&self, x: &[f32], scales: &[f32], channels: usize) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        let maps = out.chunks_mut(self.pixels * channels).zip(x.chunks(self.pixels * channels));
        for ((out, x), scales) in maps.zip(scales.chunks_exact(channels)) {
            let blocks = out.par_chunks_mut(BLOCK * channels).zip(x.par_chunks(BLOCK * channels));
            blocks.enumerate().for_each(|(block, (out, x))| {
                let pixels = out.chunks_exact_mut(channels).zip(x.chunks_exact(channels));
                for (i, (out, x)) in pixels.enumerate() {
                    for ((out, x), scale) in out.iter_mut().zip(x).zip(scales) {
                        *out = x * scale;
                    }
                    if let Some(after) = &self.after {
                        after.apply(block * BLOCK + i, out);
                    }
                }
            });
        }
        out
    }

    /// Gradients of the maps and of the scales.
    fn backward(
        &self,
        x: &[f32],
        scales: &[f32],
        channels: usize,
        result: &[f32],
        gradient: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let map_len = self.pixels * channels;
        let block_len = BLOCK * channels;
        let mut of_x = vec![0.0; x.len()];
        let mut of_scales = vec![0.0; scales.len()];
        let samples = of_x.chunks_mut(map_len).zip(scales.chunks_exact(channels));
        for (sample, (of_x, scales)) in samples.enumerate() {
            let map = |all| -> &[f32] {
                let all: &[f32] = all;
                &all[sample * map_len..][..map_len]
            };
            let blocks = of_x
                .par_chunks_mut(block_len)
                .zip(map(x).par_chunks(block_len))
                .zip(map(result).par_chunks(block_len).zip(map(gradient).par_chunks(block_len)));
            // Whole blocks whatever the number of threads, added in their order.
            let sums: Vec<Vec<f32>> = blocks
                .map(|((of_x, x), (y, g))| {
                    let mut sum = vec![0.0; channels];
                    let pixels = of_x.chunks_exact_mut(channels).zip(x.chunks_exact(channels));
                    let known = y.chunks_exact(channels).zip(g.chunks_exact(channels));
                    for ((of_x, x), (y, g)) in pixels.zip(known) {
                        self.pixel_backward(x, scales, y, g, of_x, &mut sum);
                    }
                    sum
                })
                .collect();
            let of_scales = &mut of_scales[sample * channels..][..channels];
            for sum in sums {
                of_scales.iter_mut().zip(sum).for_each(|(total, term)| *total += term);
            }
        }
        (of_x, of_scales)
    }

    #[inline]
    fn pixel_backward(
        &self,
        x: &[f32],
        scales: &[f32],
        y: &[f32],
        g: &[f32],
        of_x: &mut [f32],
        sum: &mut [f32],
    ) {
        let terms = of_x.iter_mut().zip(sum).zip(x.iter().zip(scales)).zip(y.iter().zip(g));
        match &self.after {
            None => terms.for_each(|(((of_x, sum), (x, scale)), (_, g))| {
                *of_x = g * scale;
                *sum += g * x;
            }),
            Some(after) => terms.for_each(|(((of_x, sum), (x, scale)), (y, g))| {
                let g = g * after.slope(*y);
                *of_x = g * scale;
                *sum += g * x;
            }),
        }
    }
}

impl CustomOp2 for Scale {
    fn name(&self) -> &'static str {
        if self.after.is_some() { "scale_and_activate" } else { "scale_channels" }
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        scales: &CpuStorage,
        ls: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let channels = lx.dims().last().copied().unwrap_or(1);
        let out = self.forward(values(x, lx)?, values(scales, ls)?, channels);
        Ok((CpuStorage::F32(out), lx.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scales: &Tensor,
        result: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let result = result.contiguous()?;
        let (xs, xl) = x.storage_and_layout();
        let (ss, sl) = scales.storage_and_layout();
        let (rs, rl) = result.storage_and_layout();
        let (gs, gl) = gradient.storage_and_layout();
        let (result, gradient) = (guarded(&rs, rl)?, guarded(&gs, gl)?);
        let (of_x, of_scales) =
            self.backward(guarded(&xs, xl)?, guarded(&ss, sl)?, scales.dim(1)?, result, gradient);
        let of_x = x.track_op().then(|| tensor(of_x, x.shape())).transpose()?;
        let of_scales = scales.track_op().then(|| tensor(of_scales, scales.shape())).transpose()?;
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

    fn assert_close(a: &Tensor, b: &Tensor) {
        assert_eq!(a.dims(), b.dims());
        let scale = b.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        let difference = (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(difference <= 1e-5 * (1.0 + scale), "{difference} of {scale}");
    }

    #[test]
    fn the_kernels_agree_with_candles_operations() {
        let mut rng = Rng::new(3);
        // More pixels than one block, and a last block that is not full.
        let (x, scales) = (noise(&mut rng, &[2, 20, 17, 5]), noise(&mut rng, &[2, 5]));
        let after = |clamp| StyledActivation {
            noise: Some(noise(&mut Rng::new(4), &[20, 17])),
            bias: noise(&mut Rng::new(5), &[5]),
            clamp,
        };
        let weights = noise(&mut rng, &[2, 20, 17, 5]);
        for after in [None, Some(after(None)), Some(after(Some(1.5)))] {
            let run = |on_device: bool| {
                let (x, scales) = (Var::from_tensor(&x).unwrap(), Var::from_tensor(&scales).unwrap());
                let y = match &after {
                    None if on_device => {
                        x.broadcast_mul(&scales.unsqueeze(1).unwrap().unsqueeze(1).unwrap()).unwrap()
                    }
                    None => scale_channels(&x, &scales).unwrap(),
                    Some(after) if on_device => activate_on_device(&x, &scales, after).unwrap(),
                    Some(after) => scale_and_activate(&x, &scales, after).unwrap(),
                };
                let gradients = (&y * &weights).unwrap().sum_all().unwrap().backward().unwrap();
                (y, gradients.get(&x).unwrap().clone(), gradients.get(&scales).unwrap().clone())
            };
            let (fast, slow) = (run(false), run(true));
            assert_close(&fast.0, &slow.0);
            assert_close(&fast.1, &slow.1);
            assert_close(&fast.2, &slow.2);
        }
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let x = noise(&mut Rng::new(1), &[2, 3, 3, 4]);
        for scales in [&[2, 3][..], &[1, 4], &[4]] {
            let scales = noise(&mut Rng::new(1), scales);
            assert!(matches!(scale_channels(&x, &scales), Err(Error::Shape { .. })));
        }
        let after = StyledActivation { noise: None, bias: noise(&mut Rng::new(1), &[3]), clamp: None };
        let scales = noise(&mut Rng::new(1), &[2, 4]);
        assert!(matches!(scale_and_activate(&x, &scales, &after), Err(Error::Shape { .. })));
    }
}
