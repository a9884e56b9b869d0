//! A change between two small pictures, made in a large one.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::{Crop, Mask};
use crate::{Error, Picture, Result};

/// Makes a small picture larger, by a whole number of times.
pub type Enlarge<'a> = dyn FnMut(&Picture) -> Result<Picture> + 'a;

/// How many times larger the cubic filter makes the change where there is no enlarger.
const FINE: usize = 4;

/// The change between two small pictures, ready to be made in photos of any size: made once, used at every size, with
/// every mask and strength.
#[derive(Clone, Debug)]
pub struct Transfer {
    sides: [usize; 2],
    /// What is added, of levels from 0 to 255.
    added: Field,
}

/// Numbers at each place of a picture, three a place.
#[derive(Clone, Debug)]
struct Field {
    size: [usize; 2],
    values: Vec<[f32; 3]>,
}

impl Transfer {
    /// Explains the change from one small picture to another of its size. `enlarge` makes them larger, as a model's
    /// enlarger does; without it a cubic filter does.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of two sizes, and what `enlarge` refuses.
    pub fn between(before: &Picture, after: &Picture, enlarge: Option<&mut Enlarge<'_>>) -> Result<Self> {
        let sides = [before.height(), before.width()];
        if sides != [after.height(), after.width()] {
            return Err(Error::Shape {
                op: "transfer",
                left: sides.to_vec(),
                right: vec![after.height(), after.width()],
                why: "before and after need one size".into(),
            });
        }
        let cubic = &mut |picture: &Picture| {
            Ok(picture.resized_bicubic(FINE * picture.width(), FINE * picture.height()))
        };
        let enlarge = enlarge.unwrap_or(cubic);
        let [before, after] = [enlarge(before)?, enlarge(after)?];
        let pairs = before.rgb().chunks_exact(3).zip(after.rgb().chunks_exact(3));
        let values =
            pairs.map(|(b, a)| [0, 1, 2].map(|i| f32::from(a[i]) - f32::from(b[i]))).collect::<Vec<_>>();
        Ok(Self { sides, added: Field { size: [before.height(), before.width()], values } })
    }

    /// Height and width of the small pictures.
    #[must_use]
    pub fn sides(&self) -> [usize; 2] {
        self.sides
    }

    /// The photo with the change in the part that the model sees, as much of it as the mask and `strength` (1: all) say.
    /// The mask lies over the crop. What lies outside of the crop or where the mask is 0 stays bit for bit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a crop or a strength that is not finite.
    pub fn apply(&self, photo: &Picture, crop: &Crop, mask: &Mask, strength: f32) -> Result<Picture> {
        let place = crop.on(photo, self.sides);
        if !strength.is_finite() || !place.corners().iter().flatten().all(|at| at.is_finite()) {
            return Err(Error::Invalid("the frame's numbers and the strength must be finite".into()));
        }
        let mut out = photo.clone();
        let width = photo.width();
        out.rgb_mut().par_chunks_mut(3 * width).enumerate().for_each(|(y, row)| {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let [u, v] = place.in_crop([x as f64 + 0.5, y as f64 + 0.5]).map(|at| at as f32);
                if !(0.0..=1.0).contains(&u) || !(0.0..=1.0).contains(&v) {
                    continue;
                }
                let share = strength * mask.at([u, v]);
                if share == 0.0 {
                    continue;
                }
                let added = self.added.at([u, v]);
                for (byte, added) in pixel.iter_mut().zip(added) {
                    *byte = (f32::from(*byte) + share * added).round().clamp(0.0, 255.0) as u8;
                }
            }
        });
        Ok(out)
    }
}

impl Field {
    fn at(&self, [u, v]: [f32; 2]) -> [f32; 3] {
        let [height, width] = self.size;
        let place = |share: f32, count: usize| {
            let at = (share * count as f32 - 0.5).clamp(0.0, (count - 1) as f32);
            let first = at as usize;
            (first, (first + 1).min(count - 1), at - first as f32)
        };
        let ((left, right, fx), (top, below, fy)) = (place(u, width), place(v, height));
        let [a, b, c, d] = [(top, left), (top, right), (below, left), (below, right)]
            .map(|(row, column)| self.values[row * width + column]);
        [0, 1, 2].map(|i| {
            let (upper, lower) = (a[i] + fx * (b[i] - a[i]), c[i] + fx * (d[i] - c[i]));
            upper + fy * (lower - upper)
        })
    }
}
