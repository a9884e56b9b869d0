//! Differentiable augmentation for the discriminator (Zhao et al. 2020): the same kinds of random shift and
//! colour jitter on real and generated pictures, so that neither can be told by them.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::settings;
use crate::nn::host::{guarded, tensor, values};
use crate::rng::Rng;
use crate::{Error, Result};

/// How far a picture may be moved from itself. All zero means none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Largest shift in either direction, as a part of the picture's side; zeros come in.
    pub shift: f32,
    /// Largest value added to all pixels (the range of a picture is -1 to 1).
    pub brightness: f32,
    /// Largest change of the factor on the distance from grey.
    pub saturation: f32,
    /// Largest change of the factor on the distance from the picture's mean.
    pub contrast: f32,
    /// Side of a square of zeros at a random place, as a part of the picture's side.
    pub cutout: f32,
}

impl Augmentation {
    /// Nothing is changed.
    pub const NONE: Self = Self { shift: 0.0, brightness: 0.0, saturation: 0.0, contrast: 0.0, cutout: 0.0 };

    /// Refuses what is no augmentation.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first part of it that is wrong.
    pub fn check(&self) -> Result<()> {
        settings::check_share("the shift of the augmentation", self.shift)?;
        settings::check_share("the hole of the augmentation", self.cutout)?;
        settings::check_weight("the brightness of the augmentation", self.brightness)?;
        settings::check_weight("the saturation of the augmentation", self.saturation)?;
        settings::check_weight("the contrast of the augmentation", self.contrast)
    }

    fn draw(&self, rng: &mut Rng, height: usize, width: usize) -> Change {
        let mut shift = |size: usize| {
            let most = (self.shift * size as f32) as usize;
            rng.below(2 * most + 1) as isize - most as isize
        };
        let (dy, dx) = (shift(height), shift(width));
        let mut jitter = |range: f32| rng.uniform(-range, range);
        let brightness = jitter(self.brightness);
        let saturation = 1.0 + jitter(self.saturation);
        let contrast = 1.0 + jitter(self.contrast);
        let hole = [(self.cutout * height as f32) as usize, (self.cutout * width as f32) as usize];
        let corner = [rng.below(height), rng.below(width)];
        Change { dy, dx, brightness, saturation, contrast, corner, hole }
    }
}

impl Default for Augmentation {
    fn default() -> Self {
        Self { shift: 0.06, brightness: 0.1, saturation: 0.2, contrast: 0.1, cutout: 0.0 }
    }
}

/// Pictures changed at random, each in its own way.
///
/// # Shapes
/// `x` N x H x W x 3 float32 and so is the result.
///
/// # Errors
/// [`Error::Invalid`] for another shape.
pub fn augment(x: &Tensor, augmentation: &Augmentation, rng: &mut Rng) -> Result<Tensor> {
    let &[count, height, width, 3] = x.dims() else {
        return Err(Error::Invalid(format!("augmentation takes N x H x W x 3, not {:?}", x.dims())));
    };
    let changes = (0..count).map(|_| augmentation.draw(rng, height, width)).collect();
    Ok(x.contiguous()?.apply_op1(Augment { changes, height, width })?)
}

#[derive(Clone, Debug)]
struct Change {
    dy: isize,
    dx: isize,
    brightness: f32,
    saturation: f32,
    contrast: f32,
    corner: [usize; 2],
    hole: [usize; 2],
}

/// Colour first, then the shift, then the hole. All of it is affine in the pixels, so the gradient is the
/// transposed map; the colour part (distances from two means) is its own transpose.
struct Augment {
    changes: Vec<Change>,
    height: usize,
    width: usize,
}

