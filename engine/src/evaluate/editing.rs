//! What strokes do to a picture: how near they come to the colour that was painted, and how much changes where
//! nobody painted.

use std::sync::Arc;

use serde::Serialize;

use crate::data::PictureSet;
use crate::edit::{Effect, Mask, composite};
use crate::model::Model;
use crate::rng::Rng;
use crate::search::constraint::Constraints;
use crate::search::{self, Bank, Base, Candidate, DrawRequest, Extent, SolveSettings};
use crate::{Error, Picture, Result};

/// Evaluations that a stroke may cost.
const EVALUATIONS: usize = 40;
/// The strokes are the same for every model of a size.
const SEED: u64 = 0x6564_6974;

/// Means over scripted strokes, in light from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Editing {
    /// Root mean squared difference between the stroke and the new picture under it.
    pub inside: f32,
    /// The same for the old picture: what the stroke asked to change.
    pub inside_before: f32,
    /// Root mean squared difference between the old and the new picture outside the stroke.
    pub outside: f32,
    /// The same strokes over the picture as a base, which is held where nothing is painted: what is seen then.
    pub held: Held,
    /// How many strokes were painted.
    pub strokes: usize,
}

/// What strokes do to a picture that is held: means over scripted strokes, in levels of 255.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Held {
    /// Mean difference between the stroke's colour and what is seen under it.
    pub off_colour: f32,
    /// The same before it was painted.
    pub off_colour_before: f32,
    /// Mean change farther from the stroke than its brush is wide.
    pub outside: f32,
    /// Mean step of lightness from pixel to pixel under the stroke, where the change fades out, and outside.
    pub steps: [f32; 3],
}

impl Held {
    fn add(&mut self, effect: &Effect, share: f32) {
        let add = |sum: &mut f32, value: Option<f32>| *sum += share * value.unwrap_or(0.0);
        add(&mut self.off_colour, effect.off_colour);
        add(&mut self.off_colour_before, effect.off_colour_before);
        add(&mut self.outside, effect.outside);
        let steps = [effect.step_inside, effect.step_between, effect.step_outside];
        self.steps.iter_mut().zip(steps).for_each(|(sum, step)| add(sum, step));
    }
}

/// Fixes a random picture of the model, paints one stroke of a colour that a real picture has at that place, and
/// looks at what becomes of it; `count` times.
///
/// # Errors
/// [`Error::Shape`] for pictures of another size than the model's, [`Error::NonFinite`] when it breaks down.
pub fn editing(
    model: &Model,
    bank: &Bank,
    pictures: &PictureSet,
    count: usize,
    mut progress: impl FnMut(usize),
) -> Result<Editing> {
    let size @ [height, width] = model.info.sides;
    if [pictures.size(); 2] != size {
        return Err(Error::Shape {
            op: "editing",
            left: vec![pictures.size(); 2],
            right: size.to_vec(),
            why: "the real pictures have the model's size".into(),
        });
    }
    let mut sums = [0.0; 3];
    let mut held = Held::default();
    for index in 0..count {
        let mut rng = Rng::stream(SEED, index as u64);
        let latent = model.info.latents.draw(&mut rng);
        let old = model.pictures(std::slice::from_ref(&latent))?.swap_remove(0);
        let mask = stroke(size, &mut rng);
        let real = pictures.to_picture(rng.below(pictures.len()))?;
        let colour = mean_colour(&real, &mask);
        let paint = Picture::filled(width, height, colour);
        let mut request = DrawRequest {
            constraints: Arc::new(Constraints::from_pictures(
                Some((&paint, &as_picture(&mask, size)?)),
                None,
                size,
            )?),
            settings: SolveSettings { top_k: 4, iterations: EVALUATIONS, ..SolveSettings::default() },
            start: vec![latent.clone()],
            anchor: Some(latent),
            base: None,
        };
        let best = best(model, bank, &request)?;
        sums[0] += difference(&paint, &best.picture, &mask, true);
        sums[1] += difference(&paint, &old, &mask, true);
        sums[2] += difference(&old, &best.picture, &mask, false);

        let extent = Extent::default();
        let latent = request.anchor.take().unwrap_or_else(|| best.latent.clone());
        request.base = Some(Base::fixed(latent, Arc::new(old.clone()), extent));
        request.start.clear();
        let best = self::best(model, bank, &request)?;
        let free = Mask::under(&request.constraints, &extent)?;
        let seen = composite(&old, &old, &best.picture, &free, 1.0)?;
        held.add(&Effect::between(&old, &seen, &request.constraints), 1.0 / count as f32);
        progress(index + 1);
    }
    let [inside, inside_before, outside] = sums.map(|sum| sum / count.max(1) as f32);
    Ok(Editing { inside, inside_before, outside, held, strokes: count })
}

