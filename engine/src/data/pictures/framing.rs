//! How a picture of any shape becomes the square that networks learn from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Picture, Result};

/// What happens to pictures that are not square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// The largest square from the middle is used; what lies beside it is lost.
    #[default]
    Crop,
    /// The whole picture is used, in the middle of a square. Each of the two bars beside it has the mean colour of the
    /// edge that it touches: a plain background goes on without a seam, and a bar without texture costs a model next to
    /// nothing to learn, while edges that are repeated would be streaks that it learns to draw.
    Fit,
    /// The picture is cut into squares side by side, at its own size, for what learns from surfaces and not from wholes;
    /// what is left at the right and below is lost. A picture smaller than a square is framed as by [`Self::Crop`].
    Tiles,
}

impl Framing {
    /// Every framing, the usual one first.
    pub const ALL: [Self; 3] = [Self::Crop, Self::Fit, Self::Tiles];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Fit => "fit",
            Self::Tiles => "tiles",
        }
    }

    /// The squares of `size` pixels a side, at least 1, that become of a picture: one, or many tiles.
    ///
    /// # Errors
    /// None for tiles of at least a pixel.
    pub fn squares(self, picture: &Picture, size: usize) -> Result<Vec<Picture>> {
        let (columns, rows) = (picture.width() / size, picture.height() / size);
        if self != Self::Tiles || columns * rows == 0 {
            return Ok(vec![self.square(picture, size)]);
        }
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column * size, row * size)));
        places.map(|(left, top)| picture.part(left, top, size, size)).collect()
    }

    /// The picture as one square of `size` pixels a side, at least 1. A picture of that very size stays as it is.
    #[must_use]
    pub fn square(self, picture: &Picture, size: usize) -> Picture {
        match self {
            Self::Fit if picture.width() != picture.height() => fit(picture, size),
            _ => picture.square(size),
        }
    }

    /// True when the picture has fewer pixels than its part of a square of `size` pixels a side.
    pub(crate) fn enlarges(self, picture: &Picture, size: usize) -> bool {
        let (width, height) = (picture.width(), picture.height());
        size > match self {
            Self::Crop | Self::Tiles => width.min(height),
            Self::Fit => width.max(height),
        }
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn fit(picture: &Picture, size: usize) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let is_wide = width > height;
    let (long, short) = (width.max(height), width.min(height));
    // A line stays a line, however thin it would have to be.
    let thick = ((short * size + long / 2) / long).max(1);
    let (inner_width, inner_height) = if is_wide { (size, thick) } else { (thick, size) };
    let image = image::RgbImage::from_raw(width as u32, height as u32, picture.rgb().to_vec());
    let inner = image::imageops::resize(
        &image.unwrap_or_default(),
        inner_width as u32,
        inner_height as u32,
        image::imageops::FilterType::Lanczos3,
    );
    // A pixel by its place across the bars and along them.
    let pixel = |across: usize, along: usize| {
        let (x, y) = if is_wide { (along, across) } else { (across, along) };
        inner.get_pixel(x as u32, y as u32).0
    };
    let edge = |across: usize| mean((0..size).map(|along| pixel(across, along)), size);
    let (first, last) = (edge(0), edge(thick - 1));
    let bar = (size - thick) / 2;
    let mut square = Picture::filled(size, size, first);
    for (i, to) in square.rgb_mut().chunks_exact_mut(3).enumerate() {
        let (across, along) = if is_wide { (i / size, i % size) } else { (i % size, i / size) };
        if across >= bar + thick {
            to.copy_from_slice(&last);
        } else if across >= bar {
            to.copy_from_slice(&pixel(across - bar, along));
        }
    }
    square
}

