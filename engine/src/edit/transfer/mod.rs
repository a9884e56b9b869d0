//! A change between two small pictures, made in a large one: explained by colours that become others and by things that
//! move, which a photo can follow with its own pixels; what neither explains is new, and added.

mod colour;
mod field;
mod motion;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::{Crop, Mask, Placement};
use crate::{Error, Picture, Result};
use colour::Functions;
use field::Field;
use motion::Motion;

/// Makes a small picture larger, by a whole number of times.
pub type Enlarge<'a> = dyn FnMut(&Picture) -> Result<Picture> + 'a;

/// How many times larger the cubic filter makes what is new where there is no enlarger.
const FINE: usize = 4;
/// Deviation of the window in which explanations are compared, in pixels of the small pictures.
const LOOK: f32 = 1.5;
/// Squared levels below which a difference is nothing to be explained.
const NOTHING: f32 = 4.0;
/// How many times less motion must leave than colours do to be believed, and how soon it is believed wholly.
const BETTER: f32 = 0.8;
const SURER: f32 = 2.0;
/// Deviation of the border between places that move and those that don't, in pixels.
const SOFT: f32 = 0.7;
/// What is unexplained, in levels, is made larger by the cubic filter when it is less, by the enlarger when it is more: an
/// enlarger sees edges in the noise of rounding.
const LITTLE: f32 = 1.0;
const MUCH: f32 = 5.0;
/// Shifts of less, in pixels of the small pictures, are none.
const STANDS: f32 = 0.02;
/// Width of the fading at those borders of the crop that lie within the photo, as a share of the crop's side.
const FADE: f64 = 0.06;

/// The change between two small pictures, ready to be made in photos of any size: made once, used at every size, with
/// every mask and strength.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Where things come from; nothing where nothing moves.
    motion: Option<Motion>,
    /// What was there before, moved, and what its colours become.
    before: Field<3>,
    colours: Functions,
    /// What is new, in levels of 0 to 255, larger than the others.
    new: Field<3>,
}

impl Transfer {
    /// Explains the change from one small picture to another of its size. `enlarge` makes small pictures larger, as a model's
    /// enlarger does, and is asked twice; without it a cubic filter makes what is new larger.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of two sizes, and what `enlarge` refuses.
    pub fn between(before: &Picture, after: &Picture, enlarge: Option<&mut Enlarge<'_>>) -> Result<Self> {
        let (mut from, to) = fields(before, after)?;
        let (motion, moves) = believed(&from, &to);
        let moving = motion.values.iter().flatten().any(|shift| shift.abs() > STANDS);
        if moving {
            from = motion::moved(&from, &motion);
        }
        let (colours, made) = colour::fitted(&from, &to, &moves);
        let new = unexplained(&made, &to, after, enlarge)?;
        Ok(Self { motion: moving.then_some(motion), before: from, colours, new })
    }

    /// Explains nothing: the difference of two small pictures is all new, and enlarged by a cubic filter. This is what a
    /// transfer has to be better than.
    ///
    /// # Errors
    /// [`Error::Shape`] for pictures of two sizes.
    pub fn of_difference(before: &Picture, after: &Picture) -> Result<Self> {
        let (from, to) = fields(before, after)?;
        let (size, difference) = (from.size, to.minus(&from));
        let new = difference.cubic(size.map(|side| FINE * side));
        Ok(Self { motion: None, before: from, colours: Field::filled(size, [0.0; 12]), new })
    }

    /// Height and width of the small pictures.
    #[must_use]
    pub fn sides(&self) -> [usize; 2] {
        self.before.size
    }

    /// The photo with the change in the part that the model sees, as much of it as the mask and `strength` (1: all) say.
    /// The mask lies over the crop; at borders of the crop that lie within the photo the change fades. What lies outside of
    /// the crop or where the mask is 0 stays bit for bit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a crop or a strength that is not finite.
    pub fn apply(&self, photo: &Picture, crop: &Crop, mask: &Mask, strength: f32) -> Result<Picture> {
        if !strength.is_finite() {
            return Err(Error::Invalid("the strength must be a finite number".into()));
        }
        let place = crop.on(photo, self.sides());
        let mut seen = Field::of(&crop.sample(photo, self.sides())?);
        if let Some(motion) = &self.motion {
            seen = motion::moved(&seen, motion);
        }
        let colours = colour::suited(&self.colours, &self.before, &seen);
        let fade = Fade::new(photo, &place);
        let width = photo.width();
        let mut changed = photo.clone();
        changed.rgb_mut().par_chunks_mut(3 * width).enumerate().for_each(|(y, row)| {
            for x in columns(&place, y, width) {
                let at = [x as f64 + 0.5, y as f64 + 0.5];
                let there = place.in_crop(at);
                if there.iter().any(|share| !(0.0..=1.0).contains(share)) {
                    continue;
                }
                let places = there.map(|share| share as f32);
                let share = strength * mask.at(places) * fade.at(there);
                if share == 0.0 {
                    continue;
                }
                let pixel = &mut row[3 * x..3 * x + 3];
                let was = [pixel[0], pixel[1], pixel[2]].map(f32::from);
                let from = self.origin(photo, &place, at, places).unwrap_or(was);
                let recoloured = colour::added(&colours.at(places), from);
                let new = self.new.at(places);
                for i in 0..3 {
                    let is = from[i] + recoloured[i] + new[i];
                    pixel[i] = (was[i] + share * (is - was[i])).round().clamp(0.0, 255.0) as u8;
                }
            }
        });
        Ok(changed)
    }