/// The best picture that a search finds.
fn best(model: &Model, bank: &Bank, request: &DrawRequest) -> Result<Candidate> {
    let mut search = search::start(model, bank, request)?;
    while !search.step()?.done {}
    search.candidates()?.into_iter().next().ok_or(Error::Cancelled)
}

/// A straight stroke with round ends: a tenth to a fifth of the picture's shorter side wide, a third of it long or more.
fn stroke([height, width]: [usize; 2], rng: &mut Rng) -> Vec<bool> {
    let side = height.min(width) as f32;
    let radius = side * rng.uniform(0.05, 0.1);
    let length = side * rng.uniform(0.3, 0.6);
    let angle = rng.uniform(-0.5, 0.5);
    let (half_x, half_y) = (0.5 * length * angle.cos(), 0.5 * length * angle.sin());
    let middle = [rng.uniform(0.35, 0.65) * width as f32, rng.uniform(0.15, 0.85) * height as f32];
    let inside = |x: f32, y: f32| {
        let (x, y) = (x - middle[0], y - middle[1]);
        let along = ((x * half_x + y * half_y) / (half_x * half_x + half_y * half_y)).clamp(-1.0, 1.0);
        (x - along * half_x).hypot(y - along * half_y) <= radius
    };
    (0..height * width).map(|i| inside((i % width) as f32 + 0.5, (i / width) as f32 + 0.5)).collect()
}

fn as_picture(mask: &[bool], [height, width]: [usize; 2]) -> Result<Picture> {
    Picture::new(width, height, mask.iter().flat_map(|inside| [if *inside { 255 } else { 0 }; 3]).collect())
}

fn mean_colour(picture: &Picture, mask: &[bool]) -> [u8; 3] {
    let count = mask.iter().filter(|inside| **inside).count().max(1);
    std::array::from_fn(|channel| {
        let under = picture.rgb().chunks_exact(3).zip(mask).filter(|(_, inside)| **inside);
        (under.map(|(pixel, _)| usize::from(pixel[channel])).sum::<usize>() / count) as u8
    })
}

/// Root mean squared difference over the pixels whose mask is `inside`.
fn difference(a: &Picture, b: &Picture, mask: &[bool], inside: bool) -> f32 {
    let pixels = a.rgb().chunks_exact(3).zip(b.rgb().chunks_exact(3)).zip(mask);
    let counted = pixels.filter(|(_, is)| **is == inside).map(|(pixels, _)| pixels);
    let (mut sum, mut count) = (0.0, 0);
    for (a, b) in counted.flat_map(|(a, b)| a.iter().zip(b)) {
        sum += (f32::from(*a) - f32::from(*b)).powi(2);
        count += 1;
    }
    (sum / count.max(1) as f32).sqrt() / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Prior;
    use crate::model::toy::{Temper, toy};

    #[test]
    fn a_stroke_comes_nearer_to_its_colour() {
        let model = toy(Temper::Good, Prior::Normal);
        let mut bank = Bank::new(model.clone(), 64);
        while !bank.is_complete() {
            bank.extend().unwrap();
        }
        let size = model.info.square().unwrap();
        let pictures = PictureSet::from_rgb(size, [[90, 120, 200].repeat(size * size)]).unwrap();
        let mut heard = 0;
        let edited = editing(&model, &bank, &pictures, 3, |done| heard = done).unwrap();
        assert!(edited.inside < edited.inside_before, "{edited:?}");
        assert!(edited.held.off_colour < edited.held.off_colour_before, "{edited:?}");
        assert!(edited.held.outside < 255.0 * edited.outside && edited.held.steps[1] > 0.0, "{edited:?}");
        assert_eq!((edited.strokes, heard), (3, 3));
        let wrong = PictureSet::from_rgb(2 * size, [vec![0; 12 * size * size]]).unwrap();
        assert!(editing(&model, &bank, &wrong, 1, |_| ()).is_err());
    }

    #[test]
    fn a_stroke_lies_in_the_picture_and_leaves_most_of_it() {
        for (index, size) in (0..150).zip([[64, 64], [48, 64], [64, 48]].into_iter().cycle()) {
            let mask = stroke(size, &mut Rng::stream(1, index));
            let share = mask.iter().filter(|inside| **inside).count() as f32 / mask.len() as f32;
            assert!((0.01..0.35).contains(&share), "{share}");
        }
    }
}
