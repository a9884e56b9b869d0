//! Pictures of one size side by side.

use super::Picture;
use crate::{Error, Result};

/// Between the pictures of a sheet.
const DARK: [u8; 3] = [40; 3];

/// A sheet of pictures that come one after the other, so that never all of them have to be there at once.
#[derive(Debug)]
pub struct Sheet {
    columns: usize,
    gap: usize,
    /// Width and height of each picture.
    tile: (usize, usize),
    count: usize,
    placed: usize,
    sheet: Picture,
}

impl Sheet {
    /// A sheet for `count` pictures of `tile` pixels (width, height) in rows of `columns`, with `gap` pixels of dark
    /// grey between them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no pictures, no columns, or more pixels than a sheet may have
    /// ([`MOST_PIXELS`](super::MOST_PIXELS)).
    pub fn new(count: usize, columns: usize, gap: usize, tile: (usize, usize)) -> Result<Self> {
        if count == 0 || columns == 0 {
            return Err(Error::Invalid("a grid needs at least one picture and one column".into()));
        }
        let columns = columns.min(count);
        let (width, height) = Self::size(count, columns, gap, tile);
        if width.saturating_mul(height) > super::MOST_PIXELS {
            return Err(Error::Invalid(format!(
                "{count} pictures of {}x{} pixels make a sheet of {width}x{height}, and the largest has {} million \
                 pixels: ask for fewer",
                tile.0,
                tile.1,
                super::MOST_PIXELS / 1_000_000
            )));
        }
        let sheet = Picture::filled(width, height, if gap > 0 { DARK } else { [0; 3] });
        Ok(Self { columns, gap, tile, count, placed: 0, sheet })
    }

    /// Width and height of a sheet in pixels.
    #[must_use]
    pub fn size(count: usize, columns: usize, gap: usize, tile: (usize, usize)) -> (usize, usize) {
        let side = |tiles: usize, pixels: usize| {
            tiles.saturating_mul(pixels.saturating_add(gap)).saturating_sub(gap)
        };
        let columns = columns.clamp(1, count.max(1));
        (side(columns, tile.0), side(count.div_ceil(columns), tile.1))
    }

    /// Adds the next picture.
    ///
    /// # Errors
    /// [`Error::Shape`] when it has another size, [`Error::Invalid`] when the sheet is full.
    pub fn place(&mut self, picture: &Picture) -> Result<()> {
        let (w, h) = self.tile;
        if (picture.width, picture.height) != (w, h) {
            return Err(Error::Shape {
                op: "grid",
                left: vec![h, w],
                right: vec![picture.height, picture.width],
                why: "all pictures of a grid have one size".into(),
            });
        }
        if self.placed == self.count {
            return Err(Error::Invalid(format!("a sheet for {} pictures has no place for more", self.count)));
        }
        let (column, row) = (self.placed % self.columns, self.placed / self.columns);
        let (x0, y0) = (column * (w + self.gap), row * (h + self.gap));
        for y in 0..h {
            let to = 3 * ((y0 + y) * self.sheet.width + x0);
            self.sheet.rgb[to..to + 3 * w].copy_from_slice(&picture.rgb[3 * y * w..3 * (y + 1) * w]);
        }
        self.placed += 1;
        Ok(())
    }

    /// The sheet; places that no picture came for stay grey.
    #[must_use]
    pub fn finish(self) -> Picture {
        self.sheet
    }
}

impl Picture {
    /// Pictures side by side in rows of `columns`, with `gap` pixels of dark grey between them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no pictures or no columns, [`Error::Shape`] when their sizes differ.
    pub fn grid<P: AsRef<Picture>>(pictures: &[P], columns: usize, gap: usize) -> Result<Self> {
        let tile = pictures.first().map_or((0, 0), |first| (first.as_ref().width, first.as_ref().height));
        let mut sheet = Sheet::new(pictures.len(), columns, gap, tile)?;
        pictures.iter().try_for_each(|picture| sheet.place(picture.as_ref()))?;
        Ok(sheet.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_places_every_picture() {
        let dots = Picture::new(2, 2, (0..12).collect()).unwrap();
        let tiles = [dots.clone(), Picture::filled(2, 2, [9, 8, 7]), dots.clone()];
        let grid = Picture::grid(&tiles, 2, 1).unwrap();
        assert_eq!((grid.width(), grid.height()), (5, 5));
        assert_eq!(grid.pixel(3, 0), [9, 8, 7]);
        assert_eq!(grid.pixel(0, 3), dots.pixel(0, 0));
        assert_eq!(grid.pixel(2, 0), DARK);
        assert!(Picture::grid::<Picture>(&[], 2, 0).is_err());
        let other = [dots, Picture::filled(3, 2, [0; 3])];
        assert!(matches!(Picture::grid(&other, 2, 0), Err(Error::Shape { .. })));
    }

    #[test]
    fn a_sheet_that_would_fill_the_memory_is_refused_before_it_is_made() {
        let error = Sheet::new(4096, 64, 2, (512, 512)).unwrap_err().to_string();
        assert!(error.contains("32894x32894") && error.contains("fewer"), "{error}");
        assert!(Sheet::new(usize::MAX, usize::MAX, 2, (usize::MAX, 1)).is_err());
        assert!(Sheet::new(4096, 64, 2, (64, 64)).is_ok());
    }
}
