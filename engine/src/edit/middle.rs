//! Photos in the shape of a model's pictures.

use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};

use crate::{Picture, Result};

/// The largest part from the middle of a photo that has the shape of pictures of a height and width, at their size. A
/// photo of that very size stays as it is.
///
/// # Errors
/// [`crate::Error::Shape`] for pictures without a pixel.
pub fn middle(photo: &Picture, sides: [usize; 2]) -> Result<Picture> {
    let [height, width] = sides;
    let (tall, wide) = (photo.height(), photo.width());
    if [tall, wide] == sides {
        return Ok(photo.clone());
    }
    // As wide as the photo where it is the taller one of the two shapes, else as high.
    let (part_height, part_width) = if tall * width > wide * height {
        ((wide * height / width.max(1)).max(1), wide)
    } else {
        (tall, (tall * width / height.max(1)).max(1))
    };
    let (top, left) = ((tall - part_height) / 2, (wide - part_width) / 2);
    let whole = RgbImage::from_raw(wide as u32, tall as u32, photo.rgb().to_vec()).unwrap_or_default();
    let part = crop_imm(&whole, left as u32, top as u32, part_width as u32, part_height as u32).to_image();
    let resized = resize(&part, width as u32, height as u32, FilterType::Lanczos3);
    Picture::new(width, height, resized.into_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(height: usize, width: usize) -> Picture {
        Picture::new(width, height, (0..3 * width * height).map(|i| (i * 7 % 256) as u8).collect()).unwrap()
    }

    #[test]
    fn squares_are_those_of_pictures() {
        for (height, width) in [(9, 20), (20, 9), (12, 12)] {
            let photo = ramp(height, width);
            assert_eq!(middle(&photo, [8, 8]).unwrap(), photo.square(8));
        }
        assert_eq!(middle(&ramp(5, 7), [5, 7]).unwrap(), ramp(5, 7));
    }

    #[test]
    fn what_lies_beside_the_shape_is_left_out() {
        // White where a picture twice as wide as high can't reach, black elsewhere.
        let (mut tall, mut wide) = (Picture::filled(8, 16, [255; 3]), Picture::filled(64, 8, [255; 3]));
        for y in 0..16 {
            for x in 0..8 {
                tall.rgb_mut()[3 * (8 * y + x)..][..3].fill(if (6..10).contains(&y) { 0 } else { 255 });
            }
        }
        for y in 0..8 {
            for x in 24..40 {
                wide.rgb_mut()[3 * (64 * y + x)..][..3].fill(0);
            }
        }
        for photo in [tall, wide] {
            assert_eq!(middle(&photo, [6, 12]).unwrap(), Picture::filled(12, 6, [0; 3]));
        }
        assert!(middle(&ramp(4, 4), [0, 3]).is_err());
    }
}
