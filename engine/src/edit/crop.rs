//! The part of a photo that a model sees.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Error, Picture, Result};

/// Shares of a pixel by which places may be off, from rounding, and still count as inside.
const SLACK: f64 = 0.01;
/// Fewest samples a side of a pixel where it covers more than one of the photo's.
const FEWEST: usize = 8;
/// The smallest side, as a share of the photo's.
const LEAST: f32 = 1e-4;

/// The part of a photo that a model sees: a rectangle of the shape of the model's pictures. It knows nothing of pixels, so
/// the same crop serves a photo and a smaller copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crop {
    /// Its middle: from the left as a share of the photo's width, from the top as a share of its height.
    pub centre: [f32; 2],
    /// Its shorter side, as a share of the photo's shorter side.
    pub side: f32,
    /// How far it is turned against the photo, degrees clockwise.
    pub angle: f32,
    /// Left and right are changed in what the model sees.
    pub mirrored: bool,
}

impl Crop {
    /// The largest part from the middle of a photo that has the shape of pictures of a height and width.
    #[must_use]
    pub fn middle(photo: &Picture, sides: [usize; 2]) -> Self {
        let whole = Self { centre: [0.5; 2], side: 1.0, angle: 0.0, mirrored: false };
        Self { side: whole.largest(photo, sides), ..whole }
    }

    /// Where it lies on a photo, for pictures of a height and width.
    #[must_use]
    pub fn on(&self, photo: &Picture, sides: [usize; 2]) -> Placement {
        let [wide, tall] = [photo.width(), photo.height()].map(|side| side as f64);
        let [height, width] = sides.map(|side| side.max(1) as f64);
        let scale = f64::from(self.side.max(LEAST)) * wide.min(tall) / width.min(height);
        let (sine, cosine) = turn(self.angle);
        let sign = if self.mirrored { -1.0 } else { 1.0 };
        let right = [sign * scale * width * cosine, sign * scale * width * sine];
        let down = [-scale * height * sine, scale * height * cosine];
        let centre = [f64::from(self.centre[0]) * wide, f64::from(self.centre[1]) * tall];
        let origin = [0, 1].map(|axis| centre[axis] - 0.5 * (right[axis] + down[axis]));
        Placement { origin, right, down }
    }

    /// True where no part of it lies beside the photo.
    #[must_use]
    pub fn is_inside(&self, photo: &Picture, sides: [usize; 2]) -> bool {
        let limits = [photo.width(), photo.height()].map(|side| side as f64);
        let inside = |corner: [f64; 2]| {
            corner.iter().zip(limits).all(|(at, limit)| (-SLACK..=limit + SLACK).contains(at))
        };
        self.is_finite() && self.side >= LEAST && self.on(photo, sides).corners().into_iter().all(inside)
    }

    /// The nearest one that lies inside the photo: smaller where it is too large, then moved.
    #[must_use]
    pub fn clamped(self, photo: &Picture, sides: [usize; 2]) -> Self {
        if !self.is_finite() {
            return Self::middle(photo, sides);
        }
        let mut inside = Self { side: self.side.clamp(LEAST, self.largest(photo, sides)), ..self };
        let limits = [photo.width(), photo.height()].map(|side| side as f64);
        let reach = inside.on(photo, sides).reach();
        for axis in 0..2 {
            let share = reach[axis] / limits[axis];
            inside.centre[axis] = if share >= 0.5 {
                0.5
            } else {
                f64::from(inside.centre[axis]).clamp(share, 1.0 - share) as f32
            };
        }
        inside
    }

    /// The largest `side` that it can have at its angle.
    #[must_use]
    pub fn largest(&self, photo: &Picture, sides: [usize; 2]) -> f32 {
        let limits = [photo.width(), photo.height()].map(|side| side as f64);
        let reach = Self { side: 1.0, ..*self }.on(photo, sides).reach();
        (0.5 * limits[0] / reach[0]).min(0.5 * limits[1] / reach[1]) as f32
    }

