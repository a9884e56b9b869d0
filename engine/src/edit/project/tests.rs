//! Projection on a toy.

use candle_core::Tensor;

use super::*;
use crate::model::toy::{TOY_LATENT, Temper, sized_toy, toy};
use crate::model::{Abilities, Encoder, Prior};
use crate::rng::Rng;

/// An encoder that is right about everything but a constant.
struct NearlyRight(Latent);

impl Encoder for NearlyRight {
    fn encode(&self, pictures: &Tensor) -> Result<Tensor> {
        let values: Vec<f32> = self.0.values().iter().map(|v| v + 0.1).collect();
        Ok(Tensor::from_vec(values, (1, TOY_LATENT), pictures.device())?)
    }
}

fn bank(model: &Model) -> Bank {
    let mut bank = Bank::new(model.clone(), 64);
    while !bank.is_complete() {
        bank.extend().unwrap();
    }
    bank
}

#[test]
fn a_picture_of_the_model_is_found_again() {
    let model = toy(Temper::Good, Prior::Normal);
    let bank = bank(&model);
    let wanted = model.info.latents.draw(&mut Rng::new(9));
    let photo = model.pictures(std::slice::from_ref(&wanted)).unwrap().swap_remove(0);
    let run = |model: &Model, method| {
        let settings = ProjectionSettings { method, prior: 0.0, ..ProjectionSettings::default() };
        project(model, &bank, &photo, &settings, |_| ControlFlow::Continue(()))
    };
    let optimized = run(&model, Method::Optimize).unwrap();
    assert!(optimized.error < 0.02, "{}", optimized.error);
    assert!(run(&model, Method::Encoder).unwrap_err().to_string().contains("no encoder"));

    let encoder: Arc<dyn Encoder> = Arc::new(NearlyRight(wanted));
    let model = model.with_abilities(|able| Abilities { encoder: Some(encoder), ..able });
    let encoded = run(&model, Method::Encoder).unwrap();
    let hybrid = run(&model, Method::Hybrid).unwrap();
    assert!(hybrid.error < encoded.error && hybrid.error < 0.02, "{} {}", hybrid.error, encoded.error);
}

#[test]
fn a_picture_that_is_not_square_is_found_again() {
    let model = sized_toy(Temper::Good, Prior::Normal, [24, 40]);
    let wanted = model.info.latents.draw(&mut Rng::new(9));
    let photo = model.pictures(std::slice::from_ref(&wanted)).unwrap().swap_remove(0);
    let settings = ProjectionSettings { prior: 0.0, ..ProjectionSettings::default() };
    let run =
        |photo: &Picture| project(&model, &bank(&model), photo, &settings, |_| ControlFlow::Continue(()));
    let found = run(&photo).unwrap();
    assert!(found.error < 0.05, "{}", found.error);
    assert_eq!((found.picture.height(), found.picture.width()), (24, 40));
    assert!(matches!(run(&photo.resized_nearest(24, 40)), Err(Error::Shape { .. })));
}

#[test]
fn a_stopped_search_gives_what_it_has() {
    let model = toy(Temper::Good, Prior::Normal);
    let bank = bank(&model);
    let size = model.info.square().unwrap();
    let photo = Picture::filled(size, size, [90, 120, 200]);
    let settings = ProjectionSettings::default();
    let stopped = project(&model, &bank, &photo, &settings, |n| {
        if n > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.unwrap().error > 0.0);
    let small = Picture::filled(3, 3, [0; 3]);
    assert!(matches!(
        project(&model, &bank, &small, &settings, |_| ControlFlow::Continue(())),
        Err(Error::Shape { .. })
    ));
}
