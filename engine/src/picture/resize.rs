//! Parts of pictures, and pictures of other sizes.

use image::imageops::FilterType;

use super::Picture;
use crate::{Error, Result};

impl Picture {
    /// The part whose upper left corner lies at (left, top).
    ///
    /// # Errors
    /// [`Error::Invalid`] where it reaches beyond the picture.
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Result<Self> {
        let inside = |first: usize, length: usize, all: usize| {
            length > 0 && first.checked_add(length).is_some_and(|end| end <= all)
        };
        if !inside(left, width, self.width()) || !inside(top, height, self.height()) {
            return Err(Error::Invalid(format!(
                "a part of {width} x {height} pixels at ({left}, {top}) reaches beyond a picture of {} x {} pixels",
                self.width(),
                self.height()
            )));
        }
        let rows = (top..top + height).map(|y| &self.rgb()[3 * (y * self.width() + left)..][..3 * width]);
        Self::new(width, height, rows.flatten().copied().collect())
    }

    /// With left and right changed.
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        let row = 3 * self.width();
        for row in self.rgb_mut().chunks_exact_mut(row) {
            row.reverse();
            row.chunks_exact_mut(3).for_each(<[u8]>::reverse);
        }
        self
    }

    /// At another size, by the cubic of Catmull and Rom ("bicubic").
    #[must_use]
    pub fn resized_bicubic(&self, width: usize, height: usize) -> Self {
        let (from_width, from_height) = (self.width() as u32, self.height() as u32);
        let image = image::RgbImage::from_raw(from_width, from_height, self.rgb().to_vec());
        let resized = image::imageops::resize(
            &image.unwrap_or_default(),
            width as u32,
            height as u32,
            FilterType::CatmullRom,
        );
        Self { width, height, rgb: resized.into_raw() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_mirrors_keep_every_pixel() {
        let picture = Picture::new(3, 2, (0..18).collect()).unwrap();
        assert_eq!(picture.part(1, 1, 2, 1).unwrap().rgb(), [12, 13, 14, 15, 16, 17]);
        assert_eq!(picture.part(0, 0, 3, 2).unwrap(), picture);
        for (left, top, width, height) in [(2, 0, 2, 1), (0, 2, 1, 1), (0, 0, 0, 1), (usize::MAX, 0, 2, 1)] {
            assert!(picture.part(left, top, width, height).is_err());
        }
        let mirrored = picture.clone().mirrored();
        assert_eq!(mirrored.rgb()[..9], [6, 7, 8, 3, 4, 5, 0, 1, 2]);
        assert_eq!(mirrored.mirrored(), picture);
    }

    #[test]
    fn enlarging_keeps_plain_colours_and_the_mean() {
        assert_eq!(
            Picture::filled(5, 4, [9, 80, 200]).resized_bicubic(20, 12),
            Picture::filled(20, 12, [9, 80, 200])
        );
    }
}
