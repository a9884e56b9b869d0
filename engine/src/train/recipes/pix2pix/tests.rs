use std::ops::ControlFlow;

use super::*;
use crate::data::{Inputs, Pairing, PictureSource, WorldName};
use crate::model::Port;

fn small() -> Pix2PixConfig {
    Pix2PixConfig {
        size: 16,
        width: 4,
        levels: 2,
        blocks: 1,
        critic_width: 4,
        batch: 4,
        seed: 3,
        ..Pix2PixConfig::default()
    }
}

/// Pictures that are the negatives of their inputs.
fn negatives() -> PictureSet {
    let mut rng = Rng::new(5);
    let (mut pictures, mut inputs) = (Vec::new(), Vec::new());
    for _ in 0..24 {
        let colour = [(); 3].map(|()| rng.below(256) as u8);
        inputs.extend(colour.iter().copied().cycle().take(16 * 16 * 3));
        pictures.push(colour.iter().map(|c| 255 - c).cycle().take(16 * 16 * 3).collect());
    }
    PictureSet::from_rgb(16, pictures).unwrap().with_inputs(Inputs::of_pictures(inputs)).unwrap()
}

#[test]
fn a_translation_is_learned_and_goes_on_where_it_was_saved() {
    let pictures = negatives();
    let config = Pix2PixConfig { adversarial: 0.3, ..small() }.of_pictures(&pictures).unwrap();
    let mut training = Pix2PixTraining::new(config).unwrap();
    let before = training.measure(&pictures, 0.0).unwrap()[0].1;
    const STEPS: u16 = 400;
    for step in 0..STEPS {
        training.step(&pictures, f32::from(step) / f32::from(STEPS)).unwrap();
    }
    let after = training.measure(&pictures, 1.0).unwrap()[0].1;
    assert!(after < 0.5 * before && after < 0.15, "{before} {after}");
    let model = training.model().unwrap();
    let translator = model.translator().unwrap();
    assert!(matches!(translator.takes(), Port::Picture(_)) && translator.style().is_none());
    // Other sides than it has learned.
    let dark = Picture::filled(24, 8, [20; 3]).to_tensor(ValueRange::SignedUnit, &model.device).unwrap();
    let made =
        Picture::from_tensor(&translator.translate(&dark, None).unwrap(), ValueRange::SignedUnit).unwrap();
    assert_eq!((made[0].width(), made[0].height()), (24, 8));
    let pixel = made[0].pixel(12, 4);
    assert!(pixel.iter().all(|byte| *byte > 130), "{pixel:?}");
}

#[test]
fn labels_and_style_go_into_the_model() {
    let of = Box::new(PictureSource::World {
        world: WorldName::Landscape,
        count: 16,
        seed: 1,
        vary: None,
        classes: None,
    });
    let source = PictureSource::Pairs { of, from: Pairing::Maps };
    let pictures = source.load(16, &mut |_, _| ControlFlow::Continue(())).unwrap().set;
    let config = small().of_pictures(&pictures).unwrap();
    let mut training = Pix2PixTraining::new(config).unwrap();
    for progress in [0.0, 0.1, 0.9, 1.0] {
        training.step(&pictures, progress).unwrap();
    }
    training.sheet(&pictures).unwrap();
    let model = training.model().unwrap();
    let translator = model.translator().unwrap();
    let Port::Labels { labels, .. } = translator.takes() else { panic!() };
    let Some(Port::Style { factors }) = translator.style() else { panic!() };
    assert!(labels.iter().any(|label| label.name == "snow"));
    // The model does what the training does, and styles matter.
    let pairs = training.first(2, &pictures).unwrap();
    let made = training.translate(&training.translator.averaged(&training.average), &pairs).unwrap();
    let values = (0..2).flat_map(|i| pictures.style(i).to_vec()).collect();
    let style = Tensor::from_vec(values, (2, factors.len()), &model.device).unwrap();
    let inputs = pairs.inputs.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    let largest = |t: Tensor| t.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    let same = translator.translate(&inputs, Some(&style)).unwrap();
    let made = made.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
    assert!(largest((&same - made).unwrap()) < 1e-3);
    let usual = translator.translate(&inputs, None).unwrap();
    assert!(largest((same - usual).unwrap()) > 1e-4);
    assert!(translator.translate(&inputs, Some(&style.narrow(0, 0, 1).unwrap())).is_err());
}

#[test]
fn pictures_without_inputs_are_refused() {
    let alone = PictureSet::from_rgb(16, vec![vec![0; 16 * 16 * 3]; 4]).unwrap();
    let error = small().of_pictures(&alone).unwrap_err().to_string();
    assert!(error.contains("pairs of pictures"), "{error}");
}