    /// The colour of the photo that moves to a place, where something moves.
    fn origin(&self, photo: &Picture, place: &Placement, at: [f64; 2], places: [f32; 2]) -> Option<[f32; 3]> {
        let shift = self.motion.as_ref()?.at(places);
        if shift.iter().all(|shift| shift.abs() <= STANDS) {
            return None;
        }
        let [height, width] = self.sides();
        let (u, v) = (f64::from(shift[0]) / width as f64, f64::from(shift[1]) / height as f64);
        Some(photo.between([0, 1].map(|axis| at[axis] + u * place.right[axis] + v * place.down[axis])))
    }
}

/// The colours of two pictures of one size.
fn fields(before: &Picture, after: &Picture) -> Result<(Field<3>, Field<3>)> {
    let [left, right] = [before, after].map(|picture| [picture.height(), picture.width()]);
    if left != right {
        return Err(Error::Shape {
            op: "transfer",
            left: left.to_vec(),
            right: right.to_vec(),
            why: "before and after need one size".into(),
        });
    }
    Ok((Field::of(before), Field::of(after)))
}

/// Motion where it explains the change better than colours do, none elsewhere, and how far it is believed, 0 to 1.
fn believed(before: &Field<3>, after: &Field<3>) -> (Motion, Field<1>) {
    let motion = motion::found(before, after);
    let left_by_motion = left(&motion::moved(before, &motion), after);
    let left_by_colours = left(&colour::explained(before, after), after);
    let belief = left_by_colours.with(&left_by_motion, |[colours], [motion]| {
        let gain = (colours + NOTHING) / (motion + NOTHING);
        [(SURER * (gain - BETTER)).clamp(0.0, 1.0)]
    });
    // Where nothing has changed there is no motion to believe in.
    let changed = left(before, after);
    let belief = belief.with(&changed, |[belief], [changed]| [belief * changed / (changed + NOTHING)]);
    let belief = belief.smoothed(SOFT);
    (motion.with(&belief, |shift, [belief]| shift.map(|shift| belief * shift)), belief)
}

/// The mean square of what is left to be explained around each place.
fn left(made: &Field<3>, after: &Field<3>) -> Field<1> {
    after.with(made, |a, m| [(0..3).map(|i| (a[i] - m[i]).powi(2)).sum()]).smoothed(LOOK)
}

/// What colours and motion don't explain, made larger.
fn unexplained(
    made: &Field<3>,
    to: &Field<3>,
    after: &Picture,
    enlarge: Option<&mut Enlarge<'_>>,
) -> Result<Field<3>> {
    let rest = to.minus(made);
    let Some(enlarge) = enlarge else {
        return Ok(rest.cubic(rest.size.map(|side| FINE * side)));
    };
    let sharp = Field::of(&enlarge(after)?).minus(&Field::of(&enlarge(&made.picture()?)?));
    let soft = rest.cubic(sharp.size);
    let much = left(made, to);
    let [height, width] = sharp.size;
    let values = sharp.values.iter().zip(&soft.values).enumerate().map(|(i, (sharp, soft))| {
        let place = [(i % width) as f32 + 0.5, (i / width) as f32 + 0.5];
        let levels = (much.at([place[0] / width as f32, place[1] / height as f32])[0] / 3.0).sqrt();
        let share = ((levels - LITTLE) / (MUCH - LITTLE)).clamp(0.0, 1.0);
        std::array::from_fn(|i| soft[i] + share * (sharp[i] - soft[i]))
    });
    Ok(Field { size: sharp.size, values: values.collect() })
}

/// The columns of a row of the photo that the crop can reach.
fn columns(place: &Placement, y: usize, width: usize) -> std::ops::Range<usize> {
    let corners = place.corners();
    let span = |axis: usize| {
        let ends = corners.iter().map(|corner| corner[axis]);
        (ends.clone().fold(f64::INFINITY, f64::min), ends.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (top, bottom)) = (span(0), span(1));
    if (y as f64) < top.floor() || y as f64 > bottom.ceil() {
        return 0..0;
    }
    left.floor().max(0.0) as usize..(right.ceil().max(0.0) as usize).min(width)
}

/// How a change fades at the borders of a crop.
struct Fade {
    /// Left, top, right and bottom border lie within the photo.
    within: [bool; 4],
}

impl Fade {
    fn new(photo: &Picture, place: &Placement) -> Self {
        let step = |side: [f64; 2]| 1.0 / side[0].hypot(side[1]).max(1e-9);
        let (across, down) = (step(place.right), step(place.down));
        let beside = [[-across, 0.5], [0.5, -down], [1.0 + across, 0.5], [0.5, 1.0 + down]];
        let limits = [photo.width(), photo.height()].map(|side| side as f64);
        let within = beside
            .map(|at| place.in_photo(at).iter().zip(limits).all(|(at, limit)| (0.0..=limit).contains(at)));
        Self { within }
    }

    fn at(&self, [u, v]: [f64; 2]) -> f32 {
        let mut share = 1.0;
        for (within, distance) in self.within.into_iter().zip([u, v, 1.0 - u, 1.0 - v]) {
            if within && distance < FADE {
                let t = distance / FADE;
                share *= t * t * (3.0 - 2.0 * t);
            }
        }
        share as f32
    }
}
