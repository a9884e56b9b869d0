//! Pictures of 8-bit RGB and their tensor form, and the one reader and the one writer of picture files. The only place
//! that knows the value range of a model.

mod bytes;
mod colour_profile;
mod compare;
mod jpeg;
mod read;
#[cfg(test)]
mod read_tests;
mod resize;
mod sheet;
mod smooth;
#[cfg(test)]
mod tests;
mod value_range;
mod write;

use candle_core::{DType, Device, Tensor};

pub use read::MOST_PIXELS;
pub use sheet::Sheet;
pub use smooth::smoothed;
pub use value_range::ValueRange;
pub use write::{PictureFormat, animation, save_map};

use crate::{Error, Result};

/// An RGB picture, 8 bits a channel, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

impl Picture {
    /// A picture from its bytes, `3 * width * height` of them.
    ///
    /// # Errors
    /// [`Error::Shape`] when the bytes don't fit the size.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Result<Self> {
        if rgb.len() == 3 * width * height && !rgb.is_empty() {
            return Ok(Self { width, height, rgb });
        }
        Err(Error::Shape {
            op: "picture",
            left: vec![height, width, 3],
            right: vec![rgb.len()],
            why: "three bytes a pixel, and at least one pixel".into(),
        })
    }

    /// A picture of one colour.
    #[must_use]
    pub fn filled(width: usize, height: usize, colour: [u8; 3]) -> Self {
        Self { width, height, rgb: colour.repeat(width * height) }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes, `[row][column][channel]`.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes alone.
    #[must_use]
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The bytes, to be changed.
    pub fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// The colour of a pixel; coordinates outside are moved to the border.
    #[must_use]
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let i = 3 * (y.min(self.height - 1) * self.width + x.min(self.width - 1));
        [self.rgb[i], self.rgb[i + 1], self.rgb[i + 2]]
    }

    /// The colour at a place in pixels, whose middles lie at halves, bilinear between them; 0 to 255. Beyond the borders
    /// they go on.
    #[must_use]
    pub fn between(&self, at: [f64; 2]) -> [f32; 3] {
        let limits = [self.width, self.height];
        let [x, y] = [0, 1].map(|axis| (at[axis] - 0.5).clamp(0.0, (limits[axis] - 1) as f64));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (across, down) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let [a, b, c, d] = [(left, top), (right, top), (left, below), (right, below)]
            .map(|(x, y)| self.pixel(x, y).map(f32::from));
        std::array::from_fn(|i| {
            let (upper, lower) = (a[i] + across * (b[i] - a[i]), c[i] + across * (d[i] - c[i]));
            upper + down * (lower - upper)
        })
    }

    /// The picture at another size: nearest neighbour, as masks and strokes need it.
    #[must_use]
    pub fn resized_nearest(&self, width: usize, height: usize) -> Self {
        let mut rgb = Vec::with_capacity(3 * width * height);
        for y in 0..height {
            let from_y = (2 * y + 1) * self.height / (2 * height);
            for x in 0..width {
                let from_x = (2 * x + 1) * self.width / (2 * width);
                rgb.extend_from_slice(&self.pixel(from_x, from_y));
            }
        }
        Self { width, height, rgb }
    }

    /// The largest square from the middle, resized to `size` pixels a side; a picture of that very size stays as
    /// it is.
    #[must_use]
    pub fn square(&self, size: usize) -> Self {
        if (self.width, self.height) == (size, size) {
            return self.clone();
        }
        let side = self.width.min(self.height);
        let (left, top) = ((self.width - side) / 2, (self.height - side) / 2);
        let mut rgb = Vec::with_capacity(3 * side * side);
        for y in top..top + side {
            rgb.extend_from_slice(&self.rgb[3 * (y * self.width + left)..][..3 * side]);
        }
        let square = image::RgbImage::from_raw(side as u32, side as u32, rgb).unwrap_or_default();
        let resized =
            image::imageops::resize(&square, size as u32, size as u32, image::imageops::FilterType::Lanczos3);
        Self { width: size, height: size, rgb: resized.into_raw() }
    }

    /// The luma of every pixel (ITU-R 601), 0 to 1: a mask from a picture.
    #[must_use]
    pub fn lightness(&self) -> Vec<f32> {
        // Whole numbers up to the division: grey becomes exactly its 255th.
        let light = |p: &[u8]| {
            (299 * u32::from(p[0]) + 587 * u32::from(p[1]) + 114 * u32::from(p[2])) as f32 / 255_000.0
        };
        self.rgb.chunks_exact(3).map(light).collect()
    }

    /// The mean of pictures of one size, weighted; weights need not sum to one.
    #[must_use]
    pub fn weighted_mean(pictures: &[&Picture], weights: &[f32]) -> Option<Self> {
        let first = pictures.first()?;
        let total: f32 = weights.iter().sum();
        let fits = pictures.iter().all(|p| p.rgb.len() == first.rgb.len());
        if !fits || pictures.len() != weights.len() || !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let mut sum = vec![0f32; first.rgb.len()];
        for (picture, weight) in pictures.iter().zip(weights) {
            for (s, &byte) in sum.iter_mut().zip(&picture.rgb) {
                *s += weight / total * f32::from(byte);
            }
        }
        let rgb = sum.into_iter().map(|v| v.round() as u8).collect();
        Some(Self { width: first.width, height: first.height, rgb })
    }

    /// The picture as a tensor, 1 x 3 x H x W in the model's value range.
    ///
    /// # Errors
    /// When the device refuses.
    pub fn to_tensor(&self, range: ValueRange, device: &Device) -> Result<Tensor> {
        let pixels = self.width * self.height;
        let mut planes = vec![0f32; 3 * pixels];
        for (i, pixel) in self.rgb.chunks_exact(3).enumerate() {
            for c in 0..3 {
                planes[c * pixels + i] = range.from_byte(pixel[c]);
            }
        }
        Ok(Tensor::from_vec(planes, (1, 3, self.height, self.width), device)?)
    }

    /// Pictures from a tensor, N x 3 x H x W (or N x 1 x H x W, shown as grey) in the model's value range.
    ///
    /// # Errors
    /// [`Error::Shape`] for other shapes, [`Error::NonFinite`] for numbers that are none: black would hide them.
    pub fn from_tensor(tensor: &Tensor, range: ValueRange) -> Result<Vec<Self>> {
        let dims = tensor.dims().to_vec();
        let &[_, channels @ (1 | 3), height, width] = dims.as_slice() else {
            return Err(Error::Shape {
                op: "pictures from a tensor",
                left: dims,
                right: vec![],
                why: "N x 3 x H x W or N x 1 x H x W".into(),
            });
        };
        let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(Error::NonFinite { what: "the model's picture" });
        }
        let pixels = width * height;
        let pictures = values.chunks_exact(channels * pixels).map(|planes| {
            let mut rgb = vec![0u8; 3 * pixels];
            for (i, pixel) in rgb.chunks_exact_mut(3).enumerate() {
                for (c, byte) in pixel.iter_mut().enumerate() {
                    *byte = range.to_byte(planes[c.min(channels - 1) * pixels + i]);
                }
            }
            Self { width, height, rgb }
        });
        Ok(pictures.collect())
    }
}

impl AsRef<Picture> for Picture {
    fn as_ref(&self) -> &Picture {
        self
    }
}
