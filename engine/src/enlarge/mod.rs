//! Larger pictures of pictures of any size, in tiles of which nothing is seen.

mod tiles;

use std::fmt;
use std::ops::ControlFlow;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use crate::model::{Enlarger, Model};
use crate::{Error, Picture, Result};
use tiles::Place;

/// Pixels a side of what an enlarger is given at once, before it is larger.
const TILE: usize = 128;
/// The same for a network that depends on the whole picture: so much of it at once as memory allows.
const WHOLE: usize = 256;
/// Pixels around a tile that are looked at and not used: what lies farther away changes nothing that can be seen, also of
/// networks that look farther.
const MOST_MARGIN: usize = 32;
/// Most pixels of a picture that is made: 300 MB.
const MOST_PIXELS: usize = 100_000_000;

/// How a picture becomes larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Pixels become squares.
    Nearest,
    /// By a cubic filter.
    Bicubic,
    /// By the network that was trained for squared error alone, where the model has such a one (SRResNet).
    Faithful,
    /// By the network as it was trained to its end (SRGAN).
    #[default]
    Sharp,
}

impl Way {
    /// All of them, from the plainest on.
    pub const ALL: [Self; 4] = [Self::Nearest, Self::Bicubic, Self::Faithful, Self::Sharp];

    /// As people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Bicubic => "bicubic",
            Self::Faithful => "SRResNet",
            Self::Sharp => "SRGAN",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Whether a model can enlarge in a way of its own beside the others.
#[must_use]
pub fn has_way(model: &Model, way: Way) -> bool {
    match way {
        Way::Nearest | Way::Bicubic => true,
        Way::Faithful => model.enlarger().is_ok_and(|enlarger| enlarger.faithful().is_some()),
        Way::Sharp => model.enlarger().is_ok(),
    }
}

/// A picture as many times larger as the model's enlarger makes pictures. `progress` hears how many tiles of how many are
/// done; when it breaks, this ends with [`Error::Cancelled`].
///
/// # Errors
/// As [`Enlarging`].
pub fn enlarge(
    model: &Model,
    picture: &Picture,
    way: Way,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Picture> {
    let mut enlarging = Enlarging::new(model, picture, way)?;
    loop {
        let (done, all) = enlarging.standing();
        if progress(done, all).is_break() {
            return Err(Error::Cancelled);
        }
        if done == all {
            return enlarging.finish();
        }
        enlarging.step(model)?;
    }
}

/// A picture that becomes larger, a tile at a time.
pub struct Enlarging {
    /// What is enlarged, with sides that the network can take.
    padded: Picture,
    /// Height and width of the result.
    sides: [usize; 2],
    factor: usize,
    faithful: bool,
    tiles: Vec<Place>,
    done: usize,
    large: Picture,
}

impl Enlarging {
    /// The work of enlarging a picture by the model's enlarger; in ways without a network it is done at once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a model without an enlarger, one without the network for this way, and a picture that would
    /// become too large.
    pub fn new(model: &Model, picture: &Picture, way: Way) -> Result<Self> {
        let enlarger = &**model.enlarger()?;
        let factor = enlarger.factor();
        let (width, height) = (picture.width(), picture.height());
        let (wide, high) = (width.saturating_mul(factor), height.saturating_mul(factor));
        if wide.saturating_mul(high) > MOST_PIXELS {
            return Err(Error::Invalid(format!(
                "{width} x {height} pixels, {factor} times larger a side, would be more than {} million: take a smaller \
                 picture or a part of it",
                MOST_PIXELS / 1_000_000
            )));
        }
        let done = |large| Self {
            padded: Picture::filled(1, 1, [0; 3]),
            sides: [high, wide],
            factor,
            faithful: false,
            tiles: Vec::new(),
            done: 0,
            large,
        };
        let faithful = match way {
            Way::Nearest => return Ok(done(picture.resized_nearest(wide, high))),
            Way::Bicubic => return Ok(done(picture.resized_bicubic(wide, high))),
            Way::Sharp => false,
            Way::Faithful if enlarger.faithful().is_some() => true,
            Way::Faithful => {
                return Err(Error::Invalid(format!(
                    "{} has one enlarger, not a second one for squared error alone",
                    model.info.name
                )));
            }
        };
        let enlarging = Self { faithful, ..done(Picture::filled(1, 1, [0; 3])) };
        Ok(enlarging.cut(enlarger, picture, TILE))
    }

    /// With tiles of about so many pixels a side.
    fn cut(self, enlarger: &dyn Enlarger, picture: &Picture, tile: usize) -> Self {
        let multiple = enlarger.multiple_of();
        let padded = padded(picture, multiple);
        let margin = enlarger.reach().map_or(MOST_MARGIN, |reach| reach.min(MOST_MARGIN));
        let margin = margin.next_multiple_of(multiple);
        let tile = if enlarger.reach().is_none() { tile.max(WHOLE) } else { tile };
        let tile = tile.max(4 * margin).next_multiple_of(multiple);
        let large = Picture::filled(padded.width() * self.factor, padded.height() * self.factor, [0; 3]);
        let tiles = tiles::of([padded.width(), padded.height()], tile, margin);
        Self { padded, tiles, large, ..self }
    }

    /// Tiles that are done, and all of them.
    #[must_use]
    pub fn standing(&self) -> (usize, usize) {
        (self.done, self.tiles.len())
    }

    /// Enlarges the next tile, where one is left.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is no number, [`Error::Invalid`] when the model is another one now.
    pub fn step(&mut self, model: &Model) -> Result<()> {
        let Some(place) = self.tiles.get(self.done) else { return Ok(()) };
        let enlarger = &**model.enlarger()?;
        let enlarger = enlarger.faithful().filter(|_| self.faithful).unwrap_or(enlarger);
        let part = self.padded.part(place.left, place.top, place.width, place.height)?;
        let part: Tensor = part.to_tensor(model.range, &model.device)?;
        for made in Picture::from_tensor(&enlarger.enlarge(&part)?, model.range)? {
            place.copy_used(&made, &mut self.large, self.factor);
        }
        self.done += 1;
        Ok(())
    }

    /// The larger picture.
    ///
    /// # Errors
    /// None once all tiles are done.
    pub fn finish(self) -> Result<Picture> {
        let [height, width] = self.sides;
        if (self.large.width(), self.large.height()) == (width, height) {
            return Ok(self.large);
        }
        self.large.part(0, 0, width, height)
    }
}

/// The picture with its last columns and rows repeated until its sides are multiples of a number.
fn padded(picture: &Picture, multiple: usize) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let (wide, high) = (width.next_multiple_of(multiple), height.next_multiple_of(multiple));
    if (wide, high) == (width, height) {
        return picture.clone();
    }
    let mut padded = Picture::filled(wide, high, [0; 3]);
    for (i, pixel) in padded.rgb_mut().chunks_exact_mut(3).enumerate() {
        let (x, y) = (i % wide, i / wide);
        pixel.copy_from_slice(&picture.pixel(x.min(width - 1), y.min(height - 1)));
    }
    padded
}

#[cfg(test)]
mod tests;
