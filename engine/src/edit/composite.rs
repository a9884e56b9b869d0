//! A photo with a change that a model made, at the model's size.

use super::Mask;
use crate::{Error, Picture, Result};

/// `photo + strength mask (after - before)`, for each pixel and channel: what an edit looks like at the model's size
/// (Brock et al. 2017, section 2.1, for the photo's own pixels). Where the mask is 0 the photo stays bit for bit.
///
/// # Errors
/// [`Error::Shape`] for pictures or a mask of different sizes, [`Error::Invalid`] for a strength that is not finite.
pub fn composite(
    photo: &Picture,
    before: &Picture,
    after: &Picture,
    mask: &Mask,
    strength: f32,
) -> Result<Picture> {
    let size = [photo.height(), photo.width()];
    for other in [[before.height(), before.width()], [after.height(), after.width()], mask.size] {
        if other != size {
            return Err(Error::Shape {
                op: "composite",
                left: other.to_vec(),
                right: size.to_vec(),
                why: "photo, pictures and mask need one size".into(),
            });
        }
    }
    if !strength.is_finite() {
        return Err(Error::Invalid("the strength of a change must be a finite number".into()));
    }
    let mut made = photo.clone();
    let pixels = made.rgb_mut().chunks_exact_mut(3).zip(&mask.values);
    let pairs = before.rgb().chunks_exact(3).zip(after.rgb().chunks_exact(3));
    for ((pixel, mask), (before, after)) in pixels.zip(pairs) {
        for ((byte, before), after) in pixel.iter_mut().zip(before).zip(after) {
            let change = strength * mask * (f32::from(*after) - f32::from(*before));
            *byte = (f32::from(*byte) + change).round().clamp(0.0, 255.0) as u8;
        }
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(value: u8) -> Picture {
        Picture::filled(3, 2, [value; 3])
    }

    #[test]
    fn the_change_is_added_as_the_mask_and_the_strength_say() {
        let mask = Mask::new([2, 3], vec![0.0, 0.5, 1.0, 0.0, 0.5, 1.0]).unwrap();
        let made = |strength| composite(&grey(100), &grey(50), &grey(90), &mask, strength).unwrap();
        let row = |picture: &Picture| [0, 1, 2].map(|x| picture.pixel(x, 1)[0]);
        assert_eq!(row(&made(1.0)), [100, 120, 140]);
        assert_eq!(row(&made(0.5)), [100, 110, 120]);
        assert_eq!(row(&made(-1.0)), [100, 80, 60]);
        assert_eq!(row(&made(9.0)), [100, 255, 255]);
        assert_eq!(made(0.0), grey(100));
        assert!(composite(&grey(1), &grey(2), &Picture::filled(2, 3, [0; 3]), &mask, 1.0).is_err());
        assert!(composite(&grey(1), &grey(2), &grey(3), &Mask::everywhere([3, 3]), 1.0).is_err());
        assert!(composite(&grey(1), &grey(2), &grey(3), &mask, f32::NAN).is_err());
    }
}
