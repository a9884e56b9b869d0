//! How much of a change is shown where.

use serde::{Deserialize, Serialize};

use crate::{Error, Picture, Result};

/// How much of a change is shown, for each pixel of the model's picture (or of another picture of its shape).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mask {
    /// Height and width.
    pub size: [usize; 2],
    /// From 0 (nothing of it) to 1 (all of it), rows from the top.
    pub values: Vec<f32>,
}

impl Mask {
    /// A mask of its values, which are moved into 0 to 1.
    ///
    /// # Errors
    /// [`Error::Shape`] when the values don't fit the size.
    pub fn new(size: [usize; 2], mut values: Vec<f32>) -> Result<Self> {
        if values.len() != size[0] * size[1] || values.is_empty() {
            return Err(Error::Shape {
                op: "mask",
                left: size.to_vec(),
                right: vec![values.len()],
                why: "a value for each pixel, and at least one pixel".into(),
            });
        }
        values.iter_mut().for_each(|value| *value = if *value > 0.0 { value.min(1.0) } else { 0.0 });
        Ok(Self { size, values })
    }

    /// All of a change, everywhere.
    #[must_use]
    pub fn everywhere(size: [usize; 2]) -> Self {
        Self { size, values: vec![1.0; size[0] * size[1]] }
    }

    /// A mask from a picture: nothing where it is black, all where it is white.
    #[must_use]
    pub fn from_picture(picture: &Picture) -> Self {
        Self { size: [picture.height(), picture.width()], values: picture.lightness() }
    }

    /// The value at a place, 0 to 1 from left to right and from top to bottom, between pixels bilinear.
    #[must_use]
    pub fn at(&self, [u, v]: [f32; 2]) -> f32 {
        let [height, width] = self.size;
        let place = |share: f32, count: usize| {
            let at = (share * count as f32 - 0.5).clamp(0.0, (count - 1) as f32);
            let first = at as usize;
            (first, (first + 1).min(count - 1), at - first as f32)
        };
        let ((left, right, fx), (top, below, fy)) = (place(u, width), place(v, height));
        let row = |y: usize| {
            let (a, b) = (self.values[y * width + left], self.values[y * width + right]);
            a + fx * (b - a)
        };
        let (upper, lower) = (row(top), row(below));
        upper + fy * (lower - upper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_bilinear_between_its_pixels() {
        let mask = Mask::new([1, 2], vec![-3.0, 7.0]).unwrap();
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|u| mask.at([u, 0.3])), [0.0, 0.0, 0.5, 1.0, 1.0]);
        assert_eq!(Mask::new([1, 1], vec![f32::NAN]).unwrap().values, [0.0]);
        assert!(Mask::new([2, 2], vec![1.0; 3]).is_err() && Mask::new([0, 2], vec![]).is_err());
        assert_eq!(Mask::from_picture(&Picture::filled(3, 2, [255; 3])), Mask::everywhere([2, 3]));
    }
}