impl Augment {
    fn run(&self, x: &[f32], each: impl Fn(&Self, &Change, &[f32], &mut [f32]) + Sync) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        let len = self.height * self.width * 3;
        out.par_chunks_mut(len)
            .zip(x.par_chunks(len))
            .zip(&self.changes)
            .for_each(|((out, x), change)| each(self, change, x, out));
        out
    }

    /// Calls `copy(inner, outer, n)` for each run of `n` values that the shift moves from `inner` to `outer`.
    fn each_run(&self, change: &Change, mut copy: impl FnMut(usize, usize, usize)) {
        let span = |size: usize, d: isize| {
            let low = d.max(0) as usize;
            (low, (size as isize + d.min(0)).max(low as isize) as usize)
        };
        let (top, bottom) = span(self.height, change.dy);
        let (left, right) = span(self.width, change.dx);
        for y in top..bottom {
            let from = ((y as isize - change.dy) as usize * self.width) as isize + left as isize - change.dx;
            copy(from as usize * 3, (y * self.width + left) * 3, (right - left) * 3);
        }
    }

    fn cut(&self, change: &Change, picture: &mut [f32]) {
        let [top, left] = change.corner;
        for y in top..(top + change.hole[0]).min(self.height) {
            let right = (left + change.hole[1]).min(self.width);
            picture[(y * self.width + left) * 3..(y * self.width + right) * 3].fill(0.0);
        }
    }

    fn forward(&self, change: &Change, x: &[f32], out: &mut [f32]) {
        let mean = sum(x) / x.len() as f32;
        let colour = Colour::new(change, mean, change.brightness);
        self.each_run(change, |inner, outer, n| colour.map(&x[inner..inner + n], &mut out[outer..outer + n]));
        self.cut(change, out);
    }

    fn transposed(&self, change: &Change, g: &[f32], out: &mut [f32]) {
        let mut g = g.to_vec();
        self.cut(change, &mut g);
        self.each_run(change, |inner, outer, n| out[inner..inner + n].copy_from_slice(&g[outer..outer + n]));
        let mean = sum(out) / out.len() as f32;
        let moved = out.to_vec();
        Colour::new(change, mean, 0.0).map(&moved, out);
    }
}

/// pixel -> contrast * (saturation * (pixel - grey) + grey) + (1 - contrast) * mean + brightness; the
/// saturation leaves the mean where it is.
struct Colour {
    own: f32,
    grey: f32,
    constant: f32,
}

impl Colour {
    fn new(change: &Change, mean: f32, brightness: f32) -> Self {
        Self {
            own: change.contrast * change.saturation,
            grey: change.contrast * (1.0 - change.saturation) / 3.0,
            constant: (1.0 - change.contrast) * mean + brightness,
        }
    }

    fn map(&self, x: &[f32], out: &mut [f32]) {
        for (out, x) in out.chunks_exact_mut(3).zip(x.chunks_exact(3)) {
            let common = self.grey * (x[0] + x[1] + x[2]) + self.constant;
            for (o, x) in out.iter_mut().zip(x) {
                *o = self.own * x + common;
            }
        }
    }
}

/// A sum in eight lanes, which the compiler turns into vector additions.
fn sum(x: &[f32]) -> f32 {
    let mut lanes = [0.0; 8];
    let chunks = x.chunks_exact(8);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += v;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

impl CustomOp1 for Augment {
    fn name(&self) -> &'static str {
        "augment"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let out = self.run(values(x, layout)?, Self::forward);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, arg: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        let (storage, layout) = gradient.storage_and_layout();
        let out = self.run(guarded(&storage, layout)?, Self::transposed);
        Ok(Some(tensor(out, arg.shape())?))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    fn noise(seed: u64, count: usize) -> Tensor {
        Tensor::from_vec(Rng::new(seed).normals(count * 9 * 7 * 3), (count, 9, 7, 3), &Device::Cpu).unwrap()
    }

    fn dot(a: &Tensor, b: &Tensor) -> f32 {
        (a * b).unwrap().sum_all().unwrap().to_scalar().unwrap()
    }

    #[test]
    fn no_augmentation_is_the_identity() {
        let x = noise(1, 3);
        let y = augment(&x, &Augmentation::NONE, &mut Rng::new(2)).unwrap();
        let largest = (x - y).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(largest < 1e-6);
    }

    #[test]
    fn the_gradient_is_the_transposed_map() {
        let augmentation = Augmentation { shift: 0.4, cutout: 0.3, ..Augmentation::default() };
        let (x, g) = (Var::from_tensor(&noise(1, 5)).unwrap(), noise(2, 5));
        let y = augment(&x, &augmentation, &mut Rng::new(3)).unwrap();
        let grads = (&y * &g).unwrap().sum_all().unwrap().backward().unwrap();
        let gx = grads.get(&x).unwrap();
        // The map is affine: <A(x + d) - A(x), g> = <d, A' g>.
        let d = noise(4, 5);
        let moved = augment(&(x.as_tensor() + &d).unwrap(), &augmentation, &mut Rng::new(3)).unwrap();
        let (left, right) = (dot(&(moved - y).unwrap(), &g), dot(&d, gx));
        assert!((left - right).abs() < 1e-2 * (1.0 + right.abs()), "{left} {right}");
    }
}