/// The mean of so many colours.
fn mean(colours: impl Iterator<Item = [u8; 3]>, count: usize) -> [u8; 3] {
    let mut sums = [0; 3];
    for colour in colours {
        for (sum, value) in sums.iter_mut().zip(colour) {
            *sum += usize::from(value);
        }
    }
    sums.map(|sum| ((sum + count / 2) / count) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 3] = [220, 20, 30];
    const GREEN: [u8; 3] = [10, 200, 60];
    const BLUE: [u8; 3] = [0, 40, 240];

    /// Three stripes of these colours, each `thick` pixels, one above the other or side by side.
    fn stripes(length: usize, thick: usize, is_wide: bool) -> Picture {
        let (width, height) = if is_wide { (length, 3 * thick) } else { (3 * thick, length) };
        let mut picture = Picture::filled(width, height, RED);
        for (i, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
            let across = if is_wide { i / width } else { i % width };
            pixel.copy_from_slice(&[RED, GREEN, BLUE][across / thick]);
        }
        picture
    }

    /// Scaling sharpens what lies beside an edge by a few levels.
    fn near(a: [u8; 3], b: [u8; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 20)
    }

    #[test]
    fn wide_and_tall_pictures_are_shown_whole_between_bars_of_their_edges() {
        for is_wide in [true, false] {
            let square = Framing::Fit.square(&stripes(96, 16, is_wide), 32);
            assert_eq!((square.width(), square.height()), (32, 32));
            let at = |across, along| match is_wide {
                true => square.pixel(along, across),
                false => square.pixel(across, along),
            };
            // 96 by 48 becomes 32 by 16, with a bar of 8 at either side.
            for along in [0, 13, 31] {
                for (across, colour) in [(0, RED), (7, RED), (15, GREEN), (16, GREEN), (24, BLUE), (31, BLUE)]
                {
                    assert!(near(at(across, along), colour), "{is_wide} {across} {along}");
                }
            }
            let cropped = Framing::Crop.square(&stripes(96, 16, is_wide), 32);
            let first = if is_wide { cropped.pixel(16, 1) } else { cropped.pixel(1, 16) };
            assert!(near(first, RED), "the crop has no bars, its first stripe is at the rim");
        }
    }

    #[test]
    fn bars_have_the_mean_of_the_edge_that_they_touch() {
        let mut halves = Picture::filled(40, 20, [0; 3]);
        for (i, pixel) in halves.rgb_mut().chunks_exact_mut(3).enumerate() {
            pixel.fill(if i % 40 < 20 { 0 } else { 200 });
        }
        let square = Framing::Fit.square(&halves, 20);
        assert!((95..=105).contains(&square.pixel(3, 0)[0]) && square.pixel(3, 0) == square.pixel(17, 4));
        assert_eq!((square.pixel(3, 10)[0], square.pixel(17, 10)[0]), (0, 200));
    }

    #[test]
    fn odd_sizes_fill_the_square_and_the_smallest_pictures_have_a_place() {
        for (width, height) in [(1, 1), (1, 7), (9, 1), (1, 4000), (13, 29), (31, 30), (640, 33)] {
            for size in [1, 2, 5, 16, 33] {
                for framing in Framing::ALL {
                    let square = framing.square(&Picture::filled(width, height, GREEN), size);
                    let plain = Picture::filled(size, size, GREEN);
                    assert_eq!(square, plain, "{width} x {height} {framing} {size}");
                }
            }
        }
        let line = Framing::Fit.square(&stripes(31, 1, true), 7);
        // Three rows of 31 become one of 7, of their mean colour.
        assert!(near(line.pixel(3, 0), line.pixel(3, 6)) && line.pixel(3, 3) == line.pixel(3, 0));
        let square = stripes(12, 4, true);
        assert_eq!(Framing::Fit.square(&square, 12), square);
        assert_eq!(Framing::Fit.square(&square, 5), Framing::Crop.square(&square, 5));
    }

    #[test]
    fn tiles_are_cut_out_side_by_side_at_their_own_size() {
        let wide = stripes(70, 16, true);
        let tiles = Framing::Tiles.squares(&wide, 16).unwrap();
        assert_eq!(tiles.len(), 4 * 3);
        for (index, tile) in tiles.iter().enumerate() {
            assert_eq!(*tile, Picture::filled(16, 16, [RED, GREEN, BLUE][index / 4]));
        }
        let small = Framing::Tiles.squares(&wide, 64).unwrap();
        assert_eq!(small, [Framing::Crop.square(&wide, 64)]);
        assert_eq!(Framing::Crop.squares(&wide, 16).unwrap().len(), 1);
    }

    #[test]
    fn what_is_enlarged_depends_on_what_is_shown() {
        let wide = Picture::filled(40, 20, RED);
        assert!(Framing::Crop.enlarges(&wide, 32) && !Framing::Fit.enlarges(&wide, 32));
        assert!(!Framing::Crop.enlarges(&wide, 20) && Framing::Fit.enlarges(&wide, 41));
    }
}
