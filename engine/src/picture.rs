//! Pictures of 8-bit RGB and their tensor form. The only place that knows the value range of a model.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

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

/// The numbers that a model uses for black and white.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueRange {
    /// Black is -1, white is 1 (a tanh at the end).
    #[default]
    SignedUnit,
    /// Black is 0, white is 1 (a sigmoid at the end).
    Unit,
    /// Black is 1, white is 0: how much ink there is on white paper (iGAN's sketches).
    UnitInverted,
}

impl ValueRange {
    /// A byte as the model's number.
    #[must_use]
    pub fn from_byte(self, byte: u8) -> f32 {
        match self {
            Self::SignedUnit => f32::from(byte) / 127.5 - 1.0,
            Self::Unit => f32::from(byte) / 255.0,
            Self::UnitInverted => 1.0 - f32::from(byte) / 255.0,
        }
    }

    /// The model's number as a byte; numbers outside the range are clamped, NaN becomes black.
    #[must_use]
    pub fn to_byte(self, value: f32) -> u8 {
        let scaled = match self {
            Self::SignedUnit => (value + 1.0) * 127.5,
            Self::Unit => value * 255.0,
            Self::UnitInverted => (1.0 - value) * 255.0,
        };
        // `as` saturates and turns NaN into 0.
        scaled.round() as u8
    }

    /// How much light (0 to 1) one of the model's units stands for; negative where more is darker.
    #[must_use]
    pub fn light_per_unit(self) -> f32 {
        match self {
            Self::SignedUnit => 0.5,
            Self::Unit => 1.0,
            Self::UnitInverted => -1.0,
        }
    }

    /// The model's number for light of 0 to 1.
    #[must_use]
    pub fn from_light(self, light: f32) -> f32 {
        match self {
            Self::SignedUnit => 2.0 * light - 1.0,
            Self::Unit => light,
            Self::UnitInverted => 1.0 - light,
        }
    }

    /// The light that the model's number stands for, not clamped.
    #[must_use]
    pub fn to_light(self, value: f32) -> f32 {
        match self {
            Self::SignedUnit => (value + 1.0) / 2.0,
            Self::Unit => value,
            Self::UnitInverted => 1.0 - value,
        }
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

    /// Reads any format that the studio knows (PNG, JPEG, WebP, GIF); transparency is dropped.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no such file, [`Error::Picture`] when it is no picture.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        let image = image::load_from_memory(&bytes)
            .map_err(|e| Error::Picture { path: path.to_owned(), why: e.to_string() })?
            .into_rgb8();
        let (width, height) = image.dimensions();
        Self::new(width as usize, height as usize, image.into_raw())
    }

    /// Writes the picture; the ending of the name decides the format.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be written, [`Error::Picture`] when the ending is unknown.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let image = image::RgbImage::from_raw(self.width as u32, self.height as u32, self.rgb.clone())
            .ok_or_else(|| Error::Invalid("the picture's bytes don't fit its size".into()))?;
        image.save(path).map_err(|e| match e {
            image::ImageError::IoError(source) => Error::io(path, source),
            other => Error::Picture { path: path.to_owned(), why: other.to_string() },
        })
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

