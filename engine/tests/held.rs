//! A picture that is held stays where nobody painted, on the bundled landscapes.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::{Effect, Mask, composite};
use latent_engine::model::{Model, ModelSource};
use latent_engine::open::open_best;
use latent_engine::rng::Rng;
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
use latent_engine::search::{self, Bank, Base, DrawRequest, Extent, SolveSettings};

const PICTURES: usize = 10;
/// Mean change away from a stroke, in levels of 255, that nobody sees.
const UNSEEN: f32 = 2.0;

/// A stroke of a colour that another picture of the model has there.
fn scripted(model: &Model, rng: &mut Rng) -> Stroke {
    let other = model.pictures(&[model.info.latents.draw(rng)]).unwrap().swap_remove(0);
    let [x, y] = [rng.uniform(0.35, 0.65), rng.uniform(0.2, 0.8)];
    let half = 0.5 * rng.uniform(0.3, 0.5);
    let colour = other.pixel((x * other.width() as f32) as usize, (y * other.height() as f32) as usize);
    let points = vec![[x - half, y - 0.1 * half], [x + half, y + 0.1 * half]];
    Stroke::new(StrokeKind::Colour(colour), rng.uniform(0.1, 0.2), points)
}

/// Mean steps of lightness from pixel to pixel where a mask falls, where it ends, and around that, in levels.
fn across_the_border(picture: &Picture, mask: &Mask) -> [f32; 3] {
    let [height, width] = mask.size;
    let light = picture.lightness();
    let mut sums = [(0f32, 0f32); 3];
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let at = |dx: usize, dy: usize| (y + dy - 1) * width + x + dx - 1;
            let around = [at(0, 1), at(2, 1), at(1, 0), at(1, 2)];
            let (free, ends) = (mask.values[at(1, 1)], around.iter().any(|i| mask.values[*i] == 0.0));
            let near = around.iter().any(|i| mask.values[*i] > 0.0);
            let place = match free {
                free if free > 0.0 && ends => 1,
                free if free > 0.0 && free < 1.0 => 0,
                0.0 if !near => 2,
                _ => continue,
            };
            let step = (light[at(2, 1)] - light[at(0, 1)]).hypot(light[at(1, 2)] - light[at(1, 0)]);
            sums[place].0 += 127.5 * step;
            sums[place].1 += 1.0;
        }
    }
    sums.map(|(sum, count)| sum / count.max(1.0))
}

#[test]
fn a_held_picture_stays_where_nobody_painted_and_meets_the_stroke() {
    let model = open_best(&ModelSource::Bundled("landscape".into()), None).unwrap();
    let extent = Extent::default();
    let mut sums = [0f32; 5];
    let mut away = 0f32;
    let mut seam = [0f32; 3];
    for index in 0..PICTURES {
        let mut rng = Rng::stream(7, index as u64);
        let latent = model.info.latents.draw(&mut rng);
        let picture = Arc::new(model.pictures(std::slice::from_ref(&latent)).unwrap().swap_remove(0));
        let strokes = Constraints::rasterize(&[scripted(&model, &mut rng)], model.info.sides);
        let request = DrawRequest {
            constraints: Arc::new(strokes.clone()),
            settings: SolveSettings { top_k: 4, ..SolveSettings::default() },
            start: Vec::new(),
            anchor: None,
            base: Some(Base::fixed(latent, picture.clone(), extent)),
        };
        let mut search = search::start(&model, &Bank::new(model.clone(), 16), &request).unwrap();
        while !search.step().unwrap().done {}
        let after = search.candidates().unwrap().swap_remove(0).picture;
        let mask = Mask::under(&strokes, &extent).unwrap();
        let seen = composite(&picture, &picture, &after, &mask, 1.0).unwrap();
        for (sum, step) in seam.iter_mut().zip(across_the_border(&seen, &mask)) {
            *sum += step / PICTURES as f32;
        }
        let effect = Effect::between(&picture, &seen, &strokes);
        let outside = effect.outside.unwrap();
        away += outside / PICTURES as f32;
        let measured = [
            effect.off_colour_before,
            effect.off_colour,
            effect.step_inside,
            effect.step_between,
            effect.step_outside,
        ];
        sums.iter_mut().zip(measured).for_each(|(sum, value)| *sum += value.unwrap() / PICTURES as f32);
    }
    let [off_before, off, inside, between, outside] = sums;
    println!(
        "off by {off:.1} of {off_before:.1} levels; changed away from it by {away:.2}; steps {inside:.2} {between:.2} {outside:.2}"
    );
    assert!(away < UNSEEN, "{away}");
    assert!(off < 0.35 * off_before, "{off} of {off_before}");
    println!(
        "steps of lightness where the mask falls {:.2}, at its border {:.2}, beyond it {:.2}",
        seam[0], seam[1], seam[2]
    );
    // A seam would be a ridge of steps where the mask ends.
    assert!(seam[1] <= seam[0].max(seam[2]), "{seam:?}");
}
