//! Pictures at other sizes, smooth both ways: enlarged without steps, made smaller without noise.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use latent_engine::Picture;

/// A picture at another size, at least 1 by 1.
pub fn smooth(picture: &Picture, width: usize, height: usize) -> Picture {
    let (width, height) = (width.max(1), height.max(1));
    if (width, height) == (picture.width(), picture.height()) {
        return picture.clone();
    }
    // An empty picture has nothing to be smooth about.
    resized(picture, width, height).unwrap_or_else(|| picture.resized_nearest(width, height))
}

fn resized(picture: &Picture, width: usize, height: usize) -> Option<Picture> {
    let side = |side: usize| u32::try_from(side).ok();
    let from = ImageRef::new(side(picture.width())?, side(picture.height())?, picture.rgb(), PixelType::U8x3)
        .ok()?;
    let mut to = Image::new(side(width)?, side(height)?, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    Picture::new(width, height, to.into_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White and black columns in turn.
    fn stripes(side: usize) -> Picture {
        let mut picture = Picture::filled(side, side, [0; 3]);
        for (i, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
            pixel.fill(if (i % side).is_multiple_of(2) { 255 } else { 0 });
        }
        picture
    }

    #[test]
    fn a_smaller_picture_is_the_mean_of_what_it_shows() {
        let small = smooth(&stripes(256), 64, 64);
        assert_eq!((small.width(), small.height()), (64, 64));
        assert!(
            small.rgb().iter().all(|&v| (118..=138).contains(&v)),
            "grey, not white or black: {:?}",
            small.pixel(9, 9)
        );
    }

    #[test]
    fn a_larger_picture_has_steps_between() {
        let large = smooth(&stripes(4), 32, 16);
        assert_eq!((large.width(), large.height()), (32, 16));
        let row: Vec<u8> = (0..32).map(|x| large.pixel(x, 8)[0]).collect();
        assert!(row.iter().any(|&v| v > 60 && v < 200), "{row:?}");
        assert_eq!(smooth(&Picture::filled(3, 5, [10, 20, 30]), 9, 7), Picture::filled(9, 7, [10, 20, 30]));
    }
}