    /// Pictures side by side in rows of `columns`, with `gap` pixels of dark grey between them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no pictures or no columns, [`Error::Shape`] when their sizes differ.
    pub fn grid<P: AsRef<Picture>>(pictures: &[P], columns: usize, gap: usize) -> Result<Self> {
        let first = match (pictures.first(), columns) {
            (Some(first), 1..) => first.as_ref(),
            _ => return Err(Error::Invalid("a grid needs at least one picture and one column".into())),
        };
        let columns = columns.min(pictures.len());
        let rows = pictures.len().div_ceil(columns);
        let (w, h) = (first.width, first.height);
        let mut sheet = Self::filled(
            columns * (w + gap) - gap,
            rows * (h + gap) - gap,
            if gap > 0 { [40; 3] } else { [0; 3] },
        );
        for (i, picture) in pictures.iter().map(AsRef::as_ref).enumerate() {
            if (picture.width, picture.height) != (w, h) {
                return Err(Error::Shape {
                    op: "grid",
                    left: vec![h, w],
                    right: vec![picture.height, picture.width],
                    why: "all pictures of a grid have one size".into(),
                });
            }
            let (x0, y0) = (i % columns * (w + gap), i / columns * (h + gap));
            for y in 0..h {
                let to = 3 * ((y0 + y) * sheet.width + x0);
                sheet.rgb[to..to + 3 * w].copy_from_slice(&picture.rgb[3 * y * w..3 * (y + 1) * w]);
            }
        }
        Ok(sheet)
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
    /// [`Error::Shape`] for other shapes.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Picture {
        Picture::new(width, height, (0..3 * width * height).map(|i| (i * 7 % 256) as u8).collect()).unwrap()
    }

    #[test]
    fn a_picture_survives_the_way_through_a_tensor() {
        for range in [ValueRange::SignedUnit, ValueRange::Unit, ValueRange::UnitInverted] {
            let picture = ramp(5, 3);
            let tensor = picture.to_tensor(range, &Device::Cpu).unwrap();
            assert_eq!(Picture::from_tensor(&tensor, range).unwrap(), vec![picture]);
        }
    }

    #[test]
    fn numbers_outside_the_range_are_clamped() {
        assert_eq!(ValueRange::SignedUnit.to_byte(-7.0), 0);
        assert_eq!(ValueRange::SignedUnit.to_byte(7.0), 255);
        assert_eq!(ValueRange::Unit.to_byte(f32::NAN), 0);
        assert_eq!(ValueRange::UnitInverted.to_byte(1.5), 0);
    }

    #[test]
    fn a_grid_places_every_picture() {
        let tiles = [ramp(2, 2), Picture::filled(2, 2, [9, 8, 7]), ramp(2, 2)];
        let grid = Picture::grid(&tiles, 2, 1).unwrap();
        assert_eq!((grid.width(), grid.height()), (5, 5));
        assert_eq!(grid.pixel(3, 0), [9, 8, 7]);
        assert_eq!(grid.pixel(0, 3), tiles[2].pixel(0, 0));
        assert!(Picture::grid::<Picture>(&[], 2, 0).is_err());
    }

    #[test]
    fn a_file_that_is_no_picture_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("letter.png");
        std::fs::write(&path, "dear painter").unwrap();
        assert!(Picture::open(&path).unwrap_err().to_string().contains("letter.png"));
    }

    #[test]
    fn resizing_to_the_same_size_changes_nothing() {
        let picture = ramp(7, 4);
        assert_eq!(picture.resized_nearest(7, 4), picture);
        assert_eq!(picture.resized_nearest(14, 8).pixel(13, 7), picture.pixel(6, 3));
    }

    #[test]
    fn a_square_is_cut_from_the_middle() {
        let mut wide = Picture::filled(6, 2, [0; 3]);
        for (i, pixel) in wide.rgb_mut().chunks_exact_mut(3).enumerate() {
            pixel.fill(if (2..4).contains(&(i % 6)) { 255 } else { 0 });
        }
        assert_eq!(wide.square(2), Picture::filled(2, 2, [255; 3]));
        assert_eq!(wide.square(5), Picture::filled(5, 5, [255; 3]));
        assert_eq!(ramp(4, 4).square(4), ramp(4, 4));
    }

    #[test]
    fn a_mean_weighs_its_pictures() {
        let (black, white) = (Picture::filled(1, 1, [0; 3]), Picture::filled(1, 1, [200; 3]));
        let mean = Picture::weighted_mean(&[&black, &white], &[1.0, 3.0]).unwrap();
        assert_eq!(mean.pixel(0, 0), [150; 3]);
        assert!(Picture::weighted_mean(&[&black], &[0.0]).is_none());
    }
}
