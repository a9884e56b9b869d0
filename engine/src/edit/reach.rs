//! Masks from what was painted and from what has changed.

use super::{Crop, Mask};
use crate::picture::smoothed;
use crate::search::Extent;
use crate::search::constraint::Constraints;
use crate::{Picture, Result};

/// A mean difference of the channels of this much light is a change; less is one in part.
const CHANGED: f32 = 6.0 / 255.0;
/// The deviation of the Gaussian that makes a mask of a change smooth, as a share of the picture's shorter side: 0.7
/// pixels of 64 (Brock et al. 2017), and a little more.
const SMOOTH: f32 = 1.0 / 64.0;

/// How far from the sides of a frame a change fades out, as a share of its shorter side.
const FADING: f32 = 0.08;
/// Pixels of a photo between its border and a frame's side that count as none.
const SLACK: f64 = 1.0;

impl Mask {
    /// Where strokes may change a picture: 1 under them, falling with the distance from them ([`Extent::freedom`]).
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for strokes on no pixel.
    pub fn under(strokes: &Constraints, extent: &Extent) -> Result<Self> {
        Self::new(strokes.size, extent.freedom(strokes))
    }

    /// Where two pictures of one size differ: the mean absolute difference of the channels over a threshold, at most 1,
    /// made smooth (Brock et al. 2017, section 2.1). It is computed from the two pictures alone, so a change that a brush
    /// made and one that a slider made are masked alike.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for pictures of two sizes.
    pub fn of_change(before: &Picture, after: &Picture) -> Result<Self> {
        let size @ [height, width] = [before.height(), before.width()];
        let pairs = before.rgb().chunks_exact(3).zip(after.rgb().chunks_exact(3));
        let changes = pairs.map(|(a, b)| {
            let sum: f32 = a.iter().zip(b).map(|(a, b)| f32::from(a.abs_diff(*b))).sum();
            (sum / (3.0 * 255.0) / CHANGED).min(1.0)
        });
        let values = if [after.height(), after.width()] == size { changes.collect() } else { Vec::new() };
        let mask = Self::new(size, values)?;
        let smooth = smoothed(&mask.values, size, 1, SMOOTH * height.min(width) as f32);
        Self::new(size, smooth)
    }

    /// The same with what lies at the sides of a frame faded out, where the photo goes on beyond them: what the model does
    /// not see can't follow, and a change that ended there would be a seam.
    #[must_use]
    pub fn fading(mut self, crop: &Crop, photo: &Picture) -> Self {
        let [height, width] = self.size;
        let [a, b, c, d] = crop.on(photo, self.size).corners();
        let limits = [photo.width() as f64, photo.height() as f64];
        // Both ends at the same border of the photo.
        let ends = |from: [f64; 2], to: [f64; 2]| {
            (0..2).any(|axis| {
                let at = |border: f64| [from, to].iter().all(|end| (end[axis] - border).abs() <= SLACK);
                at(0.0) || at(limits[axis])
            })
        };
        let [top, right, bottom, left] = [ends(a, b), ends(b, c), ends(c, d), ends(d, a)];
        let fade = FADING * height.min(width) as f32;
        for (i, value) in self.values.iter_mut().enumerate() {
            let (x, y) = ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
            let sides = [(top, y), (right, width as f32 - x), (bottom, height as f32 - y), (left, x)];
            let nearest =
                sides.iter().filter(|(ends, _)| !ends).map(|(_, away)| *away).fold(f32::INFINITY, f32::min);
            // Nothing at the outermost pixels, so that nothing is cut.
            let s = ((nearest - 0.5) / fade.max(1.0)).clamp(0.0, 1.0);
            *value *= s * s * (3.0 - 2.0 * s);
        }
        self
    }

    /// Both at once: the product, place by place; that of the other mask is sampled where it has another size.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let [height, width] = self.size;
        for (i, value) in self.values.iter_mut().enumerate() {
            let place =
                [((i % width) as f32 + 0.5) / width as f32, ((i / width) as f32 + 0.5) / height as f32];
            *value *= other.at(place);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::constraint::{Stroke, StrokeKind};

    #[test]
    fn a_change_ends_softly_at_a_frame_that_the_photo_goes_beyond() {
        let photo = Picture::filled(300, 200, [0; 3]);
        let at = |mask: &Mask, x: usize, y: usize| mask.values[y * 64 + x];
        // The frame is as high as the photo: only left and right of it there is more.
        let whole = Mask::everywhere([64, 64]).fading(&Crop::middle(&photo, [64, 64]), &photo);
        assert_eq!((at(&whole, 0, 30), at(&whole, 63, 30)), (0.0, 0.0));
        assert_eq!((at(&whole, 30, 0), at(&whole, 30, 63), at(&whole, 30, 30)), (1.0, 1.0, 1.0));
        assert!((0.1..0.9).contains(&at(&whole, 3, 30)));
        let inner = Crop { side: 0.5, ..Crop::middle(&photo, [64, 64]) };
        let inside = Mask::everywhere([64, 64]).fading(&inner, &photo);
        assert_eq!((at(&inside, 30, 0), at(&inside, 30, 63)), (0.0, 0.0));
        let all = Crop::middle(&Picture::filled(64, 64, [0; 3]), [64, 64]);
        let square = Picture::filled(64, 64, [0; 3]);
        assert_eq!(Mask::everywhere([64, 64]).fading(&all, &square), Mask::everywhere([64, 64]));
    }

    #[test]
    fn masks_are_where_something_changed_or_was_painted() {
        let before = Picture::filled(32, 32, [100; 3]);
        let mut after = before.clone();
        for y in 8..24 {
            after.rgb_mut()[3 * (y * 32 + 8)..][..48].fill(140);
        }
        let mask = Mask::of_change(&before, &after).unwrap();
        let at = |mask: &Mask, x: usize, y: usize| mask.values[y * 32 + x];
        assert!(at(&mask, 16, 16) > 0.99 && at(&mask, 1, 1) < 0.01);
        assert!((0.1..0.9).contains(&at(&mask, 8, 16)), "{}", at(&mask, 8, 16));
        // A change that nobody sees is none, or nearly so.
        let slight = Mask::of_change(&before, &Picture::filled(32, 32, [101; 3])).unwrap();
        assert!(at(&slight, 16, 16) < 0.2);
        assert!(Mask::of_change(&before, &Picture::filled(32, 31, [0; 3])).is_err());

        let stroke = Stroke::new(StrokeKind::Colour([1, 2, 3]), 0.2, vec![[0.0, 0.5], [1.0, 0.5]]);
        let strokes = Constraints::rasterize(&[stroke], [32, 32]);
        let painted = Mask::under(&strokes, &Extent { reach: 0.0, ..Extent::default() }).unwrap();
        assert_eq!((at(&painted, 4, 16), at(&painted, 4, 2)), (1.0, 0.0));
        let both = painted.clone().and(&mask);
        assert!(at(&both, 16, 16) > 0.99 && at(&both, 2, 16) < 0.01 && at(&both, 16, 2) < 0.01);
        assert_eq!(painted.clone().and(&Mask::everywhere([5, 7])), painted);
    }
}
