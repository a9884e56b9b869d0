//! Photos in the shape of a model's pictures.

use super::Crop;
use crate::{Picture, Result};

/// The largest part from the middle of a photo that has the shape of pictures of a height and width, at their size. A
/// photo of that very size stays as it is.
///
/// # Errors
/// [`crate::Error::Shape`] for pictures without a pixel.
pub fn middle(photo: &Picture, sides: [usize; 2]) -> Result<Picture> {
    Crop::middle(photo, sides).sample(photo, sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_the_shape_is_left_out() {
        // White where a picture twice as wide as high can't reach, black elsewhere.
        let (mut tall, mut wide) = (Picture::filled(24, 48, [255; 3]), Picture::filled(64, 8, [255; 3]));
        tall.rgb_mut()[3 * 24 * 18..3 * 24 * 30].fill(0);
        for y in 0..8 {
            wide.rgb_mut()[3 * (64 * y + 24)..3 * (64 * y + 40)].fill(0);
        }
        for photo in [tall, wide] {
            assert_eq!(middle(&photo, [6, 12]).unwrap(), Picture::filled(12, 6, [0; 3]));
        }
        assert!(middle(&Picture::filled(4, 4, [0; 3]), [0, 3]).is_err());
    }
}