    /// What the model sees of a photo: each pixel is the mean of what it covers (bilinear where the photo has fewer pixels
    /// than are asked for). Beyond the photo its border goes on. A part of that very size stays as it is.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures without a pixel, [`Error::Invalid`] for a crop that is not finite.
    pub fn sample(&self, photo: &Picture, sides: [usize; 2]) -> Result<Picture> {
        if !self.is_finite() {
            return Err(Error::Invalid("the frame's numbers must be finite".into()));
        }
        let [height, width] = sides;
        let place = self.on(photo, sides);
        let scale = (place.length(place.right) / width.max(1) as f64)
            .max(place.length(place.down) / height.max(1) as f64);
        // So many samples a side of a pixel that they lie at most a pixel of the photo apart, and a few at least.
        let apart = ((scale - SLACK).ceil() as usize).max(1);
        let fine = if apart == 1 { 1 } else { apart * FEWEST.div_ceil(apart) };
        let step = |vector: [f64; 2], count: usize| vector.map(|v| v / (count * fine) as f64);
        let (across, along) = (step(place.right, width.max(1)), step(place.down, height.max(1)));
        let mut rgb = vec![0; 3 * width * height];
        rgb.par_chunks_mut(3 * width.max(1)).enumerate().for_each(|(row, line)| {
            for (column, pixel) in line.chunks_exact_mut(3).enumerate() {
                let at = |right: usize, down: usize| {
                    let [right, down] = [right, down].map(|step| step as f64 + 0.5);
                    [0, 1].map(|axis| place.origin[axis] + right * across[axis] + down * along[axis])
                };
                if fine == 1 {
                    pixel.copy_from_slice(&photo.between(at(column, row)).map(|value| value.round() as u8));
                    continue;
                }
                let mut sums = [0u32; 3];
                for down in row * fine..(row + 1) * fine {
                    for right in column * fine..(column + 1) * fine {
                        let [x, y] = at(right, down);
                        let colour = photo.pixel(x.max(0.0) as usize, y.max(0.0) as usize);
                        sums.iter_mut().zip(colour).for_each(|(sum, byte)| *sum += u32::from(byte));
                    }
                }
                let samples = (fine * fine) as u32;
                for (byte, sum) in pixel.iter_mut().zip(sums) {
                    *byte = ((sum + samples / 2) / samples) as u8;
                }
            }
        });
        Picture::new(width, height, rgb)
    }

    fn is_finite(&self) -> bool {
        self.centre.iter().chain([&self.side, &self.angle]).all(|value| value.is_finite())
    }
}

/// Sine and cosine of degrees, without rounding where a picture stands upright.
fn turn(degrees: f32) -> (f64, f64) {
    match degrees.rem_euclid(360.0) {
        0.0 => (0.0, 1.0),
        90.0 => (1.0, 0.0),
        180.0 => (0.0, -1.0),
        270.0 => (-1.0, 0.0),
        other => f64::from(other).to_radians().sin_cos(),
    }
}

/// A crop on a photo of a size: places in the photo, in pixels, whose middles lie at halves; places in the crop, 0 to 1
/// from its left to its right and from its top to its bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// The crop's upper left corner in the photo.
    pub origin: [f64; 2],
    /// From there to its upper right corner.
    pub right: [f64; 2],
    /// From there to its lower left corner.
    pub down: [f64; 2],
}

impl Placement {
    /// A place of the crop in the photo.
    #[must_use]
    pub fn in_photo(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|axis| self.origin[axis] + u * self.right[axis] + v * self.down[axis])
    }

    /// A place of the photo in the crop.
    #[must_use]
    pub fn in_crop(&self, at: [f64; 2]) -> [f64; 2] {
        let from = [0, 1].map(|axis| at[axis] - self.origin[axis]);
        [self.right, self.down]
            .map(|side| (from[0] * side[0] + from[1] * side[1]) / (side[0] * side[0] + side[1] * side[1]))
    }

    /// Upper left, upper right, lower right and lower left corner in the photo.
    #[must_use]
    pub fn corners(&self) -> [[f64; 2]; 4] {
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|corner| self.in_photo(corner))
    }

    /// How far it reaches from its middle, across and down.
    fn reach(&self) -> [f64; 2] {
        [0, 1].map(|axis| 0.5 * (self.right[axis].abs() + self.down[axis].abs()))
    }

    fn length(&self, side: [f64; 2]) -> f64 {
        side[0].hypot(side[1])
    }
}

#[cfg(test)]
mod tests;
